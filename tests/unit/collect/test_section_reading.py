"""Section pages: what is taken of a page, its charset, its bounds, and hostile ones."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from babelscope.collect.charset import decoded
from babelscope.collect.discover import parse
from babelscope.collect.domains import registrable
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.paths import is_apart, shape_of, without_tracking
from babelscope.collect.sandbox import FeedSandbox
from babelscope.flow.errors import BadInput

STORY = '<article><h2><a href="{}">A story of the harbour town</a></h2></article>'


def page(body: str | bytes, limit: int = 200) -> FeedPage:
    raw = body.encode() if isinstance(body, str) else body
    place = "https://www.x.co.uk/news"
    return FeedPage(body=raw, url=place, listen=place, source="x", content_type="text/html", limit=limit, kind="page")


def read(body: str | bytes, limit: int = 200) -> ParsedFeed:
    return parse(page(body, limit))


def test_only_links_within_the_site_each_once_without_tracking() -> None:
    links = [
        "/a/12345?utm_source=x&id=7",
        "/a/12345?id=7#top",
        "https://sport.x.co.uk/b/1234567",
        "https://y.co.uk/c/1234567",
    ]
    found = read(
        "".join(STORY.format(link) for link in [*links, "javascript:x()", "https://me:pw@x.co.uk/1234567", ""])
    )
    assert [item.url for item in found.items] == ["https://www.x.co.uk/a/12345?id=7", "https://sport.x.co.uk/b/1234567"]
    item = found.items[0]
    assert (item.version, item.hints.title, item.source) == ("", "A story of the harbour town", "x")
    assert found.entries == 2 and found.more == ()


def test_limit() -> None:
    found = read("".join(STORY.format(f"/a/{n}12345") for n in range(1, 30)), limit=5)
    assert len(found.items) == 5 and found.entries == 29


@pytest.mark.parametrize(
    "place", ["nav", "footer", "form", 'div class="main-menu"', 'div role="navigation"', 'ul id="breadcrumb"']
)
def test_what_stands_apart_is_not_taken(place: str) -> None:
    apart = f"<{place}>{STORY.format('/a/a-story-of-the-day-12345')}</{place.split()[0]}>"
    assert read(f"<main>{STORY.format('/b/1234567')}</main>{apart}").entries == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "plain text",
        '{"a": 1}',
        "<a " + " ".join(f"a{n}=1" for n in range(5000)) + ">",
        "<div>" * 9000,
        "<b>x</b>" * 50_000,
        "<p>" + "x" * (10 << 20),
    ],
)
def test_what_is_no_page_or_over_a_bound_is_bad_input(body: str) -> None:
    with pytest.raises(BadInput):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        "<div>" + "".join(f"<h2>x</h2><a href=/x-y-z-w-q{n}>t</a>" for n in range(5000)),
        "<div>" * 200 + "".join(f"<a href=/x-y-z-w-q{n}>t</a>" for n in range(9000)),
        '<div class="' + "nav-" * 100_000 + '">' + "<a href=/x-y-z-w-q>t</a>" * 5000,
        "".join(f"<div><a href=/x-y-z-w-q{n}>" for n in range(1000)),
        "<base href='" + "a/" * 50_000 + "'>" + "<a href=../../b>t</a>" * 5000,
    ],
)
def test_hostile_pages_end_in_time(body: str) -> None:
    began = time.process_time()
    with suppress(BadInput):
        read(body)
    assert time.process_time() - began < 5


async def test_the_sandbox_reads_all_three_kinds() -> None:
    sandbox = FeedSandbox()
    place = "https://x.test/a"
    feed = b"<rss version='2.0'><channel><item><link>/7</link></item></channel></rss>"
    sitemap = b"<urlset><url><loc>/some-story-of-the-day</loc></url></urlset>"
    try:
        section = await sandbox.parse(page(STORY.format("/b/1234567")))
        assert section.items[0].url == "https://www.x.co.uk/b/1234567"
        for kind, body in (("feed", feed), ("sitemap", sitemap)):
            found = await sandbox.parse(FeedPage(body=body, url=place, listen=place, source="x", kind=kind))  # type: ignore[arg-type]
            assert len(found.items) == 1
        with pytest.raises(BadInput):
            await sandbox.parse(FeedPage(body=feed, url=place, listen=place, source="x", kind="page"))
        with pytest.raises(BadInput, match="kind"):
            await sandbox.parse(FeedPage(body=sitemap, url=place, listen=place, source="x", kind="feed"))
    finally:
        await sandbox.close()


@pytest.mark.parametrize(
    ("text", "codec", "content_type"),
    [
        ("<meta charset=windows-1251>Вести", "cp1251", ""),
        ("Вести", "koi8-r", "text/html; charset=KOI8-R"),
        ("新闻", "utf-16", ""),
        ("<meta http-equiv=x content='text/html; charset=gb2312'>港口鎔", "gb18030", ""),
        ("Zeitung für Leser", "utf-8", "text/html; charset=bogus"),
        ("日本語の見出し", "utf-8", "text/html; charset=us-ascii"),
    ],
)
def test_charset(text: str, codec: str, content_type: str) -> None:
    assert text in decoded(text.encode(codec), content_type)


@pytest.mark.parametrize(
    ("url", "apart"),
    [
        ("https://x.test/", True),
        ("https://x.test/?p=123", False),
        ("https://x.test/index.html", True),
        ("https://x.test/a.jpg", True),
        ("https://x.test/tag/the-long-name-of-a-tag", True),
        ("https://x.test/category/news/a-story-of-the-harbour-town", False),
        ("https://x.test/author/jane", True),
        ("https://x.test/2026/01/", True),
        ("https://x.test/2026/01/05/story", False),
        ("https://x.test/news/page/2", True),
        ("https://x.test/news?page=2", True),
        ("https://x.test/view?idx=77&page=2", False),
        ("https://x.test/about", True),
        ("https://x.test/themen/wie-die-stadt-im-winter-ihre-bruecken-heizt", False),
    ],
)
def test_addresses_that_lead_apart(url: str, apart: bool) -> None:
    assert is_apart(url) is apart


def test_forms_of_addresses() -> None:
    alike = {shape_of(f"https://x.test/news/2026/01/05/{slug}.html").key for slug in ("a-b-c-d", "one-two-three-four")}
    assert len(alike) == 1 and shape_of("https://x.test/news").score == 0
    assert (
        registrable("a.b.co.uk") == "b.co.uk"
        and registrable("one.blogspot.com") == "one.blogspot.com"
        and registrable("localhost") == "localhost"
    )
    assert without_tracking("https://x.test/a?utm_source=b&c=%C3%A9&fbclid=1") == "https://x.test/a?c=%C3%A9"
