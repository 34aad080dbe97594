"""Mail (EML) and saved web pages (MHTML) → article: the part that is the page, with what the header says beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr, parsedate_to_datetime

import msgspec

from babelscope.extract.page import extract_html, extract_text, read_html
from babelscope.flow.mime import Part, header_text, parts_of, read_message
from babelscope.model import Article, Hints, Links

SAVED = frozenset({"multipart/related", "application/x-mimearchive"})
_PAGES = ("text/html", "application/xhtml+xml")


def extract_message(
    body: bytes, *, url: str = "", hints: Hints, seen_at: dt.datetime | None = None, media_type: str = ""
) -> tuple[Article | None, Links | None]:
    """Return the article of a mail or saved page, None if there is none, and what a saved page says of its address.

    Raises ``BadInput`` as its readers do.

    Of a mail the HTML part is read, else the plain text; subject, sender and date are hints. Of a saved page the part
    that its header names is read, as from the address where it was saved.
    """
    message = read_message(body)
    parts = [part for part in parts_of(message) if not part.attached]
    if media_type in SAVED or message.get("snapshot-content-location"):
        saved = _saved_page(parts, header_text(message, "snapshot-content-location"))
        if saved is None:
            return None, None
        stated = saved.location if saved.location.startswith(("http://", "https://")) else ""
        article, links = read_html(
            saved.body, url=stated or url, charset=saved.charset, hints=hints, seen_at=seen_at
        )  # fmt: skip
        return article, links or (Links(canonical=stated) if article and stated else None)
    told = _told(message, hints)
    for part in _readable(parts):
        article = _article(part, url, told, seen_at)
        if article is not None:
            return article, None
    return None, None


def _saved_page(parts: Iterable[Part], location: str) -> Part | None:
    pages = [part for part in parts if part.media_type in _PAGES]
    named = [part for part in pages if location and part.location == location]
    return next(iter([*named, *pages]), None)


def _told(message: object, hints: Hints) -> Hints:
    """Return ``hints`` filled up with subject, sender and date of the message."""
    subject = header_text(message, "subject")
    sender = parseaddr(header_text(message, "from")[:200])[0]  # its cost grows with brackets in brackets
    try:
        sent = parsedate_to_datetime(header_text(message, "date")[:100])
    except (TypeError, ValueError, IndexError, OverflowError):
        sent = None
    return msgspec.structs.replace(
        hints,
        title=hints.title or subject,
        published_at=hints.published_at or sent,
        authors=hints.authors or ((sender,) if sender and "@" not in sender else ()),
    )


def _readable(parts: Iterable[Part]) -> list[Part]:
    """Return the HTML parts, then the plain ones."""
    every = list(parts)
    return [p for p in every if p.media_type in _PAGES] + [p for p in every if p.media_type == "text/plain"]


def _article(part: Part, url: str, told: Hints, seen_at: dt.datetime | None) -> Article | None:
    if part.media_type in _PAGES:
        found = extract_html(part.body, url=url, charset=part.charset, hints=told, seen_at=seen_at)
        title = told.title or (found.title if found else "")
        return msgspec.structs.replace(found, title=title, method="mail") if found else None
    found = extract_text(f"{told.title}\n".encode() + _utf8(part), charset="utf-8", hints=told, seen_at=seen_at)
    return msgspec.structs.replace(found, method="mail") if found else None


def _utf8(part: Part) -> bytes:
    from babelscope.extract.decode import decode

    return decode(part.body, part.charset).encode("utf-8", "replace")
