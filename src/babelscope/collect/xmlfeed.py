"""RSS 0.9x, 1.0 (RDF) and 2.0, Atom and CDF, read by feedparser into rows.

feedparser gets bytes only, so it never touches the network; its HTML sanitiser is off, since hints are plain text
anyway.
"""

from __future__ import annotations

import calendar
import datetime as dt
import io
import re
from collections.abc import Iterator
from typing import Any

from babelscope.collect import rows as made
from babelscope.collect.listening import FeedPage
from babelscope.collect.moments import parse_moment, sane
from babelscope.collect.rows import Head, Row
from babelscope.collect.xml_safety import mend_references
from babelscope.flow.errors import BadInput
from babelscope.model import Enclosure, Sibling

MAX_ENTITIES = 300
"""Entity declarations in one feed (XHTML's own list has 253)."""
MAX_LINKS = 200
"""Links of one entry that are looked at."""

_XML = "application/xml"
_ENTITY = re.compile(rb"<!ENTITY\s+(%\s+)?[^\s>]+\s+(\"[^\"]*\"|'[^']*')?", re.IGNORECASE)
_NESTED = re.compile(rb"[&%](?!(amp|lt|gt|quot|apos|#)\b)[^\s;#]+;|&(#0*38|#x0*26|amp);(?!#)", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:[a-z0-9]+:)?(?:urlset|sitemapindex)[\s>]")
_PUBLISHED = ("published", "created")
_CHANGED = ("updated", "date")


def read_xml_feed(page: FeedPage) -> tuple[Head, list[Row]]:
    """Return what the feed says of itself, and its entries in order.

    Raises ``BadInput`` for an entity bomb and for what is no feed at all; malformed feeds are read as far as they go.
    """
    refuse_entity_bomb(page.body)
    parsed = _parsed(page)
    language = str(parsed.feed.get("language") or "")
    return _head(parsed.feed, language), [_row(entry, language, page.url) for entry in parsed.entries]


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


def _parsed(page: FeedPage) -> Any:
    """Read with the Content-Type of the header and, when that gives nothing (a false charset), without it."""
    parsed = _feedparsed(page, page.content_type or _XML)
    if not parsed.entries and not parsed.get("version") and page.content_type:
        parsed = _feedparsed(page, _XML)
    if not parsed.entries and not parsed.get("version"):
        if _SITEMAP.search(page.body[:4096].replace(b"\0", b"")):
            raise BadInput("a sitemap, not a feed: its kind in `listens` is wrong")
        why = parsed.get("bozo_exception")
        raise BadInput(f"neither a feed nor part of one{f': {why}' if why else ''}"[:300])
    return parsed


def _feedparsed(page: FeedPage, content_type: str) -> Any:
    import feedparser

    headers = {"content-type": content_type, "content-location": page.url}
    try:
        return feedparser.parse(
            io.BytesIO(mend_references(page.body)),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise BadInput(f"feedparser: {type(error).__name__}: {str(error)[:200]}") from None


def _head(feed: Any, language: str) -> Head:
    def first(rel: str) -> str:
        return next((link["href"] for link in _links(feed) if link.get("rel") == rel and link.get("href")), "")

    moved = feed.get("itunes_new-feed-url") or ""
    return Head(language=language, hub=first("hub"), topic=first("self"), moved=moved if isinstance(moved, str) else "")


def _row(entry: Any, feed_language: str, base: str) -> Row:
    content = [part for part in entry.get("content") or () if isinstance(part, dict)]
    title = entry.get("title_detail") or {}
    first = content[0] if content else {}
    language = str(title.get("language") or first.get("language") or "")
    enclosures = made.enclosures_of(_enclosures(entry, base))
    links = tuple(_addresses(entry, content, enclosures))
    return Row(
        links=links,
        guid=_text(entry.get("id")),
        title=_text(entry.get("title")) or _first_title(entry),
        summary=_text(entry.get("summary")) or _text(first.get("value")),
        published=_date(entry, _PUBLISHED, language or feed_language)
        or _date(entry, _CHANGED, language or feed_language),
        changed=_text(dict.get(entry, "updated")) or _text(entry.get("published")),
        authors=tuple(_author_names(entry)),
        language=language,
        enclosures=enclosures,
        siblings=made.siblings_of(_siblings(entry, base), made.absolute(links[0], base) if links else ""),
    )


def _addresses(entry: Any, content: list[Any], enclosures: tuple[Enclosure, ...]) -> Iterator[str]:
    """Yield the addresses of the entry's page, the best first, then what stands in for a page.

    A feed that was passed through FeedBurner names its own address first. An entry without a page (a podcast's) has
    that of its media file: the collector then says why it was not taken, instead of nobody hearing of it.
    """
    links = [link for link in _links(entry) if link.get("href")]
    yield _text(entry.get("feedburner_origlink"))
    yield next((link["href"] for link in links if link.get("rel") == "alternate" and link.get("hreflang")), "")
    yield _text(entry.get("link"))
    yield _text(entry.get("id"))
    for relation in ("alternate", "canonical", "related", "via", "self"):
        yield from (link["href"] for link in links if link.get("rel", "alternate") == relation)
    yield from (_text(part.get("src")) for part in content)
    yield from (each.url for each in enclosures)
    player = entry.get("media_player") or {}
    yield _text(player.get("url")) if isinstance(player, dict) else ""


def _enclosures(entry: Any, base: str) -> Iterator[Enclosure | None]:
    told = entry.get("itunes_duration") or 0
    for link in _links(entry):
        if link.get("rel") == "enclosure":
            kind, size = _text(link.get("type")), link.get("length")
            yield made.enclosure(_text(link.get("href")), base, media_type=kind, size=size, seconds=told)
    for media in (entry.get("media_content") or ())[:MAX_LINKS]:
        kind = _text(media.get("type")) or f"{_text(media.get('medium'))}/*"
        size, seconds = media.get("filesize"), media.get("duration")
        yield made.enclosure(_text(media.get("url")), base, media_type=kind, size=size, seconds=seconds)


def _siblings(entry: Any, base: str) -> Iterator[Sibling | None]:
    for link in _links(entry):
        if link.get("rel", "alternate") == "alternate" and link.get("hreflang"):
            yield made.sibling(_text(link["hreflang"]), _text(link.get("href")), base)


def _links(holder: Any) -> list[Any]:
    return [link for link in (holder.get("links") or ())[:MAX_LINKS] if isinstance(link, dict)]


def _first_title(entry: Any) -> str:
    """Return a title in a namespace that feedparser keeps apart, where the entry has no other."""
    return next((text for key in ("dc_title", "media_title", "itunes_title") if (text := _text(entry.get(key)))), "")


def _author_names(entry: Any) -> list[str]:
    detailed = [_text(author.get("name")) for author in entry.get("authors") or () if isinstance(author, dict)]
    return [name for name in detailed if name] or [_text(entry.get("author"))]


def _date(entry: Any, names: tuple[str, ...], language: str) -> dt.datetime | None:
    for name in names:
        moment = _moment(dict.get(entry, f"{name}_parsed")) or parse_moment(_text(dict.get(entry, name)), language)
        if moment:
            return moment
    return None


def _moment(parsed: Any) -> dt.datetime | None:
    """Return feedparser's UTC tuple as a moment; None for one outside years 1900–2200 or that is none."""
    try:
        return sane(dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)) if parsed else None
    except (ValueError, OverflowError, TypeError, OSError, AttributeError, IndexError):
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
