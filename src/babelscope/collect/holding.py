"""Holding hosts: several collectors share the work, and each host is asked by one of them at a time.

A lease (``HostLeases``) is taken before the first request to a host and given back with the moment when the host may be
asked next, so that its spacing is kept by all collectors together. Without leases everything is ours. The calls are
short statements in SQL, made on the event loop: two for each host and run.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from babelscope.collect.clock import Clock
from babelscope.collect.manners import Manners
from babelscope.collect.reasons import Busy
from babelscope.flow.shapes import HostLeases

RENEW_AFTER = 10.0
"""Seconds after which the leases are renewed: well within the minute for which they are given."""
FEWEST = 256
PAGES = 400.0
"""Pages a second that one collector can take at most: it holds no more hosts at once than give it so many."""
GUEST_WAIT = 30.0
"""Seconds that a redirect waits for a host that another collector is asking."""


class Holding:
    """The hosts that this collector holds now, each counted by its users (a lane, redirects that lead to it)."""

    def __init__(self, leases: HostLeases | None, manners: Manners, clock: Clock, delay: float = 0.0) -> None:
        self._leases = leases
        self._manners = manners
        self._clock = clock
        self._held: dict[str, int] = {}
        self.most = max(FEWEST, round(PAGES * delay)) if leases is not None else sys.maxsize
        """Hosts to be held at once, so that other collectors find the rest free."""
        self._renewed = clock.monotonic()

    @property
    def shared(self) -> bool:
        """Whether there may be other collectors."""
        return self._leases is not None

    def enter(self, host: str) -> bool:
        """Hold ``host`` (once more); False while another collector has it."""
        if self._leases is None or not host:
            return True
        if host not in self._held:
            turn = self._leases.take(host)
            if turn is None:
                return False
            self._manners.hold_back(host, turn.ready_at)
        self._held[host] = self._held.get(host, 0) + 1
        return True

    def leave(self, host: str) -> None:
        """Let go of ``host`` once; the last one gives it back, unless it was lost."""
        if self._leases is None or host not in self._held:
            return
        self._held[host] -= 1
        if self._held[host] <= 0:
            del self._held[host]
            self._leases.release(host, self._manners.ready_at(host))

    def holds(self, host: str) -> bool:
        """Say whether ``host`` is still ours; asks again if the last renewal is too long ago to be sure."""
        if self._leases is None or not host:
            return True
        if self._clock.monotonic() - self._renewed > RENEW_AFTER:
            self.renew()
        return host in self._held

    def renew(self) -> None:
        """Keep what is held; forget what was lost."""
        if self._leases is None:
            return
        self._renewed = self._clock.monotonic()
        for host in self._leases.renew() or ():
            self._held.pop(host, None)

    @asynccontextmanager
    async def guest(self, host: str) -> AsyncIterator[None]:
        """Hold ``host`` for one request; raises ``Busy`` when another collector keeps it for longer than we wait."""
        until = self._clock.monotonic() + GUEST_WAIT
        while not self.enter(host):
            if self._clock.monotonic() >= until:
                raise Busy(host, 0.0, f"{host} is being asked by another collector")
            await self._clock.sleep(1.0)
        try:
            yield
        finally:
            self.leave(host)
