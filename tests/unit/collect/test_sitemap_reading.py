"""Sitemaps of every kind: urlset, news, index, gzip, text, feed; large, broken and hostile ones."""

from __future__ import annotations

import datetime as dt
import gzip
import resource
import time
from contextlib import suppress

import pytest

from babelscope.collect.discover import parse
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.packing import pieces, unpacked
from babelscope.collect.sitemaps import MAX_ENTRIES, MAX_MORE
from babelscope.flow.errors import BadInput
from babelscope.model import Sibling

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><loc>https://x.test/news/2026/bridge-reopens-after-repairs?a=1&amp;b=2</loc><lastmod>2026-01-05T12:30:00+03:00</lastmod>
<news:news><news:publication><news:name>Вести</news:name><news:language>ru</news:language></news:publication>
<news:publication_date>2026-01-05T12:00:00+03:00</news:publication_date>
<news:title>Мост &amp;quot;открыт&amp;quot;</news:title></news:news>
<image:image><image:loc>https://x.test/a.jpg</image:loc><image:title>A picture</image:title></image:image>
<xhtml:link rel="alternate" hreflang="en" href="https://x.test/en/bridge"/>
<xhtml:link rel="alternate" hreflang="de-AT" href="/de/bruecke"/>
<xhtml:link rel="alternate" hreflang="x-default" href="https://x.test/"/></url>
<url><loc>https://x.test/</loc></url><url><loc>https://x.test/tag/harbour</loc></url><url><loc>javascript:alert(1)</loc></url>
</urlset>"""


def read(body: str | bytes, *, limit: int = 200, content_type: str = "application/xml") -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    place = "https://x.test/sitemap.xml"
    page = FeedPage(
        body=raw, url=place, listen=place, source="x", content_type=content_type, limit=limit, kind="sitemap"
    )
    return parse(page)


def urlset(*rows: tuple[str, str]) -> str:
    lines = "".join(f"<url><loc>{loc}</loc>{f'<lastmod>{when}</lastmod>' if when else ''}</url>" for loc, when in rows)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}</urlset>'


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16"])
@pytest.mark.parametrize("packed", [False, True])
def test_news_sitemap(encoding: str, packed: bool) -> None:
    raw = NEWS.replace("UTF-8", encoding).encode(encoding)
    found = read(gzip.compress(raw) if packed else raw)
    (item,) = found.items
    assert found.entries == 3
    assert item.url == "https://x.test/news/2026/bridge-reopens-after-repairs?a=1&b=2"
    hints = item.hints
    assert (hints.title, hints.language) == ('Мост "открыт"', "ru")
    assert hints.published_at == dt.datetime(2026, 1, 5, 9, 0, tzinfo=dt.UTC)
    assert hints.siblings == (
        Sibling(language="en", url="https://x.test/en/bridge"),
        Sibling(language="de-AT", url="https://x.test/de/bruecke"),
    )


def test_version_comes_from_lastmod() -> None:
    link = "https://x.test/news/some-long-article-about-bridges"
    one, again = read(urlset((link, "2026-01-05"))).items[0], read(urlset((link, "2026-01-05"))).items[0]
    edited, mute = read(urlset((link, "2026-01-06"))).items[0], read(urlset((link, ""))).items[0]
    assert one.version == again.version != edited.version and one.version.startswith("sitemap:") and mute.version == ""


def test_the_newest_are_kept_in_the_order_of_the_page() -> None:
    rows = [(f"https://x.test/a/{n}-a-story-of-the-day", f"2026-01-{1 + n * 11 % 28:02}") for n in range(28)]
    found = read(urlset(*rows, ("https://x.test/undated-story-of-the-day", "")), limit=3)
    newest = sorted(rows, key=lambda row: row[1])[-3:]
    assert found.entries == 29 and [item.url for item in found.items] == [
        link for link, _ in rows if (link, _) in newest
    ]
    assert [
        item.url[-1] for item in read(urlset(*((f"https://x.test/story-{n}", "") for n in range(9))), limit=3).items
    ] == [
        "0",
        "1",
        "2",
    ]


def test_index_gives_the_newest_first_and_lists_of_tags_last() -> None:
    names = [("tags.xml", "2026-02-01"), *((f"posts-{n}.xml.gz", f"2026-01-{n:02}") for n in range(1, 29))]
    lines = "".join(f"<sitemap><loc>https://x.test/{n}</loc><lastmod>{d}</lastmod></sitemap>" for n, d in names)
    found = read(f"<?xml version='1.0'?><sitemapindex>{lines}</sitemapindex>")
    assert found.items == () and found.entries == 29
    assert found.more == tuple(f"https://x.test/posts-{n}.xml.gz" for n in range(28, 28 - MAX_MORE, -1))
    undated = [f"<sitemap><loc>/sitemap-2026-{n:02}.xml</loc></sitemap>" for n in (1, 3, 2)]
    news = "<sitemap><loc>https://x.test/news.xml</loc></sitemap>"
    tags = "<sitemap><loc>https://x.test/tag-list.xml</loc></sitemap>"
    found = read(f"<sitemapindex>{tags}{''.join(undated)}{news}</sitemapindex>")
    names_found = [link.rpartition("/")[2] for link in found.more]
    assert names_found == [
        "news.xml",
        "sitemap-2026-03.xml",
        "sitemap-2026-02.xml",
        "sitemap-2026-01.xml",
        "tag-list.xml",
    ]


def test_text_and_feeds_as_sitemaps() -> None:
    found = read(
        "\ufeffhttps://x.test/a-story-of-the-day\r\n\r\nhttps://x.test/b\nnonsense\n", content_type="text/plain"
    )
    assert [item.url for item in found.items] == ["https://x.test/a-story-of-the-day", "https://x.test/b"]
    feed = "<rss version='2.0'><channel><item><title>t</title><link>https://x.test/a</link></item></channel></rss>"
    assert read(feed).items[0].hints.title == "t"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "<html><body>Not found</body></html>",
        "\x1f\x8b\x08broken",
        "<!DOCTYPE urlset [<!ENTITY a 'x'>]><urlset><url><loc>&a;</loc></url></urlset>",
        gzip.compress(b"<urlset>" + b" " * (60 << 20)),
    ],
)
def test_what_is_no_sitemap_is_bad_input(body: str | bytes) -> None:
    with pytest.raises(BadInput):
        read(body if isinstance(body, bytes) else body.encode("latin-1"))


def test_faults_of_the_wild() -> None:
    link = "https://x.test/read.php?id=12345&name=bridge&copy=1"
    assert read(urlset((link, ""))).items[0].url == link  # bare ampersands
    assert read(urlset((f"<![CDATA[{link}]]>", ""))).items[0].url == link
    assert read("\n\n \n<?xml version='1.0'?>" + urlset((link, ""))).items[0].url == link
    whole = urlset(*((f"https://x.test/story-{n}", "") for n in range(99)))
    assert len(read(whole[: len(whole) // 2]).items) in (48, 49)  # cut off
    assert len(read(gzip.compress(whole.encode())[:-40]).items) > 10
    spaced = "<urlset><url>\n <loc>\n  https://x.test/story-1 \n</loc></url></urlset>"
    assert read(spaced).items[0].url == "https://x.test/story-1"
    assert read(urlset((link, "")).replace("urlset", "sm:urlset").replace("<url>", "<sm:url>")).entries >= 1
    bad_bytes = urlset(("https://x.test/story-1", ""), ("https://x.test/caf\u00e9-2", "")).encode("latin-1")
    assert read(bad_bytes).items[0].url == "https://x.test/story-1"


def test_ampersands_at_the_edges_of_pieces() -> None:
    for pad in range(65_430, 65_560):
        link = "https://x.test/s?id=12345&amp;b=2&c=3&#38;d=4"
        body = f"<urlset><!--{'x' * (pad - 60)}--><url><loc>{link}</loc></url></urlset>"
        assert read(body).items[0].url == "https://x.test/s?id=12345&b=2&c=3&d=4", pad


def test_fifty_thousand_entries_in_little_time_and_memory() -> None:
    start = dt.date(1990, 1, 1)
    rows = (
        (f"https://x.test/news/{n}/a-story-of-the-day", str(start + dt.timedelta(days=n % 9000))) for n in range(60_000)
    )
    body = gzip.compress(urlset(*rows).encode(), 1)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    found = read(body)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{time.process_time() - began:.1f} s, {used >> 10} MB more")
    assert found.entries == MAX_ENTRIES and len(found.items) == 200
    assert time.process_time() - began < 15 and used < 60 << 10


@pytest.mark.parametrize(
    "filler", [b"<a>", b"<url>", b"<loc>x", b"&amp;", b"<!-- -->", b"<?p?>", b"<a b='c'/>", b"\n", b"&x;"]
)
def test_hostile_sitemaps_end_in_time(filler: bytes) -> None:
    began = time.process_time()
    with suppress(BadInput):
        read(b"<urlset>" + filler * 300_000)
    assert time.process_time() - began < 10


def test_gzip_of_many_members_and_bombs() -> None:
    one = gzip.compress(b"<urlset>")
    assert unpacked(one + gzip.compress(b"</urlset>")) == b"<urlset></urlset>"
    with pytest.raises(BadInput, match="members"):
        unpacked(one * 1000)
    with pytest.raises(BadInput, match="after decompression"):
        for _ in pieces(gzip.compress(b"\0" * (3 << 20)), 1 << 20):
            pass
    assert unpacked(b"plain") == b"plain"
