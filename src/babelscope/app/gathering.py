"""The collector of a process and the hosts that it holds, kept from one cycle to the next with what it has learned."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import msgspec

from babelscope.app.acknowledged import AcknowledgedLeases
from babelscope.app.feeder import CollectEvent, Feeder
from babelscope.collect.clock import Clock
from babelscope.flow.config import Config
from babelscope.flow.events import Received
from babelscope.flow.registry import factory
from babelscope.flow.shapes import CollectMemory, Exchange, HostLeases, Polled
from babelscope.model import Source
from babelscope.store.database import connect
from babelscope.store.leases import SqlLeases, open_leases
from babelscope.store.parts import system_clock
from babelscope.store.subscriptions import SqlSubscriptions

Hosts = Mapping[str, tuple[str, int]]
LONGEST_WAIT = 60.0
"""Seconds until the sources are looked through again at the latest."""


class Gathering:
    """A collector with its leases.

    ``holder`` is the name of this process among all that collect; ``leases`` None: those in the state database, which
    must be there when the first host is asked. ``hosts`` and ``clock`` are for tests.
    """

    def __init__(
        self,
        config: Config,
        holder: str,
        *,
        hosts: Hosts | None = None,
        clock: Clock | None = None,
        leases: HostLeases | None = None,
    ) -> None:
        self._own: SqlLeases | None = None
        if leases is None:
            leases = self._own = open_leases(config, holder, clock.now if clock else None)
        self._leases = AcknowledgedLeases(leases)
        self._pushed = SqlSubscriptions(connect(config)) if config.collect.callback else None
        options: dict[str, object] = {"clock": clock} if clock else {}
        if self._pushed is not None:
            options["subscriptions"] = self._pushed
        self._collector = factory("babelscope.collectors", "feeds")(config, hosts=hosts, leases=self._leases, **options)

    def feeder(self, sources: Sequence[Source], memory: CollectMemory, stop: threading.Event) -> Feeder:
        """Return one run over ``sources``, to be used as a context manager."""
        return Feeder(self._collector, sources, memory, stop, self._leases)

    def close(self) -> None:
        """Let go of the database."""
        if self._own is not None:
            self._own.close()
        if self._pushed is not None:
            self._pushed.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Totals(msgspec.Struct):
    """What a run has collected so far."""

    polled: int = 0
    found: int = 0
    taken: int = 0
    refused: dict[str, int] = {}

    def count(self, events: Sequence[CollectEvent]) -> Received:
        """Count ``events``; return the totals as an event."""
        for event in events:
            if isinstance(event, Polled):
                self.polled += 1
                self.found += len(event.items)
            elif isinstance(event, Exchange):
                self.taken += 1
            else:
                self.refused[event.reason] = self.refused.get(event.reason, 0) + 1
        return Received(polled=self.polled, found=self.found, taken=self.taken, refused=dict(self.refused))


class Linked(threading.Event):
    """An event of its own that is also set when ``parent`` is: ending a feeder must not end the program."""

    def __init__(self, parent: threading.Event) -> None:
        super().__init__()
        self._parent = parent

    def is_set(self) -> bool:
        """Say whether this event or its parent is set."""
        return super().is_set() or self._parent.is_set()


def until_due(config: Config, memory: CollectMemory) -> float:
    """Return the seconds until a listened address is due, ``LONGEST_WAIT`` at most; 1 if one is due already."""
    now = system_clock()
    visits = [memory.visit(listen.url) for source in config.source for listen in source.listens]
    due = [max((v.next_due - now).total_seconds(), 0.0) if v else 0.0 for v in visits]
    return min([*due, LONGEST_WAIT]) or 1.0
