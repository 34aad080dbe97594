"""Leases of hosts in SQL, on both databases: one holder at a time, an end, a fence, the moment that is handed on."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.shapes import Turn
from babelscope.store.database import connect, migrate
from babelscope.store.leases import SqlLeases, free_leases, open_leases
from babelscope.store.tables import leases
from postgres import Postgres
from store_world import START, Time, config

HOST = "courier.test"


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Config:
    chosen = config(tmp_path, database=database)
    engine = connect(chosen)
    migrate(engine)
    engine.dispose()
    return chosen


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def make(settings: Config, time: Time) -> Iterator[Callable[[str], SqlLeases]]:
    made: list[SqlLeases] = []

    def new(holder: str) -> SqlLeases:
        made.append(open_leases(settings, holder, time))
        return made[-1]

    yield new
    for one in made:
        one.close()


def test_a_host_is_held_by_one_at_a_time(make: Callable[[str], SqlLeases], time: Time) -> None:
    one, two = make("one"), make("two")
    assert one.take(HOST) == Turn(START)
    assert one.take(HOST) == Turn(START), "taking it twice is no fault"
    assert two.take(HOST) is None and two.take("other.test") == Turn(START)
    one.release(HOST, START + dt.timedelta(seconds=7))
    assert two.take(HOST) == Turn(START + dt.timedelta(seconds=7)), "its spacing is handed on"
    assert one.take(HOST) is None


def test_a_host_that_is_given_back_keeps_its_moment(make: Callable[[str], SqlLeases], time: Time) -> None:
    one = make("one")
    one.take(HOST)
    tomorrow = START + dt.timedelta(days=1)
    one.release(HOST, tomorrow)
    time.passes(3600)
    assert make("two").take(HOST) == Turn(tomorrow)


def test_a_lease_without_a_sign_of_life_passes_to_others(make: Callable[[str], SqlLeases], time: Time) -> None:
    one, two = make("one"), make("two")
    one.take(HOST)
    time.passes(59)
    assert one.renew() == [] and two.take(HOST) is None
    time.passes(59)
    assert two.take(HOST) is None
    time.passes(2)
    assert two.take(HOST) is not None
    assert list(one.renew()) == [HOST], "who was held up is told"
    assert one.renew() == ()
    one.release(HOST, START)
    assert make("three").take(HOST) is None, "what was lost is not given back"


def test_the_fence_tells_of_a_holder_that_has_come_and_gone(make: Callable[[str], SqlLeases], time: Time) -> None:
    one, two = make("one"), make("two")
    one.take(HOST)
    time.passes(61)
    two.take(HOST)
    two.release(HOST, START)
    assert list(one.renew()) == [HOST]
    assert one.take(HOST) is not None and list(one.renew()) == []


def test_an_old_object_of_the_same_holder_does_not_give_back_what_a_new_one_has_taken(
    make: Callable[[str], SqlLeases],
) -> None:
    old, new, other = make("one"), make("one"), make("two")
    old.take(HOST)
    new.take(HOST)
    old.release(HOST, START)
    assert other.take(HOST) is None


def test_of_many_who_ask_at_once_one_gets_it(settings: Config) -> None:
    crew = [open_leases(settings, f"c{n}") for n in range(6)]
    for host in ("a.test", "b.test", "c.test"):
        got: list[bool] = []
        gate = threading.Barrier(len(crew))

        def ask(one: SqlLeases, host: str = host, gate: threading.Barrier = gate, got: list[bool] = got) -> None:
            gate.wait()
            got.append(one.take(host) is not None)

        threads = [threading.Thread(target=ask, args=(one,)) for one in crew]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(got) == 1 and len(got) == len(crew)
    for one in crew:
        one.close()


def test_the_hosts_of_a_dead_collector_are_free_after_the_usual_distance(
    settings: Config, make: Callable[[str], SqlLeases]
) -> None:
    dead, other = open_leases(settings, "dead"), open_leases(settings, "other")
    dead.take(HOST)
    dead.take("slow.test")
    dead.release("slow.test", dt.datetime.now(dt.UTC) + dt.timedelta(hours=3))
    dead.take("slow.test")
    engine = connect(settings)
    free_leases(engine, "dead", dt.timedelta(seconds=30))
    turn, slow = other.take(HOST), other.take("slow.test")
    assert turn is not None and slow is not None
    soon = turn.ready_at - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=25) < soon <= dt.timedelta(seconds=30)
    assert slow.ready_at - dt.datetime.now(dt.UTC) > dt.timedelta(hours=2), "a longer pause stays"
    with engine.begin() as connection:
        connection.execute(leases.update().where(leases.c.name == HOST).values(holder="", ready_at=START))
    free_leases(engine, "nobody", dt.timedelta(0))
    with engine.connect() as connection:
        assert connection.execute(select(leases.c.name)).scalars().all() == ["slow.test"], "old ones are forgotten"
    for one in (dead, other):
        one.close()
    engine.dispose()


def test_the_clock_of_another_machine_does_not_matter(tmp_path: Path, postgres: Postgres) -> None:
    """On PostgreSQL the database's time counts; moments are translated for each collector. SQLite is on one machine."""
    engine = connect(config(tmp_path, database=postgres.database()))
    late = SqlLeases(engine, "late")
    late._moment = lambda connection: _behind(SqlLeases._moment(late, connection))  # type: ignore[method-assign]
    with engine.begin() as connection:
        now, ahead = late._moment(connection)
    assert abs(ahead - dt.timedelta(hours=1)) < dt.timedelta(seconds=5)
    own = now - ahead
    assert late.take(HOST) is not None
    late.release(HOST, own + dt.timedelta(seconds=40))
    turn = SqlLeases(engine, "right").take(HOST)
    assert turn is not None
    left = turn.ready_at - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=30) < left <= dt.timedelta(seconds=41)
    engine.dispose()


def _behind(moment: tuple[dt.datetime, dt.timedelta]) -> tuple[dt.datetime, dt.timedelta]:
    return moment[0], moment[1] + dt.timedelta(hours=1)


def test_a_database_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    one = open_leases(config(tmp_path / "nothing" / "here"), "one")
    with pytest.raises(Unavailable, match="leases of hosts cannot be had"):
        one.take(HOST)
