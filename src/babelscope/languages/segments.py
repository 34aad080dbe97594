"""Text cut into the smallest pieces that a reader would call changed: numbers, words, signs, spaces.

Words after the default boundaries of Unicode Standard Annex 29, simplified: letters with their marks and joiners. In
scripts without spaces between words (Han, Kana, Thai, Lao, Khmer, Burmese) every sign with its marks is a piece.
"""

from __future__ import annotations

import re
from functools import cache

from babelscope.languages.combining import combining_marks
from babelscope.languages.sentences import WIDE

_NUMBER = (
    r"(?<!\d)\d{1,3}(?:[.,٫٬'’\u00a0\u202f ]\d{3})+(?!\d)(?:[.,٫]\d+)?"  # grouped: 1,200 or 1 200,50
    r"|\d+(?:[.,:٫/]\d+)*"
)


def segments(text: str) -> list[str]:
    """Return the pieces of ``text`` in order; joined they are ``text`` again, in any script."""
    return [match[0] for match in _pattern().finditer(text)]


def is_number(piece: str) -> bool:
    """Return whether a piece is a number (in the digits of any script)."""
    return piece[:1].isdigit()


def is_word(piece: str) -> bool:
    """Return whether a piece is a word, a number or a sign of a script without spaces: no space, no punctuation."""
    return piece[:1].isalnum()


@cache
def _pattern() -> re.Pattern[str]:
    marks = combining_marks()
    letter = rf"(?:(?![{WIDE}])\w|[{marks}\u200c\u200d])"
    word = rf"(?![{WIDE}\d])\w{letter}*(?:['’]{letter}+)*"
    return re.compile(rf"{_NUMBER}|[{WIDE}][{marks}]*|{word}|\s+|.", re.DOTALL)
