"""Title, date, authors, image: empty rather than wrong."""

# ruff: noqa: E501

from __future__ import annotations

import datetime as dt

import pytest
from selectolax.lexbor import LexborHTMLParser

from babelscope.extract import people
from babelscope.extract.dates import parse_date, url_date
from babelscope.extract.metadata import Metadata, last_resort_date, read_metadata
from babelscope.extract.titles import choose_title
from babelscope.model import Hints

NO_HINTS = Hints()
SEEN = dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC)


def read(html: str, url: str = "https://www.example.org/a/b.html", hints: Hints = NO_HINTS) -> Metadata:
    return read_metadata(LexborHTMLParser(html), url, hints, SEEN)


def test_json_ld_in_a_graph_with_lists() -> None:
    found = read(
        """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
        {"@type":"Organization","name":"The Example Times"},
        {"@type":["WebPage","NewsArticle"],"headline":"Dam breaks &amp; floods valley","datePublished":"2024-05-01T23:30:00-05:00",
         "author":[{"@type":"Person","name":"Ana López"},{"@type":"Person","name":"Li Wei"}],
         "image":{"@type":"ImageObject","url":"/img/dam.jpg"},}]}</script>"""
    )
    assert found.title == "Dam breaks & floods valley"
    assert found.published_at == dt.datetime(2024, 5, 2, 4, 30, tzinfo=dt.UTC)
    assert found.authors == ("Ana López", "Li Wei")
    assert found.image == "https://www.example.org/img/dam.jpg"
    assert found.declared


def test_meta_elements() -> None:
    found = read(
        """<meta property="og:title" content="Rain at last - The Example Times"><meta property="og:site_name" content="The Example Times">
        <meta property="article:published_time" content="2024-04-30T08:00:00+02:00"><meta name="author" content="By Jane Roe and John Doe">
        <meta property="og:image" content="//cdn.example.org/1.png"><meta property="og:type" content="article">"""
    )
    assert found.title == "Rain at last"
    assert found.published_at == dt.datetime(2024, 4, 30, 6, tzinfo=dt.UTC)
    assert found.authors == ("Jane Roe", "John Doe")
    assert found.image == "https://cdn.example.org/1.png"


def test_microdata_time_and_byline() -> None:
    found = read(
        """<title>Storm | Example</title><article><h1>Storm</h1><span itemprop="author"><b itemprop="name">Max Muster</b></span>
        <time itemprop="datePublished" datetime="2024-04-29 10:15">29 April</time></article>"""
    )
    assert (found.title, found.authors) == ("Storm", ("Max Muster",))
    assert found.published_at == dt.datetime(2024, 4, 29, 10, 15, tzinfo=dt.UTC)


def test_the_feed_fills_what_the_page_lacks_and_nothing_else() -> None:
    day = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
    hints = Hints(title="From the feed", published_at=day, authors=("Feed Author",))
    assert read("<p>x</p>", hints=hints) == Metadata(title="From the feed", published_at=day, authors=("Feed Author",))
    page = '<meta property="og:title" content="From the page"><meta name="date" content="2024-04-01">'
    assert read(page, hints=hints).title == "From the page"
    assert read(page, hints=hints).published_at == dt.datetime(2024, 4, 1, tzinfo=dt.UTC)


def test_a_date_in_the_future_is_not_believed() -> None:
    assert read('<meta name="date" content="2031-01-01">').published_at is None
    assert read("<p>x</p>", url="https://example.org/2024/04/28/x").published_at == dt.datetime(
        2024, 4, 28, tzinfo=dt.UTC
    )


def test_nothing_is_found_where_nothing_is() -> None:
    assert read("") == Metadata()


@pytest.mark.parametrize(
    "script",
    [
        "{broken",
        "[" * 100_000,
        "null",
        '"text"',
        '{"@type":"NewsArticle","headline":["a",{}],"author":[[["x"]]],"image":[{}],"datePublished":{"a":1}}',
        '{"@type":{"a":1},"headline":1}',
        '{"@type":"NewsArticle","headline":"\\ud800 lone","articleBody":"<b>\\udfff</b>"}',
    ],
)
def test_broken_json_ld_does_no_harm(script: str) -> None:
    found = read(f'<script type="application/ld+json">{script}</script><h1>Headline here</h1>')
    assert found.title
    found.title.encode("utf-8")
    found.stated_body.encode("utf-8")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:image/png;base64,xx", "http://[broken", ""])
def test_only_web_addresses_are_images(address: str) -> None:
    assert read(f'<meta property="og:image" content="{address}">').image == ""


def test_a_body_behind_a_paywall_is_not_taken_from_the_data() -> None:
    ld = '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"One.\\nTwo.","isAccessibleForFree":%s}</script>'
    assert read(ld % "true").stated_body == "One.\nTwo."
    assert read(ld % "false").stated_body == ""
    assert read(ld % '"False"').stated_body == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-04-28T10:00:00Z", "2024-04-28T10:00:00+00:00"),
        ("2024-04-28T10:00:00.123+0530", "2024-04-28T04:30:00.123000+00:00"),
        ("Sun, 28 Apr 2024 10:00:00 +0200", "2024-04-28T08:00:00+00:00"),
        ("1714298400", "2024-04-28T10:00:00+00:00"),
        ("1714298400000", "2024-04-28T10:00:00+00:00"),
        ("28.04.2024, 06:05 Uhr", "2024-04-28T06:05:00+00:00"),
        ("2024年4月28日 10:00", "2024-04-28T10:00:00+00:00"),
        ("2024/4/8", "2024-04-08T00:00:00+00:00"),
        ("04/05/2024", None),
        ("yesterday", None),
        ("2024-13-45", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:00", None),
        ("9" * 70, None),
        ("", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    found = parse_date(text, SEEN)
    assert (found.isoformat() if found else None) == expected


def test_dates_in_addresses() -> None:
    assert url_date("https://e.org/2024/04/28/title") == dt.datetime(2024, 4, 28, tzinfo=dt.UTC)
    assert url_date("https://e.org/news/20240428-title") == dt.datetime(2024, 4, 28, tzinfo=dt.UTC)
    assert url_date("https://e.org/a/2024/99/99/") is None
    assert url_date("https://e.org/article-20240428123") is None


def test_the_last_resort_finds_a_marked_day() -> None:
    found = last_resort_date('<html><body><p class="date">Published: 2024-04-28</p><p>Text</p></body></html>', SEEN)
    assert found == dt.datetime(2024, 4, 28, tzinfo=dt.UTC)
    assert last_resort_date("<html><body><p>Text</p></body></html>", SEEN) is None


@pytest.mark.parametrize(
    ("candidates", "sites", "headings", "expected"),
    [
        (["Dam breaks | Example Times"], ["Example Times"], [], "Dam breaks"),
        (["Example Times: Dam breaks"], ["Example Times"], [], "Example Times: Dam breaks"),
        (["Example Times » Dam breaks"], ["Example Times"], [], "Dam breaks"),
        (["Dam breaks – DW – 13.06.2023", "Dam breaks open"], [], ["Dam breaks"], "Dam breaks"),
        (["New-York - the city", "x"], ["Example"], [], "New-York - the city"),
        (["大坝决堤-新华网"], ["新华网"], [], "大坝决堤"),
        (["Example Times", "Dam breaks"], ["Example Times"], [], "Dam breaks"),
        (["Home", ""], [], [], ""),
        (["  Two \n lines\u00ad here "], [], [], "Two lines here"),
    ],
)
def test_titles(candidates: list[str], sites: list[str], headings: list[str], expected: str) -> None:
    assert choose_title(candidates, sites, headings) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["By Jane Roe and John Doe"], ("Jane Roe", "John Doe")),
        (["Von Eva Müller, Karl-Heinz Groß"], ("Eva Müller", "Karl-Heinz Groß")),
        (["Par Zoé Dupont"], ("Zoé Dupont",)),
        (["Jane Roe (jane@example.org)"], ("Jane Roe",)),
        (["https://facebook.com/x", "Staff Writer", "admin", "Redaktion", "12 May 2024"], ()),
        (["Example Times"], ()),
        (["Jane Roe", "jane roe", "Jane Roe"], ("Jane Roe", "jane roe")),
    ],
)
def test_names_of_authors(found: list[str], expected: tuple[str, ...]) -> None:
    assert people.names(found, ["Example Times"]) == expected
