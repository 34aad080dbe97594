"""Bytes of an HTML page → text, for reading its links: the order of the HTML standard, in short.

Addresses and headlines are all that is read from it; the article's own text is decoded with more care (``extract``).
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

from babelscope.languages.encodings import codec

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SAMPLE = 60_000


def decoded(body: bytes, content_type: str = "") -> str:
    """Return ``body`` as text: byte-order mark, header, ``<meta>``, UTF-8 if it is that, else what it looks like."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    header = _HEADER.search(content_type)
    inside = _META.search(body[:8192]) or _XML.match(body[:300])
    labels = [header[1]] if header else []
    labels += [inside[1].decode("ascii")] if inside else []
    names = [*filter(None, map(codec, labels)), "utf-8"]
    for name in names:
        with suppress(UnicodeError):
            return body.decode(name)
    return body.decode(_likely(body, names), "replace")


def _likely(body: bytes, names: list[str]) -> str:
    """Return the charset for text that is not clean in any of ``names``: the first with few faults, else a guess."""
    for name in names:
        with suppress(UnicodeError):
            text = body[:SAMPLE].decode(name, "replace")
            if text.count("\ufffd") <= len(text) // 200:
                return name
    from charset_normalizer import from_bytes

    best = from_bytes(body[:SAMPLE]).best()
    return best.encoding if best else "cp1252"
