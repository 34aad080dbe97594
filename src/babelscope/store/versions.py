"""What the store knows of an address over time: how many versions it gave, who announced them, who found them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, Engine, func, select

from babelscope.store.database import chunks
from babelscope.store.looks import FOUND, Key, looks_of
from babelscope.store.rows import DocumentRow, LookRow
from babelscope.store.tables import captures, documents, items, url_hash


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a document over time.

    ``versions`` counts the documents of the same source and address; ``look`` is what looking again found, None if the
    page was taken before looks were kept.
    """

    versions: int = 1
    look: LookRow | None = None


def histories(engine: Engine, rows: Sequence[DocumentRow]) -> dict[str, History]:
    """Return document id → the history of its address, for every one of ``rows``."""
    if not rows:
        return {}
    with engine.connect() as connection:
        counts = _counts(connection, {url_hash(row.url) for row in rows})
    looked = looks_of(engine, [row.id for row in rows])
    made: dict[str, History] = {}
    for row in rows:
        made[row.id] = History(versions=counts.get((row.source, url_hash(row.url)), 1), look=looked.get(row.id))
    return made


def announced(engine: Engine, keys: Iterable[Key]) -> set[Key]:
    """Return those (source, address) of ``keys`` that a feed, a sitemap or a section page has pointed at."""
    wanted = set(keys)
    found: set[Key] = set()
    with engine.connect() as connection:
        for some in chunks(sorted({url_hash(url) for _, url in wanted})):
            query = select(items.c.source, items.c.url).where(items.c.url_hash.in_(some), items.c.feed != "")
            found.update((source, url) for source, url in connection.execute(query))
    return found & wanted


def found_by_looking(engine: Engine, ids: Iterable[str]) -> set[str]:
    """Return those captures of ``ids`` that a second look found."""
    found: set[str] = set()
    with engine.connect() as connection:
        for some in chunks(sorted(set(ids))):
            query = select(captures.c.id).where(captures.c.id.in_(some), captures.c.found_by == FOUND)
            found.update(connection.execute(query).scalars())
    return found


def _counts(connection: Connection, hashes: set[str]) -> dict[Key, int]:
    counts: dict[Key, int] = {}
    columns = (documents.c.source, documents.c.url_hash)
    for some in chunks(sorted(hashes)):
        query = select(*columns, func.count()).where(documents.c.url_hash.in_(some)).group_by(*columns)
        counts.update(((source, name), count) for source, name, count in connection.execute(query))
    return counts
