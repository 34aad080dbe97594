"""The writer: receiving, handing out, committing, the ledger, the quarantine, linking."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import msgspec
import pytest

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.model import Failure, Membership, failure_id
from babelscope.store.check import verify
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery
from store_world import FEED, START, config, exchange, item, made, polled, refusal, same


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Config:
    return config(tmp_path / "data", database=database)


def ledger_of(settings: Config, run: str) -> dict[tuple[str, str], int]:
    with Reader.open(settings) as reader:
        found: dict[tuple[str, str], int] = {}
        for row in reader.ledger(run):
            found[row.stage, row.outcome] = found.get((row.stage, row.outcome), 0) + row.count
        return found


def fill(settings: Config, count: int, commit: bool = True) -> list[str]:
    """Collect and keep ``count`` articles; return the document ids."""
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(*map(item, range(count))), *map(exchange, range(count))])
        raw = library.pending(count)
        if commit:
            library.commit(run, [made(d, n) for n, d in enumerate(raw)], {}, [])
        library.end_run(run, ok=True)
    return [d.id for d in raw]


def failure(document: str, stage: str = "extract@1") -> Failure:
    return Failure(id=failure_id(document, stage), document=document, stage=stage, error="BadInput", message="no")


def test_everything_found_ends_somewhere(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        events = [
            polled(*map(item, range(6)), feed=exchange(90)),
            exchange(0),
            exchange(1),
            refusal(2),
            refusal(3, "status-503", final=False),
        ]
        assert library.receive(run, events) == 2
        assert [i.url[-1] for i in library.memory.waiting(["herald"])] == ["4", "5"]
        assert library.balanced(run)
        library.end_run(run, ok=True)
    assert ledger_of(settings, run) == {
        ("collect", "found"): 6,
        ("collect", "taken"): 2,
        ("collect", "refused"): 2,
        ("collect", "waiting"): 2,
        ("poll", "answered"): 1,
    }


def test_the_ledger_says_why_a_poll_failed(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(error="private-address: 10.0.0.1 is not a public address")])
        library.end_run(run, ok=True)
        assert [(r.outcome, r.reason) for r in library.ledger(run)] == [("failed", "private-address")]


def test_evidence_and_state_alone_are_enough_to_make_the_rest_anew(settings: Config) -> None:
    ids = fill(settings, 3)
    for folder in ("record", "index", "vectors"):
        shutil.rmtree(Path(settings.store.directory) / folder)
    with Library.open(settings) as library, pytest.raises(BabelscopeError, match="process --again"):
        library.begin_run(settings)
    with Library.open(settings) as library:
        assert library.reprocess() == 3
        run = library.begin_run(settings)
        raw = library.pending(10)
        library.commit(run, [made(d, n) for n, d in enumerate(raw)], {}, [])
        library.end_run(run, ok=True)
    with Reader.open(settings) as reader:
        assert [d.id for d in reader.documents(ids)] == ids
    assert not verify(settings).problems


def test_what_waits_and_what_may_be_tried_again_is_carried_into_the_next_run(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(*map(item, range(3))), exchange(0), refusal(1, "timeout", final=False)])
        library.end_run(run, ok=True)
        second = library.begin_run(settings)
        left = library.memory.waiting(["herald"])
        assert [i.url[-1] for i in left] == ["1", "2"]
        assert left[0].hints.title == "Dica 1"
        assert library.memory.waiting(["courier"]) == []
        library.receive(second, [exchange(1), exchange(2)])
        library.end_run(second, ok=True)
        assert library.balanced(run) and library.balanced(second)
    assert ledger_of(settings, second) == {("collect", "carried"): 2, ("collect", "taken"): 2}


def test_an_address_that_never_answers_is_given_up(settings: Config) -> None:
    with Library.open(settings) as library:
        for attempt in range(7):
            run = library.begin_run(settings)
            waits = [i.url for i in library.memory.waiting(["herald"])]
            assert bool(waits) == (0 < attempt < 5)
            library.receive(
                run, [polled(item(1)) if attempt == 0 else polled(), *([refusal(1, "timeout", False)] * (attempt < 5))]
            )
            library.end_run(run, ok=True)
            assert library.balanced(run)
        assert library.memory.known(["http://herald.example/1"]) == {"http://herald.example/1": ""}


def test_memory_knows_versions_and_visits(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(item(1, "v1"), item(2)), exchange(1), refusal(2)])
        urls = [f"http://herald.example/{n}" for n in (1, 2, 3)]
        assert library.memory.known(urls) == {urls[0]: "v1", urls[1]: ""}
        visit = library.memory.visit(FEED)
        assert visit is not None and visit.etag == '"x"' and visit.checked_at == START
        assert library.memory.visit("http://other.example") is None


def test_an_edited_article_is_a_second_capture_and_a_second_document(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(item(1, "v1")), exchange(1)])
        library.receive(run, [polled(item(1, "v2"))])
        assert [i.version for i in library.memory.waiting(["herald"])] == ["v2"]
        assert library.receive(run, [exchange(1, text="outra versão", hours=1)]) == 1
        assert library.memory.known(["http://herald.example/1"]) == {"http://herald.example/1": "v2"}
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(5))], {}, [])
        library.end_run(run, ok=True)
        assert library.balanced(run)
    with Reader.open(settings) as reader:
        rows = reader.versions("http://herald.example/1")
        assert len(rows) == 2 and rows[0].seen_at < rows[1].seen_at  # type: ignore[operator]


def test_the_same_bytes_again_are_a_duplicate(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        assert library.receive(run, [polled(item(1), feed=exchange(90)), exchange(1)]) == 1
        size = sum(p.stat().st_size for p in (Path(settings.store.directory) / "evidence").iterdir())
        assert library.receive(run, [polled(item(1, "v2"), feed=exchange(90)), exchange(1)]) == 0
        assert sum(p.stat().st_size for p in (Path(settings.store.directory) / "evidence").iterdir()) == size
        library.end_run(run, ok=True)
        assert library.balanced(run)
    assert ledger_of(settings, run)["collect", "duplicate"] == 1


def test_an_item_listed_again_before_and_after_its_result(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(item(1)), polled(item(1)), exchange(1), refusal(1, "already-seen")])
        library.end_run(run, ok=True)
        assert library.balanced(run)
    assert ledger_of(settings, run)["collect", "found"] == 1


def test_pending_gives_pages_in_order_of_arrival(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(7), exchange(3, coding="gzip"), exchange(5)])
        raw = library.pending(2)
        assert [d.url[-1] for d in raw] == ["7", "3"]
        page = raw[1].layers["page"]
        assert page.body == exchange(3).body
        assert (page.media_type, page.charset, page.hints.title) == ("text/html", "utf-8", "Dica 3")
        assert raw[1].seen_at == exchange(3).capture.fetched_at
        assert [d.id for d in library.pending(2)] == [d.id for d in raw]


def test_committed_documents_come_back_equal(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(n) for n in range(130)])
        documents = [made(d, n) for n, d in enumerate(library.pending(200))]
        library.commit(run, documents, {}, [])
        assert library.pending(10) == []
        library.end_run(run, ok=True)
    with Reader.open(settings) as reader:
        for given, got in zip(documents, reader.documents([d.id for d in documents]), strict=True):
            assert same(given.without_transient(), got)
        assert reader.document("nothing") is None
        row = reader.rows([documents[0].id, "nothing"])
        assert len(row) == 1
        assert (row[0].country, row[0].grade, row[0].lead) == ("PT", "neural", "In Lisbon, it said.")
    assert verify(settings).problems == ()


def test_kept_dropped_and_quarantined_balance(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(n) for n in range(4)])
        raw = library.pending(10)
        library.commit(run, [made(raw[0])], {raw[1].id: "too short"}, [failure(raw[2].id)])
        library.end_run(run, ok=False)
        assert library.balanced(run)
        assert [d.id for d in library.pending(10)] == [raw[3].id]
        assert [f.document for f in library.failures()] == [raw[2].id]
        assert library.failures("extract") == library.failures("extract@1") == library.failures()
        assert library.failures("translate") == []
    assert ledger_of(settings, run)["process", "left"] == 1
    with Reader.open(settings) as reader:
        counts = reader.counts()
        reasons = {(row.outcome, row.reason) for row in reader.ledger(run) if row.stage == "process"}
    assert (counts["documents"], counts["dropped"], counts["quarantined"], counts["waiting"]) == (1, 1, 1, 1)
    assert ("dropped", "too short") in reasons and ("quarantined", "extract@1") in reasons


def test_a_document_that_vanishes_unbalances_a_run_said_to_be_ok(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(1), exchange(2)])
        raw = library.pending(10)
        library.commit(run, [made(raw[0])], {}, [])
        library.end_run(run, ok=True)
        assert not library.balanced(run)
    assert any("process: 2 came in, 1 ended" in problem for problem in verify(settings).problems)


def test_committing_twice_changes_nothing(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(1)])
        documents = [made(d) for d in library.pending(5)]
        library.commit(run, documents, {}, [])
        library.commit(run, documents, {documents[0].id: "x"}, [failure(documents[0].id)])
        library.end_run(run, ok=True)
        assert library.balanced(run)
    assert verify(settings).problems == ()
    with Reader.open(settings) as reader:
        assert reader.counts()["documents"] == 1


def test_retry_counts_attempts_and_success_empties_the_quarantine(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(1), exchange(2)])
        for attempt in (1, 2):
            raw = library.pending(5)
            library.commit(run, [], {}, [failure(d.id) for d in raw])
            assert [f.attempt for f in library.failures()] == [attempt, attempt]
            assert library.retry([library.failures()[0].id]) == 1
            assert library.retry() == 1
        assert library.failures() == []
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(5))], {}, [])
        assert library.failures() == [] and library.retry() == 0


def test_a_document_that_the_record_cannot_hold_goes_to_the_quarantine(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(1), exchange(2)])
        good, bad = (made(d, n) for n, d in enumerate(library.pending(5)))
        library.commit(run, [good, msgspec.structs.replace(bad, title="torn \ud800")], {}, [])
        assert [f.stage for f in library.failures()] == ["record@1"]
        library.end_run(run, ok=True)
        assert library.balanced(run)
    assert verify(settings).problems == ()


def test_hostile_text_in_hints_and_reasons_is_kept_out_of_the_way(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        odd = exchange(1)
        hints = msgspec.structs.replace(odd.capture.hints, title="a\0b\ud800", summary='"\\u0000')
        odd = msgspec.structs.replace(odd, capture=msgspec.structs.replace(odd.capture, hints=hints))
        bad = msgspec.structs.replace(refusal(2), reason="x\0y", detail="\udfff")
        assert library.receive(run, [odd, bad]) == 1
        assert len(library.pending(5)) == 1


def test_a_capture_whose_bytes_are_damaged_is_quarantined_when_it_is_read(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [exchange(n) for n in range(3)])
    path = next((Path(settings.store.directory) / "evidence").glob("*.warc.gz"))
    raw = bytearray(path.read_bytes())
    raw[-40] ^= 0xFF
    path.write_bytes(bytes(raw))
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        assert len(library.pending(5)) == 2
        assert [f.stage for f in library.failures()] == ["evidence@1"]
        library.end_run(run, ok=False)
        assert library.balanced(run)


def test_a_second_writer_is_told_who_writes(settings: Config) -> None:
    with Library.open(settings), pytest.raises(BabelscopeError, match="is being written by process"):
        Library.open(settings)
    Library.open(settings).close()


def test_a_run_left_open_is_ended_as_failed_on_close(settings: Config) -> None:
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, [polled(item(1))])
    with Reader.open(settings) as reader:
        assert [(r.id, r.state) for r in reader.runs()] == [(run, "failed")]
        assert reader.balanced(run)


def test_a_password_of_the_database_is_not_kept_with_the_run(settings: Config) -> None:
    secret = msgspec.structs.replace(
        settings, store=msgspec.structs.replace(settings.store, database="postgresql://u:hunter2@h/d")
    )
    with Library.open(settings) as library:
        library.begin_run(secret)
    with Reader.open(settings) as reader:
        assert "hunter2" not in reader.runs()[0].config
        assert '"run":' in reader.runs()[0].config


def test_linking(settings: Config) -> None:
    ids = fill(settings, 5)
    with Library.open(settings) as library:
        todo = list(library.unlinked("stories"))
        assert [d.id for d in todo] == ids
        assert todo[0].layers["language"].code == "pt"
        library.bands.add(ids[0], [(0, b"k"), (1, b"l")], b"mm")
        library.bands.add(ids[1], [(0, b"k"), (1, b"other")], b"nn")
        assert library.bands.lookup([(0, b"k"), (1, b"l")]) == {ids[0]: 2, ids[1]: 1}
        found = [
            Membership(document=ids[0], group=ids[0]),
            Membership(document=ids[1], group=ids[0], score=0.5, why="w"),
        ]
        library.link("stories", "stories@1", iter(found))
        assert [d.id for d in library.unlinked("stories")] == ids[2:]
        assert [d.id for d in library.unlinked("duplicates")] == ids
        since = todo[1].time
        assert [(d.id, m.why) for d, m in library.linked_since("stories", since)] == [(ids[1], "w")]
    with Library.open(settings) as library:
        assert library.bands.lookup([(0, b"k"), (1, b"l")]) == {ids[0]: 2, ids[1]: 1}
        assert library.bands.lookup([(1, b"k")]) == {}
        assert library.bands.fingerprint([*ids[:2], "x"]) == {ids[0]: b"mm", ids[1]: b"nn"}
    with Reader.open(settings) as reader:
        assert reader.group("stories", ids[0]) == found
        assert reader.membership("stories", ids[1]) == found[1]
        assert reader.membership("stories", ids[4]) is None
        [row] = reader.groups("stories", since=since)
        assert (row.group, row.documents, row.latest) == (ids[0], tuple(ids[:2]), since)
        assert reader.groups("stories", since=since + dt.timedelta(hours=1)) == []
        assert reader.counts()["stories"] == 1


def test_a_linker_cannot_place_what_is_not_kept_and_then_nothing_is_written(settings: Config) -> None:
    ids = fill(settings, 1)
    with Library.open(settings) as library:
        library.bands.add(ids[0], [(0, b"k")], b"m")
        ghosts = [Membership(document=ids[0], group=ids[0]), Membership(document="ghost", group="ghost")]
        with pytest.raises(BabelscopeError, match="ghost"):
            library.link("stories", "stories@1", ghosts)
    with Library.open(settings) as library:
        assert library.bands.lookup([(0, b"k")]) == {}
        assert len(list(library.unlinked("stories"))) == 1


def test_unlinked_pages_through_many(settings: Config) -> None:
    ids = fill(settings, 300)
    with Library.open(settings) as library:
        assert [d.id for d in library.unlinked("stories")] == ids


def test_rebuild_gives_equal_answers(settings: Config) -> None:
    ids = fill(settings, 40)
    query = IndexQuery(text="notícia lisboa", facets=True, histogram=True, limit=50)
    with Library.open(settings) as library:
        library.link("stories", "stories@1", [Membership(document=ids[0], group=ids[0])])
    with Reader.open(settings) as reader:
        before, rows = reader.search(query), reader.rows(ids)
        near = reader.nearest(b"".join([made_vector(3)]), 5)
    with Library.open(settings) as library:
        assert library.rebuild() == 40
    with Reader.open(settings) as reader:
        after = reader.search(query)
        assert sorted(after.hits) == sorted(before.hits)
        assert (after.total, after.facets, after.histogram) == (before.total, before.facets, before.histogram)
        assert reader.rows(ids) == rows
        assert reader.nearest(made_vector(3), 5) == near
        assert reader.membership("stories", ids[0]) is not None
    assert verify(settings).problems == ()


def made_vector(seed: int) -> bytes:
    from store_world import vector

    return vector(seed)


def test_reprocess_gives_every_capture_back_and_the_same_documents(settings: Config) -> None:
    ids = fill(settings, 5)
    evidence = {p: p.read_bytes() for p in (Path(settings.store.directory) / "evidence").iterdir()}
    with Library.open(settings) as library:
        library.link("stories", "s@1", [Membership(document=ids[0], group=ids[0])])
        assert library.reprocess() == 5
        assert list(library.unlinked("stories")) == []
        run = library.begin_run(settings)
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(10))], {}, [])
        library.end_run(run, ok=True)
    assert {p: p.read_bytes() for p in (Path(settings.store.directory) / "evidence").iterdir()} == evidence
    with Reader.open(settings) as reader:
        assert [r.id for r in reader.rows(ids)] == ids
        assert reader.membership("stories", ids[0]) is None
    assert verify(settings).problems == ()
