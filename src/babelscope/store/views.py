"""Keeping the views equal to the record: rows of SQL, full-text index, vector index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select

from babelscope.languages.analyse import analyse
from babelscope.model import Document
from babelscope.store.database import mapping, upsert
from babelscope.store.index import INDEX_VERSION
from babelscope.store.parts import Parts
from babelscope.store.record import read_segment
from babelscope.store.shown import document_row, embedding_of, index_document, month_of
from babelscope.store.tables import documents, meta, months, segments, url_hash

STALE = "stale"
_ROWS_AT_ONCE = 1000


def add_vectors(parts: Parts, month: str, segment: str, numbered: Sequence[tuple[int, Document]]) -> None:
    """Add the vectors of the documents of one record segment to the vector index."""
    found = [(seq, embedding) for seq, document in numbered if (embedding := embedding_of(document))]
    if found:
        keys, vectors = [seq for seq, _ in found], [embedding.vector for _, embedding in found]
        parts.vectors.add(month, segment, found[0][1].model, keys, vectors)


def update_months(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add ``rows`` of documents to what is known of their months: how many, and the span of their times."""
    stood = {row["month"]: dict(row) for row in connection.execute(select(months)).mappings()}
    for row in rows:
        blank = {"month": row["month"], "documents": 0, "vectors": 0, "first": row["time"], "latest": row["time"]}
        month = stood.setdefault(row["month"], blank)
        month["documents"] += 1
        month["vectors"] += int(row["embedded"])
        month["first"], month["latest"] = min(month["first"], row["time"]), max(month["latest"], row["time"])
    upsert(connection, months, list(stood.values()))


def sql_row(document: Document, country: str, words: int) -> dict[str, Any]:
    """Return the row of the documents table, but for its number and place."""
    row = msgspec.structs.asdict(document_row(document, country, words))
    return {
        **row,
        "url_hash": url_hash(document.url),
        "month": month_of(document),
        "embedded": embedding_of(document) is not None,
    }


def check_views(parts: Parts) -> None:
    """Make anew every month whose indexes do not hold as many documents as SQL says (lost in a power cut, deleted by
    hand, left by a crash), and all of them if they were made by another analyser or a rebuild was cut short.
    """
    with parts.engine.connect() as connection:
        rows = {row["month"]: dict(row) for row in connection.execute(select(months)).mappings()}
        told = mapping(connection, select(meta.c.name, meta.c.value))
    is_stale = told.get(STALE) == "yes" or told.get("index", INDEX_VERSION) != INDEX_VERSION
    for month in sorted({*rows, *parts.index.months()}):
        wanted = rows.get(month, {}).get("documents", 0)
        if is_stale or parts.index.count(month) != wanted:
            _rebuild_index(parts, month, wanted, fresh=is_stale)
    for month in sorted({*rows, *parts.vectors.months()}):
        wanted = rows.get(month, {}).get("vectors", 0)
        if is_stale or parts.vectors.count(month) != wanted:
            _rebuild_vectors(parts, month, wanted)
    with parts.engine.begin() as connection:
        upsert(connection, meta, [{"name": STALE, "value": ""}, {"name": "index", "value": INDEX_VERSION}])


def rebuild(parts: Parts) -> int:
    """Make rows and indexes anew from the record; return the number of documents. Memberships stay as they are."""
    with parts.engine.begin() as connection:
        upsert(connection, meta, [{"name": STALE, "value": "yes"}])
        listed = select(segments.c.name).where(segments.c.state == "listed").order_by(segments.c.number)
        names = connection.execute(listed).scalars().all()
        connection.execute(delete(documents))
        connection.execute(delete(months))
        batch: list[dict[str, Any]] = []
        seq = 0
        for row in _rows_of(parts, names):
            seq += 1
            batch.append({**row, "seq": seq})
            if len(batch) >= _ROWS_AT_ONCE:
                _insert(connection, batch)
                batch = []
        _insert(connection, batch)
    check_views(parts)
    return seq


def _rows_of(parts: Parts, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    countries = parts.countries
    for name in names:
        for at, document in enumerate(read_segment(parts.layout.record, name)):
            words = len(analyse(document.text).words)
            yield {**sql_row(document, countries.get(document.source, ""), words), "segment": name, "row": at}


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(documents.insert(), list(rows))
        update_months(connection, rows)


def _rebuild_index(parts: Parts, month: str, wanted: int, fresh: bool) -> None:
    if fresh or not wanted or parts.index.count(month) < 0:
        parts.index.drop(month)
    if not wanted:
        return
    countries, reading = parts.countries, parts.config.read.language
    parts.index.clear(month)
    for _, numbered in _documents_of(parts, month):
        shown = (index_document(d, countries.get(d.source, ""), reading) for _, d in numbered)
        parts.index.add(month, shown)
    parts.index.commit()


def _rebuild_vectors(parts: Parts, month: str, wanted: int) -> None:
    parts.vectors.drop(month)
    if wanted:
        for segment, numbered in _documents_of(parts, month):
            add_vectors(parts, month, segment, numbered)
            parts.vectors.fold(month)


def _documents_of(parts: Parts, month: str) -> Iterator[tuple[str, list[tuple[int, Document]]]]:
    """Yield (segment, [(seq, document)]) of a month, in order of seq."""
    places = (documents.c.segment, documents.c.row, documents.c.seq)
    query = select(*places).where(documents.c.month == month).order_by(documents.c.seq)
    with parts.engine.connect() as connection:
        rows = connection.execute(query).all()
    for segment, group in groupby(rows, key=lambda row: row[0]):
        numbers = {row: seq for _, row, seq in group}
        stored = enumerate(read_segment(parts.layout.record, segment))
        yield segment, [(numbers[at], document) for at, document in stored if at in numbers]
