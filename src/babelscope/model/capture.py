"""A capture: the exact bytes that a source gave us at one moment, and on what terms."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from babelscope.model.ids import body_hash, content_id


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """Rights signals as seen at fetch time (never interpreted here): rule C3 of responsible use.

    ``robots`` is the decision ("allowed", "no-robots", "not-applicable"), ``robots_hash`` the SHA-256 of the
    robots.txt it rests on, ``robots_tag`` the X-Robots-Tag header, ``tdm_reservation`` the TDMRep header
    ("", "0" or "1"), ``tdm_policy`` its address and ``tdm_source`` where the reservation stands ("header", "page",
    "file" for /.well-known/tdmrep.json, "" if nowhere).
    """

    robots: str
    robots_hash: str = ""
    robots_tag: str = ""
    meta_robots: str = ""
    tdm_reservation: str = ""
    tdm_policy: str = ""
    tdm_source: str = ""


class Enclosure(msgspec.Struct, frozen=True, kw_only=True):
    """A sound or picture file that a feed entry carries; ``size`` in bytes and ``seconds`` of play, 0 if not told."""

    url: str
    media_type: str = ""
    size: int = 0
    seconds: int = 0


class Sibling(msgspec.Struct, frozen=True, kw_only=True):
    """The same article in another language, as its publisher says (hreflang, BCP 47)."""

    language: str
    url: str


class Hints(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed said about the page behind it: a second witness for the extractor, never the truth."""

    title: str = ""
    summary: str = ""
    published_at: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    language: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    siblings: tuple[Sibling, ...] = ()


class Capture(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange. ``id`` = hash(source, address, body); the bytes themselves live in the evidence (WARC).

    ``form``: "http" when the evidence holds an HTTP message, "resource" when it holds bare bytes (a file of a folder,
    a record of an archive that kept no message). ``replaces`` is the id of the capture of the same address before it,
    when the page was looked at again and had changed.
    """

    id: str
    source: str
    url: str
    final_url: str
    fetched_at: dt.datetime
    status: int
    media_type: str
    charset: str
    body_hash: str
    size: int
    rights: Rights
    hints: Hints = Hints()
    form: Literal["http", "resource"] = "http"
    replaces: str = ""
    segment: str = ""
    offset: int = -1


def capture_id(source: str, url: str, body: bytes) -> str:
    """Return the id of the capture of ``body`` (content-decoded bytes) at ``url`` from ``source``."""
    return content_id("capture", source, url, body_hash(body))


def document_id(capture: str) -> str:
    """Return the id of the document that is read from ``capture``."""
    return content_id("document", capture)
