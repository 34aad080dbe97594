"""Enclosures, hubs, moved feeds, translations and the addresses of entries without a page."""

from __future__ import annotations

import gzip
import json

import pytest

from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.rows import MAX_ENCLOSURES, absolute, play_seconds
from babelscope.collect.syndication import parse_feed
from babelscope.model import Enclosure, Sibling

SPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def read(body: str | bytes, content_type: str = "application/xml") -> ParsedFeed:
    place = "https://x.test/feeds/all"
    raw = body.encode() if isinstance(body, str) else body
    return parse_feed(FeedPage(body=raw, url=place, listen=place, source="x", content_type=content_type))


def rss(items: str, head: str = "") -> ParsedFeed:
    return read(f'<rss version="2.0" {SPACES}><channel>{head}{items}</channel></rss>')


def test_podcast() -> None:
    (item,) = rss(
        "<item><title>Episode 7</title><itunes:duration>1:01:01</itunes:duration>"
        '<enclosure url="/7.mp3" length="4096" type="Audio/MPEG; x=1"/></item>'
    ).items
    media = Enclosure(url="https://x.test/7.mp3", media_type="audio/mpeg", size=4096, seconds=3661)
    assert item.hints.enclosures == (media,) and item.url == media.url
    (item,) = rss('<item><link>/7</link><enclosure url="ftp://x.test/7.mp3" length="-1" type="?"/></item>').items
    assert item.url == "https://x.test/7" and item.hints.enclosures == ()


def test_media_rss_sound_before_pictures_bounded() -> None:
    picture = '<media:content url="/p.jpg" medium="image"/>'
    film = '<media:content url="/v.mp4" type="video/mp4" duration="65.4" fileSize="9"/>'
    others = "".join(f'<media:content url="/{n}.mp4"/>' for n in range(40))
    content, group = picture + film, f'<media:group><media:content url="/v.mp4"/>{others}</media:group>'
    (item,) = rss(f"<item><link>/a</link>{content}{group}</item>").items
    found = item.hints.enclosures
    assert found[0] == Enclosure(url="https://x.test/v.mp4", media_type="video/mp4", size=9, seconds=65)
    assert len(found) == MAX_ENCLOSURES and all(each.url.endswith(".mp4") for each in found)


def test_hub_topic_and_moved() -> None:
    links = '<atom:link rel="hub" href="https://hub.test/"/><atom:link rel="self" href="https://x.test/feeds/own"/>'
    feed = rss("", f"{links}<itunes:new-feed-url>https://y.test/feed</itunes:new-feed-url>")
    assert (feed.hub, feed.topic, feed.moved) == (
        "https://hub.test/",
        "https://x.test/feeds/own",
        "https://y.test/feed",
    )
    same = rss("", "<itunes:new-feed-url>https://x.test/feeds/all</itunes:new-feed-url>")
    assert (same.hub, same.topic, same.moved) == ("", "", "")
    atom = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><link rel="hub" href="//hub.test/x"/>'
        '<link rel="self" href="own"/></feed>'
    )
    assert (atom.hub, atom.topic) == ("https://hub.test/x", "https://x.test/feeds/own")


def test_json_feed_hubs_attachments_and_its_faults() -> None:
    data = {
        "version": "https://jsonfeed.org/version/1",
        "feed_url": "https://x.test/feed.json",
        "hubs": [{"type": "rssCloud"}, {"type": "WebSub", "url": "https://hub.test/"}, 7],
        "author": {"name": "Desk"},
        "items": [
            {
                "id": 7,
                "title": "One\ttwo",
                "date_modified": "2026-01-05",
                "attachments": [
                    {"url": "7.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5, "duration_in_seconds": 6.7},
                    {"url": None},
                    None,
                ],
            },
            {"url": "/relative", "title": 5, "attachments": {}, "authors": "x"},
        ],
    }
    feed = read(json.dumps(data), "application/feed+json")
    assert (feed.hub, feed.topic, feed.entries) == ("https://hub.test/", "https://x.test/feed.json", 2)
    first, second = feed.items
    assert first.hints.enclosures == (
        Enclosure(url="https://x.test/feeds/7.mp3", media_type="audio/mpeg", size=5, seconds=6),
    )
    assert first.hints.authors == ("Desk",) and first.hints.published_at is not None
    assert second.url == "https://x.test/relative" and second.hints.title == ""
    for codec in ("utf-8-sig", "utf-16", "utf-32-le"):
        assert read('{"items": [{"url": "https://x.test/é", "title": "é"}]}'.encode(codec)).items[0].hints.title == "é"
    assert read(b'{"items": [{"url": "https://x.test/a", "title": "raw\nline"}]}').items[0].hints.title == "raw line"


@pytest.mark.parametrize(
    ("entry", "link"),
    [
        ('<guid isPermaLink="false">https://x.test/?p=7</guid>', "https://x.test/?p=7"),
        ("<guid>https://x.test/7</guid>", "https://x.test/7"),
        ("<link> \n /a/7 </link><guid>tag:7</guid>", "https://x.test/a/7"),
        ("<link>www.y.test/7</link>", "http://www.y.test/7"),
        ("<link><![CDATA[https://x.test/7?a=1&b=2]]></link>", "https://x.test/7?a=1&b=2"),
        ('<link/><atom:link rel="alternate" href="https://x.test/7"/>', "https://x.test/7"),
        (
            "<link>https://proxy.test/~r/7</link><feedburner:origLink>https://x.test/7</feedburner:origLink>",
            "https://x.test/7",
        ),
        ("<link>https://www.google.com/url?rct=j&amp;url=https://y.test/7%3Fa&amp;ct=ga</link>", "https://y.test/7?a"),
        ('<link xml:base="https://y.test/b/">7</link>', "https://y.test/b/7"),
        ('<media:player url="https://x.test/player/7"/>', "https://x.test/player/7"),
    ],
)
def test_the_address_of_an_entry(entry: str, link: str) -> None:
    assert [item.url for item in rss(f"<item><title>t</title>{entry}</item>").items] == [link]


@pytest.mark.parametrize("rel", ["self", "related", "via", "alternate"])
def test_atom_entries_with_odd_links(rel: str) -> None:
    entry = f'<entry><id>tag:1</id><link rel="{rel}" href="/7"/></entry>'
    feed = read(f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://y.test/">{entry}</feed>')
    assert feed.items[0].url == "https://y.test/7"
    content = '<entry><id>tag:1</id><content type="text/html" src="https://x.test/7"/></entry>'
    assert read(f'<feed xmlns="http://www.w3.org/2005/Atom">{content}</feed>').items[0].url == "https://x.test/7"


def test_translations_named_by_atom() -> None:
    links = '<link href="/en/7" hreflang="en"/><link href="/fr/7" hreflang="fr"/><link href="/7" hreflang="x-default"/>'
    (item,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:1</id>{links}</entry></feed>').items
    assert item.url == "https://x.test/en/7"
    assert item.hints.siblings == (
        Sibling(language="en", url="https://x.test/en/7"),
        Sibling(language="fr", url="https://x.test/fr/7"),
    )


def test_dates_that_feedparser_cannot_read() -> None:
    item = "<item><link>/7</link><pubDate>Пн, 05 янв 2026 12:30:00 +0300</pubDate></item>"
    hints = rss(item, "<language>ru</language>").items[0].hints
    assert hints.published_at is not None and hints.published_at.isoformat() == "2026-01-05T09:30:00+00:00"


def test_a_feed_that_is_a_gzip_file() -> None:
    body = gzip.compress(b"<rss version='2.0'><channel><item><link>https://x.test/a</link></item></channel></rss>")
    assert read(body).items[0].url == "https://x.test/a"


def test_small_readers() -> None:
    assert [play_seconds(text) for text in ("75", "01:15", "1:02:03", "x", "-5", None, "9" * 40, "1e9")] == [
        75, 75, 3723, 0, 0, 0, 10_000_000, 10_000_000,
    ]  # fmt: skip
    assert absolute("mailto:a@x.test", "https://x.test/") == "" == absolute("https://me:pw@x.test/", "")
    assert absolute("https://www.google.com/url?q=javascript:alert(1)", "").startswith("https://www.google.com/")
