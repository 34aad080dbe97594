from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.flow import memo
from babelscope.flow.config import Config, StoreConfig
from babelscope.flow.memo import Memory, memo_key, open_memory


def fill(path: str, first: int) -> None:
    memory = Memory(Path(path))
    for number in range(first, first + 200):
        memory.put({memo_key([str(number)]): b"%d" % number})
    memory.close()


def test_what_was_put_is_found_by_another_instance(tmp_path: Path) -> None:
    path = tmp_path / "m" / "t.sqlite"
    Memory(path).put({b"a" * 20: b"one", b"b" * 20: b""})
    assert Memory(path).get([b"a" * 20, b"c" * 20, b"b" * 20]) == {b"a" * 20: b"one", b"b" * 20: b""}


def test_four_processes_and_four_threads_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    context = multiprocessing.get_context("spawn")
    jobs = [context.Process(target=fill, args=(str(path), start)) for start in (0, 100, 200, 300)]
    jobs += [threading.Thread(target=fill, args=(str(path), start)) for start in (50, 400)]  # type: ignore[list-item]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    memory = Memory(path)
    found = memory.get([memo_key([str(number)]) for number in range(600)])
    assert all(found[memo_key([str(number)])] == b"%d" % number for number in range(600)) and not memory.fault


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MAX_ROWS", 50)
    monkeypatch.setattr(memo, "_PRUNE_EVERY", 10)
    memory = Memory(tmp_path / "t.sqlite")
    for number in range(100):
        memory.put({memo_key([str(number)]): b"x"})
    fresh = Memory(tmp_path / "t.sqlite").get([memo_key([str(number)]) for number in range(100)])
    assert 50 <= len(fresh) <= 60 and memo_key(["99"]) in fresh and memo_key(["0"]) not in fresh


def test_a_process_keeps_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MAX_RECENT", 10)
    memory = Memory(None)
    for number in range(30):
        memory.put({memo_key([str(number)]): b"x"})
    assert len(memory.get([memo_key([str(number)]) for number in range(30)])) == 10


def test_a_value_that_is_too_long_is_not_kept(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "t.sqlite")
    memory.put({b"a" * 20: b"x" * (memo.MAX_VALUE + 1)})
    assert memory.get([b"a" * 20]) == {}


def test_a_damaged_row_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    Memory(path).put({b"a" * 20: b"one", b"b" * 20: b"two"})
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE made SET value = ? WHERE key = ?", (b"lies" + b"0" * 8, b"a" * 20))
    assert Memory(path).get([b"a" * 20, b"b" * 20]) == {b"b" * 20: b"two"}


@pytest.mark.parametrize("kind", ["garbage", "folder", "no room"])
def test_a_file_that_cannot_be_used_is_a_note_and_no_error(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "t.sqlite"
    if kind == "garbage":
        path.write_bytes(b"not a database " * 500)
    elif kind == "folder":
        path.mkdir()
    else:
        (tmp_path / "file").write_text("")
        path = tmp_path / "file" / "t.sqlite"
    memory = Memory(path)
    memory.put({b"a" * 20: b"one"})
    assert memory.get([b"a" * 20]) == {b"a" * 20: b"one"}  # the process remembers
    assert str(path) in memory.fault and memory.fault in caplog.text


def test_without_a_store_nothing_is_written(tmp_path: Path) -> None:
    config = Config(store=StoreConfig(directory=str(tmp_path / "none")))
    memory = open_memory(config)
    memory.put({b"a" * 20: b"one"})
    assert memory.get([b"a" * 20]) and list(tmp_path.iterdir()) == []
    (tmp_path / "none").mkdir()
    open_memory(config).put({b"a" * 20: b"one"})
    assert (tmp_path / "none" / "memory" / "translations.sqlite").is_file()


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_different_parts_have_different_keys(left: list[str], right: list[str]) -> None:
    assert (memo_key(left) == memo_key(right)) == (left == right)


def test_a_row_of_another_type_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    Memory(path).put({b"a" * 20: b"one"})
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE made SET value = 7")
    assert Memory(path).get([b"a" * 20]) == {}
