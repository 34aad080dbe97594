"""Rights signals of a page, read but never interpreted (rule C3 of responsible use).

X-Robots-Tag and robots meta elements; the TDM Reservation Protocol, W3C Community Group Report 2024 (headers
``tdm-reservation`` and ``tdm-policy`` and meta elements of the same names).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Sequence

from babelscope.model import Rights

HEAD_BYTES = 256 << 10
"""Bytes of a page that are searched for meta elements."""
MAX_SIGNAL = 1024
"""Characters kept of one signal."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_rights(
    robots: str,
    robots_hash: str,
    headers: Sequence[tuple[str, str]],
    body: bytes = b"",
    media_type: str = "",
) -> Rights:
    """Return the rights signals of one answer; ``headers`` are (name, value) pairs, ``body`` the decoded page.

    A reservation in the headers or in the page is a reservation: the stricter of the two is kept.
    """
    named = read_meta(body) if media_type in _HTML else {}
    reserved = [*_header(headers, "tdm-reservation"), *named.get("tdm-reservation", [])]
    policies = [*_header(headers, "tdm-policy"), *named.get("tdm-policy", [])]
    return Rights(
        robots=robots,
        robots_hash=robots_hash,
        robots_tag=_joined(_header(headers, "x-robots-tag")),
        meta_robots=_joined(named.get("robots", [])),
        tdm_reservation=_reservation(reserved),
        tdm_policy=policies[0][:MAX_SIGNAL] if policies else "",
    )


def read_meta(body: bytes) -> dict[str, list[str]]:
    """Return the contents of ``<meta name=robots|tdm-reservation|tdm-policy>`` in order of appearance."""
    from selectolax.lexbor import LexborHTMLParser

    named: dict[str, list[str]] = {}
    for node in LexborHTMLParser(_ascii_text(body[:HEAD_BYTES])).css("meta[name][content]"):
        name = (node.attributes.get("name") or "").strip().lower()
        if name in ("robots", "tdm-reservation", "tdm-policy"):
            named.setdefault(name, []).append((node.attributes.get("content") or "").strip())
    return named


def _ascii_text(head: bytes) -> str:
    """Decode far enough to find ASCII names: the real character set does not matter, but UTF-16 would hide them."""
    for mark, encoding in _WIDE:
        if head.startswith(mark):
            return head.decode(encoding, "replace")
    return head.decode("utf-8", "replace")


def _header(headers: Sequence[tuple[str, str]], name: str) -> list[str]:
    return [value.strip() for key, value in headers if key.lower() == name and value.strip()]


def _reservation(values: Iterable[str]) -> str:
    known = {value for value in values if value in ("0", "1")}
    return max(known, default="")


def _joined(values: Iterable[str]) -> str:
    return ", ".join(value for value in values if value)[:MAX_SIGNAL]
