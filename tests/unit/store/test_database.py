"""The state: migrations give the tables that the code knows, moments keep their zone, addresses are checked."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from babelscope.flow.errors import BabelscopeError
from babelscope.model import Membership
from babelscope.store.check import verify
from babelscope.store.database import HEAD, alembic_config, connect, migrate, revision
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery
from babelscope.store.tables import UtcDateTime, metadata, visits
from store_world import START, config, exchange, item, made, polled

POSTGRES = "BABELSCOPE_TEST_POSTGRES"


def test_the_migrated_schema_is_the_one_the_code_knows(tmp_path: Path) -> None:
    engine = connect(config(tmp_path))
    assert revision(engine) == ""
    migrate(engine)
    assert revision(engine) == HEAD == ScriptDirectory.from_config(alembic_config()).get_current_head()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


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


def test_moments_come_back_in_utc(tmp_path: Path) -> None:
    engine = connect(config(tmp_path))
    migrate(engine)
    east = dt.timezone(dt.timedelta(hours=5, minutes=30))
    row = {"source": "s", "next_due": START.replace(tzinfo=None), "status": 0, "failures": 0, "found": 0}
    row |= {"etag": "", "last_modified": "", "error": "", "url": "u", "checked_at": START.astimezone(east)}
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


@pytest.mark.skipif(not os.environ.get(POSTGRES), reason=f"{POSTGRES} names no PostgreSQL database to be emptied")
def test_the_whole_store_on_postgresql(tmp_path: Path) -> None:
    address = os.environ[POSTGRES]
    settings = config(tmp_path, database=address)
    with connect(settings).begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
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
