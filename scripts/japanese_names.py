"""Japanese names for ``fit_names.py`` and ``fit_origins.py``: kana, Han, Latin letters and, by rule, Hangul.

Names: japanese-personal-name-dataset (MIT). Hangul: the table for Japanese of the rules for foreign words of the
National Institute of Korean Language (1986, chapter 2, table 4), and the spelling common outside the press.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib import resources

from babelscope.languages.transliterate import latin_letters

_ROWS = {
    "": "아이우에오", "k": "카키쿠케코", "s": "사시스세소", "t": "타치쓰테토", "n": "나니누네노", "h": "하히후헤호",
    "m": "마미무메모", "y": "야_유_요", "r": "라리루레로", "w": "와___오", "g": "가기구게고", "z": "자지즈제조",
    "d": "다지즈데도", "b": "바비부베보", "p": "파피푸페포",
}  # fmt: skip
_KANA = dict(zip(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポ",
    "".join(_ROWS.values()).replace("_", ""),
    strict=True,
))  # fmt: skip
_SMALL = {"ャ": "야", "ュ": "유", "ョ": "요"}
_FIRST = str.maketrans("카키쿠케코타치테토쿄큐캬차추초", "가기구게고다지데도교규갸자주조")
"""At the start of a word the press writes the voiced letter."""
_VOWEL = {"야": ("ㅑ", "ㅏ"), "유": ("ㅠ", "ㅜ"), "요": ("ㅛ", "ㅗ")}
_PLAIN_AFTER = frozenset("시지치")
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"


def _folder() -> resources.abc.Traversable:
    return resources.files("japanese_personal_name_dataset").joinpath("dataset")


def japanese_names(spellings: int = 24) -> Iterator[tuple[str, str, list[str]]]:
    """Yield katakana, Latin letters as newspapers write them, and Han spellings of family and given names."""
    with _folder().joinpath("last_name_org.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            if len(row) > 3:
                yield _katakana(row[2]), shorten(row[3]), [row[0]]
    for name in ("first_name_man_opti.csv", "first_name_woman_opti.csv"):
        with _folder().joinpath(name).open(encoding="utf-8") as file:
            for row in csv.reader(file):
                yield _katakana(row[0]), shorten(row[1]), row[2 : 2 + spellings]


def _katakana(kana: str) -> str:
    return "".join(chr(ord(c) + 96) if "ぁ" <= c <= "ゖ" else c for c in kana)


def shorten(reading: str) -> str:
    """Return a reading with long vowels as newspapers write them."""
    return re.sub("o[ou]", "o", re.sub("uu", "u", latin_letters(reading)))


def hangul(kana: str) -> tuple[str, ...]:
    """Return how Korean writes a Japanese name: the press (도쿄), and as it sounds (토쿄, 츠 for 쓰, 쥰 for 준)."""
    kana = re.sub("(?<=[オコソトノホモヨロゴゾドボポョ])ウ|(?<=[ウクスツヌフムユルグズブプュ])ウ|ー", "", kana)
    found = ""
    for sign in kana:
        if sign in _SMALL and found:
            found = found[:-1] + _with_vowel(found[-1], _SMALL[sign])
        elif sign == "ン" and found:
            found = found[:-1] + _with_final(found[-1], 4)
        elif sign == "ッ" and found:
            found = found[:-1] + _with_final(found[-1], 19)
        else:
            found += _KANA.get(sign, "")
    press = found[:1].translate(_FIRST) + found[1:]
    return tuple(dict.fromkeys((press, found, press.replace("쓰", "츠"), found.replace("쓰", "츠"))))


def _with_vowel(syllable: str, glide: str) -> str:
    code = ord(syllable) - 0xAC00
    vowel = _VOWELS.index(_VOWEL[glide][1 if syllable in _PLAIN_AFTER and syllable != "시" else 0])
    return chr(0xAC00 + code // 588 * 588 + vowel * 28)


def _with_final(syllable: str, final: int) -> str:
    return chr(ord(syllable) + final) if (ord(syllable) - 0xAC00) % 28 == 0 else syllable
