"""Renderings, wishes and corrections in the state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from babelscope.flow.config import Config, StoreConfig
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.model import Piece, Translation
from babelscope.store import reading_writes
from babelscope.store.library import Library
from babelscope.store.reading import CorrectionRow, RenderingRow
from babelscope.store.reading_writes import ReadingWrites

DAY = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
LATER = DAY + dt.timedelta(hours=1)


@pytest.fixture
def writes(tmp_path: Path, database: str) -> Iterator[ReadingWrites]:
    config = Config(store=StoreConfig(directory=str(tmp_path), database=database))
    Library.open(config).close()
    kept = ReadingWrites.open(config)
    yield kept
    kept.close()


def correction(**changes: object) -> CorrectionRow:
    values: dict[str, object] = {
        "id": "", "document": "d" * 32, "of": "text", "start": 3, "end": 9, "language": "pt", "target": "en",
        "original": "Lisboa", "machine": "Lisboa", "correction": "Lisbon", "kind": "name", "note": "",
        "author": "Ana", "at": DAY,
    }  # fmt: skip
    return CorrectionRow(**{**values, **changes})  # type: ignore[arg-type]


def test_there_must_be_a_store(tmp_path: Path) -> None:
    with pytest.raises(BabelscopeError, match="babelscope run"):
        ReadingWrites.open(Config(store=StoreConfig(directory=str(tmp_path))))


def test_a_wish_is_written_once_and_settled(writes: ReadingWrites) -> None:
    first = writes.ask("a" * 32, "en", "dashboard", DAY)
    again = writes.ask("a" * 32, "en", "somebody", LATER)
    assert again == first and first.state == "open"
    assert [wish.document for wish in writes.shelf.open_wishes("en", 10)] == ["a" * 32]
    assert writes.shelf.open_wishes("fr", 10) == []
    writes.refuse("a" * 32, "en", "no route", LATER)
    settled = writes.shelf.wish("a" * 32, "en")
    assert settled is not None and (settled.state, settled.reason, settled.settled_at) == ("refused", "no route", LATER)
    assert writes.ask("a" * 32, "en", "dashboard", LATER).state == "open"


def test_only_so_many_wishes_wait(writes: ReadingWrites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_writes, "MAX_OPEN", 2)
    for letter in "ab":
        writes.ask(letter * 32, "en", "", DAY)
    with pytest.raises(BadInput, match="wait for translation"):
        writes.ask("c" * 32, "en", "", DAY)
    assert writes.ask("a" * 32, "en", "", DAY).state == "open"


def test_a_rendering_comes_back_whole_and_settles_its_wish(writes: ReadingWrites) -> None:
    piece = Piece(of="text", start=0, end=5, at=0, to=6, grade="neural")
    translation = Translation(
        to="en", grade="neural", route="firefox-pt-en", title="T\0", lead="Hello.", pieces=(piece,)
    )
    writes.ask("a" * 32, "en", "", DAY)
    row = RenderingRow(
        document="a" * 32,
        language="en",
        text_hash="f" * 32,
        translation=translation,
        by="translate@2",
        words=1,
        made_at=DAY,
    )
    writes.keep(row)
    assert writes.shelf.rendering("a" * 32, "en") == row
    assert writes.shelf.rendering("a" * 32, "fr") is None
    wish = writes.shelf.wish("a" * 32, "en")
    assert wish is not None and wish.state == "done"
    writes.keep(row)  # made anew: replaced, not doubled
    assert writes.shelf.rendering("a" * 32, "en") == row


def test_the_same_correction_is_kept_once_and_never_deleted(writes: ReadingWrites) -> None:
    first = writes.correct(correction())
    assert writes.correct(correction(at=LATER)) == first
    assert writes.undo(first.id, "Rui", LATER)
    assert not writes.undo(first.id, "Rui", LATER)
    kept = writes.shelf.correction(first.id)
    assert kept is not None and (kept.undone_at, kept.undone_by) == (LATER, "Rui")
    second = writes.correct(correction(at=LATER))
    assert second.id != first.id
    assert {one.id for one in writes.shelf.corrections_of(["d" * 32], "en")} == {first.id, second.id}
    assert writes.shelf.corrections_of(["d" * 32], "fr") == []
    assert writes.shelf.count_corrections() == 2
    assert [one.id for one in writes.shelf.corrections(1)] == [second.id]
    assert [one.id for one in writes.shelf.corrections(5, 1)] == [first.id]


def test_a_document_takes_only_so_many_corrections(writes: ReadingWrites, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_writes, "MAX_CORRECTIONS", 2)
    for author in ("Ana", "Rui"):
        writes.correct(correction(author=author))
    with pytest.raises(BadInput, match="no more are taken"):
        writes.correct(correction(author="Eva"))
    assert writes.correct(correction(author="Ana")).author == "Ana"


def test_hostile_text_is_kept_as_text(writes: ReadingWrites) -> None:
    said = "'); DROP TABLE corrections; -- \u202e\0"
    kept = writes.correct(correction(correction=said, note="<script>", author="\U0001f600"))
    found = writes.shelf.correction(kept.id)
    assert found is not None and found.correction == said.replace("\0", "") and found.note == "<script>"
