"""Rows of a feed → items with clean hints: one way for XML feeds, JSON feeds, sitemaps and section pages."""

from __future__ import annotations

import datetime as dt
import heapq
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.listening import FeedPage
from babelscope.collect.plaintext import plain_text
from babelscope.collect.reasons import Refused
from babelscope.flow.shapes import Item
from babelscope.languages.codes import language_tag
from babelscope.model import Enclosure, Hints, Sibling, content_id

MAX_TITLE = 500
MAX_SUMMARY = 4000
MAX_AUTHORS = 20
MAX_AUTHOR = 200
MAX_ENCLOSURES = 20
MAX_SIBLINGS = 60
MAX_SIZE = 1 << 50
MAX_SECONDS = 10_000_000

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:(?!\d)")
_BARE_HOST = re.compile(r"www\.[\w-]+(\.[\w-]+)+(?=[/?#]|$)", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[a-z]+/([a-z0-9.+_-]{1,100}|\*)")
_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,6}):(\d{1,2})(?:\.\d+)?")
_LONGEST_LINK = 8192


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it stands: ``links`` are its addresses, the best first, relative to the page or not.

    ``changed`` is whatever changes when the entry was edited.
    """

    links: tuple[str, ...] = ()
    guid: str = ""
    title: str = ""
    summary: str = ""
    published: dt.datetime | None = None
    changed: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    siblings: tuple[Sibling, ...] = ()


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed says about itself, addresses not yet resolved."""

    language: str = ""
    hub: str = ""
    topic: str = ""
    moved: str = ""


def items_of(rows: Sequence[Row], head: Head, page: FeedPage) -> tuple[Item, ...]:
    """Return the items of ``rows`` that have an address, each address once, at most ``page.limit``."""
    items: dict[str, Item] = {}
    for row in newest(rows, page.limit):
        item = _item(row, head.language, page)
        if item is not None:
            items.setdefault(item.url, item)
    return tuple(items.values())


def newest(rows: Sequence[Row], limit: int) -> Sequence[Row]:
    """Return at most ``limit`` rows in their order: the newest when all are dated, else the first."""
    if len(rows) <= limit:
        return rows
    dated = [(row.published, index) for index, row in enumerate(rows) if row.published is not None]
    if len(dated) < len(rows):
        return rows[:limit]
    best = heapq.nlargest(limit, dated, key=lambda pair: pair[0])
    return [rows[index] for _, index in sorted(best, key=lambda pair: pair[1])]


def absolute(link: str, base: str) -> str:
    """Return ``link`` as an absolute http(s) address in normal form; "" if it is none."""
    link = link[:_LONGEST_LINK].strip()
    folder = f"{base.rpartition('/')[0]}/"
    link = link[len(folder) :] if link.startswith(f"{folder}www.") else link  # a host taken for a file name before
    if _BARE_HOST.match(link):
        link = f"http://{link}"
    if not link or (_SCHEME.match(link) and not link.lower().startswith(("http:", "https:"))):
        return ""
    try:
        return unwrapped(parse_address(link, base).url)
    except Refused:
        return ""


def unwrapped(url: str) -> str:
    """Return the target of a search engine's redirect (google.…/url?url=, as its alert feeds give), else ``url``."""
    parts = urlsplit(url)
    if parts.path != "/url" or not re.fullmatch(r"(www\.)?google\.[a-z.]{2,6}", parts.hostname or ""):
        return url
    query = dict(parse_qsl(parts.query, max_num_fields=50))
    try:
        return parse_address(query.get("url") or query.get("q") or "").url
    except Refused:
        return url


def enclosure(url: str, base: str, *, media_type: str = "", size: Any = 0, seconds: Any = 0) -> Enclosure | None:
    """Return a media file of an entry with an absolute address, its figures brought into range; None without one."""
    place = absolute(url, base)
    kind = media_type.partition(";")[0].strip().lower()
    if not place:
        return None
    return Enclosure(
        url=place,
        media_type=kind if _MEDIA_TYPE.fullmatch(kind) else "",
        size=_whole(size, MAX_SIZE),
        seconds=play_seconds(seconds),
    )


def play_seconds(value: Any) -> int:
    """Return a length of play in whole seconds from "3661", "61:01" or "1:01:01"; 0 if it is none."""
    match = _CLOCK.fullmatch(str(value or "").strip()[:20])
    if not match:
        return _whole(value, MAX_SECONDS)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return min(hours * 3600 + minutes * 60 + seconds, MAX_SECONDS)


def sibling(language: str, url: str, base: str) -> Sibling | None:
    """Return the same article in another language (BCP 47); None without a language ("x-default") or an address."""
    place, code = absolute(url, base), language_tag(language)
    return Sibling(language=code, url=place) if place and code else None


def siblings_of(found: Iterable[Sibling | None], own: str = "") -> tuple[Sibling, ...]:
    """Return siblings, each once, bounded; none when there is nothing but the page ``own`` itself."""
    kept = tuple(dict.fromkeys(each for each in found if each is not None))[:MAX_SIBLINGS]
    return kept if any(each.url != own for each in kept) else ()


def enclosures_of(found: Iterable[Enclosure | None]) -> tuple[Enclosure, ...]:
    """Return media files, each address once (the one that tells most), sound and film before pictures, bounded."""
    kept: dict[str, Enclosure] = {}
    for each in found:
        if each is not None and (each.url not in kept or _told(each) > _told(kept[each.url])):
            kept[each.url] = each
    ordered = sorted(kept.values(), key=lambda each: each.media_type.startswith("image/"))
    return tuple(ordered[:MAX_ENCLOSURES])


def _told(each: Enclosure) -> int:
    return bool(each.media_type) + bool(each.size) + bool(each.seconds)


def _whole(value: Any, most: int) -> int:
    try:
        number = float(str(value or "0").strip()[:30])
        return min(max(int(number), 0), most)
    except (ValueError, OverflowError):
        return 0


def _item(row: Row, feed_language: str, page: FeedPage) -> Item | None:
    url = next((place for link in row.links if (place := absolute(link, page.url))), "")
    if not url:
        return None
    changed = row.changed or (row.published.isoformat() if row.published else "")
    return Item(
        source=page.source,
        url=url,
        feed=page.listen,
        version=content_id("version", row.guid or url, changed),
        hints=Hints(
            title=plain_text(row.title, MAX_TITLE),
            summary=plain_text(row.summary, MAX_SUMMARY),
            published_at=row.published,
            authors=_people(row.authors),
            language=language_tag(row.language) or language_tag(feed_language),
            enclosures=row.enclosures,
            siblings=row.siblings,
        ),
    )


def _people(names: Iterable[str]) -> tuple[str, ...]:
    cleaned = (plain_text(name, MAX_AUTHOR) for name in names)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:MAX_AUTHORS]
