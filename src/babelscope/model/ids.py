"""Content hashes: the same thing always gets the same name, so running twice changes nothing."""

from __future__ import annotations

import hashlib

ID_BYTES = 16


def content_id(kind: str, *parts: str | bytes) -> str:
    """Return a 32-digit hexadecimal name for ``parts`` within ``kind``.

    SHA-256 over length-prefixed parts, truncated to 128 bits: two different lists of parts never
    run together, and a collision among 10^12 things is less likely than a disk error.
    """
    digest = hashlib.sha256()
    for part in (kind, *parts):
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.digest()[:ID_BYTES].hex()


def body_hash(body: bytes) -> str:
    """Return the full SHA-256 of received bytes as 64 hexadecimal digits (evidence is never truncated)."""
    return hashlib.sha256(body).hexdigest()
