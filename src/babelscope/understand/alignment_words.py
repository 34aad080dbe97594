"""Words of two texts compared across languages and scripts: equal, cognate, the same name written another way."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
from anyascii import anyascii
from rapidfuzz import fuzz

from babelscope.languages.names import fold_name
from babelscope.languages.script import script_of_character

_NOUNS_CAPITAL = frozenset({"de", "lb", "nds", "bar", "gsw"})
"""Languages that write every noun with a capital: there a capital says nothing."""
_STARTS = re.compile(r"(?:^|[.!?…:;\"'“”„«»‘’(\[\n–—•*/-])[^\w]*$")
_LATIN = re.compile(r"[^a-z]")
MAX_WORD = 60
"""Characters of a word that are looked at."""
_CURRENCY = tuple("$€£¥₹₽")
_SHORT = 3
"""Letters up to which two words must be equal to be alike."""
_PARTICLES = 3
_CUT = 4.0
"""Likeness that every sign costs which is taken for a particle."""
_ENDING = 3
"""Letters of a case ending."""
_CLASSES = str.maketrans("bpfvckgqxjzdl", "ppppkkkkksstl", "aeiouyhw'")
_DOUBLES = re.compile(r"(.)\1+")


class Word(msgspec.Struct, frozen=True):
    """A word of a text: where it is, folded, in Latin letters, its script, and whether its capital marks a name."""

    start: int
    end: int
    folded: str
    latin: str
    script: str
    is_name: bool
    is_capital: bool
    is_number: bool


def words_at(text: str, spans: list[tuple[int, int]], language: str) -> list[Word]:
    """Return the words of ``text`` at ``spans``."""
    return [_word(text, start, end, language) for start, end in spans]


def _word(text: str, start: int, end: int, language: str) -> Word:
    word = text[start:end]
    folded, latin, script = _forms(word)
    capital, number = word[0].isupper(), any(map(str.isdigit, word))
    return Word(start, end, folded, latin, script, capital and _is_name(text, start, word, language), capital, number)


@lru_cache(maxsize=1 << 16)
def _forms(word: str) -> tuple[str, str, str]:
    folded = fold_name(word[:MAX_WORD])
    return folded, _LATIN.sub("", anyascii(folded).lower()), script_of_character(word[0])


def _is_name(text: str, start: int, word: str, language: str) -> bool:
    """A capital marks a name unless a sentence begins there, or the language writes all nouns with one."""
    if len(word) < 2 or text[start + len(word) : start + len(word) + 1] in _CURRENCY:
        return False
    if word.isupper() and len(word) < 6:
        return True
    return language not in _NOUNS_CAPITAL and _STARTS.search(text, max(0, start - 8), start) is None and start > 0


def likeness(one: Word, other: Word) -> float:
    """Return how much two words look or sound alike, 0–100; numbers and short words only when they are equal."""
    if one.folded == other.folded:
        return 100.0
    if one.is_number or other.is_number:
        return 0.0
    if one.script == other.script:
        return _like(one.latin, other.latin)
    return max(
        sounds_like(a, b) - _CUT * (n + m)
        for n, a in enumerate(_stems(one.folded, one.script))
        for m, b in enumerate(_stems(other.folded, other.script))
    )


@lru_cache(maxsize=1 << 16)
def _stems(word: str, script: str) -> tuple[str, ...]:
    """Return a word in Latin letters; in Hangul also without its last signs, which may be particles."""
    cuts = range(min(_PARTICLES, len(word) - 2) + 1) if script == "Hang" and len(word) > 2 else range(1)
    return tuple(_LATIN.sub("", anyascii(word[: len(word) - cut]).lower()) for cut in cuts)


def _like(one: str, other: str) -> float:
    """Return the share of common letters (Indel ratio); a name and its inflected form count as alike."""
    if min(len(one), len(other)) <= _SHORT:
        return 95.0 if one and one == other else 0.0
    if abs(len(one) - len(other)) <= _ENDING and (one.startswith(other) or other.startswith(one)):
        return 95.0
    return fuzz.ratio(one, other)


@lru_cache(maxsize=1 << 17)
def sounds_like(one: str, other: str) -> float:
    """Return the likeness across scripts, where vowels are written differently or not at all."""
    if not one or not other:
        return 0.0
    a, b = _skeleton(one), _skeleton(other)
    if min(len(a), len(b)) < 2:
        return fuzz.ratio(one, other) if min(len(one), len(other)) > 1 else 0.0
    bones = fuzz.ratio(a, b)
    return max(
        fuzz.ratio(one, other), 0.6 * bones + 0.4 * fuzz.ratio(one, other), 0.9 * bones - (20 if len(a) < 3 else 0)
    )


@lru_cache(maxsize=1 << 16)
def _skeleton(latin: str) -> str:
    """Return the consonants in classes of sound, without doubles: "Mohammed" and "mhmd" are both "mmt"."""
    bones = latin.replace("sh", "s").replace("ch", "s").replace("ph", "f").replace("th", "t").replace("kh", "k")
    bones = bones.translate(_CLASSES)
    return _DOUBLES.sub(r"\1", bones)
