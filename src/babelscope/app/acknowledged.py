"""Hosts are given back only when all that came from them is kept: else the next collector would fetch it again."""

from __future__ import annotations

import datetime as dt
import math
import threading
import time
from collections.abc import Callable, Collection

import msgspec

from babelscope.collect.collection import UNDELIVERED
from babelscope.flow.shapes import HostLeases, Turn

SETTLING = 1.0
"""Seconds in which the last results of a host reach the queue of the writer while it has room."""
ON_THE_WAY = UNDELIVERED + 1
"""Results that can be between a collector and the queue: those not delivered, and the one that waits for room."""


class _Return(msgspec.Struct):
    host: str
    ready_at: dt.datetime
    since: float
    before: int
    """Events of this run that were in the queue when the collector gave the host back."""
    mark: int = -1
    """Events that must be kept before the host is given back; -1: they may not all be in the queue yet."""


class AcknowledgedLeases:
    """Leases between a collector in one thread and the writer in another, who tells what is kept."""

    def __init__(self, leases: HostLeases, now: Callable[[], float] = time.monotonic) -> None:
        self._leases, self._now = leases, now
        self._returns: dict[str, _Return] = {}
        self._handed = self._kept = 0
        self._full_at = -math.inf
        self._lock = threading.RLock()

    def take(self, host: str) -> Turn | None:
        """Return the turn at ``host``; one that was to be given back stays ours."""
        with self._lock:
            self._returns.pop(host, None)
            return self._leases.take(host)

    def release(self, host: str, ready_at: dt.datetime) -> None:
        """Give ``host`` back as soon as everything that came before is kept."""
        with self._lock:
            self._returns[host] = _Return(host, ready_at, self._now(), self._handed)

    def renew(self) -> Collection[str]:
        """Keep what is held; return the hosts that were lost meanwhile."""
        with self._lock:
            self.settle()
            lost = self._leases.renew()
            return [host for host in lost if self._returns.pop(host, None) is None]

    def handed(self) -> None:
        """Count an event that was put into the queue of the writer."""
        self._handed += 1

    def full(self) -> None:
        """Say that the queue of the writer has no room: what is on its way has to wait."""
        self._full_at = self._now()

    def kept(self, events: int) -> None:
        """Say that so many events of this run are kept."""
        self._kept = events

    def settle(self, everything: bool = False) -> None:
        """Give back what can be given back; ``everything``: the run is over, nothing is on its way any more."""
        with self._lock:
            for due in list(self._returns.values()):
                if due.mark < 0 and self._now() - max(due.since, self._full_at) >= SETTLING:
                    due.mark = self._handed
                if everything or 0 <= due.mark <= self._kept or self._kept >= due.before + ON_THE_WAY:
                    del self._returns[due.host]
                    self._leases.release(due.host, due.ready_at)
            if everything:  # the next run counts its events anew
                self._handed = self._kept = 0
