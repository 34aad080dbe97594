"""Sitemap → items (sitemaps.org, Google's news and hreflang extensions), read as a stream in bounded memory.

The reader is libxml2 in recovery mode: it loads nothing, resolves no entity and keeps no tree. Bare ampersands, the
commonest fault of sitemaps, are escaped on the way in. A sitemap may also be plain text or a feed.
"""

from __future__ import annotations

import datetime as dt
import heapq
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import chain, islice
from urllib.parse import urlsplit

import msgspec

from babelscope.collect.editions import SITEMAP
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.moments import parse_moment
from babelscope.collect.packing import pieces
from babelscope.collect.paths import is_apart
from babelscope.collect.plaintext import plain_text
from babelscope.collect.rows import MAX_TITLE, absolute, sibling, siblings_of
from babelscope.collect.syndication import parse_feed
from babelscope.collect.xml_safety import declares_entities, mend_references, xml_parser
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Item
from babelscope.languages.codes import language_tag
from babelscope.model import Hints, content_id

MAX_ENTRIES = 50_000
"""Entries of one sitemap that are read (the bound of sitemaps.org)."""
MAX_MORE = 10
"""Nested sitemaps that are named to be read too."""
MAX_FIELD = 4_200
MAX_LINKS = 60
"""hreflang links of one entry."""

_START = 4_096
_BARE = re.compile(rb"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,7});)")
_ESCAPED = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,6});")
_PARTIAL = re.compile(rb"&[#A-Za-z0-9]{0,9}\Z")
_FEED_ROOT = re.compile(rb"<(?:[A-Za-z0-9]+:)?(rss|feed|RDF)[\s>]")
_MAP_ROOT = re.compile(rb"<(?:[A-Za-z0-9]+:)?(urlset|sitemapindex)[\s/>]", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
_NEWS = re.compile(r"news|latest|recent|noticias|actual", re.IGNORECASE)
_OTHER = re.compile(
    r"image|video|photo|galler|tag|categor|author|autor|taxonom|product|static|pages?[-_.]|topic|section", re.IGNORECASE
)
_FIELDS = frozenset({"loc", "lastmod", "title", "publication_date", "language"})
# image:loc and video:title are the picture's, not the page's
_FOREIGN = (
    "{http://www.google.com/schemas/sitemap-image",
    "{http://www.google.com/schemas/sitemap-video",
    "image:",
    "video:",
)
_EARLIEST = dt.datetime(1, 1, 1, tzinfo=dt.UTC)


class _Entry(msgspec.Struct, frozen=True):
    """One ``url`` or ``sitemap`` element; ``fields`` has the text of its children and of news:news by local name."""

    place: str
    nested: bool
    fields: dict[str, str]
    links: tuple[tuple[str, str], ...] = ()


def parse_sitemap(page: FeedPage) -> ParsedFeed:
    """Return the newest ``limit`` pages that a sitemap names, and nested sitemaps as ``more``.

    Front pages, lists, tags and the like are counted as entries but are no items. Raises ``BadInput`` for what is no
    sitemap, unpacks to more than 50 MB or declares entities.
    """
    stream = pieces(page.body)
    start = next(stream, b"").lstrip()
    head = start[:_START].replace(b"\0", b"")
    if declares_entities(start):
        raise BadInput("a sitemap that declares entities")
    if not _MAP_ROOT.search(head) and (_FEED_ROOT.search(head) or head.startswith(b"{")):
        return parse_feed(page)
    whole = chain((start,), stream)
    if b"<" not in head:
        found = _read_text(whole)
    elif _MAP_ROOT.search(start.replace(b"\0", b"")):
        found = _read_xml(whole, page.url)
    else:
        raise BadInput("neither a sitemap nor an index of sitemaps")
    return _chosen(islice(found, MAX_ENTRIES), page)


def _chosen(found: Iterable[_Entry], page: FeedPage) -> ParsedFeed:
    """Keep the newest ``limit`` while reading: the heap holds no more, whatever the length of the sitemap."""
    kept: list[tuple[dt.datetime, int, _Entry]] = []
    nested: list[tuple[bool, bool, dt.datetime, list[int], int, str]] = []
    count = 0
    for number, entry in enumerate(found):
        count += 1
        moment = _moment(entry) or _EARLIEST
        if entry.nested:
            name = urlsplit(entry.place).path
            rank = (not _OTHER.search(name), bool(_NEWS.search(name)), moment, _dated_name(name), -number, entry.place)
            heapq.heappush(nested, rank) if len(nested) < MAX_MORE else heapq.heappushpop(nested, rank)
        elif not is_apart(entry.place):
            heapq.heappush(kept, (moment, -number, entry))
            if len(kept) > page.limit:
                heapq.heappop(kept)
    items: dict[str, Item] = {}
    for _, _, entry in sorted(kept, key=lambda each: -each[1]):
        items.setdefault(entry.place, _item(entry, page))
    more = dict.fromkeys(place for *_, place in sorted(nested, reverse=True) if place != absolute(page.url, ""))
    return ParsedFeed(items=tuple(items.values()), entries=count, more=tuple(more))


def _dated_name(name: str) -> list[int]:
    """Return the numbers in the name of a nested sitemap if they begin with a year: the highest is the newest."""
    numbers = [int(number) for number in _NUMBERS.findall(name)[:6] if len(number) < 9]
    return numbers if numbers and (1990 <= numbers[0] <= 2100 or 19_900_000 <= numbers[0] <= 21_001_231) else []


def _moment(entry: _Entry) -> dt.datetime | None:
    return parse_moment(entry.fields.get("lastmod", "")) or parse_moment(entry.fields.get("publication_date", ""))


def _item(entry: _Entry, page: FeedPage) -> Item:
    fields = entry.fields
    changed = fields.get("lastmod") or fields.get("publication_date") or ""
    published = parse_moment(fields.get("publication_date", ""), fields.get("language", ""))
    links = (sibling(language, link, page.url) for language, link in entry.links)
    return Item(
        source=page.source,
        url=entry.place,
        feed=page.listen,
        version=f"{SITEMAP}{content_id('version', entry.place, changed)}" if changed else "",
        hints=Hints(
            title=plain_text(fields.get("title", ""), MAX_TITLE),
            published_at=published,
            language=language_tag(fields.get("language")),
            siblings=siblings_of(links, entry.place),
        ),
    )


def _read_text(stream: Iterator[bytes]) -> Iterator[_Entry]:
    """Read one address a line (sitemaps.org, "text file"); raises ``BadInput`` if the first line is no address."""
    found = False
    for line in _lines(stream):
        text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip()
        place = absolute(text, "") if text.lower().startswith("http") else ""
        if text and not place and not found:
            raise BadInput("neither a sitemap nor a list of addresses")
        if place:
            found = True
            yield _Entry(place, False, {})
    if not found:
        raise BadInput("a sitemap without an address")


def _lines(stream: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in stream:
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        rest = rest[:MAX_FIELD]
    yield rest


def _read_xml(stream: Iterator[bytes], base: str) -> Iterator[_Entry]:
    from lxml import etree

    reader = _Reader(base)
    parser = xml_parser(target=reader, recover=True)
    try:
        for piece in _mended(stream):
            parser.feed(piece)
            yield from reader.taken()
        parser.close()
    except (etree.XMLSyntaxError, UnicodeDecodeError):
        pass  # what was complete before the fault is given
    yield from reader.taken()


def _mended(stream: Iterator[bytes]) -> Iterator[bytes]:
    """Escape bare ampersands; what may be the beginning of an entity waits for the next piece."""
    rest, wide = b"", None
    for piece in stream:
        wide = b"\0" in piece[:64] if wide is None else wide  # UTF-16 and UTF-32 pass as they are
        data = rest + piece
        cut = None if wide else _PARTIAL.search(data[-12:])
        end = len(data) - (len(cut.group()) if cut else 0)
        data, rest = data[:end], data[end:]
        yield data if wide else _escaped(data)
    yield _escaped(rest)


def _escaped(data: bytes) -> bytes:
    return mend_references(_BARE.sub(b"&amp;", data))


class _Reader:
    """Target of the parser: gathers ``url`` and ``sitemap`` elements, never a tree."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._done: list[_Entry] = []
        self._fields: dict[str, str] | None = None
        self._links: list[tuple[str, str]] = []
        self._field = ""
        self._text: list[str] = []
        self._length = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        if name in ("url", "sitemap"):
            self._fields, self._links = {}, []
        elif name == "link" and len(self._links) < MAX_LINKS and "hreflang" in attributes:
            self._links.append((attributes["hreflang"][:40], attributes.get("href", "")[:MAX_FIELD]))
        self._field = "" if tag.startswith(_FOREIGN) else name
        self._text, self._length = [], 0

    def data(self, text: str) -> None:
        if self._fields is not None and self._field in _FIELDS and self._length < MAX_FIELD:
            self._text.append(text[:MAX_FIELD])
            self._length += len(text)

    def end(self, tag: str) -> None:
        name = _local(tag)
        if self._fields is None:
            return
        if name in ("url", "sitemap"):
            place = absolute(_resolved(self._fields.get("loc", "")), self._base)
            if place:
                self._done.append(_Entry(place, name == "sitemap", self._fields, tuple(self._links)))
            self._fields = None
        elif name == self._field and name in _FIELDS:
            self._fields.setdefault(name, "".join(self._text).strip())
        self._field = ""

    def close(self) -> None:
        """Nothing is left to do."""

    def taken(self) -> list[_Entry]:
        done, self._done = self._done, []
        return done


def _resolved(text: str) -> str:
    """Resolve what was escaped twice; "&copy=1" without a semicolon is a parameter and stays."""
    return _ESCAPED.sub(lambda found: unescape(found.group()), text)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2].lower()
