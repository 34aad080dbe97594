"""Second looks: what is due, how each outcome is booked, and which changes make no version."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from babelscope.flow.config import CollectConfig, Config
from babelscope.flow.shapes import Exchange, Look, Refusal
from babelscope.model import Document
from babelscope.store import looks as module
from babelscope.store.check import verify
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import LookRow
from store_world import START, Time, config, exchange, item, made, polled

HOUR = dt.timedelta(hours=1)
URL = "http://herald.example/1"


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Config:
    return config(tmp_path / "data", database=database)


class Desk:
    """A library with a run and a clock, and what a collector would bring of one page."""

    def __init__(self, settings: Config) -> None:
        self.settings, self.time = settings, Time()
        self.library = Library.open(settings, self.time)
        self.run = self.library.begin_run(settings)

    def take(self, number: int = 1, text: str = "", **validators: str) -> Exchange:
        event = self._at(exchange(number, text=text), **validators)
        self.library.receive(self.run, [polled(item(number, "v1")), event])
        return event

    def due(self) -> list[Look]:
        return list(self.library.memory.looks(["herald"], self.time.at))

    def look(self, text: str = "", number: int = 1, **validators: str) -> Exchange:
        """The page has other bytes than before, when it is due."""
        due = self.row(number).next_due
        assert due is not None
        self.time.at = max(self.time.at, due)
        event = self._at(exchange(number, text=text), **validators)
        (look,) = [one for one in self.due() if one.item.url == event.capture.url]
        capture = msgspec.structs.replace(event.capture, replaces=look.capture)
        event = msgspec.structs.replace(event, capture=capture)
        self.library.receive(self.run, [event])
        return event

    def refuse(self, reason: str, status: int = 0, final: bool = True) -> None:
        (look,) = self.due()
        self.library.receive(
            self.run,
            [
                Refusal(
                    source="herald", url=look.item.url, reason=reason, final=final, again=look.capture, status=status
                )
            ],
        )

    def row(self, number: int = 1) -> LookRow:
        with Reader.open(self.settings) as reader:
            found = reader.look(f"http://herald.example/{number}", "herald")
        assert found is not None
        return found

    def keep(self) -> list[Document]:
        raw = self.library.pending(50)
        ready = [made(d, n) for n, d in enumerate(raw)]
        self.library.commit(self.run, ready, {}, [])
        return ready

    def end(self) -> Counter[tuple[str, str, str]]:
        self.library.end_run(self.run, ok=True)
        told = Counter({(r.stage, r.outcome, r.reason): r.count for r in self.library.ledger(self.run)})
        assert self.library.balanced(self.run)
        self.library.close()
        assert verify(self.settings).problems == ()
        return told

    def _at(self, event: Exchange, **validators: str) -> Exchange:
        capture = msgspec.structs.replace(event.capture, fetched_at=self.time.at)
        return msgspec.structs.replace(event, capture=capture, **validators)


@pytest.fixture
def desk(settings: Config) -> Desk:
    return Desk(settings)


def test_a_page_is_due_after_an_hour_with_its_validators_and_hints(desk: Desk) -> None:
    taken = desk.take(etag='"a"', last_modified="yesterday")
    assert desk.due() == [] and desk.row().state == ""
    desk.time.at += HOUR
    (look,) = desk.due()
    assert (look.capture, look.etag, look.last_modified) == (taken.capture.id, '"a"', "yesterday")
    assert (look.item.url, look.item.version, look.item.hints.title) == (URL, "v1", "Dica 1")
    assert desk.library.memory.looks(["courier"], desk.time.at) == []
    desk.end()


def test_the_longest_due_come_first_and_not_more_than_so_many(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DUE", 3)
    for number in (4, 2, 3, 1):
        desk.take(number)
        desk.time.at += dt.timedelta(minutes=1)
    desk.time.at += HOUR
    assert [look.item.url[-1] for look in desk.due()] == ["4", "2", "3"]
    desk.end()


def test_a_page_that_stays_is_looked_at_ever_more_seldom_and_then_finished(desk: Desk) -> None:
    desk.take()
    ages = []
    while (due := desk.row().next_due) is not None:
        desk.time.at = due
        ages.append((due - START) / HOUR)
        desk.refuse("not-modified", 304)
    assert ages == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720]
    row = desk.row()
    assert (row.state, row.count, row.failures, row.status) == ("finished", 11, 0, 304)
    assert row.first_at == START and row.changed_at is None and row.gone_at is None
    told = desk.end()
    assert told["look", "due", ""] == told["look", "unchanged", "not-modified"] == 11


def test_a_changed_page_is_a_new_capture_that_names_the_one_before(desk: Desk) -> None:
    first = desk.take()
    desk.time.at += HOUR
    second = desk.look("Corrigido", etag='"b"')
    row = desk.row()
    assert (row.state, row.capture, row.changed_at) == ("changed", second.capture.id, desk.time.at)
    desk.keep()
    with Reader.open(desk.settings) as reader:
        kept = reader.capture(second.capture.id)
        assert kept is not None and kept.replaces == first.capture.id
        ids = [row.id for row in reader.versions(URL)]
        assert len(ids) == 2 and reader.looks_of([*ids, "none"]) == dict.fromkeys(ids, row)
        counted = {(v.source, v.measure): v.count for v in reader.volumes(START.date())}
    assert counted["herald", "look-changed"] == 1 and counted["herald", "taken"] == 1
    assert counted["herald", "kept"] == 2 and counted["herald", "language:pt"] == 2
    told = desk.end()
    assert told["look", "changed", ""] == 1 and told["collect", "taken", ""] == 1


def test_an_edited_page_that_its_feed_announces_names_the_one_before_too(desk: Desk) -> None:
    first = desk.take()
    desk.time.at += HOUR
    desk.library.receive(desk.run, [polled(item(1, "v2"))])
    second = desk._at(exchange(1, text="Nova versão"))
    desk.library.receive(desk.run, [second])
    with Reader.open(desk.settings) as reader:
        kept = reader.capture(second.capture.id)
    assert kept is not None and kept.replaces == first.capture.id
    assert (desk.row().state, desk.row().count) == ("changed", 0)
    assert ("look", "due", "") not in desk.end()


def test_other_bytes_with_the_same_words_make_no_version(desk: Desk) -> None:
    desk.take(text="As mesmas palavras")
    desk.keep()
    for number in range(3):
        desk.look(f"As mesmas palavras<!-- {number} -->")
        raw = desk.library.pending(9)
        desk.library.commit(desk.run, [made(d, text="As mesmas palavras") for d in raw], {}, [])
        assert (desk.row().state, desk.row().changed_at) == ("same", None)
    desk.look("Outras palavras")
    changed_at = desk.time.at
    desk.keep()
    desk.look("Outras palavras<!-- -->")
    raw = desk.library.pending(9)
    desk.library.commit(desk.run, [made(d, text="Outras palavras") for d in raw], {}, [])
    assert (desk.row().state, desk.row().changed_at) == ("same", changed_at)
    with Reader.open(desk.settings) as reader:
        assert len(reader.versions(URL)) == 2
        counted = Counter({v.measure: v.count for v in reader.volumes(dt.date(2026, 1, 1))})
    assert reader is not None and counted["dropped:unchanged"] >= 1
    told = desk.end()
    assert told["process", "dropped", "unchanged"] == 4 and told["process", "kept", ""] == 2
    assert told["look", "changed", ""] == 5


def test_versions_that_are_read_in_one_go_are_told_apart_as_well(desk: Desk) -> None:
    """Also when they wait for the pipeline together, and when all is read anew."""
    desk.take(text="Um")
    for text in ("Um<!-- -->", "Dois", "Dois<!-- -->", "Um"):
        desk.look(text)
    said = {"Um<!-- -->": "Um", "Dois<!-- -->": "Dois"}

    def commit() -> None:
        raw = desk.library.pending(9)
        words = [d.layers["page"].body.decode().split("<p>")[1].split("</p>")[0] for d in raw]
        desk.library.commit(desk.run, [made(d, text=said.get(w, w)) for d, w in zip(raw, words, strict=True)], {}, [])

    commit()
    with Reader.open(desk.settings) as reader:
        before = [(row.id, row.title) for row in reader.versions(URL)]
    assert [title for _, title in before] == ["Título Um", "Título Dois"], "the bytes of the first came back"
    assert desk.library.reprocess() == 4
    commit()
    with Reader.open(desk.settings) as reader:
        assert [(row.id, row.title) for row in reader.versions(URL)] == before
    told = desk.end()
    assert told["look", "changed", "reverted"] == 1


def test_a_page_that_is_gone_and_comes_back(desk: Desk) -> None:
    desk.take()
    desk.time.at += HOUR
    desk.refuse("status-404", 404)
    gone_at = desk.time.at
    assert (desk.row().state, desk.row().gone_at, desk.row().failures) == ("gone", gone_at, 1)
    desk.time.at += 2 * HOUR
    desk.refuse("status-410", 410)
    assert (desk.row().gone_at, desk.row().failures) == (gone_at, 2)
    desk.time.at += 10 * HOUR
    desk.refuse("unchanged", 200)
    row = desk.row()
    assert (row.state, row.gone_at, row.failures, row.count) == ("same", None, 0, 3)
    with Reader.open(desk.settings) as reader:
        assert sum(v.count for v in reader.volumes(START.date()) if v.measure == "look-gone") == 1
    told = desk.end()
    assert told["look", "gone", "status-404"] == told["look", "gone", "status-410"] == 1


def test_a_page_that_stays_away_is_left_alone(desk: Desk) -> None:
    desk.take()
    while (due := desk.row().next_due) is not None:
        desk.time.at = due
        desk.refuse("status-410", 410)
    assert (desk.row().state, desk.row().count) == ("gone", 4)
    desk.end()


@pytest.mark.parametrize(
    ("reason", "state", "failures"), [("status-403", "blocked", 1), ("too-slow", "failing", 1), ("busy", "failing", 0)]
)
def test_a_page_that_cannot_be_had(desk: Desk, reason: str, state: str, failures: int) -> None:
    desk.take()
    desk.time.at += HOUR
    desk.refuse(reason, final=False)
    row = desk.row()
    assert (row.state, row.failures) == (state, failures)
    assert row.next_due is not None and row.next_due > desk.time.at
    assert desk.library.memory.waiting(["herald"]) == [], "the item itself is not opened again"
    assert desk.end()["look", "refused", reason] == 1


def test_nothing_is_watched_where_that_is_switched_off_or_came_from_an_archive(tmp_path: Path) -> None:
    never = msgspec.structs.replace(config(tmp_path / "a"), collect=CollectConfig(look_again_days=0))
    desk = Desk(never)
    desk.take()
    assert desk.row().next_due is None and desk.row().state == ""
    desk.end()
    desk = Desk(config(tmp_path / "b"))
    old = exchange(1)
    rights = msgspec.structs.replace(old.capture.rights, robots="archive")
    imported = msgspec.structs.replace(old.capture, rights=rights)
    desk.library.receive(desk.run, [msgspec.structs.replace(old, capture=imported)])
    assert desk.row().next_due is None
    desk.time.at += 40 * 24 * HOUR
    desk.library.receive(desk.run, [exchange(2)])
    assert desk.row(2).next_due is None, "it is older than we watch pages"
    desk.end()


def test_an_older_copy_from_an_archive_replaces_nothing(desk: Desk) -> None:
    desk.time.at += 24 * HOUR
    taken = desk.take()
    older = exchange(1, text="Mais velho", hours=-1000)
    desk.library.receive(desk.run, [older])
    assert desk.row().capture == taken.capture.id
    with Reader.open(desk.settings) as reader:
        kept = reader.capture(older.capture.id)
    assert kept is not None and kept.replaces == ""
    desk.end()
