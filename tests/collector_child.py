"""One of several collectors, in a process of its own, until it is told to end: ``test_collectors`` kills one."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import msgspec

from babelscope.app.collecting import collect_cycle
from babelscope.app.gathering import Gathering
from babelscope.collect import holding
from babelscope.flow.config import Config
from babelscope.flow.events import silent
from babelscope.store.intake import Intake

FEWEST = 6
"""Hosts that one holds at once: with so few hosts, the first one to start would take them all."""
PAUSE = 0.3
"""Seconds between two runs, instead of the minute that real sources leave."""


class Task(msgspec.Struct):
    """What the child has to do."""

    config: Config
    hosts: dict[str, tuple[str, int]]
    name: str


def main(path: str) -> None:
    task = msgspec.json.decode(Path(path).read_bytes(), type=Task)
    holding.FEWEST, holding.PAGES = FEWEST, 0.0
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with (
        Intake.open(task.config, task.name) as intake,
        Gathering(task.config, task.name, hosts=task.hosts, leases=intake.leases) as gathering,
    ):
        print("ready", flush=True)
        while not stop.is_set():
            collect_cycle(task.config, intake, gathering, silent, stop)
            stop.wait(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1])
