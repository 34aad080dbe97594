"""A cheap look at two names before they are compared: do enough consonants of their words agree at all?

The rejection is a filter, not a proof: ``docs/benchmarks.md`` says how many matches it costs.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict

import msgspec
from rapidfuzz.distance import Levenshtein

from babelscope.languages.consonants import sounds
from babelscope.languages.name_words import DIMINUTIVES, name_words
from babelscope.languages.names import fold_name
from babelscope.languages.transliterate import is_learned, latin_letters, readings

_HAN_READINGS = 6
_CLASSES = tuple((letter, 8 * at) for at, letter in enumerate("ptkslmn"))
_BITS = tuple((1 << min(count, 8)) - 1 for count in range(1_000))
_SHORT_WORD = 3
_BEFORE = tuple((re.compile(p), s) for p, s in (("ッ|っ", ""), ("ג['׳]", "j"), ("צ['׳]|ץ['׳]|ז['׳]", "z")))
"""What no letter by letter reading shows: the sign that doubles, letters with geresh."""
_SECOND = tuple((re.compile(p), s) for p, s in (("j", ""), ("r(?![aeiouy])", ""), ("j|r(?![aeiouy])", "")))
"""Latin letters that other languages read as no consonant."""
_ANY = ("",)
"""The skeletons of a word that says nothing: an initial, a number, a word without two consonants."""


class Sketch(msgspec.Struct, frozen=True):
    """What the filter knows of a name: skeletons of its words, of joined words, and how often each class occurs.

    ``bag`` has 8 bits for each class of consonants, as many of them set as the class occurs; ``whole`` has all letters,
    particles too; ``forms`` has the pairs of short forms of given names that its words are in.
    """

    words: tuple[tuple[str, ...], ...]
    joined: tuple[tuple[str, ...], ...]
    bag: int
    size: int
    whole: str
    forms: frozenset[frozenset[str]]


@functools.cache
def _short_forms() -> dict[str, frozenset[frozenset[str]]]:
    found = defaultdict(set)
    for pair in DIMINUTIVES:
        for word in pair:
            found[word].add(pair)
    return {word: frozenset(pairs) for word, pairs in found.items()}


@functools.lru_cache(maxsize=131_072)
def skeletons(word: str) -> tuple[str, ...]:
    """Return the consonant classes of a word as it may be read: one way, or some for a word with Han characters."""
    if any("㐀" <= c <= "鿿" for c in word) and is_learned(word):
        return tuple(dict.fromkeys(sounds(latin) for latin, _ in readings(word, _HAN_READINGS))) or _ANY
    plain = word
    if not word.isascii():
        for pattern, letters in _BEFORE:
            plain = pattern.sub(letters, plain)
        plain = fold_name(plain)
    latin = latin_letters(plain)
    if len(latin) <= 1 or (word.isascii() and len(word) <= _SHORT_WORD and not set(word) & set("aeiouy")):
        return _ANY
    found = [sounds(latin)]
    if word[0] < "\u0250":
        found += [sounds(pattern.sub(letters, latin)) for pattern, letters in _SECOND if pattern.search(latin)]
    elif "ו" in word:
        found.append(sounds(latin_letters(plain.replace("ו", ""))))
    return tuple(dict.fromkeys(found))


@functools.lru_cache(maxsize=65_536)
def sketch(name: str) -> Sketch:
    """Return the sketch of a name; its words as ``name_words`` has them."""
    parts = name_words(name)
    words = tuple(map(skeletons, parts.words))
    first = [each[0] for each in words]
    joins = [first[i] + first[i + 1] for i in range(len(first) - 1)]
    if len(first) > 1:
        joins += ["".join(first), "".join([first[-1], *first[:-1]]), "".join([*first[1:], first[0]])]
    bag = 0
    for other in range(max(map(len, words), default=0)):
        text = "".join([each[other] if other < len(each) else each[0] for each in words])
        for letter, at in _CLASSES:
            bag |= _BITS[text.count(letter)] << at
    forms = frozenset([pair for word in parts.words if word in _short_forms() for pair in _short_forms()[word]])
    whole = "".join(map(latin_letters, parts.letters))
    return Sketch(words, (tuple(dict.fromkeys(joins)),) if joins else (), bag, bag.bit_count(), whole, forms)


def may_match(one: Sketch, other: Sketch) -> bool:
    """Say whether two names are worth comparing: all words of one have counterparts by their consonants."""
    if one.whole == other.whole != "":
        return True
    if one.forms and not one.forms.isdisjoint(other.forms):
        return True
    missing = min((one.bag & ~other.bag).bit_count(), (other.bag & ~one.bag).bit_count())
    if missing > _room(min(one.size, other.size)) + 1:
        return False
    if len(one.words) == len(other.words):
        return _has_all(one, other) and _has_all(other, one)
    return _has_all(one, other) or _has_all(other, one)


def _has_all(one: Sketch, other: Sketch) -> bool:
    targets = other.words + other.joined
    return all(has_counterpart(word, targets) for word in one.words)


def may_be_alike(one: str, other: str) -> bool:
    """Say whether two words are worth comparing by their consonants."""
    return frozenset((one, other)) in DIMINUTIVES or has_counterpart(skeletons(one), (skeletons(other),))


def has_counterpart(word: tuple[str, ...], targets: tuple[tuple[str, ...], ...]) -> bool:
    """Say whether one of the words ``targets`` has nearly the consonants of ``word``."""
    for skeleton in word:
        if len(skeleton) <= 1:
            return True
        for target in targets:
            for other in target:
                if not other:
                    return True
                room = _room(max(len(skeleton), len(other)))
                if Levenshtein.distance(skeleton, other, score_cutoff=room) <= room:
                    return True
    return False


def _room(letters: int) -> int:
    """Return how many consonants may differ."""
    return max(1, int(0.4 * letters))
