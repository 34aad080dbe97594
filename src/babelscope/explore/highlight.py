"""Marks in text: names found by a stage, words of a query, and the extract around them. Offsets: code points."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from babelscope.explore.views import Span
from babelscope.languages.analyse import MAX_TOKEN, normalise, plausible_stems
from babelscope.model import Mention

SNIPPET_CHARS = 260
_TOKEN = re.compile(
    r"[^\s!-/:-@\[-`{-~\u00a0-\u00bf\u060c\u061b\u061f\u06d4\u0964\u2000-\u200b\u200e-\u206f\u3000-\u303f\uff00-\uff0f]+"
)
"""Words with their vowel signs and joiners (``\\w`` would cut Devanagari and Persian words apart)."""
_PHRASE = re.compile(r'["“”„«»「」『』]([^"“”„«»「」『』]+)["“”„«»「」『』]')
_EXCLUDED = re.compile(r"(?<!\S)-\S+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\uac00-\ud7ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Runs written without spaces between words: Thai, Lao, Burmese, Khmer, Hangul (with its particles), Kana, Han."""


class Mark(NamedTuple):
    """A marked span ``start``–``end`` of a text."""

    start: int
    end: int
    kind: str
    hint: str = ""


class Terms(NamedTuple):
    """What a query asks for: quoted ``phrases`` and single ``words``, folded."""

    phrases: tuple[str, ...]
    words: tuple[str, ...]


def fold(text: str) -> tuple[str, list[int]]:
    """Return ``text`` as the analyser folds it, and the source index of each folded character."""
    out: list[str] = []
    index: list[int] = []
    for position, character in enumerate(text):
        for piece in _fold_character(character):
            out.append(piece)
            index.append(position)
    return "".join(out), index


@lru_cache(maxsize=1 << 14)
def _fold_character(character: str) -> str:
    return normalise(character)


def query_terms(query: str) -> Terms:
    """Return the folded phrases and words of ``query``; runs without spaces count as one word."""
    phrases = tuple(folded for match in _PHRASE.findall(query) if (folded := fold(match)[0].strip()))
    rest = fold(_EXCLUDED.sub(" ", _PHRASE.sub(" ", query)))[0]
    return Terms(phrases, tuple(dict.fromkeys(_TOKEN.findall(rest))))


def find_terms(text: str, terms: Terms, language: str = "") -> list[Mark]:
    """Return where ``terms`` occur in ``text``, without overlaps, in order.

    A word matches the same word or, where ``language`` has stems, one of the same stem; a run without spaces matches
    anywhere, else by its bigrams: as the index does.
    """
    if not terms.phrases and not terms.words:
        return []
    folded, index = fold(text)
    found: list[tuple[int, int]] = []
    for phrase in terms.phrases:
        found += _everywhere(folded, phrase)
    spaced = {word for word in terms.words if not _UNSPACED.search(word)}
    for word in terms.words:
        if word not in spaced:
            found += _everywhere(folded, word) or _by_bigrams(folded, word)
    if spaced:
        stems = frozenset(stem for word in spaced for stem in plausible_stems(word))
        found += [
            m.span() for m in _TOKEN.finditer(folded) if m.group() in spaced or _stem(m.group(), language) & stems
        ]
    marks = [Mark(index[start], index[end - 1] + 1, "hit") for start, end in found if end > start]
    return without_overlap(marks)


def find_names(text: str, names: Iterable[str]) -> list[Mark]:
    """Return where any of ``names`` occurs in ``text``, in order: as whole words, where spaces part words."""
    wanted = {folded for name in names if (folded := fold(name)[0].strip())}
    if not wanted:
        return []
    folded, index = fold(text)
    found = [
        Mark(index[start], index[end - 1] + 1, "hit", "a name asked for")
        for name in sorted(wanted)
        for start, end in _everywhere(folded, name)
        if _UNSPACED.search(name) or not (folded[start - 1 : start].isalnum() or folded[end : end + 1].isalnum())
    ]
    return without_overlap(found)


@lru_cache(maxsize=1 << 16)
def _stem(token: str, language: str) -> frozenset[str]:
    return frozenset(plausible_stems(token, (language,))) if language and len(token) <= MAX_TOKEN else frozenset()


def _everywhere(text: str, part: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(part), text)]


def _by_bigrams(text: str, word: str) -> list[tuple[int, int]]:
    pairs = {run[i : i + 2] for run in _UNSPACED.findall(word) for i in range(len(run) - 1)}
    return [span for pair in sorted(pairs) for span in _everywhere(text, pair)]


def mention_marks(mentions: Iterable[Mention], part: str, length: int) -> list[Mark]:
    """Return the marks of those ``mentions`` that lie in ``part`` ("title" or "text") of ``length`` code points."""
    marks = [
        Mark(m.anchor.start, m.anchor.end, m.kind, mention_hint(m))
        for m in mentions
        if m.anchor.of == part and 0 <= m.anchor.start < m.anchor.end <= length
    ]
    return without_overlap(marks)


def mention_hint(mention: Mention) -> str:
    """Return what a reader may want to know of a name: kind, English form, country, who found it."""
    parts = [mention.kind.capitalize()]
    english = mention.reads_as or (mention.place.name if mention.place else "")
    if english and english != mention.surface:
        parts.append(f"reads as {english}")
    if mention.place and mention.place.country:
        parts.append(mention.place.country)
    if mention.by:
        parts.append(f"found by {mention.by}")
    return ", ".join(parts)


def without_overlap(marks: Iterable[Mark]) -> list[Mark]:
    """Return ``marks`` in order, the earlier (of two that start together the longer) winning an overlap."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end, m.kind)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def spans(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Return ``text[start:end]`` cut at ``marks`` (sorted, without overlap); joined, the pieces are that text."""
    stop = len(text) if end is None else end
    pieces: list[Span] = []
    at = start
    for mark in marks:
        left, right = max(mark.start, at), min(mark.end, stop)
        if left >= right:
            continue
        if left > at:
            pieces.append(Span(text=text[at:left]))
        pieces.append(Span(text=text[left:right], mark=mark.kind, hint=mark.hint))
        at = right
    if at < stop:
        pieces.append(Span(text=text[at:stop]))
    return tuple(pieces)


def cells(text: str) -> float:
    """Return the mean width of the characters of ``text``: 1, towards 2 where they are wide (UAX #11, Han and Kana)."""
    sample = text[:400]
    return 1.0 + sum(unicodedata.east_asian_width(c) in "WF" for c in sample) / max(len(sample), 1)


def shorten(text: str, width: int) -> str:
    """Return the beginning of ``text``, at most ``width`` cells wide, cut at a space, with an ellipsis."""
    most = int(width / cells(text))
    if len(text) <= most:
        return text
    space = text.rfind(" ", max(most - 25, 0), most)
    return text[: space if space > 0 else most].rstrip(" ,.;:、，") + " …"


def snippet(text: str, marks: Sequence[Mark], width: int = SNIPPET_CHARS) -> tuple[Span, ...]:
    """Return about ``width`` cells of ``text`` around the densest marks, cut at spaces, with ellipses."""
    width = int(width / cells(text))
    if len(text) <= width:
        return spans(text, marks)
    best = max(
        marks, key=lambda m: (sum(m.start <= n.start < m.start + width // 2 for n in marks), -m.start), default=None
    )
    start = max(0, best.start - width // 3) if best else 0
    start = min(start, len(text) - width)
    end = start + width
    if start and (space := text.find(" ", start, start + 30)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", max(end - 30, 0), end)) > 0:
        end = space
    inside = spans(text, marks, start, end)
    before = (Span(text="… "),) if start else ()
    after = (Span(text=" …"),) if end < len(text) else ()
    return before + inside + after
