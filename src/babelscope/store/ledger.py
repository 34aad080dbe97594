"""The ledger: every run says how many things came in and how each ended; if the two differ, something was lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from babelscope.store.database import add_counts
from babelscope.store.rows import LedgerRow
from babelscope.store.tables import items, ledger, runs

Counts = Mapping[tuple[str, str, str], int]
"""(stage, outcome, reason) → how many."""
SIDES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "collect": (frozenset({"found", "carried"}), frozenset({"taken", "duplicate", "refused", "waiting", "handed"})),
    "look": (frozenset({"due"}), frozenset({"changed", "unchanged", "gone", "refused"})),
    "import": (frozenset({"record"}), frozenset({"handed", "skipped"})),
    "process": (frozenset({"received"}), frozenset({"kept", "dropped", "quarantined", "left"})),
}
"""Stage → outcomes that come in, outcomes that end.

"carried" waited from earlier runs or was taken over from another one, which counts it as "handed"; "left" is still to
be done. Rules: ``store.booking``.
"""


def record(connection: Connection, run: str, counts: Counts) -> None:
    """Add ``counts`` to the ledger of ``run``, in the transaction of what they count."""
    rows = [
        {"run": run, "stage": stage, "outcome": outcome, "reason": reason, "count": count}
        for (stage, outcome, reason), count in counts.items()
        if count
    ]
    add_counts(connection, ledger, rows)


def read(connection: Connection, run: str) -> list[LedgerRow]:
    """Return the ledger of ``run`` in order of stage, outcome, reason; while it runs, with the items still waiting."""
    order = (ledger.c.stage, ledger.c.outcome, ledger.c.reason)
    found = connection.execute(select(*order, ledger.c.count).where(ledger.c.run == run).order_by(*order))
    rows = [LedgerRow(stage=s, outcome=o, reason=r, count=c) for s, o, r, c in found]
    state = connection.execute(select(runs.c.state).where(runs.c.id == run)).scalar()
    waiting = count_waiting(connection, run) if state == "running" else 0
    return rows + ([LedgerRow(stage="collect", outcome="waiting", reason="", count=waiting)] if waiting else [])


def balanced(rows: Sequence[LedgerRow]) -> bool:
    """Return whether at every stage as many came in as ended."""
    return all(_sum(rows, stage, came) == _sum(rows, stage, ended) for stage, (came, ended) in SIDES.items())


def imbalance(rows: Sequence[LedgerRow]) -> list[str]:
    """Return, in words, every stage whose two sides differ."""
    found = []
    for stage, (came, ended) in SIDES.items():
        left, right = _sum(rows, stage, came), _sum(rows, stage, ended)
        if left != right:
            found.append(f"{stage}: {left} came in, {right} ended")
    return found


def _sum(rows: Sequence[LedgerRow], stage: str, outcomes: frozenset[str]) -> int:
    return sum(row.count for row in rows if row.stage == stage and row.outcome in outcomes)


def count_waiting(connection: Connection, run: str) -> int:
    """Return the items of ``run`` that have no result yet."""
    mine = select(func.count()).select_from(items).where(items.c.open, items.c.run == run)
    return int(connection.execute(mine).scalar_one())


def close_run(connection: Connection, run: str, state: str, at: dt.datetime) -> None:
    """End ``run``: what still waits is written down, so that its ledger stands by itself. Writers are held back."""
    record(connection, run, {("collect", "waiting", ""): count_waiting(connection, run)})
    connection.execute(runs.update().where(runs.c.id == run).values(state=state, ended_at=at))
