"""`sources add`: what a home page says, and what is asked of its host to find it out, on a real server."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from babelscope.collect.home_page import country_of, languages_of, name_of, read_home_page
from babelscope.collect.reasons import Refused
from babelscope.collect.survey import COMMON_PATHS, Survey, survey
from babelscope.collect.visitor import visiting
from babelscope.model import Listen
from loopback import Answer, SimulatedClock, Site, answer, config, feed, redirect

HOME = "http://courier.example.ie/"
HOST = "courier.example.ie"
HEAD = """<!doctype html><html lang="ga-IE"><head><title>Nuacht | An Cúiréir</title>
<meta property="og:site_name" content="An Cúiréir"><meta property="og:locale" content="ga_IE">
<link rel="alternate" type="application/rss+xml" title="News" href="/news.rss">
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
<link rel="alternate" type="application/json+oembed" href="/wp-json/oembed"></head>
"""
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://courier.example.ie/2026/a-story</loc>'
    "</url></urlset>"
)


def page(body: str = "", head: str = HEAD) -> bytes:
    return answer(f"{head}<body>{body}</body></html>".encode())


async def surveyed(answers: Mapping[str, Answer], url: str = HOME, **collect: object) -> tuple[Survey, Site]:
    async with Site(answers) as site:
        hosts = site.hosts(HOST, "elsewhere.example.org")
        async with visiting(config(**collect), hosts=hosts, clock=SimulatedClock()) as visitor:
            return await survey(url, visitor), site


async def test_feeds_sitemap_language_and_country_are_found_and_it_says_how() -> None:
    robots = b"User-agent: *\nDisallow:\nSitemap: http://courier.example.ie/map.xml\n"
    found, site = await surveyed(
        {
            f"{HOST}/": page(),
            f"{HOST}/robots.txt": answer(robots, content_type="text/plain"),
            f"{HOST}/news.rss": feed("http://courier.example.ie/1", "http://courier.example.ie/2"),
            f"{HOST}/map.xml": answer(SITEMAP.encode(), content_type="application/xml"),
        }
    )
    assert (found.home, found.name.value, found.name.how) == (HOME, "An Cúiréir", "og:site_name")
    assert (found.country.value, found.country.how) == ("IE", "the domain .ie")
    assert [(one.value, one.how) for one in found.languages] == [("ga", "html lang, og:locale")]
    assert found.listens == (Listen(url="http://courier.example.ie/news.rss"),)
    seen = {one.reached.url: (one.how, one.reached.kind, one.reached.items) for one in found.candidates}
    assert seen == {
        "http://courier.example.ie/news.rss": ("declared by the page", "feed", 2),
        "http://courier.example.ie/map.xml": ("named in robots.txt", "sitemap", 1),
    }
    assert site.asked() == [f"{HOST}/robots.txt", f"{HOST}/", f"{HOST}/news.rss", f"{HOST}/map.xml"]


async def test_a_page_that_declares_nothing_is_asked_for_common_paths_until_one_is_a_feed() -> None:
    found, site = await surveyed(
        {
            f"{HOST}/": page(head="<html><head><title>The Courier</title></head>"),
            f"{HOST}/rss.xml": feed("http://courier.example.ie/1"),
        }
    )
    assert [listen.url for listen in found.listens] == ["http://courier.example.ie/rss.xml"]
    assert found.candidates[-1].how == "a common path"
    tried = [place.removeprefix(HOST) for place in site.asked()]
    assert tried == ["/robots.txt", "/", *COMMON_PATHS[:3]]


@pytest.mark.responsible
async def test_c2_what_robots_forbids_is_not_asked_for() -> None:
    robots = b"User-agent: *\nDisallow: /feed\nDisallow: /rss\nDisallow: /news.rss\n"
    found, site = await surveyed({f"{HOST}/": page(), f"{HOST}/robots.txt": answer(robots)})
    asked = [place.removeprefix(HOST) for place in site.asked()]
    assert not [path for path in asked if path.startswith(("/feed", "/rss", "/news.rss"))]
    refused = {one.reached.url for one in found.candidates if one.reached.reason == "robots"}
    assert "http://courier.example.ie/news.rss" in refused
    assert found.listens == ()


async def test_without_a_feed_a_sitemap_and_without_one_the_page_itself() -> None:
    robots = b"Sitemap: http://courier.example.ie/map.xml\n"
    answers: dict[str, Answer] = {
        f"{HOST}/": page(head="<html><head></head>"),
        f"{HOST}/robots.txt": answer(robots),
        f"{HOST}/map.xml": answer(SITEMAP.encode(), content_type="application/xml"),
    }
    found, _ = await surveyed(answers)
    assert found.listens == (Listen(url="http://courier.example.ie/map.xml", kind="sitemap"),)
    links = "".join(
        f'<article><h2><a href="/2026/01/0{n}/council-votes-on-plan-{n}">Council votes on the long debated plan {n}</a>'
        "</h2></article>"
        for n in range(1, 9)
    )
    found, _ = await surveyed({f"{HOST}/": page(f"<main>{links}</main>", head="<html><head></head>")})
    assert found.listens == (Listen(url=HOME, kind="page"),)


async def test_a_feed_is_taken_as_it_is_and_its_home_page_asked_for_the_rest() -> None:
    url = "http://courier.example.ie/news.rss"
    found, _ = await surveyed({f"{HOST}/": page(), f"{HOST}/news.rss": feed("http://courier.example.ie/1")}, url)
    assert (found.home, found.name.value, found.listens) == (HOME, "An Cúiréir", (Listen(url=url),))
    as_html = answer(feed("http://courier.example.ie/1").partition(b"\r\n\r\n")[2])
    found, _ = await surveyed({f"{HOST}/news.rss": as_html}, url)
    assert (found.home, found.name.value, found.listens) == (HOME, HOST, (Listen(url=url),))


@pytest.mark.responsible
@pytest.mark.parametrize(
    ("url", "answers", "reason"),
    [
        ("http://courier.example.ie/login", {}, "login"),
        (HOME, {f"{HOST}/": redirect("http://courier.example.ie/account/login")}, "login"),
        (HOME, {f"{HOST}/": page('<form><input type="password"></form>', "<html>")}, "login"),
        (HOME, {f"{HOST}/": answer(b"", 401)}, "status-401"),
        (HOME, {f"{HOST}/robots.txt": answer(b"User-agent: *\nDisallow: /\n")}, "robots"),
        ("http://user:secret@courier.example.ie/", {}, "credentials"),
        ("http://127.0.0.1:9/", {}, "private-address"),
        ("http://2130706433/", {}, "private-address"),
        ("ftp://courier.example.ie/", {}, "bad-address"),
        (HOME, {f"{HOST}/": answer(b"%PDF-1.7", content_type="application/pdf")}, "not-a-feed"),
    ],
)
async def test_c1_closed_doors_and_private_addresses_end_it(url: str, answers: dict[str, Answer], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        await surveyed(answers, url)
    assert refused.value.reason == reason
    assert "secret" not in refused.value.detail


async def test_a_server_that_says_html_and_sends_rubbish_makes_no_source() -> None:
    found, _ = await surveyed({f"{HOST}/": answer(b"\x00\xff<html" * 1000)})
    assert found.listens == ()
    assert (found.name.value, found.languages) == (HOST, ())


@pytest.mark.parametrize(
    ("head", "url", "country", "languages"),
    [
        ('<html lang="pt-BR">', "https://folha.example.com/", "BR", ["pt"]),
        ('<html lang="en-US"><meta property="og:locale" content="en_ZA">', "https://x.example.com/", "ZA", ["en"]),
        ('<html lang="en-US">', "https://x.example.com/", "US", ["en"]),
        ('<html lang="en-US">', "https://x.co.tz/", "TZ", ["en"]),
        ('<html lang="zh-Hant-TW">', "https://x.example.com/", "TW", ["zh"]),
        ('<html lang="sw">', "https://x.tv/", "", ["sw"]),
        ("<html>", "https://x.com.co/", "CO", []),
        (
            '<html lang="{{ lang }}"><meta http-equiv="Content-Language" content="fr, en">',
            "https://x.uk/",
            "GB",
            ["fr"],
        ),
    ],
)
def test_country_and_language(head: str, url: str, country: str, languages: list[str]) -> None:
    page = read_home_page(head.encode(), url)
    assert country_of(page, url, []).value == country
    assert [one.value for one in languages_of(page, [])] == languages


def test_the_feeds_speak_where_the_page_is_silent() -> None:
    page = read_home_page(b"<html><title>x</title>", "https://x.example.com/")
    assert [(one.value, one.how) for one in languages_of(page, ["es-MX", "es-MX", "en"])] == [("es", "its feed")]
    assert country_of(page, page.url, ["es-MX"]).value == "MX"


@pytest.mark.parametrize(
    "wild",
    [
        b"<div>" * 800_000, b"<div>" * 9_990, b"<b><p>" * 4_990, b"<meta property=x content=y></" * 90_000,
        b"<title>" + b"a | " * 1_000_000, b"<p " + b"a=b " * 1_000_000, b"<a href=x></a>" * 90_000, b"&amp;" * 800_000,
        b"<meta charset=punycode>-" + b"a" * 2_000_000,
    ],
    ids=["open", "deep", "formatting", "meta", "title", "attributes", "links", "entities", "codec"],
)  # fmt: skip
def test_no_page_takes_long(wild: bytes) -> None:
    began = time.process_time()
    assert read_home_page(b"<html><head>" + wild, HOME).feeds == ()
    assert time.process_time() - began < 10


def test_the_name_is_the_short_part_of_the_title() -> None:
    said = b"<html><head><title>Breaking news, sport and weather - The Herald</title></head>"
    assert name_of(read_home_page(said, HOME), HOME).value == "The Herald"


def test_links_to_feeds_are_kept_on_the_site_and_comments_left_out() -> None:
    body = (
        '<a href="/rss/world">World</a><a href="https://other.example.org/feed">x</a><a href="/feed/comments">y</a>'
        '<a href="javascript:rss()">z</a><a href="/feedback">f</a>'
    )
    found = read_home_page(f"<html><body>{body}".encode(), HOME)
    assert found.links == ("http://courier.example.ie/rss/world",)
