"""Lines of all pages → paragraphs, without what repeats on every page, words cut at the end of a line joined."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from babelscope.extract.pdf_layout import Line

EDGE_LINES = 3
"""Lines at the top and at the bottom of a page that may be a running header or footer."""
LEADING = 1.3
"""How much wider than usual the space between two lines may be within a paragraph."""
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:(?:page|seite|página|pagina|strana|strona|стр\.?|sida|side|第)\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|von|de|di|sur|z|из|av|af|van)\s*\d{1,4})?\s*(?:页|頁|ページ)?\W{0,3}",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_BULLET = re.compile(r"[•●▪■◦‣∙–—*]\s|\(?\d{1,2}[.)]\s|[a-z]\)\s")
_ENDED = re.compile(r"[.!?:;…。！？：؟۔।]['\"”’»)\]]*$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff01-\uff60\u3001-\u303f]")
_SOFT = "\u00ad"


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph; ``turns`` are (page, code points of ``text`` before it) for every page that begins inside it."""

    text: str
    page: int
    size: float
    turns: tuple[tuple[int, int], ...] = ()


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[Paragraph]:
    """Return the paragraphs of the document whose pages have these lines, in reading order."""
    kept = [line for page in without_furniture(pages) for line in page]
    if not kept:
        return []
    words = Counter(word.casefold() for line in kept for word in _WORD.findall(line.text))
    leading = _usual_leading(kept)
    groups: list[list[Line]] = []
    for line in kept:
        if groups and _continues(groups[-1], line, leading):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_paragraph(group, words) for group in groups]


def without_furniture(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Return ``pages`` without running headers and footers (the same, but for numbers, on half of the pages)."""
    edges = [_edges(page) for page in pages]
    counts = Counter(key for page in edges for key in {_key(line) for line in page})
    often = {key for key, count in counts.items() if count >= 3 and count * 2 >= len(pages)}
    return [
        [line for line in page if not (any(line is e for e in edge) and _is_furniture(line, often, page))]
        for page, edge in zip(pages, edges, strict=True)
    ]


def _edges(page: Sequence[Line]) -> list[Line]:
    ordered = sorted(page, key=lambda line: -line.base)
    return ordered[:EDGE_LINES] + ordered[EDGE_LINES:][-EDGE_LINES:]


def _key(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold()).strip()


def _is_furniture(line: Line, often: set[str], page: Sequence[Line]) -> bool:
    outermost = line.base >= max(one.base for one in page) or line.base <= min(one.base for one in page)
    is_number = outermost and len(page) > 1 and _PAGE_NUMBER.fullmatch(line.text.strip()) is not None
    return is_number or _key(line) in often


def _usual_leading(lines: Sequence[Line]) -> float:
    """Return the usual distance of base lines in ems."""
    steps = [
        (above.base - below.base) / above.size
        for above, below in pairwise(lines)
        if above.page == below.page and 0.6 < (above.base - below.base) / above.size < 3
    ]
    return statistics.median(steps) if steps else 1.2


def _continues(group: Sequence[Line], line: Line, leading: float) -> bool:
    last = group[-1]
    if not 0.85 <= line.size / last.size <= 1.18:
        return False
    step = (last.base - line.base) / last.size
    if last.page != line.page or step <= 0 or line.left >= last.right or line.right <= last.left:
        return _is_broken_off(group, line)
    if step > LEADING * leading or _BULLET.match(line.text) or line.pieces + last.pieces > 3:
        return False
    left, right = min(one.left for one in group), max(one.right for one in (*group, line))
    indented = line.left - left > 0.8 * line.size and (len(group) > 1 or last.left - left < 0.5 * line.size)
    unfilled = (right - last.right) / max(right - left, 1.0)
    ended = _ENDED.search(last.text) is not None
    if last.text.endswith((_SOFT, "-")):
        return True
    if unfilled > 0.4 and not line.text[:1].islower():  # a heading, or the last line of a paragraph
        return False
    return not ((indented and (ended or unfilled > 0.15)) or (unfilled > 0.15 and ended))


def _is_broken_off(group: Sequence[Line], line: Line) -> bool:
    """Say whether a paragraph goes on in the next column or on the next page."""
    text = group[-1].text
    if text.endswith((_SOFT, "-")):
        return line.text[:1].islower()
    return len(group) > 1 and not _ENDED.search(text) and line.text[:1].islower()


def _paragraph(group: Sequence[Line], words: Counter[str]) -> Paragraph:
    text = ""
    turns: list[tuple[int, int]] = []
    page = group[0].page
    for line in group:
        text = _joined(text, line.text, words) if text else line.text
        if line.page != page:
            page = line.page
            turns.append((page, max(0, len(text) - len(line.text))))
    plain = text.replace(_SOFT, "")  # at the end of the paragraph, or inside a line where a word may be cut
    turns = [(number, len(text[:at].replace(_SOFT, ""))) for number, at in turns]
    return Paragraph(text=plain, page=group[0].page, size=group[0].size, turns=tuple(turns))


def _joined(text: str, line: str, words: Counter[str]) -> str:
    if text.endswith((_SOFT, "-", "\u2010")) and text[-2:-1].isalpha() and line[:1].islower():
        stem, rest = _last_word(text[:-1]), _first_word(line)
        hyphenated = words[f"{stem}-{rest}".casefold()] > words[f"{stem}{rest}".casefold()]
        return f"{text[:-1]}-{line}" if hyphenated else text[:-1] + line
    if text.endswith(_SOFT):
        return f"{text[:-1]}-{line}"
    glue = "" if text.endswith("-") or (_UNSPACED.match(text[-1]) and _UNSPACED.match(line[0])) else " "
    return f"{text}{glue}{line}"


def _last_word(text: str) -> str:
    return _WORD.findall(text[-60:])[-1] if _WORD.search(text[-60:]) else ""


def _first_word(text: str) -> str:
    found = _WORD.match(text[:60])
    return found.group() if found else ""
