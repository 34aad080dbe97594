"""A document cut into the sentences that are translated one by one, each with its language, and put together again.

Every place is a code point of the original title or text; what stands between two sentences (blanks, ends of
paragraphs) belongs to neither and has its counterpart in the translation.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from babelscope.languages.codes import UNKNOWN
from babelscope.languages.sentences import cut_at_sentence, trimmed_sentences
from babelscope.model import Document, Fault, Language, LanguagePart, Piece
from babelscope.model.layers import Grade, Part

MAX_TITLE = 300
"""Code points of a title that are translated."""
MAX_SENTENCE = 1_000
"""Code points of a sentence; a longer one is cut at a blank."""
MAX_WHOLE = 200_000
"""Code points of a whole text."""
UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my", "bo", "dz", "shn"))
"""Languages that put no blank between sentences."""


class Unit(msgspec.Struct, frozen=True):
    """One sentence: code points ``start`` to ``end`` of the original ``of``; ``gap`` is what stands behind it there."""

    of: Part
    start: int
    end: int
    code: str
    text: str
    gap: str


class Rendered(msgspec.Struct, frozen=True):
    """What became of a unit. ``text`` is "" where there is no translation: then the original stands for it."""

    text: str
    grade: Grade
    faults: tuple[Fault, ...] = ()


class Cut(msgspec.Struct, frozen=True):
    """The units of a document, in order, title first; ``lead_end`` is where the units of the text end."""

    code: str
    units: tuple[Unit, ...]
    lead_end: int


def cut(document: Document, lead: int) -> Cut:
    """Return the sentences of title and of the first ``lead`` code points of the text, with their languages."""
    layer = document.layers.get("language")
    code = layer.code if isinstance(layer, Language) else UNKNOWN
    parts = layer.parts if isinstance(layer, Language) else ()
    title_end = cut_at_sentence(document.title, MAX_TITLE, code)
    lead_end = cut_at_sentence(document.text, lead, code)
    title = _units("title", document.title[:title_end], code, parts)
    text = _units("text", document.text[:lead_end], code, parts)
    return Cut(code, (*title, *text), lead_end)


def _units(of: Part, text: str, code: str, parts: Sequence[LanguagePart]) -> list[Unit]:
    found = []
    for start, end, language in _runs(of, len(text), code, parts):
        for first, last in trimmed_sentences(text[start:end], language):
            found += [(a, b, language) for a, b in _bounded(text, start + first, start + last)]
    starts = [first for first, _, _ in found] + [len(text)]
    return [Unit(of, a, b, lang, text[a:b], text[b : starts[i]]) for i, (a, b, lang) in enumerate(found, 1)]


def _runs(of: Part, length: int, code: str, parts: Sequence[LanguagePart]) -> list[tuple[int, int, str]]:
    """Return the runs of one language that cover ``length`` code points; what no part names is of ``code``."""
    runs: list[tuple[int, int, str]] = []
    at = 0
    for part in sorted((p for p in parts if p.of == of), key=lambda p: p.start):
        start, end = max(part.start, at), min(part.end, length)
        if start >= end:
            continue
        if start > at:
            runs.append((at, start, code))
        runs.append((start, end, code if part.code == UNKNOWN else part.code))
        at = end
    return [*runs, (at, length, code)] if at < length else runs


def _bounded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a sentence that is too long at its last blank within the bound; blanks at a cut belong to no piece."""
    spans = []
    while end - start > MAX_SENTENCE:
        blank = max(text.rfind(sign, start + 1, start + MAX_SENTENCE) for sign in " \u00a0\t")
        stop = blank if blank > start else start + MAX_SENTENCE
        kept = start + len(text[start:stop].rstrip())
        if kept > start:
            spans.append((start, kept))
        start = stop + (len(text[stop:end]) - len(text[stop:end].lstrip()))
    return [*spans, (start, end)] if start < end else spans


def put_together(
    units: Sequence[Unit], rendered: Sequence[Rendered], of: Part, to: str
) -> tuple[str, tuple[Piece, ...]]:
    """Return the translation of the part ``of`` and its pieces; paragraphs end where they end in the original."""
    mine = [(unit, made, made.text or unit.text) for unit, made in zip(units, rendered, strict=True) if unit.of == of]
    text: list[str] = []
    pieces = []
    at = 0
    for number, (unit, made, words) in enumerate(mine):
        end = at + len(words)
        pieces.append(Piece(of=of, start=unit.start, end=unit.end, at=at, to=end, grade=made.grade, faults=made.faults))
        gap = ""
        if number + 1 < len(mine):
            following, _, next_words = mine[number + 1]
            gap = _gap(unit.gap, words == unit.text and next_words == following.text, to)
        text += [words, gap]
        at = end + len(gap)
    return "".join(text), tuple(pieces)


def _gap(original: str, is_kept: bool, to: str) -> str:
    if is_kept:
        return original
    if "\n" in original:
        return "\n" * min(original.count("\n"), 2)
    return original[:1] if to in UNSPACED else " "
