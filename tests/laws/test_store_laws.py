"""Laws of the store: what is acknowledged is there once, whatever is cut off; the ledger balances, whatever happens."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange, Polled, Refusal
from babelscope.model import (
    Anchor,
    Document,
    Embedding,
    Failure,
    Language,
    Mention,
    Mentions,
    Place,
    Translation,
    failure_id,
)
from babelscope.store.check import verify
from babelscope.store.evidence import EvidenceWriter, Location, cut, read_exchange
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.record import decode_row, encode_row, read_segment, write_segment
from store_world import START, config, exchange, item, made, polled, refusal, same

CALM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Event = Polled | Exchange | Refusal


@CALM
@given(st.integers(1, 5), st.integers(0, 4), st.floats(0, 1), st.booleans())
def test_cutting_the_evidence_anywhere_loses_nothing_acknowledged(
    count: int, acknowledged: int, share: float, torn: bool
) -> None:
    """Crash at any byte after the last acknowledged one: recovery keeps all of those, and appending goes on."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writer = EvidenceWriter(folder, 1 << 20)
        segment = writer.current({})
        writer.start(segment)
        places: list[Location] = []
        sizes = [writer.size]
        for number in range(count):
            places.append(writer.append(exchange(number)))
            sizes.append(writer.size)
        writer.sync()
        writer.abandon()
        kept = min(acknowledged, count)
        vouched = sizes[kept] if kept else 0
        path = folder / segment
        left = vouched + int((sizes[-1] - vouched) * share)
        path.write_bytes(path.read_bytes()[:left] + (b"\x1f\x8b torn" if torn else b""))
        cut(path, vouched)
        again = EvidenceWriter(folder, 1 << 20)
        known = {segment: vouched}
        again.start(again.current(known))
        places = [*places[:kept], again.append(exchange(99))]
        again.close()
        for number, place in zip([*range(kept), 99], places, strict=True):
            stored = read_exchange(folder, place.segment, place.request, place.offset)
            assert stored.body == exchange(number).body


EVENTS = st.lists(
    st.one_of(
        st.builds(lambda n: polled(*map(item, n)), st.lists(st.integers(0, 4), max_size=4)),
        st.builds(lambda n, v: polled(item(n, v)), st.integers(0, 4), st.sampled_from(["", "v1", "v2"])),
        st.builds(lambda n, t: exchange(n, text=t), st.integers(0, 4), st.sampled_from(["", "edited"])),
        st.builds(refusal, st.integers(0, 4), st.sampled_from(["robots", "already-seen"]), st.booleans()),
    ),
    max_size=12,
)
ENDS = st.lists(st.sampled_from(["kept", "dropped", "failed", "left"]), min_size=10, max_size=10)


@CALM
@given(EVENTS, EVENTS, ENDS)
def test_every_ledger_balances_and_the_store_stays_sound(
    first: Sequence[Event], second: Sequence[Event], ends: Sequence[str]
) -> None:
    """Whatever a collector says in whatever order and splits, and however documents end."""
    with tempfile.TemporaryDirectory() as name:
        chosen = config(Path(name))
        for events in (first, second):
            with Library.open(chosen) as library:
                run = library.begin_run(chosen)
                half = len(events) // 2
                new = library.receive(run, events[:half]) + library.receive(run, events[half:])
                raw = library.pending(100)
                assert new <= len(raw)
                _commit(library, run, raw, ends)
                library.end_run(run, ok=False)
                assert library.balanced(run)
        assert verify(chosen).problems == ()


def _commit(library: Library, run: str, raw: Sequence[Document], ends: Sequence[str]) -> None:
    ended = list(zip(raw, ends, strict=False))
    kept = [made(d, n) for n, (d, end) in enumerate(ended) if end == "kept"]
    dropped = {d.id: "dull" for d, end in ended if end == "dropped"}
    failed = [
        Failure(id=failure_id(d.id, "s@1"), document=d.id, stage="s@1", error="E", message="m")
        for d, end in ended
        if end == "failed"
    ]
    library.commit(run, kept, dropped, failed)


@CALM
@given(st.data())
def test_a_commit_that_breaks_anywhere_is_undone_and_done_again(data: st.DataObject) -> None:
    """Raise at any step of a commit: nothing of it stays, and the same commit then gives the same documents."""
    with tempfile.TemporaryDirectory() as name:
        chosen = config(Path(name))
        library = Library.open(chosen)
        run = library.begin_run(chosen)
        library.receive(run, [exchange(n) for n in range(3)])
        ready = [made(d, n) for n, d in enumerate(library.pending(9))]
        with pytest.MonkeyPatch.context() as patch:
            steps = ["write_segment", "add_vectors", "_insert_documents", "_settle", "_note_failures"]
            broken = data.draw(st.sampled_from(steps))
            patch.setattr(f"babelscope.store.commit.{broken}", _breaks)
            with pytest.raises(OSError, match="no space"):
                library.commit(run, ready, {}, [])
        assert len(library.pending(9)) == 3
        library.commit(run, ready, {}, [])
        library.end_run(run, ok=True)
        assert library.balanced(run)
        library.close()
        assert verify(chosen).problems == ()
        with Reader.open(chosen) as reader:
            assert all(
                same(a.without_transient(), b)
                for a, b in zip(ready, reader.documents([d.id for d in ready]), strict=True)
            )


def _breaks(*_args: object) -> None:
    raise OSError("no space left on device")


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))
DOCUMENTS = st.builds(
    lambda title, text, at, authors, code, vector, plain, seen: Document(
        id="d",
        capture="c",
        source="s",
        url="u",
        title=title,
        text=text,
        published_at=at,
        seen_at=seen,
        authors=tuple(authors),
        layers={
            "language": Language(code=code, script="Latn", confidence=0.5),
            "translation": Translation(to="en", grade="gist", route="r", title=title),
            "mentions": Mentions(items=(_mention(text),)),
            **({"embedding": Embedding(vector=vector, dimensions=4, model="m", mean="x")} if vector else {}),
            "plugin": plain,
        },
        made_by={"language": "l@1", "plugin": "p@2"},
    ),
    NAMES,
    NAMES,
    st.none() | TIMES,
    st.lists(NAMES, max_size=3),
    st.sampled_from(["pt", "zh"]),
    st.sampled_from([b"", bytes(8), b"12345678"]),
    st.recursive(
        st.none() | st.integers(-(2**53), 2**53) | NAMES, lambda inner: st.lists(inner, max_size=3), max_leaves=5
    ),
    TIMES,
)


def _mention(text: str) -> Mention:
    place = Place(id="1", name="x", country="PT", latitude=1.5, longitude=-2.5)
    return Mention(anchor=Anchor(of="text", start=0, end=len(text)), surface=text, kind="place", place=place)


@CALM
@given(st.lists(DOCUMENTS, min_size=1, max_size=4))
def test_documents_go_through_parquet_unchanged(documents: list[Document]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        write_segment(folder, "day=2026-01-30/00000001", [encode_row(d) for d in documents])
        assert all(
            same(given, got)
            for given, got in zip(documents, read_segment(folder, "day=2026-01-30/00000001"), strict=True)
        )
    finally:
        shutil.rmtree(folder)


@CALM
@given(DOCUMENTS, st.sampled_from(["title", "text", "image", "url"]))
def test_what_the_record_cannot_hold_is_bad_input(document: Document, field: str) -> None:
    with pytest.raises(BadInput):
        encode_row(msgspec.structs.replace(document, **{field: "x\udc00"}))


@given(st.binary(max_size=60))
def test_nonsense_layers_are_bad_input(raw: bytes) -> None:
    row = encode_row(Document(id="d", seen_at=START))
    try:
        decode_row({**row, "layers": raw})
    except BadInput:
        return
    assert raw.strip().startswith(b"{")
