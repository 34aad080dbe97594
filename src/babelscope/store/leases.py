"""Which of several collectors may ask a host: leases in SQL, so that its spacing is kept by all of them together.

A lease has a holder and an end; the holder puts the end off every few seconds, and one that has passed is anybody's.
Each change of holder raises the fencing number (Kleppmann 2017, Designing Data-Intensive Applications, ch. 8), by which
a holder that was held up sees that its lease has been another's meanwhile. Every step is one transaction that begins
with its write. On PostgreSQL ends are moments of the database, so that the clocks of several machines need not agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any, TypeVar

from sqlalchemy import Connection, DateTime, Engine, event, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.shapes import Turn
from babelscope.store.database import connect, insert_into, mapping
from babelscope.store.parts import Clock, system_clock
from babelscope.store.tables import leases, utc

_T = TypeVar("_T")
LEASE_SECONDS = 60.0
_FORGET = dt.timedelta(days=2)
"""Free leases are forgotten this long after the moment that they keep: the longest Crawl-delay is a day."""


class SqlLeases:
    """The ``HostLeases`` of one collector. Close it at the end: its hosts are free at once then."""

    def __init__(self, engine: Engine, holder: str, clock: Clock | None = None, seconds: float = LEASE_SECONDS) -> None:
        self._engine, self._holder = engine, holder
        self._clock = clock
        self._length = dt.timedelta(seconds=seconds)
        self._held: dict[str, int] = {}

    def take(self, host: str) -> Turn | None:
        """Return the turn of this collector at ``host``; None while another one has it. Taking it twice is no fault."""
        return _tried(lambda: self._take(host))

    def _take(self, host: str) -> Turn | None:
        with self._engine.begin() as connection:
            now, ahead = self._moment(connection)
            row = {"name": host, "holder": self._holder, "fence": 1, "until": now + self._length, "ready_at": now}
            statement = insert_into(connection, leases).values(row)
            mine = leases.c.holder == self._holder
            statement = statement.on_conflict_do_update(
                index_elements=["name"],
                set_={"holder": self._holder, "fence": leases.c.fence + 1, "until": row["until"]},
                where=or_(mine, leases.c.holder == "", leases.c.until <= now),
            )
            connection.execute(statement)
            query = select(leases.c.fence, leases.c.ready_at).where(leases.c.name == host, mine)
            found = connection.execute(query).first()
        if found is None:
            self._held.pop(host, None)
            return None
        self._held[host] = found.fence
        return Turn(found.ready_at - ahead)

    def release(self, host: str, ready_at: dt.datetime) -> None:
        """Give ``host`` back; the next holder waits until ``ready_at``. What is not held is left alone."""
        fence = self._held.pop(host, None)
        if fence is not None:
            _tried(lambda: self._release(host, fence, utc(ready_at)))

    def _release(self, host: str, fence: int, ready_at: dt.datetime) -> None:
        with self._engine.begin() as connection:
            now, ahead = self._moment(connection)
            mine = leases.update().where(leases.c.name == host, leases.c.holder == self._holder)
            connection.execute(
                mine.where(leases.c.fence == fence).values(holder="", until=now, ready_at=ready_at + ahead)
            )

    def renew(self) -> Collection[str]:
        """Put the end of all leases off; return the hosts that another collector has taken meanwhile."""
        return _tried(self._renew) if self._held else ()

    def _renew(self) -> Collection[str]:
        with self._engine.begin() as connection:
            now, _ = self._moment(connection)
            mine = leases.c.holder == self._holder
            connection.execute(leases.update().where(mine).values(until=now + self._length))
            query = select(leases.c.name, leases.c.fence).where(mine)
            kept = mapping(connection, query)
        lost = [host for host, fence in self._held.items() if kept.get(host) != fence]
        for host in lost:
            del self._held[host]
        return lost

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _moment(self, connection: Connection) -> tuple[dt.datetime, dt.timedelta]:
        """Return now as leases count it, and how far that is ahead of the clock of this collector."""
        own = (self._clock or system_clock)()
        if self._clock is not None or connection.dialect.name != "postgresql":
            return own, dt.timedelta(0)
        now = utc(connection.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one())
        return now, now - own


def open_leases(config: Config, holder: str, clock: Clock | None = None, seconds: float = LEASE_SECONDS) -> SqlLeases:
    """Return the leases of ``holder`` with connections of their own; the database must be migrated.

    A lease need not survive a power cut, so nothing is forced to disk for it.
    """
    engine = connect(config)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))
    else:
        event.listen(engine, "connect", _not_waiting)
    return SqlLeases(engine, holder, clock, seconds)


def _not_waiting(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    connection.commit()


def free_leases(engine: Engine, holder: str, distance: dt.timedelta) -> None:
    """Free the hosts of ``holder``, which is dead: they may be asked again after ``distance``."""
    with engine.begin() as connection:
        moment = SqlLeases(engine, holder)._moment(connection)[0]
        connection.execute(leases.delete().where(leases.c.holder == "", leases.c.ready_at < moment - _FORGET))
        left = leases.update().where(leases.c.holder == holder, leases.c.ready_at < moment + distance)
        connection.execute(left.values(ready_at=moment + distance))
        connection.execute(leases.update().where(leases.c.holder == holder).values(holder="", until=moment))


def _tried(step: Callable[[], _T]) -> _T:
    try:
        return step()
    except SQLAlchemyError as error:
        raise Unavailable(f"the leases of hosts cannot be had: {getattr(error, 'orig', None) or error}") from None
