"""What a collector may ask about earlier runs, answered from SQL."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, RowMapping, func, or_, select

from babelscope.flow.shapes import Item, Look, Visit
from babelscope.model import Hints
from babelscope.store.database import chunks
from babelscope.store.looks import due_looks
from babelscope.store.tables import items, subscriptions, url_hash, visits

SETTLED = ("taken", "refused")


class SqlMemory:
    """The ``CollectMemory`` of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def visit(self, url: str) -> Visit | None:
        """Return the last visit of a listened address; one whose hub has pushed news since then is due."""
        with self._engine.connect() as connection:
            row = connection.execute(select(visits).where(visits.c.url == url)).mappings().first()
            if row is None:
                return None
            visit = visit_of(row)
            latest = select(func.max(subscriptions.c.pushed_at)).where(subscriptions.c.listen == url)
            pushed = connection.execute(latest).scalar() if visit.hub else None
        if pushed is None or pushed <= visit.checked_at:
            return visit
        return msgspec.structs.replace(visit, next_due=min(visit.next_due, pushed))

    def known(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return address → version for those of ``urls`` that were taken or finally refused."""
        known: dict[str, str] = {}
        names = {url_hash(url): url for url in urls}
        wanted = (
            select(items.c.url_hash, items.c.version).where(items.c.state.in_(SETTLED)).order_by(items.c.settled_at)
        )
        with self._engine.connect() as connection:
            for some in chunks(list(names)):
                rows = connection.execute(wanted.where(items.c.url_hash.in_(some)))
                known.update((names[name], version) for name, version in rows)
        return known

    def waiting(self, sources: Sequence[str]) -> Sequence[Item]:
        """Return items that were found but not yet taken or refused, oldest first."""
        unsettled = or_(items.c.state.not_in(SETTLED), items.c.version != items.c.offered)
        query = select(items).where(items.c.open, unsettled).order_by(items.c.found_at, items.c.source, items.c.url)
        wanted = set(sources)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings()
            return [item_of(row) for row in rows if row["source"] in wanted]

    def looks(self, sources: Sequence[str], now: dt.datetime) -> Sequence[Look]:
        """Return the pages that are due to be looked at again, longest due first, bounded."""
        return due_looks(self._engine, sources, now)


def visit_of(row: RowMapping) -> Visit:
    """Return the visit of a row."""
    return Visit(**{name: row[name] for name in Visit.__struct_fields__})


def item_of(row: RowMapping) -> Item:
    """Return the item of a row."""
    hints = msgspec.json.decode(row["hints"], type=Hints)
    return Item(source=row["source"], url=row["url"], feed=row["feed"], version=row["offered"], hints=hints)


def to_json(value: Any) -> str:
    """Return ``value`` as canonical JSON text; a lone surrogate, which UTF-8 cannot hold, becomes "?"."""
    try:
        return msgspec.json.encode(value, order="deterministic").decode()
    except UnicodeEncodeError:
        builtins = msgspec.to_builtins(value, order="deterministic")
        return json.dumps(builtins, ensure_ascii=False).encode("utf-8", "replace").decode()
