"""Volumes, repetitions and alarms on both databases, as the real writer leaves them; and a cycle that raises alarms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from babelscope.app.health import CHECK_EVERY, watch_health
from babelscope.explore.observing import observe
from babelscope.flow.config import Config
from babelscope.flow.events import Alarmed, Event
from babelscope.store.alarms import AlarmRow
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from store_world import FEED, START, Time, alarm_row, config, exchange, item, made, polled, refusal


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Config:
    return config(tmp_path, database=database)


def collect(library: Library, settings: Config, numbers: range, error: str = "") -> None:
    run = library.begin_run(settings)
    taken = [exchange(number) for number in numbers]
    library.receive(run, [polled(*(item(n) for n in numbers), error=error), *taken, refusal(99)])
    raw = library.pending(100)
    library.commit(run, [made(document, text="Não encontrado") for document in raw], {}, [])
    library.end_run(run, ok=True)


def alarm(kind: str, raised_at: dt.datetime = START, cleared_at: dt.datetime | None = None) -> AlarmRow:
    return alarm_row("herald", kind, raised_at, cleared_at=cleared_at, detail="x\0y" * 2000, expected=12.5)


def test_what_came_is_counted_by_day_and_hour(settings: Config) -> None:
    with Library.open(settings, Time()) as library:
        collect(library, settings, range(6))
    with Reader.open(settings) as reader:
        own = reader.monitor.counts(START.date())["herald"][START.date().isoformat()]
        assert (own["polls"], own["taken"], own["hour:08"], own["refused:robots"]) == (1, 6, 6, 1)
        hours = reader.monitor.counts(START.date(), measures=("hour:", "taken"), sources=["herald", "courier"])
        assert hours == {"herald": {START.date().isoformat(): {"hour:08": 6, "taken": 6}}}
        sums = reader.monitor.sums(START.date(), START.date() + dt.timedelta(days=1))["herald"]
        assert sums["kept"] == sums["language:pt"] == 6
        assert "hour:08" not in sums
        totals = reader.monitor.totals(START.date(), START.date() + dt.timedelta(days=1), ("polls", "polls-failed"))
        assert totals == {START.date().isoformat(): {"polls": 1}}
        assert reader.monitor.first_day() == START.date()
        assert reader.monitor.with_articles() == {"herald"}
        assert reader.monitor.visits(["herald"])["herald"][0].url == FEED
        (one,) = reader.monitor.repetitions(START - dt.timedelta(days=1))
        assert (one.source, one.addresses) == ("herald", 6)
        assert reader.monitor.recent_addresses(START - dt.timedelta(days=1), ["herald"]) == {"herald": 6}
        assert len(reader.monitor.latest_documents("herald", 4)) == 4
        assert reader.monitor.latest_rights("herald", 50)[0].robots == "allowed"


def test_alarms_are_kept_brought_up_to_date_and_never_deleted(settings: Config) -> None:
    raised = alarm("silent")
    later = START + dt.timedelta(hours=5)
    with Library.open(settings, Time()) as library:
        library.note_alarms([raised, alarm("moved")], START)
        library.note_alarms([raised], START)
        library.note_alarms([msgspec.structs.replace(raised, cleared_at=later, detail="over")], later)
    with Reader.open(settings) as reader:
        monitor = reader.monitor
        assert monitor.checked_at() == later
        assert [one.kind for one in monitor.alarms(only_open=True)] == ["moved"]
        assert sorted(one.kind for one in monitor.alarms()) == ["moved", "silent"]
        (over,) = monitor.alarms(kind="silent", sources=["herald"], since=later)
        assert (over.id, over.cleared_at, over.detail) == (raised.id, later, "over")
        assert monitor.alarms(kind="silent", since=later + dt.timedelta(hours=1)) == []
        assert len(monitor.alarms(kind="moved")[0].detail) <= 2000


def test_a_check_raises_once_and_tells(settings: Config) -> None:
    time, told = Time(), list[Event]()
    with Library.open(settings, time) as library:
        collect(library, settings, range(6))
        time.at = START + dt.timedelta(hours=1)
        found = watch_health(settings, library, told.append)
        assert found is not None and [one.kind for one in found.raised] == ["soft-404"]
        (event,) = told
        assert isinstance(event, Alarmed) and event.is_alarm and not event.is_over
        assert "6 of 6" in event.detail
        time.at += CHECK_EVERY / 2
        assert watch_health(settings, library, told.append) is None
        time.at += CHECK_EVERY
        again = watch_health(settings, library, told.append)
        assert again is not None and not again.raised and not again.cleared
        time.at += dt.timedelta(days=4)
        over = watch_health(settings, library, told.append)
        assert over is not None and [one.kind for one in over.cleared] == []  # nothing came that says that it is over
    assert len(told) == 1


def test_a_failing_source_and_one_that_was_taken_out(settings: Config) -> None:
    time, told = Time(), list[Event]()
    with Library.open(settings, time) as library:
        collect(library, settings, range(2))
        run = library.begin_run(settings)
        visit = msgspec.structs.replace(polled(error="dns: no address").visit, failures=1)
        library.receive(run, [msgspec.structs.replace(polled(), visit=visit)])
        library.end_run(run, ok=True)
        watch_health(settings, library, told.append)
    bare = msgspec.structs.replace(settings, source=settings.source[1:])
    time.at += dt.timedelta(hours=1)
    with Library.open(bare, time) as library:
        library.end_run(library.begin_run(bare), ok=True)
        watch_health(bare, library, told.append)
    kinds = [(event.kind, event.is_over) for event in told if isinstance(event, Alarmed)]
    assert kinds == [("failing", False), ("removed", False), ("failing", True)]
    with Reader.open(bare) as reader:
        assert [one.source for one in observe(reader, bare, time.at) if not one.configured] == ["herald"]
