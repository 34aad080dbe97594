"""Verify notices every kind of damage, and recovery mends what can be mended."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.model import Anchor, Membership, Mention, Mentions
from babelscope.store.check import verify
from babelscope.store.index import IndexWriter
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery
from babelscope.store.vectors import VectorWriter
from store_world import config, exchange, item, made, polled


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    chosen = config(tmp_path / "data")
    with Library.open(chosen) as library:
        run = library.begin_run(chosen)
        library.receive(run, [polled(*map(item, range(8)), feed=exchange(90)), *map(exchange, range(8))])
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(20))], {}, [])
        library.end_run(run, ok=True)
    return chosen


def sql(settings: Config, statement: str) -> None:
    with sqlite3.connect(Path(settings.store.directory) / "state.sqlite") as connection:
        connection.execute(statement)


def first_id(settings: Config) -> str:
    with Reader.open(settings) as reader:
        return reader.search(IndexQuery()).hits[0][0]


def flip(settings: Config) -> None:
    path = next((Path(settings.store.directory) / "evidence").glob("*.warc.gz"))
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0x10
    path.write_bytes(bytes(raw))


def shorten(settings: Config) -> None:
    path = next((Path(settings.store.directory) / "evidence").glob("*.warc.gz"))
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(settings: Config) -> None:
    path = next((Path(settings.store.directory) / "evidence").glob("*.warc.gz"))
    path.write_bytes(path.read_bytes() + b"torn")


def foreign_warc(settings: Config) -> None:
    folder = Path(settings.store.directory) / "evidence"
    shutil.copy(next(folder.glob("*.warc.gz")), folder / "babelscope-00000077.warc.gz")


def lose_record(settings: Config) -> None:
    next((Path(settings.store.directory) / "record").rglob("*.parquet")).unlink()


def foreign_record(settings: Config) -> None:
    path = next((Path(settings.store.directory) / "record").rglob("*.parquet"))
    shutil.copy(path, path.with_name("00000099.parquet"))


def tear_record(settings: Config) -> None:
    path = next((Path(settings.store.directory) / "record").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-100])


def lose_row(settings: Config) -> None:
    path = next((Path(settings.store.directory) / "record").rglob("*.parquet"))
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)


def lose_index_entry(settings: Config) -> None:
    writer = IndexWriter(Path(settings.store.directory) / "index")
    writer.remove("2026-01", [first_id(settings)])
    writer.commit()
    writer.close()


def lose_vectors(settings: Config) -> None:
    VectorWriter(Path(settings.store.directory) / "vectors").drop("2026-01")


DAMAGE: list[tuple[Callable[[Config], None] | str, str]] = [
    (flip, "capture "),
    (shorten, "were acknowledged"),
    (lengthen, "nobody acknowledged"),
    (foreign_warc, "unknown to the database"),
    (lose_record, "is missing"),
    (foreign_record, "not listed"),
    (tear_record, "cannot be read"),
    (lose_row, "in the database, not in the record"),
    (lose_index_entry, "index 2026-01"),
    (lose_vectors, "vectors 2026-01"),
    ("DELETE FROM documents WHERE seq = 3", "is not its row in the database"),
    ("UPDATE captures SET body_hash = 'x' WHERE seq = 3", "does not have the hash"),
    ("UPDATE captures SET url = url || '?' WHERE seq = 3", "its id is not that of"),
    ("UPDATE captures SET state = 'dropped' WHERE seq = 3", "is dropped"),
    ("UPDATE ledger SET count = count + 1 WHERE outcome = 'found'", "does not balance"),
    ("UPDATE months SET documents = 9", "counted"),
]


@pytest.mark.parametrize(("harm", "said"), DAMAGE, ids=[str(n) for n in range(len(DAMAGE))])
def test_damage_is_noticed(settings: Config, harm: Callable[[Config], None] | str, said: str) -> None:
    assert verify(settings).problems == ()
    if isinstance(harm, str):
        sql(settings, harm)
    else:
        harm(settings)
    problems = verify(settings).problems
    assert any(said in problem for problem in problems), problems


def test_what_was_checked_is_counted(settings: Config) -> None:
    with Library.open(settings) as library:
        id_ = first_id(settings)
        library.link("stories", "s@1", [Membership(document=id_, group=id_)])
    checked = verify(settings).checked
    assert checked == {
        "evidence segments": 1,
        "captures": 9,
        "record segments": 1,
        "documents": 8,
        "anchors": 8,
        "index entries": 8,
        "vectors": 8,
        "memberships": 1,
        "renderings": 0,
        "wishes": 0,
        "corrections": 0,
        "runs": 1,
    }


def test_an_anchor_that_does_not_fit_is_noticed(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(20)])
        document = made(library.pending(1)[0])
        wrong = Mention(anchor=Anchor(of="title", start=0, end=4), surface="Xxxx", kind="place")
        layers = {**document.layers, "mentions": Mentions(items=(wrong,))}
        library.commit(run, [msgspec.structs.replace(document, layers=layers)], {}, [])
        library.end_run(run, ok=True)
    assert [p.split(": ", 1)[1] for p in verify(settings).problems] == [
        "mention 'Xxxx' is not what stands at title 0–4"
    ]


@pytest.mark.parametrize("harm", [lose_index_entry, lose_vectors, lengthen])
def test_opening_for_writing_mends_views_and_torn_ends(settings: Config, harm: Callable[[Config], None]) -> None:
    harm(settings)
    Library.open(settings).close()
    assert verify(settings).problems == ()


def test_an_index_of_another_analyser_is_made_anew(settings: Config) -> None:
    sql(settings, "UPDATE meta SET value = '0.0' WHERE name = 'index'")
    folder = Path(settings.store.directory) / "index" / "2026-01"
    before = {path.name for path in folder.iterdir()}
    Library.open(settings).close()
    assert {path.name for path in folder.iterdir()} != before
    assert verify(settings).problems == ()


def test_there_is_nothing_to_verify_yet(tmp_path: Path) -> None:
    with pytest.raises(BabelscopeError, match="nothing to read yet"):
        verify(config(tmp_path / "none"))


def test_a_store_that_is_written_is_not_verified(settings: Config) -> None:
    with Library.open(settings), pytest.raises(BabelscopeError, match="is being written"):
        verify(settings)
