"""Volumes: what came of each source on each day (UTC), counted in the transactions that book it.

Measures: polls, polls-failed, found, taken, duplicate, repeated, refused:<reason>, kept, dropped:<reason>, quarantined,
language:<code>, look-changed, look-gone, hour:<HH> (taken in that hour, UTC). The day is that of the poll or the
capture, so that what was read late, or imported from an archive, counts where it belongs; refusals count on the day
they were booked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from sqlalchemy import Connection, Engine, select

from babelscope.store.database import add_counts
from babelscope.store.rows import VolumeRow
from babelscope.store.tables import safe_text, utc, volumes

_LONGEST = 64


class Tally:
    """Counts of one transaction."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, source: str, at: dt.datetime, measure: str, reason: str = "") -> None:
        """Count one thing of ``source``."""
        name = safe_text(f"{measure}:{reason}" if reason else measure)
        self._counts[source, day_of(at), name[:_LONGEST]] += 1

    def write(self, connection: Connection) -> None:
        """Add the counts to those of the day."""
        rows = [
            {"source": source, "day": day, "measure": measure, "count": count}
            for (source, day, measure), count in sorted(self._counts.items())
        ]
        add_counts(connection, volumes, rows)


def day_of(at: dt.datetime) -> str:
    """Return the day of ``at`` in UTC, as "2026-01-31"."""
    return utc(at).strftime("%Y-%m-%d")


def read_volumes(
    engine: Engine, since: dt.date, until: dt.date | None = None, source: str | None = None
) -> list[VolumeRow]:
    """Return the volumes of the days in [``since``, ``until``), in order of source, day, measure."""
    query = select(volumes).where(volumes.c.day >= since.strftime("%Y-%m-%d"))
    query = query if until is None else query.where(volumes.c.day < until.strftime("%Y-%m-%d"))
    query = query if source is None else query.where(volumes.c.source == source)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(volumes.c.source, volumes.c.day, volumes.c.measure)).mappings()
        return [VolumeRow(**row) for row in rows]
