"""A week of an invented press on loopback, with a moved clock: what goes wrong is reported in time, nothing else is.

Forty outlets are well, each with its own rhythm of day and week; eleven have one fault each. The real collector asks a
real server, the real store keeps what comes, and the alarms are read from the database. With BABELSCOPE_FULL=1 three
presses are watched, every simulated hour, after two weeks of learning.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from babelscope.app.cycle import Cycle
from babelscope.app.gathering import Gathering
from babelscope.explore.expectation import notice_by
from babelscope.explore.health import health_view
from babelscope.explore.past import expectation_of, read_past
from babelscope.explore.symptoms import ALARMS
from babelscope.flow.config import CollectConfig, Config, RunConfig, StoreConfig
from babelscope.flow.events import silent
from babelscope.store.alarms import AlarmRow
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from simulated_press import START, Outlet, Press, PressServer

pytestmark = pytest.mark.slow

FULL = os.environ.get("BABELSCOPE_FULL") == "1"
SEEDS = (1, 2, 3) if FULL else (1,)
LEARN, WATCH = (14, 7) if FULL else (8, 7)
STEP = dt.timedelta(hours=1) if FULL else dt.timedelta(hours=6)
HEALTHY = 40

# fault → kind of the alarm and the hours within which it has to be there, on top of the step of the simulation
EXPECTED = {
    "dead": ("dead", 24 + 8),
    "gone": ("dead", 24 + 8),
    "refusing": ("blocked", 12),
    "moved": ("moved", 8),
    "blocking": ("blocked", 30),
    "language": ("language", 36),
    "repeated": ("repeated", 30),
    "edited": ("edited", 36),
    "empty": ("soft-404", 36),
    "soft-404": ("soft-404", 36),
    "silent": ("silent", 0),  # by its own rhythm: when it was stated to be noticed
}


class MovedClock:
    """Time that the test moves; whoever sleeps moves it too, and waits next to nothing."""

    def __init__(self) -> None:
        self.moved = dt.timedelta(0)

    def now(self) -> dt.datetime:
        return START + self.moved

    def monotonic(self) -> float:
        return time.monotonic() + self.moved.total_seconds()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0.003)
        self.moved += dt.timedelta(seconds=seconds)


class Told(msgspec.Struct, frozen=True):
    """What a simulation left behind."""

    config: Config
    outlets: dict[str, Outlet]
    alarms: list[AlarmRow]
    end: dt.datetime


def outlets_of(rng: np.random.Generator) -> list[Outlet]:
    """Return forty healthy outlets with 1 to 60 articles a day, few of them large, and one for each fault."""
    since = START + dt.timedelta(days=LEARN, hours=11)
    outlets = [Outlet(f"well{number:02d}", float(60 ** (rng.uniform() ** 2))) for number in range(HEALTHY)]
    outlets += [Outlet(fault, float(rng.uniform(8, 14)), fault, since) for fault in EXPECTED]
    for outlet in outlets:
        if outlet.fault == "gone":
            outlet.until = since + dt.timedelta(days=3)
        outlet.publish(rng, LEARN + WATCH)
    return outlets


def simulate(folder: Path, seed: int) -> Told:
    rng = np.random.default_rng(seed)
    outlets, clock = outlets_of(rng), MovedClock()
    config = Config(
        store=StoreConfig(directory=str(folder)),
        run=RunConfig(stages=("extract", "language"), linkers=()),
        collect=CollectConfig(delay=0.0, look_again_days=1, timeout=20),
        source=tuple(outlet.source() for outlet in outlets),
    )
    end = dt.timedelta(days=LEARN + WATCH)
    with (
        PressServer(Press(outlets, clock.now)) as hosts,
        Library.open(config, clock.now) as library,
        Gathering(config, "main", hosts=hosts, clock=clock) as gathering,
    ):
        while clock.moved < end:
            Cycle(config, library, silent, threading.Event()).run(gathering)
            clock.moved += STEP * float(rng.uniform(0.9, 1.1))
    with Reader.open(config) as reader:
        alarms = reader.monitor.alarms()
    return Told(config, {outlet.name: outlet for outlet in outlets}, alarms, clock.now())


@pytest.fixture(scope="module", params=SEEDS)
def week(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    yield simulate(tmp_path_factory.mktemp(f"week{request.param}"), request.param)


def of(alarms: Sequence[AlarmRow], source: str, kind: str) -> list[AlarmRow]:
    return [one for one in alarms if one.source == source and one.kind == kind]


def test_no_false_alarm_on_forty_healthy_sources(week: Told) -> None:
    assert [one for one in week.alarms if not week.outlets[one.source].fault] == []
    with Reader.open(week.config) as reader:
        assert all(reader.monitor.counts(START.date())[name] for name in week.outlets)  # each was listened to


@pytest.mark.parametrize("fault", [fault for fault in EXPECTED if fault != "silent"])
def test_a_fault_is_reported_in_time(week: Told, fault: str) -> None:
    outlet, (kind, hours) = week.outlets[fault], EXPECTED[fault]
    raised = of(week.alarms, fault, kind)
    assert len(raised) == 1, week.alarms
    late = raised[0].raised_at - outlet.since
    assert dt.timedelta(0) <= late <= dt.timedelta(hours=hours) + STEP, late


def test_silence_is_reported_when_it_was_said_to_be(week: Told) -> None:
    outlet = week.outlets["silent"]
    (alarm,) = of(week.alarms, "silent", "silent")
    source = outlet.source()
    last = max(at for at in outlet.times if at <= outlet.since)
    with Reader.open(week.config) as reader:
        past = read_past(reader, alarm.raised_at)
        stated = notice_by(expectation_of(past, source, "silent", last.date()), last)
    assert stated is not None
    polled = dt.timedelta(hours=10)  # a source that says nothing is asked ever more seldom
    assert stated - STEP <= alarm.raised_at <= stated + polled + STEP
    assert alarm.raised_at - last < dt.timedelta(days=4)
    assert alarm.expected > 10
    assert alarm.received == 0
    assert "received 0" in alarm.detail


def test_only_the_cause_is_told(week: Told) -> None:
    for fault, (kind, _) in EXPECTED.items():
        own = {one.kind for one in week.alarms if one.source == fault}
        assert own <= {kind, "failing", "edited"}, (fault, own)
        assert own & ALARMS == {kind} & ALARMS


def test_an_alarm_ends_when_it_is_over(week: Told) -> None:
    (alarm,) = of(week.alarms, "gone", "dead")
    assert alarm.cleared_at is not None
    assert week.outlets["gone"].until <= alarm.cleared_at <= week.outlets["gone"].until + dt.timedelta(hours=26) + STEP
    still = {one.source for one in week.alarms if one.cleared_at is None and one.kind in ALARMS}
    assert still == {fault for fault, (kind, _) in EXPECTED.items() if kind in ALARMS} - {"gone"}


def test_a_source_that_was_taken_out_is_told_of(week: Told) -> None:
    config = msgspec.structs.replace(week.config, source=week.config.source[1:])
    clock = lambda: week.end + dt.timedelta(hours=1)  # noqa: E731
    with Library.open(config, clock) as library:
        Cycle(config, library, silent, threading.Event()).run()
    with Reader.open(config) as reader:
        (alarm,) = reader.monitor.alarms(kind="removed")
        view = health_view(reader, config, clock())
    assert alarm.source == week.config.source[0].id
    assert next(one for one in view.sources if one.id == alarm.source).condition == "not configured"
