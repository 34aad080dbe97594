"""When an address is due again: laws of the learned rhythm, and what it does with feeds of every kind (simulated)."""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect_right
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from babelscope.collect.schedule import (
    EXPECTED,
    LONGEST,
    PRIOR,
    due_after,
    failed_interval,
    is_due,
    learned_rate,
    next_interval,
)
from babelscope.flow.shapes import Visit
from loopback import START

HOUR = 3600.0
DAY = 24 * HOUR
rates = st.floats(0, 1000)
intervals = st.floats(1, LONGEST)


def visit(interval: float, failures: int = 0, rate: float = -1.0, found: int = 20) -> Visit:
    due = START + dt.timedelta(seconds=interval)
    return Visit(
        url="http://x.test/", source="x", checked_at=START, next_due=due, failures=failures, rate=rate, found=found
    )


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


def test_due() -> None:
    assert is_due(None, START) and is_due(visit(10), at(10))
    assert not is_due(visit(10), at(9))


def test_failures_double_the_interval() -> None:
    assert [failed_interval(visit(900, n), 900) for n in (0, 1, 2, 50)] == [1800, 3600, 7200, LONGEST]
    assert failed_interval(None, 900) == 1800 and failed_interval(None, 0) == 2


def test_the_first_rate_comes_from_the_dates() -> None:
    hourly = [at(-HOUR * n) for n in range(1, 41)]
    assert learned_rate(None, START, 40, hourly) == 1.0
    assert learned_rate(None, START, 40, [*hourly, at(9 * DAY), None]) == 1.0
    assert learned_rate(None, START, 9, [at(-3000 * DAY)] * 9) < 1e-3
    assert learned_rate(None, START, 9, [at(-1)] * 9) == 36  # a quarter of an hour at least
    for unknown in ([], [None, None], [at(-HOUR)], [at(HOUR)] * 5):
        assert learned_rate(None, START, 5, unknown) == PRIOR


@given(st.floats(0, 100), st.floats(60, 7 * DAY))
def test_law_a_steady_rate_is_a_fixed_point(rate: float, seconds: float) -> None:
    before = visit(seconds, rate=rate)
    hours = seconds / HOUR
    new = rate * hours
    if new == int(new):
        assert abs(learned_rate(before, at(seconds), int(new)) - rate) < 1e-6 * max(rate, 1)
    fewer, more = (learned_rate(before, at(seconds), count) for count in (0, int(new) + 1))
    assert 0 <= fewer <= rate <= more + 1e-9


@given(st.none() | intervals, intervals, rates, st.integers(0, 50), st.integers(0, 50), st.floats(0, LONGEST))
def test_law_intervals_stay_between_bounds(
    last: float | None, every: float, rate: float, new: int, more: int, least: float
) -> None:
    before = None if last is None else visit(last)
    found = next_interval(before, every, rate, new=new, found=new + more, least=least)
    assert max(every, least) <= found <= LONGEST


@given(intervals, rates, rates)
def test_law_a_livelier_address_is_never_asked_less_often(last: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    quiet, lively = (next_interval(visit(last), 900, rate, new=0, found=9) for rate in (low, high))
    assert lively <= quiet


def test_new_items_halve_and_a_turned_over_feed_is_asked_soon() -> None:
    assert next_interval(visit(40_000), 900, 0.0, new=1, found=20) == 20_000
    assert next_interval(visit(40_000), 900, 0.0, new=20, found=20) == 900
    assert next_interval(visit(40_000), 900, 0.0, new=0, found=20) == LONGEST
    assert next_interval(None, 900, PRIOR, new=20, found=20) == 900
    assert next_interval(visit(900), 900, PRIOR, new=0, found=20) == EXPECTED / PRIOR * HOUR


@given(st.text(max_size=20), st.floats(1, LONGEST))
def test_law_jitter_is_the_same_every_time_and_bounded(url: str, interval: float) -> None:
    due = due_after(url, START, interval)
    assert due == due_after(url, START, interval)
    assert interval - 0.001 <= (due - START).total_seconds() <= min(interval * 1.1, LONGEST) + 0.001
    assert len({due_after(str(n), START, 1000) for n in range(50)}) > 40


# ------------------------------------------------------------ simulated feeds ----


def polled(moments: Sequence[float], days: float, every: float = 900.0, window: int = 25) -> tuple[int, list[float]]:
    """Poll a feed of ``window`` entries that appear at ``moments`` (seconds); return the polls and the delays."""
    before: Visit | None = None
    now, polls, seen, delays = 0.0, 0, bisect_right(moments, 0.0), list[float]()
    while now < days * DAY:
        polls += 1
        there = bisect_right(moments, now)
        shown = [at(moment) for moment in moments[max(0, there - window) : there]]
        new = min(there - seen, len(shown)) if before else len(shown)
        delays += [now - moment for moment in moments[seen:there] if before]
        seen = there
        rate = learned_rate(before, at(now), new, shown)
        interval = next_interval(before, every, rate, new=new, found=len(shown))
        due = due_after("http://x.test/", at(now), interval)
        before = Visit(url="http://x.test/", source="x", checked_at=at(now), next_due=due, rate=rate, found=len(shown))
        now = (due - START).total_seconds()
    return polls, delays


def poisson(per_day: float, days: float, seed: int, start: float = -30 * DAY) -> list[float]:
    chance, now, moments = random.Random(seed), start, list[float]()
    while (now := now + chance.expovariate(per_day / DAY)) < days * DAY:
        moments.append(now)
    return moments


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def test_simulated_feeds_are_found_early_with_few_polls() -> None:
    """Items a day → mean delay at most, polls a day at most (a fixed interval of 900 s makes 96)."""
    for per_day, delay, most in ((200, 0.2 * HOUR, 97), (24, 0.2 * HOUR, 96), (4, 0.8 * HOUR, 35), (1, 6 * HOUR, 8)):
        results = [polled(poisson(per_day, 20, seed), 20) for seed in range(8)]
        assert mean([value for _, delays in results for value in delays]) <= delay
        assert mean([count for count, _ in results]) / 20 <= most


def test_a_quiet_feed_is_asked_a_few_times_a_day_at_most_and_never_forgotten() -> None:
    for moments in ([], [-400 * DAY, -390 * DAY, -380 * DAY], poisson(24, 0, 1)):
        polls, _ = polled(moments, 30)
        assert 30 <= polls <= 30 + 160
    polls, delays = polled([-400 * DAY, -390 * DAY, 20 * DAY], 30)
    assert polls <= 60 and delays and max(delays) <= LONGEST


def test_a_burst_is_followed_at_once() -> None:
    """A feed that was silent for weeks brings 60 items in six hours: all but the first ones come within the hour."""
    start = 15 * DAY + 7 * HOUR
    burst = [start + n * 360 for n in range(60)]
    _, delays = polled([-60 * DAY, -50 * DAY, *burst], 20)
    polls, lively = polled([*poisson(6, 15, 3), *burst], 20)
    assert max(delays) <= LONGEST and len(delays) == 60
    assert max(lively[-50:]) <= HOUR and polls / 20 <= 60


def test_night_and_weekend_do_not_lull_it() -> None:
    moments = [day * DAY + 8 * HOUR + n * 1800 for day in range(-10, 21) if day % 7 < 5 for n in range(20)]
    polls, delays = polled(moments, 20)
    assert mean(delays) <= 0.3 * HOUR and max(delays) <= 3 * HOUR and polls / 20 <= 90
