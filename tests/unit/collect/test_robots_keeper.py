"""robots.txt over the wire: caching, redirects, errors, size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from babelscope.collect.address import parse_address
from babelscope.collect.crowding import Crowding
from babelscope.collect.guard import AddressGuard
from babelscope.collect.holding import Holding
from babelscope.collect.http import HttpClient
from babelscope.collect.manners import Manners
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Refused
from babelscope.collect.robots import RobotsKeeper
from babelscope.model import body_hash
from loopback import Answer, SimulatedClock, Site, answer, redirect

FORBID = b"User-agent: *\nDisallow: /no\nCrawl-delay: 9\n"


@asynccontextmanager
async def keeper(site: Site, clock: SimulatedClock) -> AsyncIterator[RobotsKeeper]:
    http = HttpClient(AddressGuard(hosts=site.hosts("courier.test", "herald.test")), "Babelscope/0.1")
    manners = Manners(0.0, clock)
    polite = PoliteClient(http, manners, Holding(None, manners, clock), Crowding(0.0, clock), 4)
    yield RobotsKeeper(polite, "Babelscope/0.1", clock, 3.0, OrderedDict())
    await http.close()


async def verdict(robots: RobotsKeeper, url: str) -> str:
    try:
        return (await robots.permission(parse_address(url))).robots
    except Refused as refused:
        return refused.reason


@pytest.mark.responsible
async def test_c2_kept_for_a_day_at_most() -> None:
    clock = SimulatedClock()
    async with Site({"courier.test/robots.txt": answer(FORBID)}) as site, keeper(site, clock) as robots:
        permission = await robots.permission(parse_address("http://courier.test/yes"))
        assert (permission.robots, permission.hash, permission.delay) == ("allowed", body_hash(FORBID), 9.0)
        assert await verdict(robots, "http://courier.test/no/1") == "robots"
        clock.passed += 24 * 3600 - 1
        assert await verdict(robots, "http://courier.test/no/2") == "robots"
        assert len(site.log) == 1
        site.answers["courier.test/robots.txt"] = answer(b"")
        clock.passed += 1
        assert await verdict(robots, "http://courier.test/no/3") == "allowed"
        assert await verdict(robots, "http://courier.test:80/no/4") == "allowed"
        assert len(site.log) == 2


CASES: list[tuple[Mapping[str, Answer], str]] = [
    ({}, "no-robots"),
    *[({"courier.test/robots.txt": answer(b"x", status)}, "no-robots") for status in (400, 401, 403, 404, 410, 451)],
    *[
        ({"courier.test/robots.txt": answer(b"x", status)}, "robots-unreachable")
        for status in (408, 429, 500, 502, 504, 599)
    ],
    ({"courier.test/robots.txt": redirect("http://herald.test/r"), "herald.test/r": answer(FORBID)}, "robots"),
    ({"courier.test/robots.txt": redirect("/robots.txt")}, "no-robots"),
    ({"courier.test/robots.txt": redirect("http://127.0.0.1/robots.txt")}, "robots-unreachable"),
    ({"courier.test/robots.txt": redirect("ftp://x.test/")}, "robots-unreachable"),
    ({"courier.test/robots.txt": b"no http at all\r\n\r\n"}, "robots-unreachable"),
    ({"courier.test/robots.txt": answer(b"x", content_encoding="gzip")}, "robots-unreachable"),
    ({"courier.test/robots.txt": answer(FORBID + b"#" * 3_000_000)}, "robots"),
    ({"courier.test/robots.txt": answer(b"\xef\xbb\xbf" + FORBID, content_type="image/png")}, "robots"),
]


@pytest.mark.responsible
@pytest.mark.parametrize(("answers", "expected"), CASES)
async def test_c2_answers(answers: Mapping[str, Answer], expected: str) -> None:
    async with Site(answers) as site, keeper(site, SimulatedClock()) as robots:
        assert await verdict(robots, "http://courier.test/no/1") == expected


async def test_the_host_itself_out_of_reach_is_said_so() -> None:
    async with Site({}) as site, keeper(site, SimulatedClock()) as robots:
        assert await verdict(robots, "http://10.0.0.1/a") == "private-address"
        assert await verdict(robots, "http://no-such-host.invalid/a") == "dns"
    async with keeper(site, SimulatedClock()) as robots:
        assert await verdict(robots, "http://courier.test/a") == "connection"


@pytest.mark.responsible
@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("", 24 * 3600),
        ("max-age=7200", 7200),
        ("public, Max-Age=7200, must-revalidate", 7200),
        ("max-age=999999", 24 * 3600),
        ("max-age=5", 3600),
        ("no-store, max-age=80000", 3600),
        ("s-maxage=5", 24 * 3600),
    ],
)
async def test_c2_cache_control_shortens_the_day(control: str, seconds: float) -> None:
    clock = SimulatedClock()
    file = answer(FORBID, cache_control=control)
    async with Site({"courier.test/robots.txt": file}) as site, keeper(site, clock) as robots:
        for passed, asked in ((0, 1), (seconds - 1, 1), (1, 2)):
            clock.passed += passed
            await verdict(robots, "http://courier.test/yes")
            assert len(site.log) == asked
