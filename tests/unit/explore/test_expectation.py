"""What is learned of a source, and when its silence is an alarm: hardly ever by chance, and in time."""

from __future__ import annotations

import datetime as dt
import math
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.explore.expectation import (
    FEWEST_DAYS,
    DayVolume,
    chance_of_so_few,
    expected_on,
    learn,
    notice_by,
    patience,
    surprising,
    usual_days,
)

MONDAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
FULL = os.environ.get("BABELSCOPE_FULL") == "1"
WEEKS, SEEDS = (52, 4) if FULL else (26, 1)


def steady(days: int, taken: int) -> list[DayVolume]:
    return [DayVolume((MONDAY + dt.timedelta(days=number)).date(), taken) for number in range(days)]


def test_the_first_day_brings_the_whole_feed_and_teaches_nothing() -> None:
    days = [DayVolume(MONDAY.date() - dt.timedelta(days=1), 200), *steady(28, 10)]
    assert learn(days).mean == pytest.approx(10, rel=0.05)


def test_a_burst_and_days_of_ours_without_an_answer_teach_nothing() -> None:
    days = steady(35, 10)
    days[20] = DayVolume(days[20].day, 400)
    days[25:30] = [DayVolume(one.day, 0, heard=False) for one in days[25:30]]
    assert learn(days).mean == pytest.approx(10, rel=0.15)


def test_weekdays_are_told_apart_after_three_weeks() -> None:
    days = [DayVolume(one.day, 4 if one.day.weekday() > 4 else 20) for one in steady(43, 20)]
    expectation = learn(days)
    assert expected_on(expectation, dt.date(2026, 3, 4)) == pytest.approx(20, rel=0.15)
    assert expected_on(expectation, dt.date(2026, 3, 7)) == pytest.approx(5, abs=1.5)


def test_what_is_short_known_needs_more_silence() -> None:
    short, long = learn(steady(5, 10)), learn(steady(43, 10))
    assert short.basis == "learning"
    assert long.basis == "learned"
    waits = [notice_by(one, MONDAY) for one in (short, long)]
    assert waits[0] is not None and waits[1] is not None
    assert waits[0] - MONDAY > 1.8 * (waits[1] - MONDAY)
    assert patience(long) < 2


def test_what_the_configuration_expects_counts_until_more_is_known() -> None:
    assert learn([]).basis == "unknown"
    assert patience(learn([])) == math.inf
    stated = learn([], expects=24)
    assert stated.basis == "stated"
    assert stated.mean == pytest.approx(24, rel=0.05)
    assert learn(steady(43, 10), expects=24).mean == pytest.approx(11, rel=0.05)


def test_a_quiet_night_is_not_much_of_a_day() -> None:
    hours = [0] * 6 + [30] * 12 + [0] * 6
    expectation = learn(steady(43, 20), hours)
    night = usual_days(expectation, MONDAY.replace(hour=20), MONDAY + dt.timedelta(days=1, hours=4))
    noon = usual_days(expectation, MONDAY.replace(hour=8), MONDAY.replace(hour=16))
    assert night < 0.05 < 0.5 < noon
    whole = usual_days(expectation, MONDAY, MONDAY + dt.timedelta(days=7))
    assert whole == pytest.approx(7, rel=0.01)


def test_the_stated_time_is_the_time_of_the_alarm() -> None:
    expectation = learn(steady(43, 12))
    stated = notice_by(expectation, MONDAY)
    assert stated is not None
    before, after = (usual_days(expectation, MONDAY, stated + dt.timedelta(hours=by)) for by in (-1, 1))
    assert chance_of_so_few(expectation, before) > surprising(expectation) > chance_of_so_few(expectation, after)


@given(
    counts=st.lists(st.integers(0, 500), min_size=0, max_size=60),
    expects=st.floats(0, 1000),
    days=st.floats(0, 40),
    received=st.integers(0, 200),
)
@settings(max_examples=200, deadline=None)
def test_chances_are_chances(counts: list[int], expects: float, days: float, received: int) -> None:
    history = [DayVolume((MONDAY + dt.timedelta(days=number)).date(), count) for number, count in enumerate(counts)]
    expectation = learn(history, (), expects)
    few, more = chance_of_so_few(expectation, days, 0), chance_of_so_few(expectation, days, received)
    assert 0 <= few <= more + 1e-12 <= 1 + 1e-9
    assert expectation.mean >= 0
    assert sum(expectation.hours) == pytest.approx(1)
    assert patience(expectation) > 0


def false_alarms(rng: np.random.Generator, rate: float, spread: float, weeks: int) -> int:
    """Return how often a healthy source is called silent: Poisson by the hour, days that differ by ``spread``."""
    peak, depth, weekend = rng.uniform(0, 24), rng.uniform(0.5, 1.0), rng.uniform(0.25, 1.0)
    hours = np.array([1 + depth * math.cos((hour - peak) / 24 * 2 * math.pi) for hour in range(24)])
    week = np.array([1.0] * 5 + [weekend] * 2) * 7 / (5 + 2 * weekend)
    history: list[DayVolume] = []
    by_hour: list[np.ndarray] = []
    last, silent, alarms = MONDAY, False, 0
    for number in range(weeks * 7):
        day = MONDAY + dt.timedelta(days=number)
        known = [one for one in history[-56:] if one.day < last.date()]
        expectation = learn(known, [int(n) for n in np.sum(by_hour[-56:], axis=0)] if by_hour else ())
        mean = rate * week[day.weekday()] * (rng.gamma(spread**-2, spread**2) if spread else 1.0)
        today = rng.poisson(mean * hours / hours.sum())
        gone = usual_days(expectation, last, day)
        for hour, count in enumerate(today):
            gone += expectation.weekday[day.weekday()] * expectation.hours[hour]
            if count:
                last, gone, silent = day + dt.timedelta(hours=hour + 1), 0.0, False
            elif not silent and expectation.known >= FEWEST_DAYS:
                silent = chance_of_so_few(expectation, gone) < surprising(expectation)
                alarms += silent
        history.append(DayVolume(day.date(), int(today.sum())))
        by_hour.append(today)
    return alarms


@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_forty_healthy_sources_are_not_called_silent(spread: float) -> None:
    alarms = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        alarms += sum(false_alarms(rng, float(60 ** rng.uniform()), spread, WEEKS) for _ in range(40))
    assert alarms <= SEEDS, "more than one false alarm in forty sources and half a year"
