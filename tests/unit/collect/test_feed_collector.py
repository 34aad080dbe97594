"""The feed collector against a real server on loopback."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
from itertools import pairwise

import pytest

from babelscope.collect.feeds import FeedCollector
from babelscope.collect.schedule import EXPECTED, PRIOR
from babelscope.flow.errors import ConfigError
from babelscope.flow.shapes import Collector, Item, Polled
from babelscope.model import capture_id
from loopback import (
    FEED,
    Memory,
    SimulatedClock,
    Site,
    answer,
    config,
    exchanges,
    feed,
    gather,
    polls,
    redirect,
    refusals,
    source,
)

PAGE = "<!doctype html><meta name=robots content=noarchive><title>Ça va</title><p>Bonjour".encode()


def collector(site: Site, *names: str, clock: SimulatedClock | None = None, **settings: object) -> FeedCollector:
    hosts = site.hosts("courier.test", *names)
    return FeedCollector(config(**settings), hosts=hosts, clock=clock or SimulatedClock())


def test_it_is_a_collector() -> None:
    assert isinstance(FeedCollector(config()), Collector)
    with pytest.raises(ConfigError):
        FeedCollector(config(user_agent="bad\r\nX: y"))


async def test_polls_then_one_result_for_every_item() -> None:
    answers = {
        "courier.test/feed.xml": feed("/a", "/b", "http://courier.test/c#part"),
        "courier.test/a": answer(PAGE),
        "courier.test/b": answer(b"gone", 410),
        "courier.test/c": answer(PAGE, content_type="text/html"),
    }
    async with Site(answers) as site:
        events = await gather(collector(site), [source(FEED)], Memory())
    first = events[0]
    assert isinstance(first, Polled) and [item.url for item in first.items] == [
        "http://courier.test/a",
        "http://courier.test/b",
        "http://courier.test/c",
    ]
    assert first.visit.status == 200 and first.visit.found == 3 and first.visit.failures == 0
    assert (
        first.exchange is not None
        and first.exchange.body == feed("/a", "/b", "http://courier.test/c#part").partition(b"\r\n\r\n")[2]
    )
    assert refusals(events) == {"http://courier.test/b": "status-410"}
    taken = exchanges(events)
    assert set(taken) == {"http://courier.test/a", "http://courier.test/c"} and len(events) == 4
    exchange = taken["http://courier.test/a"]
    assert exchange.response == answer(PAGE) and exchange.body == PAGE
    assert exchange.request in [request.raw for request in site.log]
    capture = exchange.capture
    assert capture.id == capture_id("courier", "http://courier.test/a", PAGE)
    assert (capture.media_type, capture.charset, capture.status) == ("text/html", "utf-8", 200)
    assert capture.rights.robots == "no-robots" and capture.rights.meta_robots == "noarchive"
    assert capture.hints.title == "News" and capture.hints.published_at == dt.datetime(2026, 1, 5, 10, tzinfo=dt.UTC)
    assert taken["http://courier.test/c"].capture.charset == ""


async def test_conditional_get_and_adaptive_schedule() -> None:
    clock = SimulatedClock()
    full = answer(feed("/a").partition(b"\r\n\r\n")[2], etag='"v1"', last_modified="Mon, 05 Jan 2026 10:00:00 GMT")
    answers = {"courier.test/feed.xml": [full, answer(status=304)], "courier.test/a": answer(PAGE)}
    memory = Memory()
    async with Site(answers) as site:
        listener = collector(site, clock=clock)
        await gather(listener, [source(FEED)], memory)
        visit = memory.visits[FEED]
        assert (visit.etag, visit.last_modified) == ('"v1"', "Mon, 05 Jan 2026 10:00:00 GMT")
        assert await gather(listener, [source(FEED)], memory) == []  # not due
        waits = []
        for _ in range(9):
            clock.passed = (visit.next_due - clock.now()).total_seconds() + clock.passed
            events = await gather(listener, [source(FEED)], memory)
            visit = polls(events)[0].visit
            assert len(events) == 1 and visit.status == 304 and visit.found == 1 and visit.etag == '"v1"'
            assert polls(events)[0].exchange is None
            waits.append((visit.next_due - visit.checked_at).total_seconds())
    second = [request for request in site.log if "feed" in request.place][1]
    assert second.headers["if-none-match"] == '"v1"'
    assert second.headers["if-modified-since"] == "Mon, 05 Jan 2026 10:00:00 GMT"
    first = EXPECTED / PRIOR * 3600
    assert all(later >= earlier / 1.1 for earlier, later in pairwise(waits))
    assert first <= waits[0] <= 1.2 * first and waits[-1] >= 1.2 * first
    assert len(site.asked("robots.txt")) < len(site.asked("feed.xml"))


async def test_an_edited_item_is_fetched_again_and_an_old_one_is_not() -> None:
    clock = SimulatedClock()
    edited = feed("/a", date="Mon, 05 Jan 2026 11:30:00 GMT")
    answers = {
        "courier.test/feed.xml": [feed("/a"), feed("/a"), edited],
        "courier.test/a": [answer(PAGE), answer(PAGE + b" edited")],
    }
    memory = Memory()
    async with Site(answers) as site:
        listener = collector(site, clock=clock)
        bodies = []
        for _ in range(3):
            events = await gather(listener, [source(FEED)], memory)
            bodies.append([exchange.body for exchange in exchanges(events).values()])
            clock.passed += 24 * 3600
    assert bodies == [[PAGE], [], [PAGE + b" edited"]]


async def test_same_address_in_two_feeds_and_sources_is_taken_once() -> None:
    answers = {
        "courier.test/feed.xml": feed("http://herald.test/a"),
        "courier.test/other.xml": feed("http://herald.test/a", "http://herald.test/b"),
        "herald.test/feed.xml": feed("/a", "/b"),
        "herald.test/a": answer(PAGE),
        "herald.test/b": answer(PAGE),
    }
    async with Site(answers) as site:
        sources = [
            source(FEED, "http://courier.test/other.xml", FEED),
            source("http://herald.test/feed.xml", FEED, name="herald"),
        ]
        events = await gather(collector(site, "herald.test"), sources, Memory())
    assert len(polls(events)) == 3
    assert sorted(item.url for polled in polls(events) for item in polled.items) == sorted(exchanges(events))
    assert len(site.asked("herald.test/a")) == len(site.asked("herald.test/b")) == 1


async def test_left_over_items_come_first_and_known_ones_are_not_fetched() -> None:
    memory = Memory()
    for path in ("a", "b"):
        url = f"http://courier.test/{path}"
        memory.found[url] = Item(source="courier", url=url, feed=FEED, version="1")
    memory.versions["http://courier.test/b"] = "1"
    async with Site({"courier.test/a": answer(PAGE), "courier.test/feed.xml": feed("/a")}) as site:
        events = await gather(collector(site), [source(FEED)], memory)
    assert set(exchanges(events)) == {"http://courier.test/a"}
    assert refusals(events) == {"http://courier.test/b": "already-seen"}
    assert site.asked("test/b") == [] and len(site.asked("test/a")) == 1
    assert polls(events)[0].items == ()


@pytest.mark.responsible
async def test_c2_what_robots_txt_forbids_is_never_requested() -> None:
    robots = b"User-agent: *\nDisallow: /private\nAllow: /private/open\n"
    answers = {
        "courier.test/robots.txt": answer(robots, content_type="text/plain"),
        "courier.test/feed.xml": feed("/private/a", "/private/open", "/jump"),
        "courier.test/private/a": answer(PAGE),
        "courier.test/private/open": answer(PAGE),
        "courier.test/jump": redirect("/private/b"),
    }
    async with Site(answers) as site:
        events = await gather(collector(site), [source(FEED)], Memory())
    assert refusals(events) == {"http://courier.test/private/a": "robots", "http://courier.test/jump": "robots"}
    assert not {"courier.test/private/a", "courier.test/private/b"} & set(site.asked())
    rights = exchanges(events)["http://courier.test/private/open"].capture.rights
    assert rights.robots == "allowed" and len(rights.robots_hash) == 64


@pytest.mark.responsible
async def test_c2_server_error_on_robots_txt_forbids_and_client_error_allows() -> None:
    for status, wanted in ((500, "robots-unreachable"), (503, "robots-unreachable"), (403, ""), (404, "")):
        answers = {"courier.test/robots.txt": answer(b"x", status), "courier.test/feed.xml": feed()}
        async with Site(answers) as site:
            events = await gather(collector(site), [source(FEED)], Memory())
        assert polls(events)[0].visit.error.split(":")[0] == wanted
        assert bool(site.asked("feed.xml")) is (wanted == "")


@pytest.mark.responsible
async def test_c5_requests_to_one_host_keep_their_distance() -> None:
    clock = SimulatedClock()
    answers = {f"{host}.test/{path}": answer(PAGE) for host in ("courier", "herald") for path in range(4)}
    answers["courier.test/feed.xml"] = feed(*[f"http://{h}.test/{p}" for p in range(4) for h in ("courier", "herald")])
    answers["herald.test/robots.txt"] = answer(b"User-agent: babelscope\nCrawl-delay: 20\n")
    async with Site(answers, clock) as site:
        events = await gather(collector(site, "herald.test", clock=clock, delay=5.0), [source(FEED)], Memory())
    assert len(exchanges(events)) == 8
    assert site.most_active == {"courier.test": 1, "herald.test": 1}
    for host, least in (("courier.test", 5.0), ("herald.test", 20.0)):
        times = [request.at for request in site.log if request.place.startswith(host)]
        assert len(times) >= 5
        assert min(b - a for a, b in pairwise(times)) >= 5.0
        pages = [r.at for r in site.log if r.place.startswith(host) and not r.place.endswith((".txt", ".json"))]
        assert min(b - a for a, b in pairwise(pages)) >= least
    assert all(request.headers["user-agent"] == config().collect.user_agent for request in site.log)


@pytest.mark.responsible
async def test_c5_retry_after_is_kept_to() -> None:
    clock = SimulatedClock()
    date = "Mon, 05 Jan 2026 12:05:00 GMT"  # 300 s after the start of the simulated time
    answers = {
        "courier.test/feed.xml": feed("/a", "/b", "/c", "/d"),
        "courier.test/a": [answer(b"slow", 429, retry_after="90"), answer(PAGE)],
        "courier.test/b": [answer(b"slow", 503, retry_after=date), answer(PAGE)],
        "courier.test/c": [answer(b"slow", 503), answer(PAGE)],
        "courier.test/d": answer(b"slow", 503, retry_after="2000"),
    }
    async with Site(answers, clock) as site:
        events = await gather(collector(site, clock=clock, delay=5.0), [source(FEED)], Memory())
    assert refusals(events) == {"http://courier.test/d": "status-503"}
    assert len(exchanges(events)) == 3
    at = {place: [r.at - 1000 for r in site.log if r.place == place] for place in site.asked("test/")}
    assert at["courier.test/a"][1] - at["courier.test/a"][0] >= 90
    assert at["courier.test/b"][1] >= 300
    assert at["courier.test/c"][1] - at["courier.test/c"][0] >= 5
    assert len(at["courier.test/d"]) == 1


async def test_a_failing_feed_is_told_and_asked_less_often() -> None:
    clock = SimulatedClock()
    memory = Memory()
    waits = []
    async with Site({"courier.test/feed.xml": answer(b"oops", 500)}) as site:
        listener = collector(site, clock=clock)
        for turn in range(4):
            visit = polls(await gather(listener, [source(FEED)], memory))[0].visit
            assert visit.failures == turn + 1 and visit.error == "status-5xx: status 500" and visit.status == 500
            waits.append((visit.next_due - visit.checked_at).total_seconds())
            clock.passed += 24 * 3600
        site.answers["courier.test/feed.xml"] = feed()
        visit = polls(await gather(listener, [source(FEED)], memory))[0].visit
    assert waits == sorted(waits) and waits[0] >= 1800 and waits[3] >= 4 * waits[0]
    assert (visit.failures, visit.error, visit.status) == (0, "", 200)


async def test_a_page_of_html_is_not_a_feed() -> None:
    async with Site({"courier.test/feed.xml": answer(PAGE)}) as site:
        polled = polls(await gather(collector(site), [source(FEED)], Memory()))[0]
    assert polled.visit.error.startswith("not-a-feed: ") and polled.visit.status == 200
    assert polled.exchange is not None and polled.exchange.body == PAGE


async def test_redirects_are_followed_across_hosts_and_coded_bodies_decoded() -> None:
    packed = gzip.compress(PAGE)
    answers = {
        "courier.test/feed.xml": feed("/old"),
        "courier.test/old": redirect("http://herald.test/new?x=1", 301),
        "herald.test/new?x=1": answer(packed, content_encoding="gzip", tdm_reservation="1"),
    }
    async with Site(answers) as site:
        events = await gather(collector(site, "herald.test"), [source(FEED)], Memory())
    exchange = exchanges(events)["http://courier.test/old"]
    assert exchange.capture.final_url == "http://herald.test/new?x=1"
    assert exchange.body == PAGE and exchange.response.endswith(packed)
    assert exchange.capture.rights.tdm_reservation == "1"
    assert site.asked("herald.test/robots.txt")


async def test_closing_early_closes_every_socket_and_task() -> None:
    arrived = asyncio.Event()

    async def hang(request: object, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(60)

    answers = {"courier.test/feed.xml": feed("/a", "/b"), "courier.test/a": hang}
    before = asyncio.all_tasks()
    async with Site(answers) as site:
        events = collector(site, timeout=30.0).collect([source(FEED)], Memory())
        assert isinstance(await anext(events), Polled)
        pending = asyncio.ensure_future(anext(events))
        await arrived.wait()
        pending.cancel()
        await asyncio.wait({pending})
        await events.aclose()
    left = [task for task in asyncio.all_tasks() - before if "anext" not in repr(task)]
    assert left == []


async def test_more_results_than_the_queue_holds_wait_for_the_caller() -> None:
    paths = [f"/{number}" for number in range(30)]
    answers = {f"herald{n}.test/": answer(PAGE) for n in range(30)}
    answers["courier.test/feed.xml"] = feed(*[f"http://herald{n}.test/" for n in range(30)])
    names = [f"herald{n}.test" for n in range(30)]
    async with Site(answers) as site:
        events = collector(site, *names, concurrency=3).collect([source(FEED)], Memory())
        assert isinstance(await anext(events), Polled)
        await asyncio.sleep(0.5)
        pages = [place for place in site.asked() if place.endswith("test/")]
        assert len(pages) <= 3 + 4 + 1
        assert len([event async for event in events]) == len(paths)
