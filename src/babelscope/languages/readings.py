"""How a word of a name reads in Latin letters, and short phonetic keys under which it is found from any script."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterable, Iterator

from babelscope.languages.consonants import sounds
from babelscope.languages.names import fold_name
from babelscope.languages.transliterate import is_learned, latin_letters, readings

KEYS_VERSION = 2
"""Changes with the keys of a word (rules and tables): an index that holds keys is then made anew."""
MAX_WORD = 40
"""Characters of one word that are read."""
MAX_KEYS = 4
KEY_LETTERS = 4
_READINGS = 24

_VARIANTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (("w", "v"), ("ch", "k"), ("g(?=[eiy])", "s"), ("j", ""), ("c", "s"), ("^h", "k"), ("r", ""))
)
"""Letters that are read in two ways: the second reading makes a further key."""


@functools.lru_cache(maxsize=65_536)
def romanise(word: str, language: str = "") -> str:
    """Return the likeliest writing of ``word`` in small Latin letters a–z: learned tables, else letter by letter.

    A reading is for comparing and sorting, not for print: vowels that a script leaves out stay out.
    """
    word = word[:MAX_WORD]
    if word.isascii() or not is_learned(word):
        return latin_letters(fold_name(word))
    found = readings(word, 1, language)
    return found[0][0] if found else latin_letters(word)


def _key(latin: str) -> str:
    found = sounds(latin)
    if len(found) >= 2:
        return found[:KEY_LETTERS]
    return f"{latin[:1] if latin[:1] in 'aeiou' else ''}{found}{'+' if len(latin) > 3 else ''}"


def name_keys(word: str, language: str = "") -> tuple[str, ...]:
    """Return at most ``MAX_KEYS`` phonetic keys of one word in any script; () for a word without letters.

    The same name in two scripts shares a key nine times in ten; keys are for finding candidates, not for deciding.
    """
    return _keys(word[:MAX_WORD], language)


@functools.lru_cache(maxsize=65_536)
def _keys(word: str, language: str) -> tuple[str, ...]:
    return _first(_candidates(word, language))


def _candidates(word: str, language: str) -> Iterator[str]:
    learned = not word.isascii() and is_learned(word)
    if learned and latin_letters(word) and not _is_latin(word):
        mass: dict[str, float] = {}
        for read, log in readings(word, _READINGS, language):
            mass[_key(read)] = mass.get(_key(read), 0.0) + math.exp(log)
        yield from sorted(mass, key=lambda key: (-mass[key], key))
        return
    latin = latin_letters(fold_name(word))
    if not latin:
        return
    yield _key(latin)
    for pattern, sound in _VARIANTS:
        other = pattern.sub(sound, latin)
        if other and other != latin:
            yield _key(other)


def _is_latin(word: str) -> bool:
    return all(c < "\u0250" or "\u1e00" <= c <= "\u1eff" for c in word)


def _first(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(k for k in keys if k))[:MAX_KEYS]
