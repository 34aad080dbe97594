"""The state: migrations give the tables that the code knows, moments keep their zone, addresses are checked."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.model import Membership
from babelscope.store.check import verify
from babelscope.store.database import HEAD, alembic_config, connect, migrate, revision
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery
from babelscope.store.tables import UtcDateTime, configs, metadata, runs, visits
from store_world import START, config, exchange, item, made, polled


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest) -> str:
    """The address of a database without any table; "" for SQLite."""
    if request.param == "sqlite":
        return ""
    return str(request.getfixturevalue("postgres").database(empty=True))


def test_the_migrated_schema_is_the_one_the_code_knows(tmp_path: Path, nothing: str) -> None:
    engine = connect(config(tmp_path, database=nothing))
    assert revision(engine) == ""
    migrate(engine)
    assert revision(engine) == HEAD == ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_a_store_of_the_first_schema_is_brought_up_to_date(tmp_path: Path, nothing: str) -> None:
    """With what it held: captures, runs with their configuration in the row, items that wait, evidence."""
    settings = config(tmp_path, database=nothing)
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(item(1, "v1"), item(2)), exchange(1), exchange(3)])
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(1))], {}, [])
        library.end_run(run, ok=True)
        told = library.ledger(run)
    _back_to_the_first_schema(settings)
    with Library.open(settings) as library:
        assert [i.url[-1] for i in library.memory.waiting(["herald"])] == ["2"]
        second = library.begin_run(settings)
        library.receive(second, [exchange(2), exchange(4)])
        library.commit(second, [made(d, n) for n, d in enumerate(library.pending(9))], {}, [])
        library.end_run(second, ok=True)
        assert library.ledger(run) == told and library.balanced(second)
    with Reader.open(settings) as reader:
        assert [(r.id, r.config[0], r.holder) for r in reader.runs()] == [(second, "{", "main"), (run, "{", "")]
        capture = reader.capture(exchange(1).capture.id)
        assert capture is not None and (capture.form, capture.replaces) == ("http", "")
        visit = reader.sources()[1].visits[0]
        assert (visit.rate, visit.new, visit.hub) == (-1.0, 0, "")
        assert reader.counts()["documents"] == 4
    assert sorted(p.name for p in (tmp_path / "evidence").glob("*.gz")) == ["babelscope-00000001.warc.gz"]
    assert verify(settings).problems == ()


def _back_to_the_first_schema(settings: Config) -> None:
    """As the version before wrote it: the migration taken back, configurations in the rows of the runs."""
    engine = connect(settings)
    with engine.begin() as connection:
        told = select(configs.c.config).where(configs.c.id == runs.c.config).scalar_subquery()
        connection.execute(runs.update().values(config=told))
        options = alembic_config()
        options.attributes["connection"] = connection
        command.downgrade(options, "0001")
        assert not inspect(connection).has_table("leases")
        assert "holder" not in {column["name"] for column in inspect(connection).get_columns("evidence")}
    engine.dispose()


def test_an_address_without_a_driver_takes_ours(postgres: object) -> None:
    address = postgres.database().replace("postgresql+psycopg", "postgresql")  # type: ignore[attr-defined]
    engine = connect(config(Path("/nowhere"), database=address))
    assert revision(engine) == HEAD
    engine.dispose()


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = connect(config(tmp_path))
    migrate(engine)
    migrate(engine)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    settings = config(tmp_path)
    Library.open(settings).close()
    with connect(settings).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BabelscopeError, match="newer than this Babelscope"):
        Library.open(settings)
    with pytest.raises(BabelscopeError, match="upgrade it"):
        Reader.open(settings)


@pytest.mark.parametrize("address", ["nonsense", "oracle9://x", "sqlite:////nowhere/at/all.sqlite"])
def test_an_address_that_cannot_be_used_says_so(tmp_path: Path, address: str) -> None:
    settings = config(tmp_path, database=address)
    with pytest.raises(BabelscopeError, match="database"):
        Library.open(settings)


def test_moments_come_back_in_utc(tmp_path: Path, database: str) -> None:
    engine = connect(config(tmp_path, database=database))
    migrate(engine)
    east = dt.timezone(dt.timedelta(hours=5, minutes=30))
    row = {"source": "s", "next_due": START.replace(tzinfo=None), "status": 0, "failures": 0, "found": 0}
    row |= {"etag": "", "last_modified": "", "error": "", "url": "u", "checked_at": START.astimezone(east)}
    row |= {"new": 0, "rate": -1.0, "hub": "", "moved": ""}
    with engine.begin() as connection:
        connection.execute(visits.insert(), [row])
        found = connection.execute(select(visits.c.checked_at, visits.c.next_due)).one()
    assert tuple(found) == (START, START) and found[0].tzinfo is dt.UTC
    assert UtcDateTime().process_result_value(None, engine.dialect) is None


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    settings = config(tmp_path)
    Library.open(settings).close()
    with connect(settings, read_only=True).connect() as connection, pytest.raises(Exception, match="readonly"):
        connection.execute(text("DELETE FROM meta"))


def test_a_store_without_a_database_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BabelscopeError, match="babelscope run"):
        Reader.open(config(tmp_path))


def test_a_folder_that_cannot_be_written_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BabelscopeError, match="cannot be written"):
        Library.open(config(tmp_path / "file"))


def test_the_whole_store_on_both_databases(tmp_path: Path, database: str) -> None:
    settings = config(tmp_path, database=database)
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        odd = exchange(5)
        hints = msgspec.structs.replace(odd.capture.hints, title="nul \0 and \ud800")
        odd = msgspec.structs.replace(odd, capture=msgspec.structs.replace(odd.capture, hints=hints))
        library.receive(run, [polled(*map(item, range(6)), feed=exchange(90)), *map(exchange, range(5)), odd])
        documents = [made(d, n, text="\0" if n == 1 else "") for n, d in enumerate(library.pending(20))]
        library.commit(run, documents, {}, [])
        library.bands.add(documents[0].id, [(0, b"k")], b"m")
        library.link("stories", "s@1", [Membership(document=d.id, group=documents[0].id) for d in documents])
        assert library.bands.lookup([(0, b"k")]) == {documents[0].id: 1}
        library.end_run(run, ok=True)
        assert library.balanced(run)
    with Reader.open(settings) as reader:
        assert reader.search(IndexQuery(text="lisboa")).total == 6
        assert reader.counts()["stories"] == 1
        assert len(reader.groups("stories")) == 1
        assert [s.captures for s in reader.sources() if s.id == "herald"] == [6]
        assert reader.original(reader.capture(documents[0].capture)).body  # type: ignore[arg-type]
    with Library.open(settings) as library:
        assert library.rebuild() == 6
        assert library.reprocess() == 6
        assert library.retry() == 0
    assert verify(settings).problems == ()
    with connect(settings).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_head_is_a_name_that_sorts() -> None:
    assert re.fullmatch(r"\d{4}", HEAD)
