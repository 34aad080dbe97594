"""Halves of surrogate pairs written as character references: pairs are joined, halves alone are marked."""

from __future__ import annotations

import pytest

from babelscope.collect.discover import parse
from babelscope.collect.listening import FeedPage
from babelscope.collect.lists.formats import read_list
from babelscope.collect.xml_safety import mend_references


def test_pairs_are_joined_and_halves_alone_are_marked() -> None:
    assert mend_references(b"a &#55357;&#56832; &#xD83D;&#xde00; &#0055296; &#xDFFF; b") == (
        b"a &#128512; &#128512; &#65533; &#65533; b"
    )
    untouched = b"&#55295; &#57344; &#xD7FF; &#xE000; &#233; &amp;#55357; &#12345678;"
    assert mend_references(untouched) == untouched


@pytest.mark.parametrize("form", [b"&#%d;", b"&#x%x;", b"&#x0%X;"])
def test_exactly_the_halves_are_found(form: bytes) -> None:
    found = [number for number in range(0xD000, 0xE800) if mend_references(form % number) == b"&#65533;"]
    assert found == list(range(0xD800, 0xE000))


def test_a_feed_with_an_emoji_in_halves_is_read() -> None:
    rss = b"<rss version='2.0'><channel><item><title>Match &#55357;&#56832; won</title><link>https://a.example/m</link></item></channel></rss>"
    page = FeedPage(body=rss, url="https://a.example/rss", listen="https://a.example/rss", source="a")
    assert [item.hints.title for item in parse(page).items] == ["Match \U0001f600 won"]


@pytest.mark.parametrize("half", ["&#55296;", "&#xDFFF;"])
def test_a_sitemap_with_a_half_is_read_to_its_end(half: str) -> None:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    for body in (
        f"<urlset xmlns='{space}'><url><loc>https://a.example/x{half}</loc></url><url><loc>https://a.example/y</loc></url></urlset>",
        f"<urlset xmlns='{half}{space}'><url><loc>https://a.example/x</loc></url><url><loc>https://a.example/y</loc></url></urlset>",
    ):
        raw = body.encode()
        page = FeedPage(
            body=raw, url="https://a.example/s.xml", listen="https://a.example/s.xml", source="a", kind="sitemap"
        )
        assert parse(page).items[-1].url == "https://a.example/y"


def test_a_list_with_a_half_is_read() -> None:
    raw = b"<opml version='2.0'><body><outline text='A &#55296;' xmlUrl='https://a.example/rss'/></body></opml>"
    assert [listen.url for row in read_list(raw).rows for listen in row.listens] == ["https://a.example/rss"]
