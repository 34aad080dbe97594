"""Whole texts: on demand, from wishes, within a budget, with the real model."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from babelscope.app import translating
from babelscope.app.cycle import process_pending
from babelscope.app.translating import count_words, story_documents, translate_documents, work_off
from babelscope.explore.reading import reading_view
from babelscope.flow.config import Config, RunConfig, StoreConfig
from babelscope.flow.errors import BabelscopeError, Unavailable
from babelscope.store.parts import system_clock
from babelscope.store.reader import Reader
from babelscope.store.reading import WishRow
from babelscope.store.reading_writes import ReadingWrites
from babelscope.understand.reading import Reading
from reading_world import PARAGRAPHS, fill_reading, reading_config


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("reading")
    return folder, fill_reading(reading_config(folder))


@pytest.fixture
def world(filled: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[tuple[Config, dict[str, str]]]:
    """A copy of the store for each test."""
    folder, ids = filled
    shutil.copytree(folder, tmp_path / "store")
    yield reading_config(tmp_path / "store"), ids


def ask(config: Config, *ids: str) -> None:
    writes = ReadingWrites.open(config)
    for id_ in ids:
        writes.ask(id_, "en", "test", system_clock())
    writes.close()


def wish_of(config: Config, id_: str) -> WishRow:
    with Reader.open(config) as reader:
        wish = reader.reading.wish(id_, "en")
    assert wish is not None
    return wish


def full_words(config: Config, words: int) -> Config:
    return msgspec.structs.replace(config, read=msgspec.structs.replace(config.read, full_words=words))


def test_a_document_is_translated_whole_once(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    with Reader.open(config) as reader:
        before = reading_view(reader, config, ids["pt"])
    assert before is not None and before.extent == "lead"
    (done,) = translate_documents(config, [ids["pt"], ids["pt"]])
    assert done.state == "translated" and done.words == count_words("\n".join(PARAGRAPHS))
    with Reader.open(config) as reader:
        view = reading_view(reader, config, ids["pt"])
    assert view is not None and view.extent == "whole" and view.covers == view.length
    rows = [row for row in view.rows if row.of == "text"]
    assert len(rows) == 3 and all(row.is_translated for row in rows)
    assert "Lisbon" in "".join(s.machine for s in rows[1].sentences)
    assert next(iter(translate_documents(config, [ids["pt"]]))).state == "kept"
    assert next(iter(translate_documents(config, [ids["pt"]], again=True))).state == "translated"


def test_what_cannot_be_translated_says_why(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    ask(config, ids["ar"], ids["en"])
    done = {one.document: one for one in translate_documents(config, [ids["ar"], ids["en"], "0" * 32])}
    assert {one.state for one in done.values()} == {"refused"}
    assert "ar" in done[ids["ar"]].reason
    assert "reading language" in done[ids["en"]].reason
    assert "no such document" in done["0" * 32].reason
    assert wish_of(config, ids["ar"]).reason == done[ids["ar"]].reason


def test_the_budget_holds_and_the_rest_becomes_a_wish(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    most = count_words("\n".join(PARAGRAPHS)) + 2
    states = [one.state for one in translate_documents(config, [ids["pt"], ids["bidi"]], budget=most)]
    assert states == ["translated", "waiting"]
    assert wish_of(config, ids["bidi"]).state == "open"
    assert [one.state for one in work_off(config, threading.Event())] == ["translated"]
    assert wish_of(config, ids["bidi"]).state == "done"


def test_a_text_over_the_whole_budget_is_refused_and_zero_switches_off(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    ask(config, ids["pt"])
    (done,) = work_off(full_words(config, 5), threading.Event())
    assert done.state == "refused" and "read.full_words = 5" in wish_of(config, ids["pt"]).reason
    ask(config, ids["pt"])
    (done,) = work_off(full_words(config, 0), threading.Event())
    assert "switched off" in done.reason


def test_wishes_are_worked_off_oldest_first_and_stop_stops(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    ask(config, ids["bidi"], ids["pt"])
    stop = threading.Event()
    stop.set()
    assert work_off(config, stop) == []
    assert [one.document for one in work_off(config, threading.Event())] == [ids["bidi"], ids["pt"]]
    assert work_off(config, threading.Event()) == []


@pytest.mark.parametrize("error", [Unavailable("the engine is gone"), RuntimeError("a bug")])
def test_a_failure_becomes_the_reason_of_the_wish(
    world: tuple[Config, dict[str, str]], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    config, ids = world
    ask(config, ids["pt"], ids["bidi"])
    real = Reading.render

    def broken(self: Reading, document: object, whole: bool = False) -> object:
        if getattr(document, "id", "") == ids["pt"]:
            raise error
        return real(self, document, whole)  # type: ignore[arg-type]

    # only a broken engine fails so, and there is none at hand
    monkeypatch.setattr(Reading, "render", broken)
    done = {one.document: one.state for one in work_off(config, threading.Event())}
    assert done == {ids["pt"]: "refused", ids["bidi"]: "translated"}
    reason = wish_of(config, ids["pt"]).reason
    assert ("engine is gone" in reason) == isinstance(error, Unavailable)
    assert "a bug" not in reason


def test_a_cycle_works_off_wishes_at_its_end(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    ask(config, ids["pt"])
    # nothing is pending: what a cycle does at its end is what is asked
    stages = msgspec.structs.replace(config.run, stages=("extract",), linkers=())
    process_pending(msgspec.structs.replace(config, run=stages))
    assert wish_of(config, ids["pt"]).state == "done"


def test_a_story_without_documents_is_an_error(world: tuple[Config, dict[str, str]]) -> None:
    config, _ = world
    with pytest.raises(BabelscopeError, match="no story"):
        story_documents(config, "0" * 32)


def test_nothing_is_made_where_there_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(BabelscopeError):
        list(translate_documents(Config(store=StoreConfig(directory=str(tmp_path / "none")), run=RunConfig()), ["a"]))
    assert not (tmp_path / "none").exists()
    assert translating.count_words("港务局 said no") == 4
