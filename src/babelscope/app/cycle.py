"""The main job: one cycle collects what is due, reads it and groups it; ``run`` does so for ever.

Order is everything here. Captures are durable before they are read; documents are durable in the record before the
index shows them; linkers work over the whole cycle in order of (time, address, seen, id), in one transaction each. So
a cycle that was cut short at any moment and repeated ends with the same ids as one that was not.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from babelscope.app.feeder import IDLE_WAIT, CollectEvent, Feeder
from babelscope.app.gathering import Gathering, Hosts, Linked, Totals, until_due
from babelscope.app.health import watch_health
from babelscope.app.linking import link_all, open_linkers
from babelscope.app.running import running
from babelscope.app.translating import work_off_quietly
from babelscope.collect.clock import Clock
from babelscope.flow import engines
from babelscope.flow.apply import Outcome, PipelineSpec, check
from babelscope.flow.config import Config
from babelscope.flow.errors import TooManyFailures
from babelscope.flow.events import Committed, Listener, Processed, Waiting, silent
from babelscope.model import Document
from babelscope.store.library import Library
from babelscope.store.parts import MAIN, system_clock

FEWEST_FOR_SHARE = 100
"""Documents before the quarantined share is judged: one bad page of three is no alarm."""
EVENTS_AT_ONCE = 128


class Cycle:
    """One pass over everything that is due. Single-threaded but for the collector, which has its own thread."""

    def __init__(self, config: Config, library: Library, listener: Listener, stop: threading.Event) -> None:
        self._config, self._library, self._listener, self._stop = config, library, listener, stop
        self._spec = PipelineSpec(stages=config.run.stages, config=config)
        self._after = 0
        self._last: int | None = None
        self._collected = Totals()
        self._processed = self._quarantined = 0
        self.run_id = ""

    def run(self, gathering: Gathering | None = None) -> str:
        """Do the cycle; return the run's id. Raises ``BabelscopeError`` if the ledger does not balance.

        Without ``gathering`` nothing is collected. A cycle that is told to stop keeps what is in hand; the rest waits
        for the next one, as does what other collectors bring after this one has collected all that it could. At the end
        whole texts that readers asked for are translated, within the budget.
        """
        check(self._spec)
        linkers = open_linkers(self._config, self._library)
        with running(self._library, self._config, self._stop) as run:
            self.run_id = run.id
            if gathering is not None and self._config.source:
                with gathering.feeder(self._config.source, self._library.memory, Linked(self._stop)) as feeder:
                    self._process(self._while_collecting(feeder))
            else:
                self._process(self._pending())
            if not self._stop.is_set():
                link_all(linkers, self._library, self._listener)
                watch_health(self._config, self._library, self._listener)
                run.ok = True
        work_off_quietly(self._config, self._stop)
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
            if self._last is None and not events and feeder.finished:
                self._last = self._library.latest_capture()
            wait = 0.0 if full else IDLE_WAIT

    def _pending(self) -> Iterator[Sequence[Document]]:
        self._last = self._library.latest_capture()
        while not self._stop.is_set() and (batch := self._next(self._config.run.batch)):
            yield batch

    def _next(self, most: int) -> list[Document]:
        docs, self._after = self._library.pending_after(most, self._after, self._last)
        return docs

    def _receive(self, events: Sequence[CollectEvent]) -> None:
        if not events:
            return
        self._library.receive(self.run_id, events)
        self._listener(self._collected.count(events))

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
        self._processed += outcome.received
        self._quarantined += failed
        self._listener(Processed(kept=kept, dropped=dropped, quarantined=failed, seconds=outcome.seconds))
        share = self._quarantined / max(self._processed, 1)
        if self._processed >= FEWEST_FOR_SHARE and share > self._config.run.max_failure_share:
            raise TooManyFailures(
                f"{self._quarantined} of {self._processed} documents were quarantined, more than "
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


def run_once(
    config: Config,
    *,
    hosts: Hosts | None = None,
    clock: Clock | None = None,
    listener: Listener = silent,
    stop: threading.Event | None = None,
) -> str:
    """Collect what is due, process it, group it; return the run's id. ``hosts`` and ``clock`` are for tests."""
    with (
        Library.open(config, clock.now if clock else system_clock) as library,
        Gathering(config, MAIN, hosts=hosts, clock=clock) as gathering,
    ):
        return Cycle(config, library, listener, stop or threading.Event()).run(gathering)


def process_pending(config: Config, *, again: bool = False, listener: Listener = silent) -> str:
    """Read captures that are not read yet (``again``: all of them anew, from the evidence); return the run's id."""
    with Library.open(config) as library:
        if again:
            library.reprocess()
        return Cycle(config, library, listener, threading.Event()).run()


def run_for_ever(config: Config, listener: Listener, stop: threading.Event) -> None:
    """Run cycles until ``stop`` is set, sleeping until the next listened address is due, or a capture waits."""
    with Gathering(config, MAIN) as gathering:
        while not stop.is_set():
            with Library.open(config) as library:
                Cycle(config, library, listener, stop).run(gathering)
                pause = 0.0 if library.has_pending() else until_due(config, library.memory)
            if pause and not stop.is_set():
                listener(Waiting(seconds=pause))
                stop.wait(pause)
