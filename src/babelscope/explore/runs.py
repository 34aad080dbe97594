"""What was done and whether it adds up: runs with their ledgers, and the quarantine."""

from __future__ import annotations

import datetime as dt

import msgspec

from babelscope.explore.views import Count, tally
from babelscope.model import Failure
from babelscope.store.reader import Reader
from babelscope.store.rows import LedgerRow

RUNS_SHOWN = 30
FAILURES_SHOWN = 500


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """One run: ``balanced`` says whether received = kept + dropped + quarantined."""

    id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    state: str
    balanced: bool
    ledger: tuple[LedgerRow, ...]


class RunsView(msgspec.Struct, frozen=True, kw_only=True):
    """The latest runs, newest first, and the counts of the whole store."""

    runs: tuple[RunView, ...]
    counts: dict[str, int]


class QuarantineView(msgspec.Struct, frozen=True, kw_only=True):
    """The newest failures (at most ``FAILURES_SHOWN``) and how many there are at each stage."""

    failures: tuple[Failure, ...]
    stages: tuple[Count, ...]
    total: int


def runs_view(reader: Reader, limit: int = RUNS_SHOWN) -> RunsView:
    """Return the latest ``limit`` runs, each with its ledger."""
    views = [
        RunView(
            id=run.id,
            started_at=run.started_at,
            ended_at=run.ended_at,
            state=run.state,
            balanced=reader.balanced(run.id),
            ledger=tuple(reader.ledger(run.id)),
        )
        for run in reader.runs(limit)
    ]
    return RunsView(runs=tuple(views), counts=reader.counts())


def quarantine_view(reader: Reader, stage: str = "") -> QuarantineView:
    """Return the failures at ``stage`` (a stage name with or without version; empty: all)."""
    failures = reader.failures(None, FAILURES_SHOWN)
    stages = tuple(Count(value=name, label=name, count=n) for name, n in tally(f.stage for f in failures))
    chosen = [f for f in failures if not stage or stage in (f.stage, f.stage.partition("@")[0])]
    return QuarantineView(
        failures=tuple(chosen), stages=stages, total=reader.counts().get("quarantined", len(failures))
    )
