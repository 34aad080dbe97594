"""Numbers as they are written: their digits, whatever script and separators. Their values: ``quantities.py``."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\d+(?:[.,٫٬'’\u00a0\u202f ](?=\d{3}(?!\d))\d{3})*(?:[.,٫]\d+)?")


def numbers(text: str) -> list[str]:
    """Return the numbers of ``text`` as ASCII digits without separators, in order (any script's digits)."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return [re.sub(r"\D", "", m[0]) for m in _NUMBER.finditer(plain)]
