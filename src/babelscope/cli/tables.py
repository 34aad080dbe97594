"""Tables for the terminal: ledger and score card."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from babelscope.demo.scoring import Score
from babelscope.store.rows import LedgerRow


def folding(*columns: str) -> Table:
    """Return an empty table whose cells go on in the next line where a terminal is narrow: nothing is cut off."""
    table = Table()
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def ledger_table(run: str, rows: Sequence[LedgerRow], balanced: bool) -> Table:
    """Return a run's ledger."""
    table = Table(title=f"ledger of run {run}: {'balanced' if balanced else 'NOT BALANCED'}", title_justify="left")
    for name in ("stage", "outcome", "reason"):
        table.add_column(name, overflow="fold")
    table.add_column("count", justify="right")
    for row in rows:
        table.add_row(row.stage, row.outcome, row.reason, str(row.count))
    return table


def score_table(scores: Sequence[Score]) -> Table:
    """Return the score card of the demonstration."""
    table = Table(title="score card against what is known of the demo press", title_justify="left")
    table.add_column("what")
    table.add_column("score", justify="right")
    table.add_column("of", justify="right")
    table.add_column("note", overflow="fold")
    for line in scores:
        table.add_row(line.name, f"{line.value:.3f}", str(line.of), line.note)
    return table
