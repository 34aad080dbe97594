"""Second looks, sitemaps and section pages, long Crawl-delays: the collector against a real server on loopback."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from babelscope.collect.domains import same_site
from babelscope.collect.sitemaps import MAX_MORE as MAX_NESTED
from babelscope.flow.shapes import Exchange, Item, Look, Polled, Refusal
from babelscope.model import Hints, Listen, Source, capture_id
from loopback import (
    FEED,
    HTML,
    Answer,
    Memory,
    SimulatedClock,
    Site,
    answer,
    collector,
    exchanges,
    feed,
    gather,
    polls,
    redirect,
    refusals,
    source,
)


def look(path: str = "/a", body: bytes = HTML, **validators: str) -> Look:
    url = f"http://courier.test{path}"
    item = Item(source="courier", url=url, feed=FEED, version="1", hints=Hints(title="Bridge"))
    return Look(item=item, capture=capture_id("courier", url, body), **validators)


# ----------------------------------------------------------------- looks ----


async def test_a_look_sends_the_validators_and_tells_not_modified() -> None:
    memory = Memory(again=[look(etag='"v1"', last_modified="Mon, 05 Jan 2026 10:00:00 GMT")])
    async with Site({"courier.test/a": answer(status=304)}) as site:
        (event,) = await gather(collector(site), [source()], memory)
    asked = next(request for request in site.log if request.place == "courier.test/a")
    assert asked.headers["if-none-match"] == '"v1"' and "if-modified-since" in asked.headers
    assert isinstance(event, Refusal) and (event.reason, event.status, event.final) == ("not-modified", 304, True)
    assert event.again == look().capture and memory.again == []


async def test_the_same_bytes_are_unchanged_and_others_replace_the_capture() -> None:
    memory = Memory(again=[look("/a"), look("/b")])
    answers = {"courier.test/a": answer(HTML), "courier.test/b": answer(HTML + b" edited", etag='"v2"')}
    async with Site(answers) as site:
        events = await gather(collector(site), [source()], memory)
    assert refusals(events) == {"http://courier.test/a": "unchanged"} and len(events) == 2
    changed = exchanges(events)["http://courier.test/b"]
    assert changed.capture.replaces == look("/b").capture != changed.capture.id
    assert changed.etag == '"v2"' and changed.capture.hints.title == "Bridge" and changed.body.endswith(b"edited")


@pytest.mark.parametrize(("status", "final"), [(404, True), (410, True), (403, True), (500, False), (503, False)])
async def test_what_is_gone_or_closed_is_told_with_its_status(status: int, final: bool) -> None:
    async with Site({"courier.test/a": answer(b"x", status)}) as site:
        (event,) = await gather(collector(site), [source()], Memory(again=[look()]))
    assert isinstance(event, Refusal) and event.reason.startswith("status-")
    assert (event.status, event.final, event.again) == (status, final, look().capture)


async def test_items_come_before_polls_and_polls_before_looks() -> None:
    memory = Memory(again=[look("/old")])
    memory.found["http://courier.test/left"] = Item(source="courier", url="http://courier.test/left", feed=FEED)
    answers = {f"courier.test/{path}": answer(HTML) for path in ("left", "a", "b", "old")}
    async with Site({**answers, "courier.test/feed.xml": feed("/a", "/b")}) as site:
        events = await gather(collector(site), [source(FEED)], memory)
    pages = [place for place in site.asked() if not place.endswith((".txt", ".json"))]
    assert pages == [f"courier.test/{path}" for path in ("left", "feed.xml", "a", "b", "old")]
    assert len(events) == 5


async def test_a_page_that_was_fetched_in_this_run_is_not_looked_at_too() -> None:
    memory = Memory(again=[look()])
    async with Site({"courier.test/a": answer(HTML), "courier.test/feed.xml": feed("/a")}) as site:
        events = await gather(collector(site), [source(FEED)], memory)
    assert len(site.asked("test/a")) == 1 and len(events) == 2 and memory.again == [look()]


# ------------------------------------------------------ sitemaps and pages ----


def listened(url: str, kind: str) -> Source:
    return Source(id="courier", name="Courier", home="", listens=(Listen(url=url, kind=kind),))  # type: ignore[arg-type]


def index(*urls: str, date: str = "2026-01-05") -> bytes:
    rows = "".join(f"<sitemap><loc>{url}</loc><lastmod>{date}</lastmod></sitemap>" for url in urls)
    head = '<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return answer(f"{head}{rows}</sitemapindex>".encode(), content_type="application/xml", etag='"i"')


def urlset(*urls: str) -> bytes:
    rows = "".join(f"<url><loc>{url}</loc><lastmod>2026-01-05</lastmod></url>" for url in urls)
    head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return answer(f"{head}{rows}</urlset>".encode(), content_type="application/xml", etag='"u"')


async def test_a_sitemap_index_leads_to_its_sitemaps_and_they_to_their_pages() -> None:
    clock, memory = SimulatedClock(), Memory()
    base = "http://courier.test"
    answers: dict[str, Answer] = {
        "courier.test/index.xml": index(
            f"{base}/one.xml", "http://www.courier.test/two.xml", "http://herald.test/x.xml"
        ),
        "courier.test/one.xml": [urlset(f"{base}/a"), answer(status=304)],
        "www.courier.test/two.xml": urlset(f"{base}/b"),
        **{f"courier.test/{path}": answer(HTML) for path in "ab"},
    }
    async with Site(answers) as site:
        listener = collector(site, clock)
        events = await gather(listener, [listened(f"{base}/index.xml", "sitemap")], memory)
        assert set(exchanges(events)) == {f"{base}/a", f"{base}/b"}
        visits = {polled.visit.url: polled.visit for polled in polls(events)}
        assert set(visits) == {f"{base}/index.xml", f"{base}/one.xml", "http://www.courier.test/two.xml"}
        assert all(visit.source == "courier" and visit.failures == 0 for visit in visits.values())
        wait = visits[f"{base}/index.xml"].next_due - clock.now()  # what it names is not known yet
        assert dt.timedelta(seconds=900) <= wait <= dt.timedelta(seconds=990)
        clock.passed += 86_400
        again = await gather(listener, [listened(f"{base}/index.xml", "sitemap")], memory)
        assert {polled.visit.url: polled.visit.status for polled in polls(again)}[f"{base}/one.xml"] == 304
        assert len(again) == 3 and len(site.asked("index.xml")) == 2 and site.asked("herald") == []
    asked = [request for request in site.log if request.place == "courier.test/index.xml"]
    assert not any("if-none-match" in request.headers for request in asked)
    assert "if-none-match" in [request for request in site.log if "one.xml" in request.place][1].headers


async def test_indexes_are_bounded_in_number_and_depth_and_never_loop() -> None:
    base = "http://courier.test"
    many = {f"courier.test/{n}.xml": urlset(f"{base}/p{n}") for n in range(200)}
    answers: dict[str, Answer] = {
        **many,
        "courier.test/index.xml": index(*[f"{base}/{n}.xml" for n in range(200)]),
        "courier.test/loop.xml": index(f"{base}/loop.xml", f"{base}/loop2.xml"),
        "courier.test/loop2.xml": index(f"{base}/loop.xml", f"{base}/loop2.xml"),
        **{f"courier.test/d{n}.xml": index(f"{base}/d{n + 1}.xml") for n in range(9)},
    }
    async with Site(answers) as site:
        events = await gather(collector(site), [listened(f"{base}/index.xml", "sitemap")], Memory())
        assert len(polls(events)) == 1 + MAX_NESTED
        events = await gather(collector(site), [listened(f"{base}/loop.xml", "sitemap")], Memory())
        assert len(polls(events)) == 2
        events = await gather(collector(site), [listened(f"{base}/d0.xml", "sitemap")], Memory())
        assert [polled.visit.url[-6:] for polled in polls(events)] == [f"d{n}.xml"[-6:].rjust(6, "/") for n in range(4)]


def section(*links: str, after: str = "") -> bytes:
    rows = "".join(
        f"<article><h2><a href='{link}'>The bridge over the river is open again {link}</a></h2></article>"
        for link in links
    )
    more = f"<a rel=next href='{after}'>older</a>" if after else ""
    return answer(f"<!doctype html><title>News</title><main>{rows}{more}</main>".encode())


async def test_a_section_page_is_followed_while_everything_on_it_is_new() -> None:
    def story(number: int) -> str:
        return f"/2026/01/05/the-bridge-over-the-river-is-open-{number}"

    clock, memory = SimulatedClock(), Memory()
    answers: dict[str, Answer] = {
        "courier.test/news": section(*map(story, range(3)), after="/news?page=2"),
        "courier.test/news?page=2": section(*map(story, range(3, 6)), after="/news?page=3"),
        "courier.test/news?page=3": section(*map(story, range(6, 9))),
        **{f"courier.test{story(n)}": answer(HTML) for n in range(10)},
    }
    async with Site(answers) as site:
        listener = collector(site, clock)
        events = await gather(listener, [listened("http://courier.test/news", "page")], memory)
        assert len(exchanges(events)) == 9 and len(polls(events)) == 3
        clock.passed += 86_400
        site.answers["courier.test/news"] = section(story(9), *map(story, range(2)), after="/news?page=2")
        events = await gather(listener, [listened("http://courier.test/news", "page")], memory)
        assert list(exchanges(events)) == [f"http://courier.test{story(9)}"] and len(polls(events)) == 1


def test_same_site() -> None:
    assert same_site("http://a.example.co.uk/x", "https://www.example.co.uk/")
    assert not same_site("http://example.co.uk/", "http://other.co.uk/")
    assert same_site("http://127.0.0.1/a", "http://127.0.0.1/b") and same_site("http://x.test/a", "http://x.test/b")
    assert not same_site("", "") and not same_site("http://[::1]/", "http://x.test/")


# ------------------------------------------------------- visits and manners ----


@pytest.mark.parametrize(
    ("chain", "moved"), [((301, 308), "/c"), ((301, 302), "/b"), ((302, 301), ""), ((307, 308), ""), ((308, 308), "/c")]
)
async def test_only_permanent_redirects_say_that_an_address_moved(chain: tuple[int, int], moved: str) -> None:
    answers = {
        "courier.test/feed.xml": redirect("/b", chain[0]),
        "courier.test/b": redirect("/c", chain[1]),
        "courier.test/c": feed(),
    }
    async with Site(answers) as site:
        (polled,) = polls(await gather(collector(site), [source(FEED)], Memory()))
    assert polled.visit.moved == (f"http://courier.test{moved}" if moved else "") and polled.visit.status == 200


async def test_a_visit_tells_new_items_rate_and_hub() -> None:
    clock, memory = SimulatedClock(), Memory()
    linked = b'Link: <http://hub.test/>; rel="hub", </feed.xml>; rel=self\r\n'
    first = feed(*[f"/{n}" for n in range(4)]).replace(b"\r\n", b"\r\n" + linked, 1)
    async with Site({"courier.test/feed.xml": [first, feed("/0", "/9", date="Mon, 05 Jan 2026 10:00:00 GMT")]}) as site:
        listener = collector(site, clock)
        visit = polls(await gather(listener, [source(FEED)], memory))[0].visit
        assert (visit.found, visit.new, visit.rate, visit.hub) == (4, 4, 2.0, "http://hub.test/")
        clock.passed += 86_400
        visit = polls(await gather(listener, [source(FEED)], memory))[0].visit
        assert (visit.found, visit.new, visit.hub) == (2, 1, "") and 0.7 < visit.rate < 0.8


@pytest.mark.responsible
async def test_c5_a_crawl_delay_of_ten_minutes_gets_one_page_a_run() -> None:
    clock, memory = SimulatedClock(), Memory()
    answers = {
        "courier.test/robots.txt": answer(b"User-agent: *\nCrawl-delay: 600\n"),
        "courier.test/feed.xml": feed("/a", "/b", "/c"),
        **{f"courier.test/{path}": answer(HTML) for path in "abc"},
    }
    taken: list[str] = []
    async with Site(answers, clock) as site:
        listener = collector(site, clock, delay=5.0)
        for _ in range(5):
            events = await gather(listener, [source(FEED)], memory)
            assert refusals(events) == {}  # what is put off is not refused
            taken += exchanges(events)
            clock.passed += 601
    pages = [request.at for request in site.log if not request.place.endswith((".txt", ".json"))]
    assert taken == [f"http://courier.test/{path}" for path in "abc"] and memory.found == {}
    assert min(b - a for a, b in pairwise(pages)) >= 600


@pytest.mark.responsible
async def test_c5_a_poll_that_is_put_off_is_due_when_the_host_is_ready_and_no_failure() -> None:
    clock, memory = SimulatedClock(), Memory()
    other = "http://courier.test/other.xml"
    answers = {
        "courier.test/robots.txt": answer(b"User-agent: *\nCrawl-delay: 600\n"),
        "courier.test/feed.xml": feed(),
        "courier.test/other.xml": feed(),
    }
    async with Site(answers, clock) as site:
        listener = collector(site, clock, delay=5.0)
        events = await gather(listener, [source(FEED, other)], memory)
        put_off = memory.visits[other]
        assert len(events) == 2 and put_off.error.startswith("busy: ") and put_off.failures == 0
        wait = put_off.next_due - clock.now()
        assert dt.timedelta(seconds=590) <= wait <= dt.timedelta(seconds=600)
        clock.passed += 600
        assert [event.visit.url for event in polls(await gather(listener, [source(FEED, other)], memory))] == [other]
        assert memory.visits[other].error == ""


async def test_a_run_ends_after_an_hour_and_leaves_the_rest_open() -> None:
    clock, memory = SimulatedClock(), Memory()
    paths = [f"/{number}" for number in range(40)]
    answers = {f"courier.test{path}": answer(HTML) for path in paths}
    answers["courier.test/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 200\n")
    async with Site({**answers, "courier.test/feed.xml": feed(*paths)}, clock) as site:
        listener = collector(site, clock)
        events = await gather(listener, [source(FEED)], memory)
        assert 3600 <= clock.passed <= 3900 and 15 <= len(exchanges(events)) < 40 and refusals(events) == {}
        while memory.found:
            events += await gather(listener, [source(FEED)], memory)
    assert sorted(exchanges(events)) == sorted(f"http://courier.test{path}" for path in paths)
    assert all(isinstance(event, Exchange | Polled) for event in events)
