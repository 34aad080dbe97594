"""Character references to halves of surrogate pairs, as some publishing systems write an emoji: ``&#55357;&#56832;``.

XML 1.0 (§2.2, §4.1) forbids them; libxml2 and expat let them pass, and then Python cannot hold what they read.
"""

from __future__ import annotations

import re

_HALVES = re.compile(
    rb"(?:&#(?:0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])"
    rb"|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});)+"
)
_NUMBER = re.compile(rb"&#(?:0*(\d+)|[xX]([0-9a-fA-F]+));")


def mend_references(raw: bytes) -> bytes:
    """Return ``raw`` with every pair of halves as one reference, and every half alone as one to U+FFFD."""
    return _HALVES.sub(_joined, raw) if b"&#" in raw else raw


def _joined(found: re.Match[bytes]) -> bytes:
    halves = (int(digits) if digits else int(hexadecimal, 16) for digits, hexadecimal in _NUMBER.findall(found[0]))
    text = b"".join(half.to_bytes(2, "little") for half in halves).decode("utf-16-le", "replace")
    return b"".join(b"&#%d;" % ord(character) for character in text)
