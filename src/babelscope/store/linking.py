"""Memberships: which documents a linker has still to see, what it decided, and what it needs to remember."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, Select, and_, func, select, tuple_

from babelscope.flow.errors import BabelscopeError
from babelscope.model import Document, Membership
from babelscope.store.bands import BandTable
from babelscope.store.database import chunks, mapping, upsert
from babelscope.store.parts import Parts
from babelscope.store.tables import UtcDateTime, documents, fingerprints, memberships
from babelscope.store.tables import bands as band_rows

_PAGE = 256


def unlinked(parts: Parts, linker: str) -> Iterator[Document]:
    """Yield documents without a membership of ``linker``, in order of (time, address, seen, id)."""
    known = and_(memberships.c.linker == linker, memberships.c.document == documents.c.id)
    joined = documents.outerjoin(memberships, known)
    query = select(documents).select_from(joined).where(memberships.c.document.is_(None))
    for rows in _pages(parts, query):
        yield from parts.records.read_many([(row["segment"], row["row"]) for row in rows])


def linked_since(parts: Parts, linker: str, since: dt.datetime) -> Iterator[tuple[Document, Membership]]:
    """Yield documents from ``since`` on with what ``linker`` decided on each, in order of (time, address, seen, id)."""
    known = and_(memberships.c.linker == linker, memberships.c.document == documents.c.id)
    place = (documents.c.id, documents.c.segment, documents.c.row)
    query = select(*place, memberships).select_from(documents.join(memberships, known))
    for rows in _pages(parts, query.where(documents.c.time >= since)):
        read = parts.records.read_many([(row["segment"], row["row"]) for row in rows])
        yield from zip(read, map(membership_of, rows), strict=True)


def _pages(parts: Parts, query: Select[Any]) -> Iterator[Sequence[RowMapping]]:
    """Yield the rows of ``query`` in runs, by (time, address, seen, id), without a transaction held between them.

    Versions of one article share its time of publication: the one that was seen first comes first, then and later.
    When different articles share theirs, their addresses decide, not the moments at which we happened to ask for them.
    """
    seen = func.coalesce(documents.c.seen_at, documents.c.time, type_=UtcDateTime())
    order = (documents.c.time, documents.c.url_hash, seen, documents.c.id)
    names = ("at", "place", "seen", "of")
    key = tuple_(*order)
    ordered = query.add_columns(*(column.label(name) for column, name in zip(order, names, strict=True)))
    ordered = ordered.order_by(*order).limit(_PAGE)
    after: tuple[Any, ...] | None = None
    while True:
        page = ordered if after is None else ordered.where(key > after)
        with parts.engine.connect() as connection:
            rows = connection.execute(page).mappings().all()
        if not rows:
            return
        yield rows
        after = tuple(rows[-1][name] for name in names)


def membership_of(row: RowMapping) -> Membership:
    """Return the membership of a row."""
    return Membership(
        document=row["document"], group=row["group_id"], score=row["score"], nearest=row["nearest"], why=row["why"]
    )


def link(parts: Parts, bands: BandTable, linker: str, by: str, found: Iterable[Membership]) -> None:
    """Write what ``linker`` (``by``: name@version) decided, and the bands it added, in one transaction.

    Raises ``BabelscopeError`` for a document that the store does not hold; then nothing is written.
    """
    listed = list(found)
    with parts.engine.begin() as connection:
        times = _times(connection, [membership.document for membership in listed])
        rows: dict[str, dict[str, Any]] = {}
        for membership in listed:
            if membership.document not in times:
                raise BabelscopeError(f"linker {linker!r} placed document {membership.document!r}, which is not kept")
            row = msgspec.structs.asdict(membership)
            group = {"group_id": row.pop("group"), "linker": linker, "by": by}
            rows[membership.document] = {**row, **group, "time": times[membership.document]}
        upsert(connection, memberships, list(rows.values()))
        bands.flush(connection)
    bands.forget()


def forget(parts: Parts, bands: BandTable) -> None:
    """Empty the memberships and the band table, in one transaction."""
    with parts.engine.begin() as connection:
        for table in (memberships, band_rows, fingerprints):
            connection.execute(table.delete())
    bands.forget()


def _times(connection: Connection, ids: Sequence[str]) -> dict[str, dt.datetime]:
    times: dict[str, dt.datetime] = {}
    for some in chunks(ids):
        query = select(documents.c.id, documents.c.time).where(documents.c.id.in_(some))
        times.update(mapping(connection, query))
    return times
