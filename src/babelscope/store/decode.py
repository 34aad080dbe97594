"""Taking HTTP codings off stored messages, with a bound on what comes out."""

from __future__ import annotations

import re
import zlib

from babelscope.flow.errors import BadInput

MAX_BODY_BYTES = 64 << 20
"""Default bound on a decoded body."""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_MAX_CODINGS = 4
_MAX_MEMBERS = 64
_GZIP_MAGIC = b"\x1f\x8b"
_HEAD_LIMIT = 1 << 20


def split_message(message: bytes) -> tuple[bytes, bytes]:
    """Return head (with its blank line) and body of an HTTP/1.1 message; a message without a blank line is all head."""
    found = _BLANK_LINE.search(message)
    return (message, b"") if found is None else (message[: found.end()], message[found.end() :])


def response_body(message: bytes, limit: int = MAX_BODY_BYTES) -> bytes:
    """Return the body of an HTTP response as received, transfer coding (RFC 9112) and content codings taken off.

    Raises ``BadInput`` for a message that is not HTTP, a coding that is unknown or broken, or a body over ``limit``.
    """
    body, codings = _transfer_decoded(message, limit)
    for coding in reversed(codings):
        body = content_decoded(body, coding, limit)
    return body


def content_decoded(body: bytes, coding: str, limit: int = MAX_BODY_BYTES) -> bytes:
    """Return ``body`` without one content coding (gzip, deflate, br, zstd, identity); raises ``BadInput``."""
    if not body or coding in ("identity", "none", "utf-8"):
        return body
    decoders = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
    if coding not in decoders:
        raise BadInput(f"unknown content coding {coding!r}")
    try:
        decoded = decoders[coding](body, limit)
    except (zlib.error, ValueError, EOFError) as error:
        raise BadInput(f"broken {coding} body: {error}") from None
    if len(decoded) > limit:
        raise BadInput(f"body is larger than {limit} bytes after decompression")
    return decoded


def _transfer_decoded(message: bytes, limit: int) -> tuple[bytes, list[str]]:
    import h11

    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD_LIMIT)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "stored"), ("connection", "close")]))
    connection.send(h11.EndOfMessage())
    codings: list[str] = []
    body = bytearray()
    try:
        connection.receive_data(message)
        connection.receive_data(b"")
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Response):
                codings = _codings(event)
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > limit:
                    raise BadInput(f"body is larger than {limit} bytes")
            elif not isinstance(event, h11.InformationalResponse):
                return bytes(body), codings
    except h11.RemoteProtocolError as error:
        raise BadInput(f"stored response is not valid HTTP/1.1: {error}") from None


def _codings(response: object) -> list[str]:
    values = [v.decode("latin-1") for k, v in response.headers if k == b"content-encoding"]  # type: ignore[attr-defined]
    codings = [part.strip().lower() for part in ",".join(values).split(",") if part.strip()]
    if len(codings) > _MAX_CODINGS:
        raise BadInput(f"{len(codings)} content codings on one body")
    return codings


def _gzip(body: bytes, limit: int) -> bytes:
    return _inflate(body, limit, zlib.MAX_WBITS + 16)


def _deflate(body: bytes, limit: int) -> bytes:
    """RFC 9110 means zlib by deflate, but some servers send raw deflate data."""
    try:
        return _inflate(body, limit, zlib.MAX_WBITS)
    except zlib.error:
        return _inflate(body, limit, -zlib.MAX_WBITS)


def _inflate(body: bytes, limit: int, bits: int) -> bytes:
    """Inflate ``body``, of gzip all its members; what follows and is no member is ignored, as browsers do."""
    out = bytearray()
    for _ in range(_MAX_MEMBERS):
        engine = zlib.decompressobj(bits)
        out += engine.decompress(body, limit + 1 - len(out))
        body = engine.unused_data
        if len(out) <= limit and not engine.eof:
            raise ValueError("the stream ends too early")
        if len(out) > limit or not body.startswith(_GZIP_MAGIC):
            break
    return bytes(out)


def _brotli(body: bytes, limit: int) -> bytes:
    import brotli

    engine = brotli.Decompressor()
    out = bytearray()
    chunk = body
    try:
        while len(out) <= limit and not engine.is_finished():
            piece = engine.process(chunk, output_buffer_limit=limit + 1 - len(out))
            chunk = b""
            out += piece
            if not piece and engine.can_accept_more_data():
                raise ValueError("the stream ends too early")
    except brotli.error as error:
        raise ValueError(str(error)) from None
    return bytes(out)


def _zstd(body: bytes, limit: int) -> bytes:
    import zstandard

    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body) as reader:
            return reader.read(limit + 1)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from None
