"""WARC records for tests, written byte by byte, so that any part of one can be wrong."""

from __future__ import annotations

import hashlib

from babelscope.collect.archives.outcomes import Reading
from babelscope.store.decode import response_body

DATE = "2026-01-02T03:04:05Z"


def reading(limit: int) -> Reading:
    """Return how a file is read: bodies of ``limit`` bytes at most, all of one source."""
    return Reading(limit=limit, decode=response_body, source_of=lambda url: "s")


def message(body: bytes, status: str = "200 OK", *fields: str, kind: str = "text/html; charset=UTF-8") -> bytes:
    """Return an HTTP response."""
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *fields]
    if not any("ransfer" in field for field in fields):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def record(kind: str, block: bytes, url: str = "http://a.example/1", version: str = "1.0", **more: str) -> bytes:
    """Return one record without compression; ``more`` are header fields, an empty one is left out."""
    kinds = {"response": "application/http; msgtype=response", "request": "application/http; msgtype=request"}
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{hashlib.md5(block + url.encode()).hexdigest()}>",
        "WARC-Date": DATE,
        "WARC-Target-URI": url,
        "Content-Type": kinds.get(kind, "text/html"),
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
