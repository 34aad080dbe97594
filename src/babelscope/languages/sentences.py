"""Where sentences end, in any script, without a model: full stops, their kin in other scripts, and line ends.

Rules after the boundary classes of Unicode Standard Annex 29 (sentence terminators, closing punctuation), with lists
of abbreviations for the languages that write them with a full stop. Languages without sentence marks (Thai, Lao) are
cut at line ends only.
"""

from __future__ import annotations

import re

WIDE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Kana and Han, as ranges of a regular expression: scripts without spaces between words."""

_ALWAYS = "。！？｡．।॥۔؟።፧፨։။།៕᠃‼⁇⁈⁉"
_BOUNDARY = re.compile(
    rf"(?:(?P<stop>[.!?…]+)|(?P<always>[{_ALWAYS}]+))(?P<close>[\"'”’»›)\]」』】》\u201c]*)(?=\s|$|(?P<wide>[{WIDE}]))|(?P<line>\n)|(?P<glued>[{_ALWAYS}]+[”’»」』】》]*)"
)
_WORD_BEFORE = re.compile(r"([^\s(\[\"'“„«]+)$")
_ITEM = re.compile(rf"[{WIDE}]{{1,2}}|[^\s{WIDE}]+")

_ABBREVIATIONS = """
mr mrs ms dr prof sen rep gov gen col lt capt sgt cmdr adm maj hon rev st jr sr messrs mme mlle
sra srta dra lic ing exmo sig dott avv geom hr fr frl dipl dhr mevr drs mag г-н г-жа ул
inc ltd co corp bros llc plc dept univ assn ave blvd rd nos vol vs pp ed eds fig approx est ca cf al etc eg ie
p pág art núm tel av avda bzw usw nr str u.a d.h z.b tzn np tj itd m.in proc hab
tzv např mj sv kl pl vb pvz angl т.е т.д т.п руб млн млрд тыс им др рис стр акад проф
jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
"""Titles, firms, places, measures, months and days that are written with a full stop."""


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the sentences of ``text`` as (start, end) in code points, in order, without surrounding white space.

    Spans never overlap, and everything between them is white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.end() > start and _ends(text, match):
            _add(spans, text, start, match.end())
            start = match.end()
    _add(spans, text, start, len(text))
    return spans


def cut_at_sentence(text: str, limit: int) -> int:
    """Return an end offset ≤ ``limit`` for a lead of ``text``: the last sentence end, else word end, else ``limit``.

    A sentence end counts only in the second half of the limit: a lead of three words helps nobody.
    """
    if len(text) <= limit:
        return len(text.rstrip())
    window = text[: max(limit, 0)]
    ends = [end for _, end in sentence_spans(text[: limit + 40]) if limit / 2 <= end <= limit]
    if ends:
        return ends[-1]
    space = max((m.start() for m in re.finditer(r"\s", window)), default=0)
    return space if space >= limit / 2 else len(window)


def first_words(text: str, count: int) -> str:
    """Return the beginning of ``text`` with at most ``count`` words (two letters, where no spaces part words)."""
    end = 0
    for number, match in enumerate(_ITEM.finditer(text)):
        if number >= count:
            break
        end = match.end()
    return text[:end]


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    kept = piece.strip()
    if kept:
        lead = start + len(piece) - len(piece.lstrip())
        spans.append((lead, lead + len(kept)))


def _ends(text: str, match: re.Match[str]) -> bool:
    """Say whether a terminator ends a sentence: not after an abbreviation, not before a lower-case letter."""
    stop = match["stop"]
    if stop is None:
        return True
    if match["wide"] is not None and stop.startswith("."):
        return False
    following = text[match.end() : match.end() + 8].lstrip()
    if following[:1].islower() and "\n" not in text[match.end() : match.end() + 2]:
        return False
    if stop != ".":
        return True
    before = _WORD_BEFORE.search(text[max(0, match.start() - 24) : match.start()])
    word = before[1] if before else ""
    return not (_is_initial(word) or word.casefold() in ABBREVIATIONS or _is_ordinal(word, following))


def _is_initial(word: str) -> bool:
    """One capital letter, or letters with full stops between them whose last part is one letter ("U.S", "e.g")."""
    parts = word.split(".")
    return len(parts[-1]) == 1 and parts[-1].isalpha() and (parts[-1].isupper() or len(parts) > 1)


def _is_ordinal(word: str, following: str) -> bool:
    """A short number before a capitalised word ("3. Oktober") looks like an ordinal; years end sentences."""
    return word.isdigit() and len(word) <= 2 and following[:1].isalpha()
