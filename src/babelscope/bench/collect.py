"""How fast we collect: pages into the evidence, and polls of feeds, from hosts on loopback that answer slowly.

The path is the one of ``babelscope run`` up to the stages: collector in its thread, queue, WARC forced to disk, SQL.
The hosts are in a process of their own, which logs every request: spacing is judged by what they saw, not by what we
meant.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from babelscope.app.cycle import EVENTS_AT_ONCE
from babelscope.app.feeder import Feeder
from babelscope.collect.clock import SystemClock
from babelscope.collect.feeds import FeedCollector
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.shapes import Exchange, Polled
from babelscope.model import Listen, Source
from babelscope.store.library import Library

WARM = 0.2
"""Share of a run whose memory does not count for the slope: pools and caches fill."""
LATER = dt.timedelta(days=2)
Sample = tuple[float, int, float]
"""Seconds, pages so far, resident memory (MB)."""


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What to collect: ``pages`` in all from ``hosts``, ``delay`` seconds apart at each, answers after ``latency``."""

    pages: int = 4000
    hosts: int = 40
    feeds: int = 0
    delay: float = 0.15
    latency: float = 0.05


class Later(SystemClock):
    """The machine's clock, two days on: everything is due again."""

    def now(self) -> dt.datetime:
        """Return the time of day the day after tomorrow."""
        return super().now() + LATER


class Watch:
    """Samples resident memory, of this process and of those it started, until it is stopped."""

    def __init__(self) -> None:
        self.pages = 0
        self.samples: list[Sample] = []
        self.children = 0.0
        self._began = time.perf_counter()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._end.wait(0.5):
            self.samples.append((time.perf_counter() - self._began, self.pages, resident(os.getpid())))
            self.children = max(self.children, sum(map(resident, children(os.getpid()))))


def resident(process: int) -> float:
    """Return the resident memory of ``process`` in MB; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    except (OSError, IndexError, ValueError):
        return 0.0


def children(process: int) -> list[int]:
    """Return the processes that ``process`` started and that still run; none where the system does not tell."""
    try:
        tasks = list(Path(f"/proc/{process}/task").glob("*/children"))
        return [int(word) for task in tasks for word in task.read_text().split()]
    except (OSError, ValueError):
        return []


def run(config: Config, load: Load | None = None) -> dict[str, Any]:
    """Return pages and bytes a second, spacing as the hosts saw it, memory; with ``feeds`` also both polls of them."""
    load = load or Load()
    figures: dict[str, Any] = {"load_average_before": round(os.getloadavg()[0], 2)}
    if load.pages:
        figures["pages"] = measure_pages(config, load)
    if load.feeds:
        figures["feeds"] = measure_feeds(config, load)
    return figures


def measure_pages(config: Config, load: Load) -> dict[str, Any]:
    """Collect ``load.pages`` pages from ``load.hosts`` hosts and return the figures."""
    each = -(-load.pages // load.hosts)
    names = [f"host-{number:04d}" for number in range(load.hosts)]
    with _world(config, load, names, each) as (chosen, library, hosts, outlets):
        collector = FeedCollector(chosen, hosts=hosts)
        with Watch() as watch:
            told = _collect(chosen, library, collector, watch)
        said = outlets()
        size = sum(path.stat().st_size for path in Path(chosen.store.directory, "evidence").iterdir())
    taken, seconds = told["taken"], told["seconds"]
    return {
        "taken": taken,
        "refused": told["refused"],
        "seconds": round(seconds, 1),
        "pages_per_second": round(taken / seconds, 1),
        "megabytes_per_second": round(told["bytes"] / seconds / 1e6, 2),
        "kilobytes_a_page": round(told["bytes"] / max(taken, 1) / 1e3, 1),
        "evidence_megabytes": round(size / 1e6, 1),
        "spacing": spacing(said, load.delay),
        "memory": memory(watch.samples, watch.children),
        "cpu_seconds": told["cpu"],
        "cpu_seconds_of_the_hosts": round(said["cpu_seconds"], 1),
        "batches": told["batches"],
    }


def measure_feeds(config: Config, load: Load) -> dict[str, Any]:
    """Poll ``load.feeds`` feeds on hosts of their own twice: for the first time, then with what that left (304)."""
    names = [f"feed-{number:05d}" for number in range(load.feeds)]
    figures: dict[str, Any] = {}
    with _world(config, load, names, 0, "host-0000") as (chosen, library, hosts, outlets):
        for name, clock in (("first", SystemClock()), ("conditional", Later())):
            collector = FeedCollector(chosen, hosts=hosts, clock=clock)
            with Watch() as watch:
                told = _collect(chosen, library, collector, watch)
            figures[name] = {
                "polled": told["polled"],
                "statuses": told["statuses"],
                "seconds": round(told["seconds"], 1),
                "feeds_per_second": round(told["polled"] / told["seconds"], 1),
                "memory": memory(watch.samples, watch.children),
                "cpu_seconds": told["cpu"],
            }
        said = outlets()
        figures["requests"] = said["requests"]
        figures["answers"] = said["answers"]
        figures["spacing"] = spacing(said, load.delay)
    return figures


@contextmanager
def _world(
    config: Config, load: Load, names: Sequence[str], pages: int, *others: str
) -> Iterator[tuple[Config, Library, dict[str, tuple[str, int]], Any]]:
    """Start the hosts and an empty store; yield config, store, where each host is, and what ends them and reports."""
    with tempfile.TemporaryDirectory() as folder, _outlets(load.latency, pages) as (port, finish):
        chosen = msgspec.structs.replace(
            config,
            store=msgspec.structs.replace(config.store, directory=folder, database=""),
            collect=msgspec.structs.replace(config.collect, delay=load.delay, max_items=max(pages, 200)),
            source=tuple(_source(name) for name in names),
        )
        hosts = dict.fromkeys((*names, *others), ("127.0.0.1", port))
        with Library.open(chosen) as library:
            yield chosen, library, hosts, finish


def _source(name: str) -> Source:
    home = f"http://{name}/"
    return Source(id=name, name=name, home=home, listens=(Listen(url=f"{home}feed.xml"),))


@contextmanager
def _outlets(latency: float, pages: int) -> Iterator[tuple[int, Any]]:
    command = [sys.executable, "-m", "babelscope.bench.outlets", str(latency), str(pages)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(  # noqa: S603  # our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            raise BabelscopeError("the process with the hosts of the measurement did not start")

        def finish() -> dict[str, Any]:
            out, _ = process.communicate()
            report: dict[str, Any] = json.loads(out)
            return report

        yield int(port), finish
    finally:
        process.kill()
        process.wait()


def _collect(config: Config, library: Library, collector: FeedCollector, watch: Watch) -> dict[str, Any]:
    """Collect until there is nothing left to do, as a cycle does, but for the stages; return what came."""
    told: dict[str, Any] = {"taken": 0, "bytes": 0, "polled": 0, "batches": 0}
    refused: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    run_id = library.begin_run(config)
    cpu, began = time.process_time(), time.perf_counter()
    with Feeder(collector, config.source, library.memory, threading.Event()) as feeder:
        for events in feeder.batches(EVENTS_AT_ONCE):
            library.receive(run_id, events)
            told["batches"] += 1
            for event in events:
                if isinstance(event, Polled):
                    told["polled"] += 1
                    statuses[event.visit.status] += 1
                elif isinstance(event, Exchange):
                    told["taken"] += 1
                    told["bytes"] += event.capture.size
                else:
                    refused[event.reason] += 1
            watch.pages = told["taken"]
    told.update(seconds=time.perf_counter() - began, cpu=round(time.process_time() - cpu, 1))
    library.end_run(run_id, ok=True)
    return {**told, "refused": dict(refused), "statuses": {str(s): n for s, n in sorted(statuses.items())}}


def spacing(said: dict[str, Any], delay: float) -> dict[str, Any]:
    """Return the distances (seconds) between two requests to one host, as the hosts' log has them."""
    return {
        "delay": delay,
        "pairs": said["gaps"],
        "least": round(said["least"], 6),
        "p50": round(said["p50"], 4),
        "p95": round(said["p95"], 4),
        "kept": said["least"] >= delay,
    }


def memory(samples: Sequence[Sample], parser: float) -> dict[str, Any]:
    """Return peak memory (MB), that of each quarter, and how it grew after the warm-up (least squares)."""
    peak = max((used for _, _, used in samples), default=0.0)
    last = samples[-1][1] if samples else 0
    warm = [(pages, used) for _, pages, used in samples if pages >= WARM * last] if last else []
    slope = 0.0
    if len(warm) > 2 and len({pages for pages, _ in warm}) > 1:
        slope = statistics.linear_regression(*zip(*warm, strict=True)).slope
    return {
        "peak_mb": round(peak, 1),
        "at_quarters_mb": [round(samples[len(samples) * part // 4 - 1][2], 1) for part in (1, 2, 3, 4) if samples],
        "growth_mb_per_100000_pages": round(slope * 100_000, 1),
        "other_processes_mb": round(parser, 1),
    }
