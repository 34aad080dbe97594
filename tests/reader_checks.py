"""What must hold of every reader whatever the bytes: only a refusal may be raised, and what comes out is clean."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Mapping

from babelscope.collect.address import parse_address
from babelscope.collect.archives.warcs import read_warc
from babelscope.collect.coding import decode_body
from babelscope.collect.discover import parse
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.manners import parse_retry_after
from babelscope.collect.reasons import Refused
from babelscope.collect.rows import MAX_ENCLOSURES, MAX_SIBLINGS
from babelscope.collect.sitemaps import MAX_MORE
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange
from babelscope.govern import crawl_delay, may_fetch, parse_robots, parse_tdm_file, read_rights, tdm_of_path
from babelscope.model.source import ListenKind
from warc_records import reading

PLACE = "http://x.test/place/list"
LIMIT = 20
NOW = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
CONTROLS = frozenset(map(chr, range(32)))
TYPES = ("application/xml", "", "text/html; charset=utf-16", "application/feed+json", "text/xml; charset=bogus")


def listen(kind: ListenKind, body: bytes, content_type: str = "application/xml") -> ParsedFeed | None:
    """Read ``body`` and check what comes out; None when it is refused."""
    page = FeedPage(body=body, url=PLACE, listen=PLACE, source="x", content_type=content_type, limit=LIMIT, kind=kind)
    try:
        found = parse(page)
    except BadInput as error:
        assert str(error)
        return None
    assert len(found.items) <= min(LIMIT, found.entries) and len(found.more) <= MAX_MORE
    for item in found.items:
        hints = item.hints
        normal(item.url)
        assert item.source == "x" and item.feed == PLACE
        assert len(hints.title) <= 500 and len(hints.summary) <= 4000
        assert not CONTROLS & set(hints.title + hints.summary)
        assert hints.published_at is None or (hints.published_at.utcoffset() == dt.timedelta(0))
        assert len(hints.enclosures) <= MAX_ENCLOSURES and len(hints.siblings) <= MAX_SIBLINGS
        for other in (*hints.enclosures, *hints.siblings):
            normal(other.url)
        assert all(each.size >= 0 and each.seconds >= 0 for each in hints.enclosures)
    for link in (*found.more, found.hub, found.topic, found.moved):
        if link:
            normal(link)
    return found


def normal(url: str) -> None:
    """Assert that ``url`` is an http(s) address in normal form."""
    assert url.startswith(("http://", "https://")) and parse_address(url).url == url, url


def check_feed(data: bytes) -> None:
    kind = TYPES[len(data) % len(TYPES)]
    listen("feed", data, kind)


def check_sitemap(data: bytes) -> None:
    listen("sitemap", data)


def check_section(data: bytes) -> None:
    listen("page", data, TYPES[len(data) % len(TYPES)])


def check_robots(data: bytes) -> None:
    """Robots rules, rights signals of headers and pages, tdmrep.json and Retry-After."""
    robots = parse_robots(data)
    path = "/" + data[:60].decode("latin-1")
    assert may_fetch(robots, "babelscope", path) in (True, False)
    assert 0 <= crawl_delay(robots, "babelscope") <= 86_400
    text = data[:2000].decode("latin-1")
    headers = [("x-robots-tag", text), ("tdm-reservation", text[:3]), ("tdm-policy", text), ("TDM-Reservation", "1")]
    rights = read_rights("allowed", "", headers, data, "text/html")
    assert rights.tdm_reservation in ("", "0", "1")
    try:
        assert tdm_of_path(parse_tdm_file(data), path) is not None
    except BadInput as error:
        assert str(error)
    assert parse_retry_after(text, NOW) >= 0
    try:
        assert len(decode_body(data, text[:12].partition(" ")[0], 4096)) <= 4096
    except Refused as refused:
        assert refused.reason in ("too-large", "truncated", "bad-encoding")


def check_warc(data: bytes) -> None:
    """The reader of archives: whatever stands in the file, it says what it could not read, and ends."""
    count = 0
    for outcome in read_warc(io.BytesIO(data), "x.warc", reading(4096)):
        count += 1
        if isinstance(outcome, Exchange):
            assert len(outcome.body) <= 4096 and outcome.capture.size == len(outcome.body)
            assert outcome.capture.fetched_at.tzinfo is not None
    assert count <= len(data) + 2


CHECKS: Mapping[str, Callable[[bytes], None]] = {
    "feed": check_feed,
    "sitemap": check_sitemap,
    "section": check_section,
    "robots": check_robots,
    "warc": check_warc,
}
