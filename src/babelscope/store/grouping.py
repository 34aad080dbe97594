"""Groups of documents as SQL holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Engine, select

from babelscope.model import Membership
from babelscope.store.database import chunks
from babelscope.store.linking import membership_of
from babelscope.store.rows import GroupRow
from babelscope.store.tables import memberships


def group(engine: Engine, linker: str, group_id: str) -> list[Membership]:
    """Return the memberships of a group in order of the documents' (time, id)."""
    query = select(memberships).where(memberships.c.linker == linker, memberships.c.group_id == group_id)
    with engine.connect() as connection:
        found = connection.execute(query.order_by(memberships.c.time, memberships.c.document)).mappings()
        return [membership_of(row) for row in found]


def memberships_of(engine: Engine, linker: str, ids: Sequence[str]) -> dict[str, Membership]:
    """Return document id → membership for those of ``ids`` that ``linker`` has placed."""
    found: dict[str, Membership] = {}
    with engine.connect() as connection:
        for some in chunks(ids):
            query = select(memberships).where(memberships.c.linker == linker, memberships.c.document.in_(some))
            found.update((row["document"], membership_of(row)) for row in connection.execute(query).mappings())
    return found


def groups(engine: Engine, linker: str, since: dt.datetime | None, until: dt.datetime | None) -> list[GroupRow]:
    """Return the groups with a document in [``since``, ``until``), each with all its documents, latest first."""
    wanted = select(memberships.c.group_id).where(memberships.c.linker == linker)
    wanted = wanted if since is None else wanted.where(memberships.c.time >= since)
    wanted = wanted if until is None else wanted.where(memberships.c.time < until)
    query = select(memberships.c.group_id, memberships.c.document, memberships.c.time)
    query = query.where(memberships.c.linker == linker, memberships.c.group_id.in_(wanted.distinct()))
    ordered = query.order_by(memberships.c.group_id, memberships.c.time, memberships.c.document)
    found: list[GroupRow] = []
    with engine.connect() as connection:
        for group_id, rows in groupby(connection.execute(ordered), key=lambda row: row[0]):
            members = list(rows)
            ids = tuple(document for _, document, _ in members)
            found.append(GroupRow(group=group_id, documents=ids, first=members[0][2], latest=members[-1][2]))
    return sorted(found, key=lambda row: (-row.latest.timestamp(), row.group))
