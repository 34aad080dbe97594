"""Feed → items: RSS 0.9x, 1.0 (RDF) and 2.0, Atom, CDF by feedparser, JSON Feed by ``jsonfeed``.

feedparser gets bytes only, so it never touches the network; its HTML sanitiser is off, since hints are plain text
anyway. This is pure but may be slow on hostile input: ``sandbox`` runs it in a process that can be killed.
"""

from __future__ import annotations

import calendar
import datetime as dt
import io
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.jsonfeed import read_json_feed
from babelscope.collect.plaintext import plain_text
from babelscope.collect.reasons import Refused
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Item
from babelscope.model import Hints, content_id

MAX_TITLE = 500
MAX_SUMMARY = 4000
MAX_AUTHORS = 20
MAX_AUTHOR = 200
MAX_ENTITIES = 300
"""Entity declarations in one feed (XHTML's own list has 253)."""

_XML = "application/xml"
_ENTITY = re.compile(rb"<!ENTITY\s+(%\s+)?[^\s>]+\s+(\"[^\"]*\"|'[^']*')?", re.IGNORECASE)
_NESTED = re.compile(rb"[&%](?!(amp|lt|gt|quot|apos|#)\b)[^\s;#]+;|&(#0*38|#x0*26|amp);(?!#)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:")


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A feed to be read: ``url`` is where it came from after redirects, ``listen`` the address that is polled."""

    body: bytes
    url: str
    listen: str
    source: str
    content_type: str = ""
    limit: int = 200


class ParsedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """``items`` in feed order, each address once; ``entries`` counts all entries, with or without an address."""

    items: tuple[Item, ...]
    entries: int


def parse_feed(page: FeedPage) -> ParsedFeed:
    """Return the items of a feed, at most ``limit`` (the newest, when all are dated and there are more).

    Raises ``BadInput`` for an entity bomb and for what is no feed at all; malformed feeds are read as far as they go.
    """
    refuse_entity_bomb(page.body)
    if looks_like_json(page.body, page.content_type):
        language, rows = read_json_feed(page.body, page.limit)
    else:
        language, rows = _read_xml(page)
    items: dict[str, Item] = {}
    for row in _newest(rows, page.limit):
        item = _item(row, language, page)
        if item is not None:
            items.setdefault(item.url, item)
    return ParsedFeed(items=tuple(items.values()), entries=len(rows))


def looks_like_json(body: bytes, content_type: str) -> bool:
    """Say whether a feed is JSON: by its first character, since half of the servers send text/html or text/plain."""
    start = body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") or (start.startswith(b"[") and "json" in content_type)


def refuse_entity_bomb(body: bytes) -> None:
    """Raise ``BadInput`` when entity declarations refer to entities ("billion laughs") or are too many.

    Zero bytes are skipped, so that UTF-16 and UTF-32 hide nothing; expat's own amplification limit stands behind this.
    """
    plain = body.replace(b"\0", b"") if b"\0" in body[:4096] else body
    if b"<!ENTITY" not in plain and b"<!entity" not in plain:
        return
    for count, found in enumerate(_ENTITY.finditer(plain)):
        if count >= MAX_ENTITIES:
            raise BadInput(f"more than {MAX_ENTITIES} entity declarations")
        if found.group(2) and _NESTED.search(found.group(2)):
            raise BadInput("an entity that is made of entities (entity bomb)")


def _read_xml(page: FeedPage) -> tuple[str, list[dict[str, Any]]]:
    """Read with the Content-Type of the header and, when that gives nothing (a false charset), without it."""
    parsed = _feedparsed(page, page.content_type or _XML)
    if not parsed.entries and not parsed.get("version") and page.content_type:
        parsed = _feedparsed(page, _XML)
    if not parsed.entries and not parsed.get("version"):
        why = parsed.get("bozo_exception")
        raise BadInput(f"neither a feed nor part of one{f': {why}' if why else ''}"[:300])
    return str(parsed.feed.get("language") or ""), [_xml_row(entry) for entry in parsed.entries]


def _feedparsed(page: FeedPage, content_type: str) -> Any:
    import feedparser

    headers = {"content-type": content_type, "content-location": page.url}
    try:
        return feedparser.parse(
            io.BytesIO(page.body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise BadInput(f"feedparser: {type(error).__name__}: {str(error)[:200]}") from None


def _xml_row(entry: Any) -> dict[str, Any]:
    content = entry.get("content") or [{}]
    published = entry.get("published_parsed") or entry.get("created_parsed")
    updated = dict.get(entry, "updated_parsed")
    title = entry.get("title_detail") or {}
    return {
        "link": entry.get("link") or "",
        "guid": entry.get("id") or "",
        "title": entry.get("title") or "",
        "summary": entry.get("summary") or content[0].get("value") or "",
        "published": _moment(published) or _moment(updated),
        "updated": str(dict.get(entry, "updated") or entry.get("published") or ""),
        "authors": _author_names(entry),
        "language": title.get("language") or content[0].get("language") or "",
    }


def _author_names(entry: Any) -> list[str]:
    detailed = [author.get("name") or "" for author in entry.get("authors") or () if isinstance(author, dict)]
    return [name for name in detailed if name] or [str(entry.get("author") or "")]


def _newest(rows: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    if len(rows) <= limit:
        return rows
    dated = [(_as_moment(row["published"]), index) for index, row in enumerate(rows)]
    if any(moment is None for moment, _ in dated):
        return rows[:limit]
    newest = sorted(dated, key=lambda pair: pair[0] or dt.datetime.min, reverse=True)[:limit]
    return [rows[index] for _, index in sorted(newest, key=lambda pair: pair[1])]


def _item(row: dict[str, Any], feed_language: str, page: FeedPage) -> Item | None:
    url = _address(str(row["link"]), page.url)
    if url is None:
        return None
    published = _as_moment(row["published"])
    changed = str(row["updated"] or (published.isoformat() if published else ""))
    return Item(
        source=page.source,
        url=url,
        feed=page.listen,
        version=content_id("version", str(row["guid"] or url), changed),
        hints=Hints(
            title=plain_text(str(row["title"]), MAX_TITLE),
            summary=plain_text(str(row["summary"]), MAX_SUMMARY),
            published_at=published,
            authors=_people(row["authors"]),
            language=_language(row["language"]) or _language(feed_language),
        ),
    )


def _address(link: str, base: str) -> str | None:
    link = link.strip()
    if not link or (_SCHEME.match(link) and not link.lower().startswith(("http:", "https:"))):
        return None
    try:
        return parse_address(link, base).url
    except Refused:
        return None


def _people(names: Iterable[str]) -> tuple[str, ...]:
    cleaned = (plain_text(str(name), MAX_AUTHOR) for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:MAX_AUTHORS]


def _language(value: Any) -> str:
    text = str(value or "").strip()
    return text.replace("_", "-") if _LANGUAGE.fullmatch(text) else ""


def _moment(parsed: Any) -> dt.datetime | None:
    """Return feedparser's UTC tuple as a moment; None for one outside years 1900–2200 or that is none."""
    try:
        return _sane(dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)) if parsed else None
    except (ValueError, OverflowError, TypeError, OSError, AttributeError, IndexError):
        return None


def _as_moment(value: Any) -> dt.datetime | None:
    if isinstance(value, dt.datetime) or not value:
        return value or None
    try:
        moment = dt.datetime.fromisoformat(str(value).strip()[:40])
        return _sane(moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    except (ValueError, OverflowError):
        return None


def _sane(moment: dt.datetime) -> dt.datetime | None:
    return moment if 1900 <= moment.year <= 2200 else None
