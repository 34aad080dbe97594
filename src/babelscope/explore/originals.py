"""The preserved original, made safe to look at: text for a reader's eyes, never a page that runs."""

from __future__ import annotations

import msgspec

from babelscope.extract.decode import decode
from babelscope.model import Capture
from babelscope.store.reader import Reader

_TEXT_TYPES = ("text/", "application/json", "application/xhtml")


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """The body as text; ``is_text`` is False if it is none, and ``text`` then says what it is."""

    text: str
    is_text: bool


def original_text(reader: Reader, capture: Capture) -> Original:
    """Return the preserved body of ``capture`` as text; raises ``BadInput`` if the evidence is damaged."""
    return decode_body(reader.original(capture).body, capture.charset, capture.media_type)


def decode_body(body: bytes, charset: str, media_type: str) -> Original:
    """Return ``body`` as text, decoded as the extraction decodes it, so that both read the same characters."""
    kind = media_type.partition(";")[0].strip().casefold()
    if kind and not kind.startswith(_TEXT_TYPES) and "xml" not in kind:
        note = f"The preserved original is {kind}, {len(body):,} bytes: not text. Download the WARC record to read it."
        return Original(text=note, is_text=False)
    return Original(text=decode(body, charset), is_text=True)
