"""Collecting only, as one of several processes that share the sources; ``process`` or ``run`` reads what came."""

from __future__ import annotations

import threading

from babelscope.app.gathering import Gathering, Hosts, Linked, Totals, until_due
from babelscope.app.running import running
from babelscope.flow.config import Config
from babelscope.flow.events import Listener, Waiting, silent
from babelscope.store.intake import Intake

EVENTS_AT_ONCE = 256


def collect_once(
    config: Config,
    name: str,
    *,
    hosts: Hosts | None = None,
    listener: Listener = silent,
    stop: threading.Event | None = None,
) -> str:
    """Collect what is due and no other collector is at, as the collector ``name``; return the run's id.

    Raises ``BabelscopeError`` if a collector of that name is at work, or the run's ledger does not balance.
    """
    with (
        Intake.open(config, name) as intake,
        Gathering(config, name, hosts=hosts, leases=intake.leases) as gathering,
    ):
        return collect_cycle(config, intake, gathering, listener, stop or threading.Event())


def collect_for_ever(config: Config, name: str, listener: Listener, stop: threading.Event) -> None:
    """Collect until ``stop`` is set, sleeping until the next listened address is due."""
    with Intake.open(config, name) as intake, Gathering(config, name, leases=intake.leases) as gathering:
        while not stop.is_set():
            collect_cycle(config, intake, gathering, listener, stop)
            pause = until_due(config, intake.memory)
            if not stop.is_set():
                listener(Waiting(seconds=pause))
                stop.wait(pause)


def collect_cycle(
    config: Config, intake: Intake, gathering: Gathering, listener: Listener, stop: threading.Event
) -> str:
    """Do one run: collect until nothing is due that is not in the hands of others; return its id."""
    totals = Totals()
    with running(intake, config, stop) as run:
        with gathering.feeder(config.source, intake.memory, Linked(stop)) as feeder:
            for events in feeder.batches(EVENTS_AT_ONCE):
                intake.receive(run.id, events)
                listener(totals.count(events))
        run.ok = not stop.is_set()
    return run.id
