"""Content codings (RFC 9110 §8.4.1) taken off within bounds: a bomb never occupies more memory than the bound."""

from __future__ import annotations

import zlib

import brotli
import zstandard

from babelscope.collect.reasons import Refused

MAX_LAYERS = 3
MAX_MEMBERS = 64
ZSTD_WINDOW = 8 << 20
"""RFC 9659: a decoder need not support a larger window in HTTP."""
_STEP = 256
"""Bytes fed to zstd at once: one step makes at most about 8 MB, since a block of 128 KiB needs 4 bytes."""

_GZIP, _ZLIB, _RAW = 31, 15, -15


def decode_body(body: bytes, content_encoding: str, limit: int, *, truncate: bool = False, cut: bool = False) -> bytes:
    """Return ``body`` with its content codings taken off, in the reverse order of their application.

    ``limit`` bounds the result in bytes; with ``truncate`` the first ``limit`` bytes are returned instead of a refusal.
    ``cut`` says that ``body`` itself was cut off by us, so that an incomplete stream is no surprise.
    Raises ``Refused``: "too-large", "truncated" (the coded stream is not complete) or "bad-encoding".
    """
    layers = [name.strip().lower() for name in content_encoding.split(",") if name.strip()]
    layers = [name for name in layers if name not in ("identity", "none", "utf-8")]
    if len(layers) > MAX_LAYERS:
        raise Refused("bad-encoding", f"{len(layers)} content codings on top of each other")
    for name in reversed(layers):
        if body:
            body = _decode_one(body, name, limit, truncate, cut)
            cut = cut or len(body) > limit
            body = body[:limit]
    if len(body) > limit and not truncate:
        raise Refused("too-large", f"more than {limit} bytes")
    return body[:limit]


def _decode_one(body: bytes, name: str, limit: int, truncate: bool, cut: bool) -> bytes:
    try:
        if name in ("gzip", "x-gzip"):
            out, complete = _inflate(body, _GZIP, limit)
        elif name == "deflate":
            out, complete = _deflate(body, limit)
        elif name == "br":
            out, complete = _brotli(body, limit)
        elif name == "zstd":
            out, complete = _zstd(body, limit)
        else:
            raise Refused("bad-encoding", f"unknown content coding {name[:40]!r}")
    except (zlib.error, brotli.error, zstandard.ZstdError, MemoryError) as error:
        raise Refused("bad-encoding", f"{name}: {error}") from None
    if len(out) > limit and not truncate:
        raise Refused("too-large", f"more than {limit} bytes after {name} decompression")
    if not complete and len(out) <= limit and not cut:
        raise Refused("truncated", f"the {name} stream ends too early")
    return out


def _inflate(body: bytes, wbits: int, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    rest = body
    for _ in range(MAX_MEMBERS):
        member = zlib.decompressobj(wbits)
        while rest and not member.eof and len(out) <= limit:
            out += member.decompress(rest, limit + 1 - len(out))
            rest = member.unconsumed_tail
        if len(out) > limit or not member.eof:
            return bytes(out), len(out) <= limit and member.eof
        rest = member.unused_data
        if wbits != _GZIP or not rest.startswith(b"\x1f\x8b"):
            return bytes(out), True
    raise Refused("bad-encoding", f"more than {MAX_MEMBERS} gzip members")


def _deflate(body: bytes, limit: int) -> tuple[bytes, bool]:
    """HTTP's "deflate" is the zlib format, but some servers send the raw stream."""
    try:
        return _inflate(body, _ZLIB, limit)
    except zlib.error:
        return _inflate(body, _RAW, limit)


def _brotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    decoder = brotli.Decompressor()
    out = bytearray(decoder.process(body, output_buffer_limit=limit + 1))
    while len(out) <= limit and not decoder.is_finished():
        piece = decoder.process(b"", output_buffer_limit=limit + 1 - len(out))
        if not piece:
            return bytes(out), False
        out += piece
    return bytes(out), True


def _zstd(body: bytes, limit: int) -> tuple[bytes, bool]:
    out = bytearray()
    frame = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompressobj()
    for start in range(0, len(body), _STEP):
        out += frame.decompress(body[start : start + _STEP])
        if len(out) > limit or frame.eof:
            break
    return bytes(out), frame.eof
