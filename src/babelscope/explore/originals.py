"""The preserved original, made safe to look at: text for a reader's eyes, never a page that runs."""

from __future__ import annotations

import codecs
import re

import msgspec

from babelscope.model import Capture
from babelscope.store.reader import Reader

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:\-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_.:\-]{1,40})["']""")
_TEXT_TYPES = (
    "text/",
    "application/xhtml",
    "application/xml",
    "application/json",
    "application/rss",
    "application/atom",
)
SNIFFED_BYTES = 4096


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The body as text: ``charset`` is what it was decoded with, ``is_text`` False if it is not text at all."""

    text: str
    charset: str
    is_text: bool


def original_text(reader: Reader, capture: Capture) -> Original:
    """Return the preserved body of ``capture`` as text; bytes that do not fit the charset show as U+FFFD."""
    return decode_body(reader.original(capture).body, capture.charset, capture.media_type)


def decode_body(body: bytes, charset: str, media_type: str) -> Original:
    """Return ``body`` as text, by the declared ``charset``, else the one in the document's head, else UTF-8."""
    kind = media_type.partition(";")[0].strip().casefold()
    if kind and not kind.startswith(_TEXT_TYPES) and "xml" not in kind:
        note = f"The preserved original is {kind}, {len(body):,} bytes: not text. Download the WARC record to read it."
        return Original(text=note, charset="", is_text=False)
    name = known_charset(charset) or _declared(body) or "utf-8"
    return Original(text=body.decode(name, "replace"), charset=name, is_text=True)


def known_charset(name: str) -> str:
    """Return Python's name of the text encoding ``name``, "" if there is none."""
    try:
        info = codecs.lookup(name.strip().strip("\"'"))
        b"".decode(info.name)  # refuses codecs that are not text encodings
    except (LookupError, ValueError):
        return ""
    return info.name


def _declared(body: bytes) -> str:
    head = body[:SNIFFED_BYTES]
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    found = _XML_ENCODING.search(head) or _META_CHARSET.search(head)
    return known_charset(found.group(1).decode("ascii")) if found else ""
