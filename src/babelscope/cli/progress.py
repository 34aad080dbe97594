"""Draws the events of a run: counts, rate, remaining time, time by stage, quarantined."""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from babelscope.flow.events import Alarmed, Committed, Event, Imported, Linked, Processed, Received, Waiting


class Bars:
    """A listener that draws two bars, and one line of what the stages cost; use it as a context manager."""

    def __init__(self, console: Console | None = None) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[more]}"),
            console=console,
        )
        self._collect = self._progress.add_task("collect", total=None, rate="", more="")
        self._process = self._progress.add_task("read", total=None, rate="", more="")
        self._seconds: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._started = time.monotonic()

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Draw one event."""
        if isinstance(event, Received):
            self._received(event)
        elif isinstance(event, Imported):
            self._imported(event)
        elif isinstance(event, Processed):
            self._processed(event)
        elif isinstance(event, Linked):
            self._progress.console.print(f"grouped    {event.linker}: {event.documents} documents")
        elif isinstance(event, Alarmed):
            self._alarmed(event)
        elif isinstance(event, Waiting):
            self._progress.console.print(f"waiting    {event.seconds:.0f} s until the next source is due")
        elif isinstance(event, Committed):
            self._counts["durable"] += event.documents

    def _alarmed(self, event: Alarmed) -> None:
        word = "over" if event.is_over else "ALARM" if event.is_alarm else "notice"
        words = f"{word:<10} {event.source}: {event.kind}" + ("" if event.is_over else f": {event.detail}")
        self._progress.console.print(words, markup=False, emoji=False, soft_wrap=True)

    def _received(self, event: Received) -> None:
        refused = sum(event.refused.values())
        more = f"{event.polled} addresses polled" + (f", {refused} not taken" if refused else "")
        self._progress.update(
            self._collect, completed=event.taken + refused, total=max(event.found, event.taken + refused), more=more
        )
        self._progress.update(self._process, total=event.taken)

    def _imported(self, event: Imported) -> None:
        refused, skipped = sum(event.refused.values()), sum(event.skipped.values())
        parts = ((event.known, "known"), (skipped, "passed over"), (refused, "not taken"))
        more = ", ".join([f"{event.taken} new", *(f"{count} {what}" for count, what in parts if count)])
        rate = event.records / max(time.monotonic() - self._started, 1e-9)
        self._progress.update(self._collect, completed=event.records, rate=f"{rate:.0f}/s", more=more)
        self._progress.update(self._process, total=event.taken)

    def _processed(self, event: Processed) -> None:
        self._counts.update(kept=event.kept, dropped=event.dropped, quarantined=event.quarantined)
        self._seconds.update(dict(event.seconds))
        done = self._counts["kept"] + self._counts["dropped"] + self._counts["quarantined"]
        rate = done / max(time.monotonic() - self._started, 1e-9)
        slowest = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self._seconds.most_common(3))
        task = next(t for t in self._progress.tasks if t.id == self._process)
        self._progress.update(
            self._process,
            completed=done,
            total=max(task.total or 0, done),
            rate=f"{rate:.1f}/s",
            more=f"{self._counts['quarantined']} quarantined; {slowest}",
        )
