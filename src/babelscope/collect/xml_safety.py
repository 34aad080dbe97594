"""XML from strangers: what is refused or mended before a parser sees it, and a parser that asks nobody."""

from __future__ import annotations

import re
from typing import Any

# Halves of surrogate pairs, as some publishing systems write an emoji: ``&#55357;&#56832;``
_HALVES = re.compile(
    rb"(?:&#(?:0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3])"
    rb"|[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2});)+"
)
_NUMBER = re.compile(rb"&#(?:0*(\d+)|[xX]([0-9a-fA-F]+));")


def declares_entities(raw: bytes) -> bool:
    """Say whether ``raw`` declares entities; zero bytes are skipped, so that UTF-16 and UTF-32 hide nothing."""
    return b"<!entity" in raw.replace(b"\0", b"").lower()


def xml_parser(**options: Any) -> Any:
    """Return a parser that reads nothing but what it is given, resolves nothing and goes no deeper than 256."""
    from lxml import etree

    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, **options)


def mend_references(raw: bytes) -> bytes:
    """Return ``raw`` with every pair of halves as one reference, and every half alone as one to U+FFFD.

    XML 1.0 (§2.2, §4.1) forbids them; libxml2 and expat let them pass, and then Python cannot hold what they read.
    """
    return _HALVES.sub(_joined, raw) if b"&#" in raw else raw


def _joined(found: re.Match[bytes]) -> bytes:
    halves = (int(digits) if digits else int(hexadecimal, 16) for digits, hexadecimal in _NUMBER.findall(found[0]))
    text = b"".join(half.to_bytes(2, "little") for half in halves).decode("utf-16-le", "replace")
    return b"".join(b"&#%d;" % ord(character) for character in text)
