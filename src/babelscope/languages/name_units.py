"""The signs of a name that are read one by one: letters, jamo, kana with their small vowels, Han in one form."""

from __future__ import annotations

import functools
import gzip
import unicodedata
from importlib import resources

from babelscope.languages.script import script_of_character

MAX_UNITS = 24
"""Signs of one word that are read; names are shorter, hostile text is not."""
_SMALL_KANA = frozenset("ァィゥェォャュョヮ")
_HIRAGANA_TO_KATAKANA = ord("ア") - ord("あ")
_GERESH = frozenset("'׳’")
_SAME = {"ی": "ي", "ى": "ي", "ک": "ك", "ھ": "ه", "ہ": "ه", "ё": "ё"}
_POINTS = frozenset(map(chr, [*range(0x0591, 0x05C8), *range(0x064B, 0x0656), 0x0640, 0x0670, 0x200C, 0x200D]))
MODEL_OF = {"Kana": "Jpan", "Hang": "Kore"}


@functools.cache
def han_forms() -> dict[str, str]:
    """Return traditional and Japanese forms of Han characters → simplified (OpenCC's tables, Apache-2.0)."""
    raw = resources.files("babelscope.languages").joinpath("han_forms.txt.gz").read_bytes()
    pairs = gzip.decompress(raw).decode("utf-8").split()
    return {pair[0]: pair[1] for pair in pairs}


@functools.lru_cache(maxsize=65_536)
def units(word: str) -> tuple[str, ...]:
    """Return the signs of ``word`` in reading order, at most ``MAX_UNITS``; without vowel points, accents kept.

    Hangul is taken apart into jamo, hiragana is written as katakana, small kana stay with the sign before them, Hebrew
    letters keep their geresh, Han characters are simplified.
    """
    text = unicodedata.normalize("NFKC", word[: 2 * MAX_UNITS]).casefold()
    found: list[str] = []
    for character in text:
        if "\uac00" <= character <= "\ud7a3":
            found += unicodedata.normalize("NFD", character)
        elif character in _GERESH:
            if found and "א" <= found[-1][0] <= "ת":
                found[-1] += "'"
        elif unicodedata.category(character)[0] in "LM" and character not in _POINTS:
            _add(found, character)
    return tuple(found[:MAX_UNITS])


def _add(found: list[str], character: str) -> None:
    if "ぁ" <= character <= "ゖ":
        character = chr(ord(character) + _HIRAGANA_TO_KATAKANA)
    if character in _SMALL_KANA and found and "ァ" <= found[-1][0] <= "ヺ":
        found[-1] += character
    elif "㐀" <= character <= "鿿":
        found.append(han_forms().get(character, character))
    else:
        found.append(_SAME.get(character, character))


def model_of(unit: str) -> str:
    """Return which table reads ``unit``: its script, ``Jpan`` for kana and ``Kore`` for jamo."""
    if "\u1100" <= unit[0] <= "\u11ff":
        return "Kore"
    script = script_of_character(unit[0])
    return MODEL_OF.get(script, script)
