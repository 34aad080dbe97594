"""Feeds of every kind → items with clean hints."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.collect.discover import FeedPage, ParsedFeed, parse_feed
from babelscope.collect.plaintext import plain_text
from babelscope.flow.errors import BadInput

MOMENT = dt.datetime(2026, 1, 5, 9, 30, tzinfo=dt.UTC)
RSS = """<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Вести</title><language>ru-RU</language><item>
<title>Мост &amp;lt;b&amp;gt;открыт&amp;lt;/b&amp;gt;</title>
<link>/a?b=1&amp;c=2#top</link><guid isPermaLink="false">77</guid><dc:creator>Анна Ли</dc:creator>
<description>&lt;p&gt;Первый &lt;i&gt;абзац&lt;/i&gt;&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>
<pubDate>Mon, 05 Jan 2026 12:30:00 +0300</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="pt-BR"><title>t</title><entry><id>tag:1</id>
<title type="html">Ponte &lt;em&gt;aberta&lt;/em&gt;</title><link rel="self" href="http://x.test/self"/>
<link rel="alternate" href="http://x.test/a"/><author><name>Ana Sá</name></author><author><name>Rui</name></author>
<published>2026-01-05T09:30:00Z</published><updated>{updated}</updated><summary>Um parágrafo</summary></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://x.test/"><title>t</title></channel>
<item rdf:about="http://x.test/a"><title>橋が開通</title><link>http://x.test/a</link><dc:date>2026-01-05T18:30:00+09:00</dc:date>
</item></rdf:RDF>"""
RSS091 = """<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>t</title>
<item><title>Bridge</title><link>http://x.test/a</link></item></channel></rss>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "language": "ar",
    "items": [
        {
            "id": "1",
            "url": "http://x.test/a",
            "title": "افتتاح <b>الجسر</b>",
            "content_html": "<p>نص</p>",
            "date_published": "2026-01-05T09:30:00Z",
            "authors": [{"name": "ليلى"}, {"name": ""}, 7],
        },
        {"id": "no address"},
        "nonsense",
    ],
}


def parse(body: str | bytes, content_type: str = "application/xml", limit: int = 200) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    place = "http://x.test/feeds/all"
    return parse_feed(FeedPage(body=raw, url=place, listen=place, source="x", content_type=content_type, limit=limit))


@pytest.mark.parametrize("encoding", ["utf-8", "koi8-r", "windows-1251", "utf-16"])
def test_rss(encoding: str) -> None:
    (item,) = parse(RSS.format(encoding=encoding).encode(encoding)).items
    assert item.url == "http://x.test/a?b=1&c=2"
    assert (item.source, item.feed) == ("x", "http://x.test/feeds/all")
    hints = item.hints
    assert hints.title == "Мост открыт" and hints.summary == "Первый абзац"
    assert (hints.published_at, hints.authors, hints.language) == (MOMENT, ("Анна Ли",), "ru-RU")


def test_atom_and_its_version_changes_with_updated() -> None:
    (first,) = parse(ATOM.format(updated="2026-01-05T09:30:00Z")).items
    (again,) = parse(ATOM.format(updated="2026-01-05T09:30:00Z")).items
    (edited,) = parse(ATOM.format(updated="2026-01-05T11:00:00Z")).items
    assert first.url == "http://x.test/a" and first.version == again.version != edited.version
    assert first.hints.title == "Ponte aberta" and first.hints.summary == "Um parágrafo"
    assert first.hints.authors == ("Ana Sá", "Rui") and first.hints.language == "pt-BR"
    assert first.hints.published_at == edited.hints.published_at == MOMENT


def test_rdf_and_rss_091() -> None:
    (item,) = parse(RDF).items
    assert (item.url, item.hints.title, item.hints.published_at) == ("http://x.test/a", "橋が開通", MOMENT)
    (old,) = parse(RSS091).items
    assert (old.hints.title, old.hints.published_at) == ("Bridge", None)


@pytest.mark.parametrize("content_type", ["application/feed+json", "text/plain", "text/html; charset=utf-8"])
def test_json_feed(content_type: str) -> None:
    feed = parse(json.dumps(JSON, ensure_ascii=False), content_type)
    (item,) = feed.items
    assert feed.entries == 2 and item.url == "http://x.test/a"
    assert (item.hints.title, item.hints.summary) == ("افتتاح الجسر", "نص")
    assert (item.hints.published_at, item.hints.authors, item.hints.language) == (MOMENT, ("ليلى",), "ar")


def test_charset_of_the_header_counts_where_the_feed_does_not_say() -> None:
    body = "<rss version='2.0'><channel><item><title>Газета</title><link>http://x.test/a</link></item></channel></rss>"
    assert parse(body.encode("cp1251"), "application/xml; charset=windows-1251").items[0].hints.title == "Газета"
    assert parse(body.encode("utf-8"), "text/xml").items[0].hints.title == "Газета"


def test_malformed_feeds_are_read_as_far_as_they_go() -> None:
    cut = RSS.format(encoding="utf-8")[:-40]
    bare = "<rss><channel><item><title>A & B &nbsp; <b>c</title><link>http://x.test/a</link></item>"
    for text in (cut, bare, "\n\n junk " + bare, bare + "\0\0\x01", bare.replace("title", "TITLE")):
        assert len(parse(text).items) == 1
    assert parse(bare).items[0].hints.title == "A & B c"


def test_addresses_that_cannot_be_taken_are_left_out() -> None:
    links = ["javascript:alert(1)", "http://me:pw@x.test/", "ftp://x.test/", "", "http://x.test/a", "http://x.test/a#2"]
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    feed = parse(f"<rss version='2.0'><channel>{items}</channel></rss>")
    assert [item.url for item in feed.items] == ["http://x.test/a"] and feed.entries == 6


def test_more_items_than_the_limit_keep_the_newest() -> None:
    def item(day: int) -> str:
        return f"<item><link>http://x.test/{day}</link><pubDate>{day:02} Jan 2026 00:00:00 GMT</pubDate></item>"

    feed = f"<rss version='2.0'><channel>{''.join(map(item, range(1, 29)))}</channel></rss>"
    assert [item.url[14:] for item in parse(feed, limit=3).items] == ["26", "27", "28"]
    undated = feed.replace("Jan 2026", "x")
    assert [item.url[14:] for item in parse(undated, limit=3).items] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "body", ["", "hello", "<html><body>Not found</body></html>", "{}", "{", "[" * 200_000, '{"a":' * 200_000]
)
def test_what_is_no_feed_is_bad_input(body: str) -> None:
    with pytest.raises(BadInput):
        parse(body, "application/json")


def bomb(first: str) -> str:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    feed = "<rss version='2.0'><channel><item><title>&a9;</title></item></channel></rss>"
    return f"<?xml version='1.0'?><!DOCTYPE rss [{first}{lines}]>{feed}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_billion_laughs(encoding: str) -> None:
    text = bomb('<!ENTITY a0 "ha">').replace("version='1.0'", f"version='1.0' encoding='{encoding}'")
    with pytest.raises(BadInput, match="entity bomb"):
        parse(text.encode(encoding))
    with pytest.raises(BadInput, match="entity bomb"):
        parse(bomb("<!ENTITY a0 'ha'>").replace('"', "'"))
    with pytest.raises(BadInput, match="entity bomb"):
        parse("<!DOCTYPE rss [<!ENTITY a '&#38;b;&#x26;b;'><!ENTITY b 'x'>]><rss><channel/></rss>")
    with pytest.raises(BadInput, match="entity declarations"):
        parse("<!DOCTYPE rss [" + "".join(f'<!ENTITY e{n} "x">' for n in range(999)) + "]><rss><channel/></rss>")


def test_external_entities_are_never_read(tmp_path: object) -> None:
    secret = "/etc/passwd"
    text = f'<!DOCTYPE rss [<!ENTITY e SYSTEM "file://{secret}">]><rss version="2.0"><channel><item><title>&e;</title><link>http://x.test/a</link></item></channel></rss>'
    (item,) = parse(text).items
    assert "root:" not in item.hints.title


def test_plain_entities_still_work() -> None:
    text = (
        '<!DOCTYPE rss [\n<!ENTITY lt "&#38;#60;">\n<!ENTITY copyright "(C)">\n]><rss version="2.0"><channel><item>'
        "<title>&copyright; News</title><link>http://x.test/a</link></item></channel></rss>"
    )
    assert parse(text).items[0].hints.title == "(C) News"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<script>alert(1)</script>News", "News"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;News", "News"),
        ("&amp;lt;img src=x onerror=alert(1)&amp;gt;News", "News"),
        ("AT&amp;T & 3 < 4", "AT&T & 3 < 4"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("a\0b\x07c\u2028d", "a b c d"),
        ("<style>p{}</style><svg><text>x</text></svg>", ""),
        ("<b", ""),
    ],
)
def test_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup, 100) == text


@given(st.text(alphabet="<>/&;#!ab lt-\"'=scriptgamp\n\0", max_size=200))
def test_law_hints_carry_no_elements_and_no_control_characters(markup: str) -> None:
    text = plain_text(markup, 50)
    assert len(text) <= 50 and "\0" not in text and "\n" not in text
    assert not any(f"<{letter}" in text for letter in "absciptglm/!")
