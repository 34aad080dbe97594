"""Several collectors share the hosts: one asks a host at a time, and the work of a refused host stays for later."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection
from itertools import pairwise

import pytest

from babelscope.collect import holding, lanes
from babelscope.flow.shapes import Item, Look, Turn
from loopback import (
    FEED,
    HTML,
    START,
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


class Desk:
    """The leases of all collectors, as a database would keep them."""

    def __init__(self) -> None:
        self.holders: dict[str, str] = {}
        self.ready: dict[str, dt.datetime] = {}
        self.log: list[tuple[str, str, str]] = []

    def of(self, name: str) -> Leases:
        return Leases(self, name)


class Leases:
    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name
        self.renewals = 0
        self.lost: set[str] = set()

    def take(self, host: str) -> Turn | None:
        holder = self.desk.holders.setdefault(host, self.name)
        self.desk.log.append(("take" if holder == self.name else "refused", host, self.name))
        return Turn(self.desk.ready.get(host, START)) if holder == self.name else None

    def release(self, host: str, ready_at: dt.datetime) -> None:
        assert self.desk.holders.pop(host) == self.name
        self.desk.ready[host] = ready_at
        self.desk.log.append(("release", host, self.name))

    def renew(self) -> Collection[str]:
        self.renewals += 1
        for host in self.lost:
            self.desk.holders.pop(host, None)
        return self.lost


def press() -> dict[str, bytes]:
    pages = {f"{host}.test/{path}": answer(HTML) for host in ("courier", "herald", "gazette") for path in "abc"}
    links = [f"http://{host}.test/{path}" for host in ("courier", "herald", "gazette") for path in "abc"]
    return {**pages, "courier.test/feed.xml": feed(*links)}


async def test_a_host_is_taken_before_its_first_request_and_given_back_at_the_end() -> None:
    desk, clock = Desk(), SimulatedClock()
    async with Site(press()) as site:
        events = await gather(collector(site, clock, desk.of("one")), [source(FEED)], Memory())
    assert len(exchanges(events)) == 9 and desk.holders == {}
    for host in ("courier.test", "herald.test", "gazette.test"):
        mine = [what for what, place, _ in desk.log if place == host]
        assert mine[0] == "take" and mine[-1] == "release" and mine.count("take") == mine.count("release")


async def test_what_another_holds_is_left_without_a_word_and_the_run_ends() -> None:
    desk, clock, memory = Desk(), SimulatedClock(), Memory()
    desk.holders["herald.test"] = "two"
    async with Site(press()) as site:
        listener = collector(site, clock, desk.of("one"))
        events = await asyncio.wait_for(gather(listener, [source(FEED)], memory), 20)
        assert {url.split("/")[2] for url in exchanges(events)} == {"courier.test", "gazette.test"}
        assert refusals(events) == {} and site.asked("herald") == []
        assert sorted(memory.found) == [f"http://herald.test/{path}" for path in "abc"]
        del desk.holders["herald.test"]
        events = await gather(listener, [source(FEED)], memory)
    assert len(exchanges(events)) == 3 and memory.found == {}


async def test_a_run_of_which_every_host_is_held_ends_at_once() -> None:
    desk, clock = Desk(), SimulatedClock()
    desk.holders = dict.fromkeys(("courier.test", "herald.test"), "two")
    memory = Memory()
    item = Item(source="courier", url="http://herald.test/a", feed=FEED)
    memory.found[item.url] = item
    memory.again.append(Look(item=Item(source="courier", url="http://herald.test/b", feed=FEED), capture="x"))
    async with Site(press()) as site:
        events = await asyncio.wait_for(gather(collector(site, clock, desk.of("one")), [source(FEED)], memory), 5)
    assert events == [] and site.log == []


async def test_a_host_that_becomes_free_while_others_work_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "TICK", 0.05)
    desk, clock = Desk(), SimulatedClock()
    desk.holders["herald.test"] = "two"

    async def slow(request: object, writer: asyncio.StreamWriter) -> None:
        desk.holders.pop("herald.test", None)
        await asyncio.sleep(0.5)
        writer.write(answer(HTML))

    async with Site({**press(), "courier.test/b": slow}) as site:
        events = await gather(collector(site, clock, desk.of("one")), [source(FEED)], Memory())
    assert len(exchanges(events)) == 9 and desk.holders == {}


async def test_what_another_took_meanwhile_is_not_fetched_again() -> None:
    desk, clock, memory = Desk(), SimulatedClock(), Memory()
    leases = desk.of("one")
    item = Item(source="courier", url="http://herald.test/a", feed=FEED, version="1")
    memory.found[item.url] = item

    class Late(Leases):
        def take(self, host: str) -> Turn | None:
            memory.versions[item.url] = "1"  # taken by the other collector just before
            return super().take(host)

    async with Site(press()) as site:
        events = await gather(collector(site, clock, Late(desk, leases.name)), [source()], memory)
    assert events == [] and site.log == []


async def test_what_another_polled_meanwhile_is_not_polled_again() -> None:
    desk, clock, memory = Desk(), SimulatedClock(), Memory()
    async with Site({"courier.test/feed.xml": feed()}) as site:
        await gather(collector(site, clock, None), [source(FEED)], memory)
        polled = memory.visits.pop(FEED)

        class Late(Leases):
            def take(self, host: str) -> Turn | None:
                memory.visits[FEED] = polled
                return super().take(host)

        assert await gather(collector(site, clock, Late(desk, "two")), [source(FEED)], memory) == []
        assert len(site.asked("feed.xml")) == 1


@pytest.mark.responsible
async def test_c5_spacing_is_handed_over_from_one_collector_to_the_next() -> None:
    desk, clock, memory = Desk(), SimulatedClock(), Memory()
    answers = {**press(), "courier.test/robots.txt": answer(b"User-agent: *\nCrawl-delay: 30\n")}
    async with Site(answers, clock) as site:
        for name in ("one", "two", "three"):
            item = Item(source="courier", url=f"http://courier.test/{'abc'[len(name) - 3]}", feed=FEED, version=name)
            memory.found[item.url] = item
            await gather(collector(site, clock, desk.of(name), delay=5.0), [source()], memory)
        pages = [request.at for request in site.log if not request.place.endswith((".txt", ".json"))]
        every = [request.at for request in site.log]
    assert len(pages) == 3 and min(b - a for a, b in pairwise(pages)) >= 30
    assert min(b - a for a, b in pairwise(every)) >= 5


async def test_a_lost_host_is_not_asked_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "RENEW_AFTER", 0.0)
    desk, clock, memory = Desk(), SimulatedClock(), Memory()
    leases = desk.of("one")

    async def lose(request: object, writer: asyncio.StreamWriter) -> None:
        leases.lost = {"herald.test"}
        writer.write(answer(HTML))

    answers = {
        **press(),
        "herald.test/a": lose,
        "courier.test/feed.xml": feed(*[f"http://herald.test/{p}" for p in "abc"]),
    }
    async with Site(answers, clock) as site:
        events = await gather(collector(site, clock, leases, delay=1.0), [source(FEED)], memory)
    assert list(exchanges(events)) == ["http://herald.test/a"] and site.asked("herald.test/b") == []
    assert sorted(memory.found) == ["http://herald.test/b", "http://herald.test/c"]
    assert ("release", "herald.test", "one") not in desk.log


async def test_a_redirect_to_a_host_that_another_asks_is_left_for_later() -> None:
    desk, clock = Desk(), SimulatedClock()
    desk.holders["herald.test"] = "two"
    answers = {"courier.test/feed.xml": feed("/a", "/b"), "courier.test/a": redirect("http://herald.test/a")}
    answers["courier.test/b"] = answer(HTML)
    async with Site(answers) as site:
        events = await gather(collector(site, clock, desk.of("one")), [source(FEED)], Memory())
    assert refusals(events) == {"http://courier.test/a": "busy"} and list(exchanges(events)) == [
        "http://courier.test/b"
    ]
    assert site.asked("herald") == [] and len(polls(events)) == 1


async def test_closing_early_gives_every_host_back() -> None:
    desk, clock = Desk(), SimulatedClock()
    arrived = asyncio.Event()

    async def hang(request: object, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await asyncio.sleep(60)

    async with Site({**press(), "herald.test/a": hang}) as site:
        events = collector(site, clock, desk.of("one"), timeout=30.0).collect([source(FEED)], Memory())
        await anext(events)
        await arrived.wait()
        await events.aclose()
    assert desk.holders == {}
