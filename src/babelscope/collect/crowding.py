"""Crowding: many hosts may live on one machine, and together they must not ask too much of it.

One IP address gets at most ``AT_ONCE`` requests at once, and between two of them half the time that it took to answer
lately (Heritrix's delay factor, for addresses), at most ``delay``. So the load follows what stands behind the address:
a content delivery network that answers in 50 ms is asked 40 times a second for its thousands of hosts, a small shared
server that needs two seconds once a second for all of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from babelscope.collect.clock import Clock

AT_ONCE = 4
"""Requests in flight to one IP address."""
SHARE = 0.5
"""Seconds between two requests for each second that the address took to answer."""
WEIGHT = 0.2
"""Weight of the latest answer in the exponentially weighted mean of the times."""
MAX_ADDRESSES = 10_000


class _Place:
    """What is known of one IP address: its slots, the mean seconds of an answer, the moment of the next request."""

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.users = 0
        self.pace = 0.0
        self.ready = float("-inf")


class Crowding:
    """The turns of IP addresses. ``delay`` is the longest pause between two requests, in seconds."""

    def __init__(self, delay: float, clock: Clock) -> None:
        self._delay = delay
        self._clock = clock
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def turn(self, ip: str) -> AsyncIterator[None]:
        """Wait for a turn at ``ip`` and hold it; "" needs none (the caller chose where the host is)."""
        if not ip:
            yield
            return
        place = self._place(ip)
        place.users += 1
        try:
            async with place.slots:
                await self._wait(place)
                began = self._clock.monotonic()
                try:
                    yield
                finally:
                    place.pace += WEIGHT * (self._clock.monotonic() - began - place.pace)
        finally:
            place.users -= 1

    async def _wait(self, place: _Place) -> None:
        now = self._clock.monotonic()
        mine = max(place.ready, now)
        place.ready = mine + min(place.pace * SHARE, self._delay)
        if mine > now:
            await self._clock.sleep(mine - now)

    def _place(self, ip: str) -> _Place:
        place = self._places.get(ip)
        if place is None:
            if len(self._places) >= MAX_ADDRESSES:
                self._places = {known: place for known, place in self._places.items() if place.users}
            place = self._places[ip] = _Place()
        return place
