"""How alike two words of names are, 0 to 1: weighted letter edits in one script, learned likelihood across scripts."""

from __future__ import annotations

import functools
import re

from rapidfuzz.distance import Levenshtein

from babelscope.languages.name_units import units
from babelscope.languages.name_words import DIMINUTIVES
from babelscope.languages.script import dominant_script
from babelscope.languages.transliterate import (
    IMPOSSIBLE,
    MAX_LETTERS,
    chance,
    is_learned,
    latin_letters,
    likelihood,
    models_of,
    readings,
)

SAME = 0.7
"""Likeness from which two words may be one."""
ENOUGH = {"Arab": 0.52, "Hebr": 0.5, "Thai": 0.5}
ENOUGH_ELSE = 0.55
"""Share of a word's information (1 − log P(letters | signs) / log P(letters)) that the signs must explain."""
FULL = 0.88
SHORT_FORM = 0.85
VOWELS = frozenset("aeiouy")
_NEAR = {"kq": 0.2, "kc": 0.2, "cq": 0.3, "sz": 0.35, "vw": 0.15, "iy": 0.1, "ij": 0.3, "jy": 0.25, "uw": 0.25,
         "ks": 0.9, "cs": 0.5, "gj": 0.5, "dt": 0.7, "bp": 0.8, "fv": 0.5, "gk": 0.7, "gq": 0.4, "hk": 0.6, "hx": 0.5,
         "bv": 0.7, "ae": 0.35, "ou": 0.3, "ei": 0.3, "au": 0.6, "ao": 0.6, "ey": 0.35, "iu": 0.8}  # fmt: skip
_COSTS = {frozenset(pair): cost for pair, cost in _NEAR.items()}
_SPELLINGS = (
    ("ph", "f"), ("ck", "k"), ("kh", "h"), ("dh", "d"), ("th", "t"), ("gh", "g"), ("tz", "z"), ("ts", "z"),
    ("sch", "sh"), ("x", "ks"), ("hs", "x"), ("mcc", "mac"), ("mc", "mac"), ("tch", "ch"), ("dzh", "j"), ("ee", "i"),
    ("oo", "u"), ("ou", "u"),
)  # fmt: skip
_GENDERS = frozenset(map(frozenset, ("ao", "ae", "oe", "ai", "oi", "ei")))
_LAST_VOWEL = 0.31
"""Share of the room for edits that a last vowel takes: Martin is not Martina, nor Antonio Antonia, however long."""
_ENDINGS = frozenset(("Cyrl", "Grek", "Geor", "Armn"))
OTHER_ENDING = 0.66
_DOUBLED = re.compile(r"(.)\1+")
_ALL_VOWELS = frozenset(("Cyrl", "Grek", "Geor", "Armn", "Jpan"))
"""Scripts that write all vowels."""
_WHOLE_SIGNS = frozenset(("Hani", "Kore", "Jpan"))
_LONG_FOREIGN = 4
_SWAPPED = 0.7
_SHORT_WORD = 4


def word_likeness(one: str, other: str) -> float:
    """Return how alike two folded words of names are; symmetric, 1.0 for the same word."""
    if one == other:
        return 1.0
    if frozenset((one, other)) in DIMINUTIVES:
        return SHORT_FORM
    return _likeness(*sorted((one, other)))


@functools.lru_cache(maxsize=131_072)
def script_of_word(word: str) -> str:
    """Return the script of a word of a name (``dominant_script``)."""
    return "Latn" if word.isascii() else dominant_script(word)


@functools.lru_cache(maxsize=262_144)
def _likeness(one: str, other: str) -> float:
    scripts = script_of_word(one), script_of_word(other)
    if scripts[0] == scripts[1]:
        return _same_script(one, other, scripts[0])
    if "Latn" in scripts:
        latin, foreign = (one, other) if scripts[0] == "Latn" else (other, one)
        return across(foreign, latin_letters(latin))
    if set(scripts) <= {"Hani", "Jpan"} and units(one) == units(other):
        return 1.0
    return _through_latin(one, other)


def across(foreign: str, latin: str) -> float:
    """Return how well ``latin`` (a–z) writes the word ``foreign`` of another script."""
    if not latin:
        return 0.0
    if not is_learned(foreign):
        return latin_likeness(latin_letters(foreign), latin)
    script = script_of_word(foreign)
    enough = ENOUGH.get(script, ENOUGH_ELSE)
    explained = max(_explained(foreign, latin), _explained(foreign, _undoubled(_plain(latin))) - 0.03)
    if script in _ENDINGS and not _same_ending(foreign, latin):
        return max(0.0, min(OTHER_ENDING, SAME * explained / enough))
    if explained >= enough:
        return min(1.0, SAME + (1 - SAME) * (explained - enough) / (FULL - enough))
    by_reading = _by_reading(foreign, latin) if script in _ALL_VOWELS and explained > 0 else 0.0
    return max(0.0, SAME * explained / enough, by_reading)


def _same_ending(foreign: str, latin: str) -> bool:
    """Say whether both end in -a or neither does: Aleksandr is not Aleksandra."""
    likely = readings(foreign, 2)
    return not likely or (latin[-1] == "a") in {reading[-1] == "a" for reading, _ in likely}


def _by_reading(foreign: str, latin: str) -> float:
    """Compare letter by letter with the likeliest readings, for spellings no place has (Alexander, Pyotr, Johnson)."""
    found = readings(foreign, 3)
    likely = [reading for reading, log in found if log > found[0][1] - 2.0]
    return 0.95 * max((latin_likeness(reading, latin) for reading in likely), default=0.0)


def _undoubled(latin: str) -> str:
    return _DOUBLED.sub(r"\1", latin)


def _explained(foreign: str, latin: str) -> float:
    """Return 1 − log P(latin | foreign) / log P(latin): 1 when the signs say all letters, 0 when they say nothing."""
    signs = units(foreign)
    best = max(likelihood(signs, latin, model) for model in models_of(signs))
    if foreign.startswith("ال") and len(foreign) > 4:
        best = max(best, likelihood(units(foreign[2:]), latin, "") - 0.5)
    return 1 - best / chance(latin[:MAX_LETTERS]) if best > IMPOSSIBLE else 0.0


def _through_latin(one: str, other: str) -> float:
    """Compare two scripts by the likeliest readings of each as the other reads them."""
    best = 0.0
    for a, b in ((one, other), (other, one)):
        found = readings(a, 3) if is_learned(a) else ((latin_letters(a), 0.0),)
        for latin, log in found:
            if log > found[0][1] - 2.0:
                best = max(best, across(b, latin))
    return best * 0.98


def _same_script(one: str, other: str, script: str) -> float:
    if script == "Latn":
        return latin_likeness(latin_letters(one), latin_letters(other))
    one, other = one.replace("ё", "е"), other.replace("ё", "е")
    first, second = units(one), units(other)
    if first == second:
        return 1.0
    if script in _WHOLE_SIGNS:
        length = min(len(one), len(other))
        if length < _LONG_FOREIGN:
            return 0.3 * Levenshtein.normalized_similarity(first, second)
        return max(0.0, 1 - Levenshtein.distance(first, second) / (0.5 + 0.3 * max(len(first), len(second))))
    a, b = latin_letters(one), latin_letters(other)
    if a and b and script not in ("Arab", "Hebr"):
        return latin_likeness(a, b)
    return max(0.0, 1 - Levenshtein.distance(first, second) / (0.5 + 0.35 * max(len(first), len(second))))


def latin_likeness(one: str, other: str) -> float:
    """Return 0 to 1 for two words in a–z: edits weighted by sound, last vowels and consonants counting most."""
    if one == other:
        return 1.0 if one else 0.0
    one, other = sorted((one[:MAX_LETTERS], other[:MAX_LETTERS]))
    length = max(len(one), len(other))
    if abs(len(one) - len(other)) > 2 + length // 3:
        return 0.0
    room = 0.5 + 0.35 * length
    return max(0.0, 1 - _edits(_plain(one), _plain(other), _LAST_VOWEL * room) / room)


def _plain(latin: str) -> str:
    for written, sound in _SPELLINGS:
        latin = latin.replace(written, sound)
    return latin or "h"


def _edits(one: str, other: str, last_vowel: float) -> float:
    """Return the weighted edit distance (Damerau 1964; Wagner and Fischer 1974) of two short words."""
    row = [0.0]
    for j in range(len(other)):
        row.append(row[j] + _gap(other, j, last_vowel))
    before: list[float] = []
    for i, letter in enumerate(one):
        gap = _gap(one, i, last_vowel)
        new = [row[0] + gap]
        for j, b in enumerate(other):
            last = i == len(one) - 1 and j == len(other) - 1
            change = row[j] + (0.0 if letter == b else _change(letter, b, last_vowel if last else 0.0))
            if i and j and letter == other[j - 1] and b == one[i - 1] != letter:
                change = min(change, before[j - 1] + (1.2 if last else _SWAPPED))
            new.append(min(row[j + 1] + gap, new[j] + _gap(other, j, last_vowel), change))
        before, row = row, new
    return row[-1]


def _change(a: str, b: str, last_vowel: float) -> float:
    both = frozenset((a, b))
    if last_vowel and both in _GENDERS:
        return last_vowel
    near = _COSTS.get(both)
    if near is not None:
        return near
    return 0.7 if a in VOWELS and b in VOWELS else 1.2


def _gap(word: str, at: int, last_vowel: float) -> float:
    letter = word[at]
    if at and word[at - 1] == letter:
        return 0.12
    if letter == "h":
        return 0.3 if at else 0.5
    if letter in VOWELS:
        short = len(word) <= _SHORT_WORD
        return max(last_vowel, 0.8) if at == len(word) - 1 else (0.6 if short else 0.4) if at else 0.8
    return 1.0
