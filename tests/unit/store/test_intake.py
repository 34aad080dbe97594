"""The store of one of several collectors: its name, its own files and runs, and what becomes of it when it dies."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.model import Listen, Source
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.intake import Intake
from babelscope.store.library import Library
from babelscope.store.lock import WriterLock
from babelscope.store.parts import Layout
from babelscope.store.reader import Reader
from babelscope.store.recover import living
from babelscope.store.tables import configs, leases, runs
from store_world import abandon, config, exchange, item, made, now_fetched, polled, refusal


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Config:
    return config(tmp_path / "data", database=database)


def evidence(settings: Config) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in Layout.of(settings).evidence.glob("*.warc.gz")}


@pytest.mark.parametrize("name", ["", "main", "North", "a-b", "x" * 25, "../x", "ä"])
def test_a_name_that_cannot_be_used_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="a collector's name"):
        Intake.open(config(tmp_path), name)


def test_each_writes_files_of_its_own_and_the_main_writer_reads_them_all(settings: Config) -> None:
    with (
        Library.open(settings) as library,
        Intake.open(settings, "north") as north,
        Intake.open(settings, "s2") as south,
    ):
        taken = {}
        for number, store in enumerate((library, north, south)):
            taken[store] = store.begin_run(settings)
            assert store.receive(taken[store], [polled(item(number)), now_fetched(exchange(number))]) == 1
            assert store.balanced(taken[store])
        raw = library.pending(9)
        assert [d.url[-1] for d in raw] == ["0", "1", "2"]
        library.commit(taken[library], [made(d, n) for n, d in enumerate(raw)], {}, [])
        for store, run in taken.items():
            store.end_run(run, ok=True)
            assert store.balanced(run)
    assert evidence(settings).keys() == {
        "babelscope-00000001.warc.gz", "babelscope-north-00000001.warc.gz", "babelscope-s2-00000001.warc.gz",
    }  # fmt: skip
    with Reader.open(settings) as reader:
        assert {(run.holder, run.state) for run in reader.runs()} == {("main", "ok"), ("north", "ok"), ("s2", "ok")}
        originals = [reader.original(reader.capture(d.capture)).body for d in raw]  # type: ignore[arg-type]
    assert originals == [exchange(n).body for n in range(3)]
    assert verify(settings).problems == ()


def test_a_full_segment_is_followed_by_the_next_of_the_same_name(tmp_path: Path) -> None:
    settings = config(tmp_path, segment_mb=1)
    with Intake.open(settings, "north") as north:
        run = north.begin_run(settings)
        for number in range(3):
            noise = "".join(chr(33 + (i * i * (number + 7)) % 90) for i in range(900_000))
            north.receive(run, [exchange(number, text=f"{number} {noise}"), exchange(number + 50)])
        north._parts.evidence.limit = 1
        north.receive(run, [exchange(90), exchange(91)])
    assert "babelscope-north-00000002.warc.gz" in evidence(settings)
    assert verify(settings).problems == ()


def test_a_second_collector_of_a_name_is_refused(settings: Config) -> None:
    with Intake.open(settings, "north"):
        with pytest.raises(BabelscopeError, match=r"collector 'north' .* is being written by process"):
            Intake.open(settings, "north")
        Intake.open(settings, "south").close()
    Intake.open(settings, "north").close()


def test_a_new_database_is_made_by_whoever_comes_first(tmp_path: Path, postgres: object) -> None:
    for address in ("", postgres.database(empty=True)):  # type: ignore[attr-defined]
        settings = config(tmp_path / str(len(address)), database=address)
        with Intake.open(settings, "north") as north:
            north.end_run(north.begin_run(settings), ok=True)
        with Reader.open(settings) as reader:
            assert [s.id for s in reader.sources()] == ["courier", "herald"]


def test_who_is_at_work_is_left_alone(settings: Config) -> None:
    """Opening the library cuts nothing off a living collector and does not end its run."""
    with Intake.open(settings, "north") as north:
        run = north.begin_run(settings)
        north.receive(run, [polled(item(1), item(2)), now_fetched(exchange(1))])
        (segment,) = evidence(settings)
        with (Layout.of(settings).evidence / segment).open("ab") as file:
            file.write(b"half a record")
        size = evidence(settings)[segment]
        with Library.open(settings) as library:
            other = library.begin_run(settings)
            assert evidence(settings)[segment] == size
            assert library.ledger(other) == [], "what waits for a run that goes on is not carried"
            assert living(library._parts.layout, library._parts.engine) == {"north"}
            library.end_run(other, ok=True)
        report = verify(settings)
        assert report.problems == () and report.checked["runs"] == 1, "nor does verify take it for damage"
        (Layout.of(settings).evidence / segment).write_bytes(
            (Layout.of(settings).evidence / segment).read_bytes()[: size - len(b"half a record")]
        )
        north.end_run(run, ok=True)


@pytest.mark.parametrize("who", ["itself", "main", "another"])
def test_what_a_dead_one_left_is_tidied_up(settings: Config, who: str) -> None:
    north = Intake.open(settings, "north")
    run = north.begin_run(settings)
    north.receive(run, [polled(item(1), item(2)), now_fetched(exchange(1))])
    assert north.leases.take("herald.example") is not None
    sizes = evidence(settings)
    abandon(north)
    assert evidence(settings) != sizes
    names = {"itself": "north", "another": "south"}
    store = Library.open(settings) if who == "main" else Intake.open(settings, names[who])
    with store:
        assert evidence(settings) == sizes
        second = store.begin_run(settings)
        assert [i.url[-1] for i in store.memory.waiting(["herald"])] == ["2"]
        store.receive(second, [now_fetched(exchange(2))])
        store.end_run(second, ok=True)
        assert {(r.stage, r.outcome): r.count for r in store.ledger(second)} == {
            ("collect", "carried"): 1, ("collect", "taken"): 1,
        }  # fmt: skip
    with Reader.open(settings) as reader:
        assert {(r.id, r.state) for r in reader.runs()} == {(run, "interrupted"), (second, "ok")}
        assert reader.balanced(run)
        assert Counter({r.outcome: r.count for r in reader.ledger(run)})["waiting"] == 1
    engine = connect(settings)
    with engine.connect() as connection:
        assert connection.execute(select(leases.c.holder)).scalars().all() == [""]
    engine.dispose()
    assert verify(settings).problems == ()


def test_others_notice_a_death_when_they_begin_their_next_run(settings: Config) -> None:
    with Intake.open(settings, "south") as south:
        north = Intake.open(settings, "north")
        run = north.begin_run(settings)
        north.receive(run, [polled(item(1))])
        abandon(north)
        south.begin_run(settings)
        assert [i.url[-1] for i in south.memory.waiting(["herald"])] == ["1"]
    assert verify(settings).problems == ()


def test_starting_waits_for_whoever_tidies_up(tmp_path: Path) -> None:
    settings = config(tmp_path)
    Library.open(settings).close()
    lock = WriterLock(Layout.of(settings).root, "north")
    lock.acquire()
    from threading import Timer

    timer = Timer(0.3, lock.release)
    timer.start()
    Intake.open(settings, "north").close()
    timer.join()


def test_a_configuration_is_stored_once_for_all_runs_with_it(settings: Config) -> None:
    listens = (Listen(url="http://x.example/feed"),)
    many = tuple(Source(id=f"s{n}", name="S", home="http://x.example/", listens=listens) for n in range(1200))
    large = msgspec.structs.replace(settings, source=many)
    with Library.open(large) as library:
        for _ in range(3):
            library.end_run(library.begin_run(large), ok=True)
        library.end_run(library.begin_run(settings), ok=True)
    engine = connect(settings)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(configs)).scalar_one() == 2
        assert connection.execute(select(func.max(func.length(runs.c.config)))).scalar_one() == 32
        connection.execute(runs.update().values(config="{}").where(runs.c.config == ""))
    engine.dispose()
    with Reader.open(settings) as reader:
        told = [len(msgspec.json.decode(run.config)["source"]) for run in reader.runs()]
    assert sorted(told) == [2, 1200, 1200, 1200]


def test_what_one_could_not_reach_is_left_alone_by_others_for_a_while(settings: Config) -> None:
    with Intake.open(settings, "north") as north, Intake.open(settings, "south") as south:
        run = north.begin_run(settings)
        north.receive(run, [polled(item(1)), refusal(1, "connection", final=False)])
        north.end_run(run, ok=True)
        south.end_run(south.begin_run(settings), ok=True)
        assert south.memory.waiting(["herald"]) == []
        now = south._parts.clock
        south._parts.clock = lambda: now() + dt.timedelta(minutes=6)
        south.end_run(south.begin_run(settings), ok=True)
        assert [i.url[-1] for i in south.memory.waiting(["herald"])] == ["1"]
        run = north.begin_run(settings)
        north.receive(run, [refusal(1, "connection", final=False)])
        north.end_run(run, ok=True)
        north.begin_run(settings)
        assert [i.url[-1] for i in north.memory.waiting(["herald"])] == ["1"], "itself it tries in every run"


def test_a_fault_of_the_database_leaves_no_bytes_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config(tmp_path)
    with Intake.open(settings, "north") as north:
        run = north.begin_run(settings)
        north.receive(run, [exchange(1)])
        sizes = evidence(settings)
        with monkeypatch.context() as patch:
            patch.setattr("babelscope.store.ledger.add_counts", _breaks)
            with pytest.raises(OSError, match="no space"):
                north.receive(run, [exchange(2)])
        assert evidence(settings) == sizes
        assert north.receive(run, [exchange(2)]) == 1
    assert verify(settings).problems == ()


def _breaks(*_: object) -> None:
    raise OSError("no space left on device")
