"""Names that a translation lost or invented, in scripts with capitals; what may have been translated is let pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from babelscope.languages.codes import script_of
from babelscope.languages.exonyms import concepts, kin_of
from babelscope.languages.names import word_pattern
from babelscope.model import Fault
from babelscope.understand.alignment_words import Word, likeness, words_at

SIMILAR = 58.0
"""Least likeness (0–100) of a name and what it became, or of a word and its cognate."""
_CASED = frozenset({"Latn", "Cyrl", "Grek", "Armn"})
_SURE = 80.0
"""Likeness of what cannot be another word."""
_JOINT = 5
"""Code points between two words of one name: "Carolina do Sul"."""
MAX_TEXT = 4_000
"""Code points of a sentence up to which names are looked for."""
_TITLE_WORDS = "mr mrs ms miss dr sr sra dra srta prof sir lord lady st г mme mlle m i"
_TITLES = frozenset(_TITLE_WORDS.split())
_ROMAN = re.compile("[ivxlc]+")
MAX_WORDS = 400
"""Words of a sentence up to which names are compared, each with each."""


def name_faults(original: str, translation: str, source: str, target: str) -> list[Fault]:
    """Return the names of ``original`` that ``translation`` lacks, and names of several words that only it has.

    A name is missed where nothing in the translation looks or sounds like it, names the same country or people (CLDR),
    or has a capital of its own for which the original has nothing: that may be its translation. So "Casa Branca" may
    become "White House" but not "the palace". Where a language has no capitals nothing is said.
    """
    if script_of(target) not in _CASED or max(len(original), len(translation)) > MAX_TEXT:
        return []
    one = words_at(original, [m.span() for m in word_pattern().finditer(original)], source)
    other = words_at(translation, [m.span() for m in word_pattern().finditer(translation)], target)
    if not one or not other or max(len(one), len(other)) > MAX_WORDS:
        return []
    lost = _unmatched(one, other, (source, target), _named(original, translation, source, target))
    new = _unmatched(other, one, (target, source), _named(translation, original, target, source))
    if lost and not new:
        return [_fault("lost", original[a:b]) for a, b in _runs(lost, one) if not _is_part(a, b, one, other)]
    if new and not lost and script_of(source) in _CASED and not _is_headline(other):
        named = [word for word in new if word.is_name]
        return [_fault("invented", translation[a:b]) for a, b in _runs(named, other) if " " in translation[a:b]]
    return []


def _fault(way: Literal["lost", "invented"], what: str) -> Fault:
    return Fault(kind="name", way=way, what=what)


def _is_headline(words: Sequence[Word]) -> bool:
    """Return whether most words have a capital, as in English titles."""
    return 2 * sum(word.is_capital for word in words) > len(words)


def _is_part(start: int, end: int, words: Sequence[Word], others: Sequence[Word]) -> bool:
    """Return whether the span belongs to a longer name whose other words came through beside a capital of their own.

    "Ocidental" of "Virgínia Ocidental" is not lost in "West Virginia".
    """
    for word in words:
        beside = word.is_name and (0 < start - word.end <= _JOINT or 0 < word.start - end <= _JOINT)
        for place, kin in enumerate(others) if beside else ():
            near = [others[n] for n in (place - 1, place + 1) if 0 <= n < len(others)]
            if likeness(word, kin) >= SIMILAR and any(w.is_capital and not _has_kin(w, words, True) for w in near):
                return True
    return False


def _named(text: str, other: str, language: str, target: str) -> set[int]:
    """Return the places of ``text`` with names of CLDR that ``other`` has as well, in its own language."""
    there = {i for _, _, i in concepts(other, target)}
    found = [(start, end) for start, end, i in concepts(text, language) if i in there]
    return {place for start, end in found for place in range(start, end)}


def _unmatched(
    words: Sequence[Word], others: Sequence[Word], languages: tuple[str, str], named: set[int]
) -> list[Word]:
    """Return the words with a capital among ``words`` that nothing among ``others`` answers to.

    Languages are those of ``words`` and ``others``; a capital at the start of a sentence counts where it is ``new``.
    """
    kin = {i for other in others for i in kin_of(other.folded, languages[1])}
    return [
        word
        for word in words
        if word.is_name
        and word.start not in named
        and word.folded not in _TITLES
        and not _ROMAN.fullmatch(word.folded)
        and not kin & kin_of(word.folded, languages[0])
        and not _has_kin(word, others)
    ]


def _has_kin(word: Word, others: Iterable[Word], strict: bool = False) -> bool:
    least = _SURE if strict else SIMILAR
    anagram = not strict and 2 <= len(word.latin) <= 5
    return any(
        likeness(word, other) >= least or (anagram and sorted(word.latin) == sorted(other.latin)) for other in others
    )


def _runs(words: Sequence[Word], text: Sequence[Word]) -> list[tuple[int, int]]:
    """Return the spans of ``words``, those that follow each other in the text as one."""
    follower = {one.end: other.start for one, other in pairwise(text)}
    runs: list[tuple[int, int]] = []
    for word in words:
        if runs and follower.get(runs[-1][1]) == word.start:
            runs[-1] = (runs[-1][0], word.end)
        else:
            runs.append((word.start, word.end))
    return runs
