"""The number of the latest capture: whoever moves it holds all other writers of shared rows back until it commits."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, func, literal, select

from babelscope.store.database import insert_into
from babelscope.store.tables import captures, counters

_CAPTURES = "captures"


def open_counters(engine: Engine) -> None:
    """Make sure that the counter stands (a store from before it was kept has none)."""
    with engine.connect() as connection:
        if connection.execute(select(counters.c.value).where(counters.c.name == _CAPTURES)).first() is not None:
            return
    with engine.begin() as connection:
        latest = select(literal(_CAPTURES), func.coalesce(func.max(captures.c.seq), 0))
        latest = latest.where(captures.c.seq > 0)  # SQLite reads ON CONFLICT as part of a join without it
        row = insert_into(connection, counters).from_select(["name", "value"], latest)
        connection.execute(row.on_conflict_do_nothing(index_elements=["name"]))


def serialise(connection: Connection) -> int:
    """Wait until no other process takes in or settles anything, keep it so to the end of the transaction, and return
    the number of the latest capture.

    It must be the first statement: on PostgreSQL the row lock makes later statements see all that was committed before,
    on SQLite the transaction begins with a write and so cannot fail half-way because another one wrote meanwhile.
    """
    mine = counters.c.name == _CAPTURES
    connection.execute(counters.update().where(mine).values(value=counters.c.value))
    return latest_seq(connection)


def latest_seq(connection: Connection) -> int:
    """Return the number of the latest capture."""
    return int(connection.execute(select(counters.c.value).where(counters.c.name == _CAPTURES)).scalar_one())


def advance(connection: Connection, seq: int) -> None:
    """Write down the number of the latest capture."""
    connection.execute(counters.update().where(counters.c.name == _CAPTURES).values(value=seq))
