"""Latin letters inside Cyrillic or Greek words: mended, so that the words are what readers see.

Old keyboards, converters and spammers leave them ("сeнaтoр" with Latin e, a and o). Pairs after the confusables of
Unicode Technical Standard 39, kept to letters that look the same in every upright typeface.
"""

from __future__ import annotations

import re

_LATIN_CYRILLIC = "AАBВCСEЕHНIІJЈKКMМOОPРSЅTТXХYУaаcсeеiіjјoоpрsѕxхyу"
_LATIN_GREEK = "AΑBΒEΕZΖHΗIΙKΚMΜNΝOΟPΡTΤYΥXΧoοvν"
_CYRILLIC = {ord(a): b for a, b in zip(_LATIN_CYRILLIC[::2], _LATIN_CYRILLIC[1::2], strict=True)}
_GREEK = {ord(a): b for a, b in zip(_LATIN_GREEK[::2], _LATIN_GREEK[1::2], strict=True)}
_MIXED = re.compile(r"(?=[^\W\d_]*[A-Za-z])(?=[^\W\d_]*[\u0370-\u052f])[^\W\d_]+")
_LETTERS = re.compile(r"[^\W\d_]+")
NOISY = 0.15
"""Share of mixed words from which whole words of look-alikes are mended, too ("je" in a Cyrillic text)."""


def mend_lookalikes(text: str) -> str:
    """Return ``text`` with the Latin letters of Cyrillic and Greek words replaced; other words stay as they are."""
    mixed = len(_MIXED.findall(text))
    if not mixed:
        return text
    mended = _MIXED.sub(lambda match: _mend(match.group()), text)
    words = _LETTERS.findall(text)
    if mixed < NOISY * len(words):
        return mended
    table = (
        _CYRILLIC
        if sum("\u0400" <= c < "\u0530" for c in text) >= sum("\u0370" <= c < "\u0400" for c in text)
        else _GREEK
    )
    return _LETTERS.sub(lambda match: _whole(match.group(), table), mended)


def _mend(word: str) -> str:
    table = _CYRILLIC if any("\u0400" <= c < "\u0530" for c in word) else _GREEK
    changed = word.translate(table)
    return word if any(c.isascii() for c in changed) else changed


def _whole(word: str, table: dict[int, str]) -> str:
    return word.translate(table) if all(ord(c) in table for c in word) else word
