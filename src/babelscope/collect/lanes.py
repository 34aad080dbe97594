"""Lanes: the jobs of each host, one at a time per host, all hosts at once.

Items go before polls, and no feed is polled while more than ``limit`` items wait: what is found is bounded by what is
taken, so a run over any number of feeds needs bounded memory.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

Job = Callable[[], Awaitable[None]]


class _Lane(msgspec.Struct):
    items: deque[Job]
    polls: deque[Job]


class Lanes:
    """Queues by host, worked off by tasks of ``group``; it is done when the group is."""

    def __init__(self, group: asyncio.TaskGroup, limit: int) -> None:
        self._group = group
        self._limit = limit
        self._lanes: dict[str, _Lane] = {}
        self._waiting = 0
        self._room = asyncio.Event()
        self._room.set()

    def add_item(self, host: str, job: Job) -> None:
        """Queue the fetch of an item at ``host``."""
        self._waiting += 1
        if self._waiting >= self._limit:
            self._room.clear()
        self._lane(host).items.append(job)

    def add_poll(self, host: str, job: Job) -> None:
        """Queue the poll of a feed at ``host``."""
        self._lane(host).polls.append(job)

    def _lane(self, host: str) -> _Lane:
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(deque(), deque())
            self._group.create_task(self._work(host, lane))
        return lane

    async def _work(self, host: str, lane: _Lane) -> None:
        while lane.items or lane.polls:
            if lane.items:
                await lane.items.popleft()()
                self._waiting -= 1
                if self._waiting < self._limit:
                    self._room.set()
            elif self._room.is_set():
                await lane.polls.popleft()()
            else:
                await self._room.wait()
        del self._lanes[host]
