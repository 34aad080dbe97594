"""Beginning and ending a run. Several may go on at once, one for each process that collects (``store.booking``)."""

from __future__ import annotations

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, make_url, or_, select

from babelscope.flow.config import Config
from babelscope.model import content_id
from babelscope.store import ledger
from babelscope.store.counters import serialise
from babelscope.store.database import upsert
from babelscope.store.memory import SETTLED, to_json
from babelscope.store.parts import MAIN, IntakeParts
from babelscope.store.tables import configs, items, runs

MAX_ATTEMPTS = 5
"""Runs in which an address that cannot be reached is tried again."""
OTHERS_WAIT = dt.timedelta(minutes=5)
"""How long a collector leaves an address alone that another one could not reach."""


def begin_run(parts: IntakeParts, config: Config) -> str:
    """Write down a new run with its configuration and return its id ("20260131T101500Z-1a2b3c4d").

    It adopts what ended runs left waiting.
    """
    now = parts.clock()
    run = f"{now.strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(4)}"
    told = to_json(_without_secrets(config))
    name = content_id("config", told)
    with parts.engine.begin() as connection:
        serialise(connection)
        interrupt_runs(connection, own_names(parts.holder), now)
        upsert(connection, configs, [{"id": name, "config": told}])
        row = {"id": run, "started_at": now, "ended_at": None, "state": "running", "holder": parts.holder}
        connection.execute(runs.insert(), [{**row, "config": name}])
        _reopen_items(connection, parts.holder, now)
        ledger.record(connection, run, {("collect", "carried", ""): _adopt(connection, run)})
    parts.run = run
    parts.handed_out.clear()
    return run


def own_names(holder: str) -> tuple[str, ...]:
    """Return the names under which ``holder`` stands in SQL: the main writer once had none."""
    return (MAIN, "") if holder == MAIN else (holder,)


def _without_secrets(config: Config) -> Config:
    """Return ``config`` with the password of the database address hidden."""
    if not config.store.database:
        return config
    shown = make_url(config.store.database).render_as_string(hide_password=True)
    return msgspec.structs.replace(config, store=msgspec.structs.replace(config.store, database=shown))


def end_run(parts: IntakeParts, run: str, ok: bool, *, stopped: bool = False) -> None:
    """End ``run``; one that is not ok was ``stopped`` by its user, or failed.

    Documents handed out and never settled stay to be done, or, in a run said to be ok, are missing. A run that another
    process has ended stays as it is.
    """
    rest = len(parts.handed_out)
    counts = Counter({("process", "received", ""): rest, ("process", "left", ""): 0 if ok else rest})
    state = "ok" if ok else "interrupted" if stopped else "failed"
    with parts.engine.begin() as connection:
        serialise(connection)
        if connection.execute(select(runs.c.state).where(runs.c.id == run)).scalar() == "running":
            ledger.record(connection, run, counts)
            ledger.close_run(connection, run, state, parts.clock())
    parts.handed_out.clear()
    parts.run = ""


def interrupt_runs(connection: Connection, holders: Collection[str], at: dt.datetime) -> None:
    """Close the runs that a crash of ``holders`` left open: what is settled stands, what waits is written down."""
    left = select(runs.c.id).where(runs.c.state == "running", runs.c.holder.in_(holders))
    for run in connection.execute(left).scalars().all():
        ledger.close_run(connection, run, "interrupted", at)


def _is_free() -> ColumnElement[bool]:
    """Items that belong to no run that goes on."""
    return items.c.run.not_in(select(runs.c.id).where(runs.c.state == "running"))


def _reopen_items(connection: Connection, holder: str, now: dt.datetime) -> None:
    """Make items to be tried again wait again; close those found again that were settled already at that version."""
    own = select(runs.c.id).where(runs.c.id == items.c.run, runs.c.holder.in_(own_names(holder))).exists()
    retry = and_(items.c.state == "retry", items.c.open.is_(False), _is_free())
    retry = and_(retry, or_(own, items.c.settled_at < now - OTHERS_WAIT))
    given_up = and_(retry, items.c.attempts >= MAX_ATTEMPTS)
    connection.execute(items.update().where(given_up).values(state="refused", version=items.c.offered))
    connection.execute(items.update().where(retry).values(open=True))
    lingering = and_(items.c.open, items.c.state.in_(SETTLED), items.c.version == items.c.offered, _is_free())
    connection.execute(items.update().where(lingering).values(open=False))


def _adopt(connection: Connection, run: str) -> int:
    """Make what waits and belongs to no run that goes on wait for ``run``; return how many."""
    waiting = items.update().where(items.c.open, _is_free())
    return int(connection.execute(waiting.values(run=run)).rowcount)
