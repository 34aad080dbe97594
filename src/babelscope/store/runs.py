"""Beginning and ending a run."""

from __future__ import annotations

import secrets
from collections import Counter

import msgspec
from sqlalchemy import Connection, and_, make_url, select

from babelscope.flow.config import Config
from babelscope.store import ledger
from babelscope.store.memory import SETTLED, to_json
from babelscope.store.parts import Parts
from babelscope.store.tables import items, runs

MAX_ATTEMPTS = 5
"""Runs in which an address that cannot be reached is tried again."""


def begin_run(parts: Parts, config: Config) -> str:
    """Write down a new run with its configuration and return its id ("20260131T101500Z-1a2b")."""
    now = parts.clock()
    run = f"{now.strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(2)}"
    with parts.engine.begin() as connection:
        interrupt_runs(parts, connection)
        _reopen_items(connection)
        row = {
            "id": run,
            "started_at": now,
            "ended_at": None,
            "state": "running",
            "config": to_json(_without_secrets(config)),
            "holder": "",
        }
        connection.execute(runs.insert(), [row])
        ledger.record(connection, run, {("collect", "carried", ""): ledger.count_waiting(connection)})
    parts.run = run
    parts.handed_out.clear()
    return run


def _without_secrets(config: Config) -> Config:
    """Return ``config`` with the password of the database address hidden."""
    if not config.store.database:
        return config
    shown = make_url(config.store.database).render_as_string(hide_password=True)
    return msgspec.structs.replace(config, store=msgspec.structs.replace(config.store, database=shown))


def end_run(parts: Parts, run: str, ok: bool, *, stopped: bool = False) -> None:
    """End ``run``; one that is not ok was ``stopped`` by its user, or failed.

    Documents handed out and never settled stay to be done, or, in a run said to be ok, are missing.
    """
    rest = len(parts.handed_out)
    counts = Counter({("process", "received", ""): rest, ("process", "left", ""): 0 if ok else rest})
    state = "ok" if ok else "interrupted" if stopped else "failed"
    with parts.engine.begin() as connection:
        ledger.record(connection, run, counts)
        ledger.close_run(connection, run, state, parts.clock())
    parts.handed_out.clear()
    parts.run = ""


def interrupt_runs(parts: Parts, connection: Connection) -> None:
    """Close the runs that a crash left open: what they had settled stands, what still waits is written down."""
    for run in connection.execute(select(runs.c.id).where(runs.c.state == "running")).scalars().all():
        ledger.close_run(connection, run, "interrupted", parts.clock())


def _reopen_items(connection: Connection) -> None:
    """Make items to be tried again wait again; close those found again that were settled already at that version."""
    retry = items.c.state == "retry"
    given_up = and_(retry, items.c.attempts >= MAX_ATTEMPTS)
    connection.execute(items.update().where(given_up).values(state="refused", version=items.c.offered))
    connection.execute(items.update().where(retry).values(open=True))
    lingering = and_(items.c.open, items.c.state.in_(SETTLED), items.c.version == items.c.offered)
    connection.execute(items.update().where(lingering).values(open=False))
