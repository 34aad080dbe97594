"""Bodies that are gzip files themselves (sitemap.xml.gz), unpacked within a bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from babelscope.flow.errors import BadInput

MAX_UNPACKED = 50 << 20
"""Bytes after decompression: the bound of sitemaps.org for one sitemap."""
MAX_MEMBERS = 64
STEP = 64 << 10
_GZIP = b"\x1f\x8b\x08"


def pieces(body: bytes, most: int = MAX_UNPACKED) -> Iterator[bytes]:
    """Yield ``body`` piece by piece, unpacked if it is gzip; a cut-off stream is given as far as it goes.

    Raises ``BadInput`` when more than ``most`` bytes would come out, or when the stream is broken at its start.
    """
    given = 0
    for piece in _inflated(body) if body.startswith(_GZIP) else _slices(body):
        given += len(piece)
        if given > most:
            raise BadInput(f"more than {most} bytes after decompression")
        if piece:
            yield piece


def unpacked(body: bytes) -> bytes:
    """Return ``body`` as a whole; errors as ``pieces``."""
    return b"".join(pieces(body)) if body.startswith(_GZIP) else body


def _slices(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), STEP):
        yield body[start : start + STEP]


def _inflated(body: bytes) -> Iterator[bytes]:
    """Inflate slice by slice, so that no step copies more than a slice; what follows the last member is no matter."""
    member, members, given = zlib.decompressobj(31), 1, False
    for rest in _slices(body):
        piece = b""
        while rest or len(piece) == STEP:  # a full piece: more may be waiting inside, without more input
            if member.eof:
                members += 1
                if members > MAX_MEMBERS:
                    raise BadInput(f"more than {MAX_MEMBERS} gzip members")
                member = zlib.decompressobj(31)
            try:
                piece = member.decompress(rest, STEP)
            except zlib.error as error:
                if not given:
                    raise BadInput(f"a broken gzip file: {error}") from None
                return
            given = given or bool(piece)
            yield piece
            rest = member.unused_data if member.eof else member.unconsumed_tail
            piece = b"" if member.eof else piece
