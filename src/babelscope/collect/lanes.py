"""Lanes: the jobs of each host, one at a time per host, all hosts at once.

Items go before polls and polls before second looks, and nothing is polled while more than ``limit`` items wait: what is
found is bounded by what is taken, so a run over any number of feeds needs bounded memory. A lane works only while its
host is held (``Holding``); what it does not get to is put back: it stays open for a later run, and nothing is told of
it. A run ends when no lane is at work, whatever others hold.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from typing import Protocol

import msgspec

from babelscope.collect.clock import Clock
from babelscope.collect.holding import Holding
from babelscope.collect.polls import Poll
from babelscope.collect.reasons import Busy
from babelscope.collect.websub import Subscribing
from babelscope.flow.shapes import Item, Look

TICK = 5.0
"""Seconds between two renewals of the leases, and between two tries to get hosts that others held."""
TRIES = 32
"""Hosts held by others that are tried again at one tick."""
LONGEST_RUN = 3600.0
"""Seconds after which a run puts back what is left: one slow host must not hold up the next poll of all others."""


class Work(Protocol):
    """What a lane does with its jobs. Each may raise ``Busy``: then the lane's host is to be left alone."""

    def fresh(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return those of ``items`` that nobody has taken meanwhile."""
        ...

    async def take(self, item: Item) -> None:
        """Fetch an item."""
        ...

    async def poll(self, poll: Poll) -> None:
        """Poll a listened address."""
        ...

    async def look(self, look: Look) -> None:
        """Look at a page again."""
        ...

    async def subscribe(self, asking: Subscribing) -> None:
        """Ask a hub to push."""
        ...


class _Lane(msgspec.Struct):
    items: deque[Item]
    polls: deque[Poll]
    looks: deque[Look]
    askings: deque[Subscribing]

    @property
    def empty(self) -> bool:
        return not (self.items or self.polls or self.looks or self.askings)


class Lanes:
    """Queues by host, worked off by tasks of ``group``; it is done when the group is."""

    def __init__(self, group: asyncio.TaskGroup, work: Work, holding: Holding, clock: Clock, limit: int) -> None:
        self._group = group
        self._job = work
        self._holding = holding
        self._clock = clock
        self._limit = limit
        self._until = clock.monotonic() + LONGEST_RUN
        self._lanes: dict[str, _Lane] = {}
        self._refused: dict[str, _Lane] = {}
        self._slots = asyncio.Semaphore(holding.most)
        self._waiting = 0
        self._room = asyncio.Event()
        self._room.set()
        self._idle = asyncio.Event()

    def add_item(self, host: str, item: Item) -> None:
        """Queue the fetch of an item at ``host``."""
        lane = self._lane(host)
        if host in self._lanes:
            self._came(1)
        if host in self._lanes or len(lane.items) < self._limit:
            lane.items.append(item)

    def add_poll(self, host: str, poll: Poll) -> None:
        """Queue the poll of a listened address at ``host``."""
        self._lane(host).polls.append(poll)

    def add_look(self, host: str, look: Look) -> None:
        """Queue a second look at a page of ``host``."""
        self._lane(host).looks.append(look)

    def add_asking(self, host: str, asking: Subscribing) -> None:
        """Queue a request to the hub at ``host``."""
        self._lane(host).askings.append(asking)

    async def attend(self) -> None:
        """Renew what is held and try again what others held, until no lane is at work."""
        while self._lanes:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._idle.wait()
            self._holding.renew()
            if self._lanes:
                for host in list(islice(self._refused, TRIES)):
                    self._begin(host, self._refused.pop(host))

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host, self._refused.get(host))
        if lane is None:
            lane = _Lane(deque(), deque(), deque(), deque())
            self._begin(host, lane)
        return lane

    def _begin(self, host: str, lane: _Lane) -> None:
        self._lanes[host] = lane
        self._idle.clear()
        self._came(len(lane.items))
        self._group.create_task(self._work(host, lane))

    async def _work(self, host: str, lane: _Lane) -> None:
        while not lane.empty:
            if not (lane.items or lane.looks or lane.askings):
                await self._room.wait()
            async with self._slots:
                if not self._holding.enter(host):
                    self._gone(len(lane.items))
                    self._refused[host] = lane
                    break
                try:
                    self._refresh(lane)
                    await self._run(host, lane)
                finally:
                    self._holding.leave(host)
        del self._lanes[host]
        if not self._lanes:
            self._idle.set()

    def _refresh(self, lane: _Lane) -> None:
        if self._holding.shared and lane.items:
            fresh = self._job.fresh(lane.items)
            self._gone(len(lane.items) - len(fresh))
            lane.items = deque(fresh)

    async def _run(self, host: str, lane: _Lane) -> None:
        """Work until there is nothing left, nothing may be polled, or the host is no longer ours."""
        while self._clock.monotonic() < self._until and self._holding.holds(host):
            try:
                if lane.items:
                    await self._take(lane)
                elif lane.polls and self._room.is_set():
                    await self._job.poll(lane.polls.popleft())
                elif lane.looks:
                    await self._job.look(lane.looks.popleft())
                elif lane.askings:
                    await self._job.subscribe(lane.askings.popleft())
                else:
                    return
            except Busy:
                self._put_back(lane)
        self._put_back(lane)
        lane.polls.clear()

    async def _take(self, lane: _Lane) -> None:
        try:
            await self._job.take(lane.items.popleft())
        finally:
            self._gone(1)

    def _put_back(self, lane: _Lane) -> None:
        """Drop what can wait; polls go on, since each that the host refuses is told, with its next moment."""
        self._gone(len(lane.items))
        lane.items.clear()
        lane.looks.clear()
        lane.askings.clear()

    def _came(self, items: int) -> None:
        self._waiting += items
        if self._waiting >= self._limit:
            self._room.clear()

    def _gone(self, items: int) -> None:
        self._waiting -= items
        if self._waiting < self._limit:
            self._room.set()
