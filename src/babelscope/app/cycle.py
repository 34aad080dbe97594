"""The main job: one cycle collects what is due, reads it and groups it; ``run`` does so for ever.

Order is everything here. Captures are durable before they are read; documents are durable in the record before the
index shows them; linkers work over the whole cycle in order of (time, id), in one transaction each. So a cycle that
was cut short at any moment and repeated ends with the same ids as one that was not.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from babelscope.app.feeder import CollectEvent, Feeder
from babelscope.app.linking import link_all, open_linkers
from babelscope.flow import engines
from babelscope.flow.apply import Outcome, PipelineSpec, check
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, TooManyFailures
from babelscope.flow.events import Committed, Listener, Processed, Received, Waiting, silent
from babelscope.flow.registry import factory
from babelscope.flow.shapes import Exchange, Polled
from babelscope.model import Document
from babelscope.store.library import Library

FEWEST_FOR_SHARE = 100
"""Documents before the quarantined share is judged: one bad page of three is no alarm."""
EVENTS_AT_ONCE = 128
IDLE_WAIT = 0.2
LONGEST_WAIT = 60.0

Hosts = Mapping[str, tuple[str, int]]


class Cycle:
    """One pass over everything that is due. Single-threaded but for the collector, which has its own thread."""

    def __init__(self, config: Config, library: Library, listener: Listener, stop: threading.Event) -> None:
        self._config, self._library, self._listener, self._stop = config, library, listener, stop
        self._spec = PipelineSpec(stages=config.run.stages, config=config)
        self._after = 0
        self._totals = _Totals()
        self.run_id = ""

    def run(self, hosts: Hosts | None = None, collect: bool = True) -> str:
        """Do the cycle; return the run's id. Raises ``BabelscopeError`` if the ledger does not balance.

        A cycle that is told to stop keeps what is in hand; the rest waits for the next one.
        """
        check(self._spec)
        linkers = open_linkers(self._config, self._library)
        self.run_id = self._library.begin_run(self._config)
        ok = False
        try:
            if collect and self._config.source:
                collector = factory("babelscope.collectors", "feeds")(self._config, hosts=hosts)
                with Feeder(collector, self._config.source, self._library.memory, _Linked(self._stop)) as feeder:
                    self._process(self._while_collecting(feeder))
            else:
                self._process(self._pending())
            if not self._stop.is_set():
                link_all(linkers, self._library, self._listener)
                ok = True
        finally:
            self._library.end_run(self.run_id, ok, stopped=self._stop.is_set())
        if not self._library.balanced(self.run_id):
            raise BabelscopeError(f"run {self.run_id}: the ledger does not balance; `babelscope verify` tells where")
        return self.run_id

    def _while_collecting(self, feeder: Feeder) -> Iterator[Sequence[Document]]:
        """Yield batches of raw documents, receiving what the collector brings in between."""
        ready: list[Document] = []
        wait = 0.0
        while not self._stop.is_set():
            events = feeder.drain(EVENTS_AT_ONCE, wait)
            self._receive(events)
            ready += self._next(self._config.run.batch - len(ready))
            full = len(ready) >= self._config.run.batch
            if full or (ready and not events):
                yield ready
                ready = []
            elif not events and feeder.finished:
                return
            wait = 0.0 if full else IDLE_WAIT

    def _pending(self) -> Iterator[Sequence[Document]]:
        while not self._stop.is_set() and (batch := self._next(self._config.run.batch)):
            yield batch

    def _next(self, most: int) -> list[Document]:
        docs, self._after = self._library.pending_after(most, self._after)
        return docs

    def _receive(self, events: Sequence[CollectEvent]) -> None:
        if not events:
            return
        self._library.receive(self.run_id, events)
        self._totals.count(events)
        self._listener(self._totals.event())

    def _process(self, batches: Iterator[Sequence[Document]]) -> None:
        waiting: list[Outcome] = []
        try:
            for outcome in engines.run(self._spec, batches):
                waiting.append(outcome)
                self._told(outcome)
                if sum(o.received for o in waiting) >= self._config.run.commit_every:
                    self._commit(waiting)
        finally:
            self._commit(waiting)

    def _told(self, outcome: Outcome) -> None:
        kept, dropped, failed = len(outcome.kept), len(outcome.dropped), len(outcome.failed)
        self._totals.processed += outcome.received
        self._totals.quarantined += failed
        self._listener(Processed(kept=kept, dropped=dropped, quarantined=failed, seconds=outcome.seconds))
        share = self._totals.quarantined / max(self._totals.processed, 1)
        if self._totals.processed >= FEWEST_FOR_SHARE and share > self._config.run.max_failure_share:
            raise TooManyFailures(
                f"{self._totals.quarantined} of {self._totals.processed} documents were quarantined, more than "
                f"run.max_failure_share = {self._config.run.max_failure_share}; `babelscope quarantine list` shows why"
            )

    def _commit(self, outcomes: list[Outcome]) -> None:
        if not outcomes:
            return
        kept = [d for o in outcomes for d in o.kept]
        dropped = {d.document: f"{d.stage}: {d.reason}" for o in outcomes for d in o.dropped}
        failures = [f for o in outcomes for f in o.failed]
        outcomes.clear()
        self._library.commit(self.run_id, kept, dropped, failures)
        self._listener(Committed(documents=len(kept)))


class _Totals(msgspec.Struct):
    polled: int = 0
    found: int = 0
    taken: int = 0
    refused: dict[str, int] = {}
    processed: int = 0
    quarantined: int = 0

    def count(self, events: Sequence[CollectEvent]) -> None:
        for event in events:
            if isinstance(event, Polled):
                self.polled += 1
                self.found += len(event.items)
            elif isinstance(event, Exchange):
                self.taken += 1
            else:
                self.refused[event.reason] = self.refused.get(event.reason, 0) + 1

    def event(self) -> Received:
        return Received(polled=self.polled, found=self.found, taken=self.taken, refused=dict(self.refused))


class _Linked(threading.Event):
    """An event of its own that is also set when ``parent`` is: ending a feeder must not end the program."""

    def __init__(self, parent: threading.Event) -> None:
        super().__init__()
        self._parent = parent

    def is_set(self) -> bool:
        return super().is_set() or self._parent.is_set()


def run_once(
    config: Config, *, hosts: Hosts | None = None, listener: Listener = silent, stop: threading.Event | None = None
) -> str:
    """Collect what is due, process it, group it; return the run's id."""
    with Library.open(config) as library:
        return Cycle(config, library, listener, stop or threading.Event()).run(hosts)


def process_pending(config: Config, *, again: bool = False, listener: Listener = silent) -> str:
    """Read captures that are not read yet (``again``: all of them anew, from the evidence); return the run's id."""
    with Library.open(config) as library:
        if again:
            library.reprocess()
        return Cycle(config, library, listener, threading.Event()).run(collect=False)


def run_for_ever(config: Config, listener: Listener, stop: threading.Event) -> None:
    """Run cycles until ``stop`` is set, sleeping until the next listened address is due."""
    while not stop.is_set():
        with Library.open(config) as library:
            Cycle(config, library, listener, stop).run()
            pause = _until_due(config, library)
        if not stop.is_set():
            listener(Waiting(seconds=pause))
            stop.wait(pause)


def _until_due(config: Config, library: Library) -> float:
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    visits = [library.memory.visit(listen.url) for source in config.source for listen in source.listens]
    due = [max((v.next_due - now).total_seconds(), 0.0) if v else 0.0 for v in visits]
    return min([*due, LONGEST_WAIT]) or 1.0
