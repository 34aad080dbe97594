"""The per-host queue in simulated time."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils

import pytest

from babelscope.collect.manners import MAX_PAUSE, Manners, backoff, parse_retry_after
from babelscope.collect.reasons import Refused
from loopback import START, SimulatedClock


@pytest.mark.responsible
async def test_c5_no_two_requests_closer_than_allowed() -> None:
    clock = SimulatedClock()
    manners = Manners(5.0, clock)
    times: dict[str, list[float]] = {"a": [], "b": []}

    async def worker(host: str, crawl_delay: float) -> None:
        for _ in range(3):
            async with manners.turn(host, crawl_delay):
                manners.started(host)
                times[host].append(clock.monotonic())

    await asyncio.gather(*[worker(host, delay) for host, delay in (("a", 0.0), ("b", 12.5)) for _ in range(4)])
    for host, least in (("a", 5.0), ("b", 12.5)):
        assert len(times[host]) == 12
        assert min(b - a for a, b in zip(times[host], times[host][1:], strict=False)) >= least


@pytest.mark.responsible
async def test_c5_backs_off_on_429_and_503() -> None:
    clock = SimulatedClock()
    manners = Manners(5.0, clock)
    waits = []
    for _ in range(5):
        manners.answered("a", 503)
        waits.append(manners.wait_for("a"))
    assert waits == [5, 10, 20, 40, 80]
    manners.answered("a", 429, "200")
    assert manners.wait_for("a") == 200
    assert manners.wait_for("b") == 0
    manners.answered("a", 429, "999999999999999999999")
    assert manners.wait_for("a") == MAX_PAUSE
    with pytest.raises(Refused) as refused:
        async with manners.turn("a"):
            pass
    assert refused.value.reason == "busy" and not refused.value.final
    clock.passed += MAX_PAUSE
    manners.answered("a", 200)
    manners.failed("a")
    assert manners.wait_for("a") == 5


async def test_the_queue_outlives_a_run() -> None:
    clock = SimulatedClock()
    book: dict[str, object] = {}
    Manners(5.0, clock, book).started("a")  # type: ignore[arg-type]
    assert Manners(5.0, clock, book).wait_for("a") == 5  # type: ignore[arg-type]


def test_retry_after() -> None:
    later = START + dt.timedelta(seconds=77)
    assert parse_retry_after(email.utils.format_datetime(later, usegmt=True), START) == 77
    assert parse_retry_after("Monday, 05-Jan-26 12:01:17 GMT", START) == 77
    assert parse_retry_after(" 12 ", START) == 12
    for nothing in ("", "soon", "-5", "1.5", "Mon, 99 Jan 2026", "Mon, 05 Jan 2020 12:00:00 GMT", "²"):
        assert parse_retry_after(nothing, START) == 0
    assert parse_retry_after("Fri, 05 Jan 2126 12:00:00 GMT", START) == MAX_PAUSE


def test_backoff_doubles_from_at_least_a_second() -> None:
    assert [backoff(n, 0.0) for n in (1, 2, 3)] == [1, 2, 4]
    assert backoff(16, 5.0) == MAX_PAUSE
