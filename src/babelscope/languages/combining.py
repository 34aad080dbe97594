"""The combining marks of Unicode, for regular expressions: ``\\w`` leaves them out."""

from __future__ import annotations

import unicodedata
from functools import cache

_LAST = 0x20000


@cache
def combining_marks() -> str:
    """Return the combining marks of Unicode (categories Mn, Mc, Me) as the inside of a character class."""
    points = [point for point in range(0x300, _LAST) if unicodedata.category(chr(point)).startswith("M")]
    parts: list[list[int]] = []
    for point in points:
        if parts and parts[-1][1] == point - 1:
            parts[-1][1] = point
        else:
            parts.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in parts)
