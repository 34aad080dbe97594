"""Where a document changes its language: runs of paragraphs, and whether it is worth while to look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from babelscope.languages.codes import UNKNOWN
from babelscope.model import Language, LanguagePart

MIN_LETTERS = 40
"""Letters of a paragraph that is asked by itself; shorter ones go with their neighbours."""
MAX_CHARS = 100_000
"""Characters of a text in which paragraphs are asked; what follows goes with the last of them."""
MAX_PARAGRAPHS = 300
PARAGRAPH_CHARS = 400
"""Characters of one paragraph that are asked."""
SURE = 0.4
"""Least confidence with which a title, a paragraph or a text of some length is called by a name."""
_BREAK = re.compile(r"\n\s*")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the spans of the paragraphs of ``text`` in order; together they cover all of it (breaks end a span).

    Paragraphs of less than ``MIN_LETTERS`` characters are joined to the one after, the last ones to the one before; all
    beyond ``MAX_PARAGRAPHS`` or ``MAX_CHARS`` are in the last span.
    """
    ends = [match.end() for match in _BREAK.finditer(text[:MAX_CHARS])]
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*ends, len(text)]:
        if len(spans) == MAX_PARAGRAPHS:
            break
        if end - start >= MIN_LETTERS:
            spans.append((start, end))
            start = end
    if not spans:
        return [(0, len(text))] if text else []
    spans[-1] = (spans[-1][0], len(text))
    return spans


Run = tuple[int, int, tuple[str, str], list[int]]


def runs(spans: list[tuple[int, int]], codes: list[tuple[str, str]]) -> list[Run]:
    """Return (start, end, what, which spans) of neighbouring ``spans`` with the same ``codes``."""
    found: list[Run] = []
    for at, (span, what) in enumerate(zip(spans, codes, strict=True)):
        if found and found[-1][2] == what:
            start, _, _, members = found[-1]
            found[-1] = (start, span[1], what, [*members, at])
        else:
            found.append((span[0], span[1], what, [at]))
    return found


def in_parts(
    pair: tuple[str, str], whole: Language, title: Language, spans: list[tuple[int, int]], named: list[Language]
) -> Language:
    """Return ``whole`` with the parts of title and text, or as it is if they are all of one language."""
    parts = [
        _part("text", start, end, [named[at] for at in members], what)
        for start, end, what, members in runs(spans, _settled(named, whole))
    ]
    kanji = (title.script, whole.script) == ("Hani", "Jpan")
    if pair[0].strip() and title.code != UNKNOWN and title.confidence >= SURE and not kanji:
        parts.insert(0, _part("title", 0, len(pair[0]), [title], (title.code, title.script)))
    if len({(part.code, part.script) for part in parts}) < 2:
        return whole
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for part in parts:
        sizes[part.code, part.script] += part.end - part.start
    code, script = max(sizes, key=lambda what: (sizes[what], what == (whole.code, whole.script)))
    sure = max(part.confidence for part in parts if part.code == code)
    confidence = whole.confidence if code == whole.code else sure
    return Language(code=code, script=script, confidence=confidence, parts=tuple(parts))


def _settled(named: Sequence[Language], whole: Language) -> list[tuple[str, str]]:
    """Return (code, script) of each paragraph; one that is not sure goes with the paragraph before it, or the whole."""
    before, found = (whole.code, whole.script), []
    for layer in named:
        kanji = (layer.script, whole.script) == ("Hani", "Jpan")
        if layer.code != UNKNOWN and layer.confidence >= SURE and not kanji:
            before = (layer.code, layer.script)
        found.append(before)
    return found


def _part(
    of: Literal["title", "text"], start: int, end: int, layers: Sequence[Language], what: tuple[str, str]
) -> LanguagePart:
    own = [layer.confidence for layer in layers if layer.code == what[0]]
    confidence = round(sum(own) / len(own), 3) if own else 0.0
    return LanguagePart(of=of, start=start, end=end, code=what[0], script=what[1], confidence=confidence)
