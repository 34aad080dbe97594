"""Finding documents and captures by id in SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from sqlalchemy import Engine, RowMapping, select

from babelscope.model import Capture, Hints, Rights
from babelscope.store.database import chunks, mapping
from babelscope.store.rows import DocumentRow
from babelscope.store.tables import documents, months, url_hash


def capture_of(row: RowMapping) -> Capture:
    """Return the capture of a row."""
    fields = {name: row[name] for name in Capture.__struct_fields__ if name not in ("rights", "hints")}
    rights, hints = msgspec.json.decode(row["rights"], type=Rights), msgspec.json.decode(row["hints"], type=Hints)
    return Capture(**fields, rights=rights, hints=hints)


def places(engine: Engine, ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return document id → (record segment, row)."""
    found: dict[str, tuple[str, int]] = {}
    with engine.connect() as connection:
        for some in chunks(ids):
            query = select(documents.c.id, documents.c.segment, documents.c.row).where(documents.c.id.in_(some))
            found.update((id_, (segment, row)) for id_, segment, row in connection.execute(query))
    return found


def rows(engine: Engine, ids: Sequence[str]) -> list[DocumentRow]:
    """Return the light rows of ``ids``, in that order, unknown ones left out."""
    columns = [documents.c[name] for name in DocumentRow.__struct_fields__]
    found: dict[str, DocumentRow] = {}
    with engine.connect() as connection:
        for some in chunks(ids):
            for row in connection.execute(select(*columns).where(documents.c.id.in_(some))).mappings():
                found[row["id"]] = DocumentRow(**row)
    return [found[id_] for id_ in ids if id_ in found]


def versions(engine: Engine, url: str) -> list[DocumentRow]:
    """Return the light rows of all documents of an address, oldest seen first."""
    columns = [documents.c[name] for name in DocumentRow.__struct_fields__]
    query = select(*columns).where(documents.c.url_hash == url_hash(url)).order_by(documents.c.seen_at, documents.c.seq)
    with engine.connect() as connection:
        return [DocumentRow(**row) for row in connection.execute(query).mappings()]


def ids_of(
    engine: Engine, numbers: Sequence[int], since: dt.datetime | None = None, until: dt.datetime | None = None
) -> dict[int, str]:
    """Return seq → document id, for documents whose time lies in [``since``, ``until``)."""
    query = select(documents.c.seq, documents.c.id)
    query = query if since is None else query.where(documents.c.time >= since)
    query = query if until is None else query.where(documents.c.time < until)
    found: dict[int, str] = {}
    with engine.connect() as connection:
        for some in chunks(numbers):
            found.update(mapping(connection, query.where(documents.c.seq.in_(some))))
    return found


def months_between(engine: Engine, since: dt.datetime | None, until: dt.datetime | None) -> list[str]:
    """Return the months whose documents' times reach into [``since``, ``until``), in order."""
    query = select(months.c.month).order_by(months.c.month)
    query = query if since is None else query.where(months.c.latest >= since)
    query = query if until is None else query.where(months.c.first < until)
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())
