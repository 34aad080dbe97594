"""Alarms: what is or was wrong with a source. A row is never deleted: it is raised, brought up to date, and cleared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Engine, select

from babelscope.model import content_id
from babelscope.store.database import narrowed, upsert
from babelscope.store.tables import alarms, meta

MAX_DETAIL = 2000
CHECKED = "health-checked-at"


class AlarmRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something is wrong with ``source`` since ``raised_at`` (when we noticed), until ``cleared_at`` (None: still).

    ``expected`` and ``received`` are articles, or what ``detail`` says; ``kind`` is one of ``explore.symptoms``.
    """

    id: str
    source: str
    kind: str
    raised_at: dt.datetime
    cleared_at: dt.datetime | None
    detail: str
    expected: float
    received: float


def alarm_id(source: str, kind: str, raised_at: dt.datetime) -> str:
    """Return the id of the alarm of a kind that was raised at a moment: raising it again changes nothing."""
    return content_id("alarm", source, kind, raised_at.astimezone(dt.UTC).isoformat())


def write_alarms(engine: Engine, rows: Iterable[AlarmRow], checked_at: dt.datetime) -> None:
    """Raise, bring up to date or clear: each row as it is to stand. ``checked_at``: when all sources were looked at."""
    values: list[dict[str, Any]] = []
    for row in rows:
        fields = msgspec.structs.asdict(row)
        values.append({**fields, "detail": row.detail[:MAX_DETAIL]})
    with engine.begin() as connection:
        upsert(connection, alarms, values)
        upsert(connection, meta, [{"name": CHECKED, "value": checked_at.astimezone(dt.UTC).isoformat()}])


def last_check(engine: Engine) -> dt.datetime | None:
    """Return when all sources were last looked at, None if never."""
    with engine.connect() as connection:
        value = connection.execute(select(meta.c.value).where(meta.c.name == CHECKED)).scalar()
    return dt.datetime.fromisoformat(value) if value else None


def read_alarms(
    engine: Engine,
    *,
    sources: Collection[str] | None = None,
    since: dt.datetime | None = None,
    only_open: bool = False,
    kind: str = "",
    limit: int | None = None,
) -> list[AlarmRow]:
    """Return alarms, latest first: of ``sources`` (None: all) and ``kind``, not cleared before ``since``, open."""
    query = select(alarms).order_by(alarms.c.raised_at.desc(), alarms.c.source, alarms.c.kind)
    if only_open:
        query = query.where(alarms.c.cleared_at.is_(None))
    query = query.where(alarms.c.kind == kind) if kind else query
    if since is not None:
        query = query.where((alarms.c.cleared_at.is_(None)) | (alarms.c.cleared_at >= since))
    found: list[AlarmRow] = []
    with engine.connect() as connection:
        for asked in narrowed(query, alarms.c.source, sources):
            found += [AlarmRow(**row) for row in connection.execute(asked.limit(limit)).mappings()]
    found.sort(key=lambda alarm: alarm.raised_at, reverse=True)  # each part is in order, not all of them
    return found[:limit]
