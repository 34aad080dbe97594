"""In which script a text is written (ISO 15924), from Unicode block ranges (Unicode 15.1, Blocks.txt)."""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

COMMON = "Zyyy"
"""ISO 15924 for "undetermined": digits, punctuation, symbols only."""
LOOK_AT = 2_000
"""Characters of a text that are looked at."""

# first, last code point, script
_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x005A, "Latn"),
    (0x0061, 0x007A, "Latn"),
    (0x00AA, 0x00AA, "Latn"),
    (0x00BA, 0x00BA, "Latn"),
    (0x00C0, 0x00D6, "Latn"),
    (0x00D8, 0x00F6, "Latn"),
    (0x00F8, 0x02AF, "Latn"),
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0531, 0x058F, "Armn"),
    (0x0591, 0x05FF, "Hebr"),
    (0x0610, 0x06FF, "Arab"),
    (0x0700, 0x074F, "Syrc"),
    (0x0750, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
    (0x07C0, 0x07FF, "Nkoo"),
    (0x08A0, 0x08FF, "Arab"),
    (0x0900, 0x0963, "Deva"),
    (0x0966, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"),
    (0x0E01, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x139F, "Ethi"),
    (0x13A0, 0x13FF, "Cher"),
    (0x1400, 0x167F, "Cans"),
    (0x1780, 0x17FF, "Khmr"),
    (0x1800, 0x18AF, "Mong"),
    (0x1C50, 0x1C7F, "Olck"),
    (0x1C80, 0x1C8F, "Cyrl"),
    (0x1C90, 0x1CBF, "Geor"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x2C60, 0x2C7F, "Latn"),
    (0x2D00, 0x2D2F, "Geor"),
    (0x2D30, 0x2D7F, "Tfng"),
    (0x2D80, 0x2DDF, "Ethi"),
    (0x2DE0, 0x2DFF, "Cyrl"),
    (0x2E80, 0x2FDF, "Hani"),
    (0x3005, 0x3007, "Hani"),
    (0x3041, 0x309F, "Kana"),
    (0x30A1, 0x30FA, "Kana"),
    (0x30FC, 0x30FF, "Kana"),
    (0x3131, 0x318E, "Hang"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xA000, 0xA4CF, "Yiii"),
    (0xA640, 0xA69F, "Cyrl"),
    (0xA720, 0xA7FF, "Latn"),
    (0xA8E0, 0xA8FF, "Deva"),
    (0xA960, 0xA97F, "Hang"),
    (0xA9E0, 0xA9FF, "Mymr"),
    (0xAA60, 0xAA7F, "Mymr"),
    (0xAB00, 0xAB2F, "Ethi"),
    (0xAB30, 0xAB6F, "Latn"),
    (0xAC00, 0xD7FF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB00, 0xFB06, "Latn"),
    (0xFB13, 0xFB17, "Armn"),
    (0xFB1D, 0xFB4F, "Hebr"),
    (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFC, "Arab"),
    (0xFF21, 0xFF3A, "Latn"),
    (0xFF41, 0xFF5A, "Latn"),
    (0xFF66, 0xFF9F, "Kana"),
    (0xFFA0, 0xFFDC, "Hang"),
    (0x1E900, 0x1E95F, "Adlm"),
    (0x20000, 0x323AF, "Hani"),
)
_STARTS = [first for first, _, _ in _RANGES]
# One Han character says as much as about three letters of an alphabet.
_WEIGHTS = {"Hani": 3, "Kana": 2, "Hang": 2}
_KANA_SHARE = 0.05
# bytes a character up to which the letters of ASCII are counted apart: then little is left to look at one by one
_MOSTLY_ASCII = 1.3
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_NO_ASCII_LETTERS = bytes(set(range(256)) - set(string.ascii_letters.encode()))


@lru_cache(maxsize=16_384)
def script_of_character(character: str) -> str:
    """Return the ISO 15924 code of one character, ``Zyyy`` if it belongs to no script; Hiragana counts as ``Kana``."""
    code = ord(character)
    index = bisect_right(_STARTS, code) - 1
    if index < 0 or code > _RANGES[index][1]:
        return COMMON
    return _RANGES[index][2]


def script_counts(text: str) -> Counter[str]:
    """Return how many of the first ``LOOK_AT`` characters of ``text`` belong to each script, without ``Zyyy``."""
    text = text[:LOOK_AT]
    counts: Counter[str] = Counter()
    raw = text.encode("utf-8", "surrogatepass")
    signs: Iterable[str] = text
    if len(raw) <= _MOSTLY_ASCII * len(text):
        latin = len(raw.translate(None, _NO_ASCII_LETTERS))
        if latin:
            counts["Latn"] = latin
        signs = _BEYOND_ASCII.findall(text)
    for character, times in Counter(signs).items():
        script = script_of_character(character)
        if script != COMMON:
            counts[script] += times
    return counts


def dominant_script(text: str) -> str:
    """Return the ISO 15924 code of the script that carries most of ``text``, ``Zyyy`` if there are no letters.

    Mixed writing systems have their own codes: ``Jpan`` for kana with or without Han, ``Kore`` for Hangul. Characters
    are weighted by what they say, so that a Chinese headline with Latin brand names is still ``Hani``.
    """
    return script_of_counts(script_counts(text))


def script_of_counts(counts: Counter[str]) -> str:
    """Return what ``dominant_script`` returns, for ``counts`` of ``script_counts``."""
    if not counts:
        return COMMON
    if len(counts) == 1:
        return _as_written(next(iter(counts)))
    weighted = {script: count * _WEIGHTS.get(script, 1) for script, count in counts.items()}
    kana, han = counts["Kana"], counts["Hani"]
    if kana and kana >= _KANA_SHARE * (kana + han):
        weighted["Kana"] += weighted.pop("Hani", 0)
    return _as_written(max(sorted(weighted), key=weighted.__getitem__))


def _as_written(script: str) -> str:
    return {"Kana": "Jpan", "Hang": "Kore"}.get(script, script)
