"""Archives in: what WARC, WACZ and folders hold becomes captures like any other; lists of addresses are collected.

One run with a ledger of its own. What is there already is told by its capture id and not written again, so that an
import which was cut short is simply done once more.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from babelscope.app.ahead import Ahead
from babelscope.app.cycle import Cycle
from babelscope.app.feeder import CollectEvent
from babelscope.app.gathering import Gathering, Hosts, Linked
from babelscope.app.memory import ListMemory
from babelscope.app.running import running
from babelscope.collect.archives.addresses import read_addresses
from babelscope.collect.archives.attribution import Attribution, source_id
from babelscope.collect.archives.outcomes import Reading, Skipped
from babelscope.collect.archives.plan import Target, plan, read_target
from babelscope.flow.checks import is_source_id
from babelscope.flow.config import Config
from babelscope.flow.errors import ConfigError
from babelscope.flow.events import Imported, Listener, silent
from babelscope.flow.shapes import Exchange, Item, Polled
from babelscope.flow.sources import load_registry
from babelscope.model import Source
from babelscope.store.decode import response_body
from babelscope.store.library import Library
from babelscope.store.parts import MAIN

BATCH_EVENTS = 1024
BATCH_BYTES = 24 << 20
"""What is written to the evidence and forced to disk at once."""
TOLD_EVERY = 5.0
"""Seconds after which the ledger is told what was passed over."""
MAX_NAMED = 200
"""Sources without an entry that the ledger names, those with most captures first."""
DAMAGES_TOLD = 8
"""Damaged places that are named; the store keeps all of them."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to import. ``source`` takes everything; "" finds the source of each address. ``hosts`` is for tests."""

    paths: Sequence[Path]
    source: str = ""
    process: bool = True
    hosts: Hosts | None = None


class Imports(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: its runs (of taking in, of reading), and the sources that it named itself.

    ``damaged`` are the first places that could not be read, each with what is wrong there, of ``damages`` in all.
    """

    runs: tuple[str, ...]
    named: tuple[str, ...]
    damaged: tuple[str, ...] = ()
    damages: int = 0


def import_paths(
    config: Config, order: Order, *, listener: Listener = silent, stop: threading.Event | None = None
) -> Imports:
    """Import and, if asked, read what came; raises ``ConfigError`` before anything is written if a path is wrong."""
    targets = plan(list(order.paths))
    if order.source and not is_source_id(order.source):
        raise ConfigError(f"--source {order.source!r}: use letters, digits, '.', '_' and '-', 64 at most")
    lists = {target.path: read_addresses(target.path) for target in targets if target.kind == "addresses"}
    stop = stop or threading.Event()
    with Library.open(config) as library:
        job = _Import(config, library, order, (listener, stop))
        runs = [job.run(targets, lists)]
        if order.process and not stop.is_set():
            runs.append(Cycle(config, library, listener, stop).run())
    damages = job.totals.refused.get("damaged", 0)
    return Imports(runs=tuple(runs), named=tuple(job.named), damaged=tuple(job.damaged), damages=damages)


class _Import:
    """One run of taking in."""

    def __init__(self, config: Config, library: Library, order: Order, heard: tuple[Listener, threading.Event]) -> None:
        self._config, self._library, self._order = config, library, order
        self._listener, self._stop = heard
        self._known = (*config.source, *_registry(config))
        self.totals = Imported()
        self._by_source: Counter[str] = Counter()
        self._run = ""
        self._brought: set[str] = set()
        self._passed: Counter[tuple[str, str, str]] = Counter()
        self._told_at = time.monotonic()
        self.named: list[str] = []
        self.damaged: list[str] = []

    def run(self, targets: Sequence[Target], lists: Mapping[Path, Sequence[str]]) -> str:
        """Take in every target, in order; return the run's id."""
        with running(self._library, self._config, self._stop) as run:
            self._run = run.id
            try:
                for target in targets:
                    self._one(target, lists)
            finally:
                self._write_passed()
            run.ok = not self._stop.is_set()
        return run.id

    def _one(self, target: Target, lists: Mapping[Path, Sequence[str]]) -> None:
        unnamed = f"import-{source_id(target.label)}"[:64].rstrip("-._")
        attribution = Attribution(self._known, self._order.source, unnamed)
        self._by_source.clear()
        if target.kind == "addresses":
            self._collect(lists[target.path], attribution)
        else:
            limit = self._config.collect.max_mb << 20
            reading = Reading(limit=limit, decode=response_body, source_of=attribution.source_of)
            self._take(target, reading, attribution)
        self._tell_named(attribution)

    def _take(self, target: Target, reading: Reading, attribution: Attribution) -> None:
        with Ahead(self._batches(target, reading)) as batches:
            for batch in batches:
                self._receive(batch, attribution)
                if self._stop.is_set():
                    return

    def _batches(self, target: Target, reading: Reading) -> Iterator[list[CollectEvent | Skipped]]:
        batch: list[CollectEvent | Skipped] = []
        size = 0
        for outcome in read_target(target, reading):
            batch.append(outcome)
            size += len(outcome.response) + len(outcome.body) if isinstance(outcome, Exchange) else 0
            if len(batch) >= BATCH_EVENTS or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _receive(self, batch: Sequence[CollectEvent | Skipped], attribution: Attribution) -> None:
        events = [one for one in batch if not isinstance(one, Skipped)]
        skipped: Counter[str] = Counter(one.reason for one in batch if isinstance(one, Skipped))
        self._bring(attribution)
        new = self._library.receive(self._run, events) if events else 0
        self._passed.update({("import", "skipped", reason): count for reason, count in skipped.items()})
        self._passed.update({("import", "record", ""): len(batch), ("import", "handed", ""): len(events)})
        if time.monotonic() - self._told_at >= TOLD_EVERY:
            self._write_passed()
        self._count(events, new, skipped)

    def _write_passed(self) -> None:
        passed, self._passed = self._passed, Counter()
        self._library.count(self._run, passed)
        self._told_at = time.monotonic()

    def _bring(self, attribution: Attribution) -> None:
        """Write down the sources that were met since the last time."""
        met = [source for id_, source in list(attribution.used.items()) if id_ not in self._brought]
        if met:
            self._library.add_sources(met)
            self._brought.update(source.id for source in met)

    def _collect(self, addresses: Sequence[str], attribution: Attribution) -> None:
        """Hand addresses to the collector, which asks robots.txt and keeps the pace of every host."""
        items = [Item(source=attribution.source_of(url), url=url, feed="") for url in addresses]
        sources = [msgspec.structs.replace(source, listens=()) for source in attribution.used.values()]
        self._bring(attribution)
        memory = ListMemory(items, self._library.memory)
        with (
            Gathering(self._config, MAIN, hosts=self._order.hosts) as gathering,
            gathering.feeder(sources, memory, Linked(self._stop)) as feeder,
        ):
            for events in feeder.batches(BATCH_EVENTS):
                self._count(events, self._library.receive(self._run, events), {})

    def _count(self, events: Sequence[CollectEvent], new: int, skipped: Mapping[str, int]) -> None:
        taken = [event.capture.source for event in events if isinstance(event, Exchange)]
        refusals = [event for event in events if not isinstance(event, Exchange | Polled)]
        refused = Counter(one.reason for one in refusals)
        told = [f"{one.url}: {one.detail}" for one in refusals if one.reason == "damaged"]
        self.damaged += told[: DAMAGES_TOLD - len(self.damaged)]
        self._by_source.update(taken)
        was = self.totals
        self.totals = Imported(
            records=was.records + len(events) + sum(skipped.values()),
            taken=was.taken + new,
            known=was.known + len(taken) - new,
            skipped=dict(Counter(was.skipped) + Counter(skipped)),
            refused=dict(Counter(was.refused) + refused),
        )
        self._listener(self.totals)

    def _tell_named(self, attribution: Attribution) -> None:
        """Write down the sources that no configuration and no registry has, with their captures."""
        unknown = set(attribution.unknown)
        found = [(id_, count) for id_, count in self._by_source.most_common() if id_ in unknown]
        self._library.count(self._run, {("import", "named", id_): count for id_, count in found[:MAX_NAMED]})
        self.named += [id_ for id_, _ in found]


def _registry(config: Config) -> tuple[Source, ...]:
    """Return the registry; without a built-in one, addresses get sources that are named after their domains."""
    try:
        return load_registry(config.registry.directory)
    except ConfigError:
        if config.registry.directory:
            raise
        return ()
