"""From captures to documents: handing captures out, and keeping what the stages made of them.

Order of a commit: record segments are announced to the database, written and renamed; then the indexes; then one
transaction makes the documents official. Before it nothing is, and recovery takes the announced segments away again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, and_, delete, func, select

from babelscope.flow.errors import BadInput
from babelscope.model import Document, Failure, Page, body_hash, failure_id
from babelscope.store import ledger
from babelscope.store.counters import serialise
from babelscope.store.database import chunks, upsert
from babelscope.store.decode import MAX_BODY_BYTES
from babelscope.store.evidence import read_exchange
from babelscope.store.looks import note_unchanged
from babelscope.store.lookup import capture_of
from babelscope.store.parts import Parts
from babelscope.store.record import encode_row, segment_path, write_segment
from babelscope.store.recover import discard_segments
from babelscope.store.sameness import UNCHANGED, OpenCapture, find_unchanged, open_captures
from babelscope.store.shown import IndexDocument, day_of, index_document
from babelscope.store.tables import captures, documents, failures, segments
from babelscope.store.tally import Tally
from babelscope.store.views import add_vectors, sql_row, update_months

READ_STAGE = "evidence@1"
KEEP_STAGE = "record@1"


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A document ready to be kept: its record row, its tokens, its SQL row."""

    document: Document
    record: dict[str, Any]
    tokens: IndexDocument
    row: dict[str, Any]


def has_pending(parts: Parts) -> bool:
    """Say whether a capture waits for the pipeline."""
    with parts.engine.connect() as connection:
        waiting = select(captures.c.id).where(captures.c.state == "new").limit(1)
        return connection.execute(waiting).first() is not None


def pending(parts: Parts, limit: int, after: int = 0, last: int | None = None) -> tuple[list[Document], int]:
    """Return captures that wait for the pipeline, in order of arrival, with the page as it stands in the evidence.

    ``after`` is the position behind which to look, ``last`` the last one to look at; the second value is the position
    of the last one returned. A capture whose bytes cannot be read back goes to the quarantine here.
    """
    waiting = and_(captures.c.state == "new", captures.c.seq > after)
    waiting = waiting if last is None else and_(waiting, captures.c.seq <= last)
    query = select(captures).where(waiting).order_by(captures.c.seq).limit(limit)
    while True:
        with parts.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        out, broken = [], []
        for row in rows:
            try:
                out.append(_raw_document(parts, row))
            except BadInput as error:
                broken.append(_failure(row["document"], READ_STAGE, error))
        if not broken:
            parts.handed_out.update(document.id for document in out)
            return out, rows[-1]["seq"] if rows else after
        parts.handed_out.update(failure.document for failure in broken)
        commit(parts, parts.run, [], {}, broken)


def _raw_document(parts: Parts, row: RowMapping) -> Document:
    capture = capture_of(row)
    limit = max(MAX_BODY_BYTES, parts.config.collect.max_mb << 20)
    body = read_exchange(parts.layout.evidence, capture.segment, row["request_offset"], capture.offset, limit).body
    if body_hash(body) != capture.body_hash:
        raise BadInput(f"the stored body of capture {capture.id} does not have the hash that it was received with")
    page = Page(body=body, media_type=capture.media_type, charset=capture.charset, hints=capture.hints)
    return Document(
        id=row["document"],
        capture=capture.id,
        source=capture.source,
        url=capture.final_url or capture.url,
        seen_at=capture.fetched_at,
        layers={"page": page},
    )


def commit(
    parts: Parts, run: str, kept: Sequence[Document], dropped: Mapping[str, str], failed: Sequence[Failure]
) -> None:
    """Keep what the stages made of captures; those that are settled already stay as they are."""
    ids = [*(document.id for document in kept), *dropped, *(failure.document for failure in failed)]
    open_ids = open_captures(parts, ids)
    fresh = [d for d in _once(kept) if d.id in open_ids]
    same = find_unchanged(parts, fresh, open_ids)
    ready, unfit = _prepare(parts, [d for d in fresh if d.id not in same])
    failed = [f for f in (*failed, *unfit) if f.document in open_ids]
    ended: dict[str, tuple[str, str]] = {id_: ("dropped", why) for id_, why in dropped.items() if id_ in open_ids}
    ended.update((id_, ("dropped", UNCHANGED)) for id_ in same)
    ended.update((failure.document, ("quarantined", failure.stage)) for failure in failed)
    ended.update((item.document.id, ("kept", "")) for item in ready)
    names = _announce(parts, run, ready)
    try:
        placed = _write(parts, names, ready)
        with parts.engine.begin() as connection:
            serialise(connection)
            _insert_documents(connection, placed)
            _settle(connection, run, ended)
            _note_failures(connection, parts, run, failed, ended)
            counted: Counter[tuple[str, str, str]] = Counter(
                ("process", state, reason) for state, reason in ended.values()
            )
            ledger.record(connection, run, {**counted, ("process", "received", ""): len(ended)})
            note_unchanged(connection, same.values())
            _tally(ended, open_ids, placed).write(connection)
            listed = segments.update().where(segments.c.name.in_(list(names.values())))
            connection.execute(listed.values(state="listed"))
    except BaseException:
        parts.index.abandon()
        discard_segments(parts)
        raise
    parts.handed_out.difference_update(ended)
    for month in {item.row["month"] for item in ready}:
        parts.vectors.fold(month)


def _once(documents_: Iterable[Document]) -> list[Document]:
    return list({document.id: document.without_transient() for document in documents_}.values())


def _tally(
    ended: Mapping[str, tuple[str, str]], opened: Mapping[str, OpenCapture], placed: Sequence[dict[str, Any]]
) -> Tally:
    """Count how captures ended, on the day that each was fetched."""
    tally = Tally()
    for document, (state, reason) in ended.items():
        capture = opened[document]
        tally.add(capture.source, capture.fetched_at, state, reason if state == "dropped" else "")
    for row in placed:
        tally.add(row["source"], opened[row["id"]].fetched_at, "language", row["language"] or "und")
    return tally


def _prepare(parts: Parts, kept: Sequence[Document]) -> tuple[list[Prepared], list[Failure]]:
    ready, unfit = [], []
    countries, reading = parts.countries, parts.config.read.language
    for document in kept:
        country = countries.get(document.source, "")
        try:
            record = encode_row(document)
            tokens = index_document(document, country, reading)
        except BadInput as error:
            unfit.append(_failure(document.id, KEEP_STAGE, error))
            continue
        row = sql_row(document, country, len(tokens.bodies[0]))
        ready.append(Prepared(document=document, record=record, tokens=tokens, row=row))
    return ready, unfit


def _failure(document: str, stage: str, error: Exception) -> Failure:
    kind, text = type(error).__name__, str(error)
    return Failure(id=failure_id(document, stage), document=document, stage=stage, error=kind, message=text)


def _announce(parts: Parts, run: str, ready: Sequence[Prepared]) -> dict[str, str]:
    """Return day → segment name, one for each day; the names stand in the database before a file does."""
    days = sorted({day_of(item.document) for item in ready})
    counts = Counter(day_of(item.document) for item in ready)
    with parts.engine.begin() as connection:
        number = int(connection.execute(select(func.coalesce(func.max(segments.c.number), 0))).scalar_one())
        rows: list[dict[str, Any]] = []
        for day in days:
            number += 1
            while segment_path(parts.layout.record, f"day={day}/{number:08d}").exists():
                number += 1
            name = f"day={day}/{number:08d}"
            told = {"number": number, "day": day, "state": "writing", "documents": counts[day], "run": run}
            rows.append({"name": name, **told})
        if rows:
            connection.execute(segments.insert(), rows)
    return {row["day"]: row["name"] for row in rows}


def _write(parts: Parts, names: Mapping[str, str], ready: Sequence[Prepared]) -> list[dict[str, Any]]:
    """Write record segments, then both indexes; return the SQL rows with their places."""
    with parts.engine.connect() as connection:
        seq = int(connection.execute(select(func.coalesce(func.max(documents.c.seq), 0))).scalar_one())
    placed: list[dict[str, Any]] = []
    for day, segment in names.items():
        group = [item for item in ready if day_of(item.document) == day]
        write_segment(parts.layout.record, segment, [item.record for item in group])
        rows = [
            {**item.row, "segment": segment, "row": at, "seq": seq + len(placed) + at + 1}
            for at, item in enumerate(group)
        ]
        placed += rows
        parts.index.add(day[:7], [item.tokens for item in group])
        add_vectors(
            parts, day[:7], segment, [(row["seq"], item.document) for row, item in zip(rows, group, strict=True)]
        )
    parts.index.commit()
    return placed


def _insert_documents(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(documents.insert(), list(rows))
        update_months(connection, rows)


def _settle(connection: Connection, run: str, ended: Mapping[str, tuple[str, str]]) -> None:
    by_outcome: dict[tuple[str, str], list[str]] = {}
    for document, outcome in ended.items():
        by_outcome.setdefault(outcome, []).append(document)
    for (state, reason), ids in by_outcome.items():
        for some in chunks(ids):
            update = captures.update().where(captures.c.document.in_(some))
            connection.execute(update.values(state=state, reason=reason, run=run))


def _note_failures(
    connection: Connection,
    parts: Parts,
    run: str,
    failed: Sequence[Failure],
    ended: Mapping[str, tuple[str, str]],
) -> None:
    """Write the quarantine: one row a document and stage, its attempts counted; who passed is taken out."""
    attempts: dict[str, int] = {}
    for some in chunks([failure.id for failure in failed]):
        query = select(failures.c.id, failures.c.attempt).where(failures.c.id.in_(some))
        attempts.update((id_, attempt) for id_, attempt in connection.execute(query))
    rows = [msgspec.structs.asdict(failure) for failure in failed]
    for row in rows:
        row.update(run=run, at=row["at"] or parts.clock(), attempt=attempts.get(row["id"], 0) + 1)
    passed = [document for document, (state, _) in ended.items() if state != "quarantined"]
    for some in chunks(passed):
        connection.execute(delete(failures).where(failures.c.document.in_(some)))
    upsert(connection, failures, list({row["id"]: row for row in rows}.values()))
