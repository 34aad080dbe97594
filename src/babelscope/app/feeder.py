"""A collector in a thread of its own: events come to the one writer through a bounded queue."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Iterator, Sequence

from babelscope.app.acknowledged import AcknowledgedLeases
from babelscope.flow.shapes import CollectMemory, Collector, Exchange, Polled, Refusal
from babelscope.model import Source

CollectEvent = Polled | Exchange | Refusal
QUEUE_EVENTS = 256
"""Events that may wait for the writer: bounds memory when processing is slower than the network."""
IDLE_WAIT = 0.2
"""Seconds that the writer waits for an event before it looks whether all is over."""
PAUSE = 0.02
LINGER = 0.05
"""Seconds in which events are gathered: each batch costs one force to disk and one transaction, however small."""


class Feeder:
    """Runs ``collector`` until it has polled every due address and settled every item, or ``stop`` is set.

    What was drained must be kept before the next is drained: then the hosts that it came from are given back.
    """

    def __init__(
        self,
        collector: Collector,
        sources: Sequence[Source],
        memory: CollectMemory,
        stop: threading.Event,
        leases: AcknowledgedLeases | None = None,
    ) -> None:
        self._leases = leases
        self._drained = 0
        self._collector, self._sources, self._memory, self._stop = collector, sources, memory, stop
        self._queue: queue.Queue[CollectEvent] = queue.Queue(QUEUE_EVENTS)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="collector", daemon=True)

    def __enter__(self) -> Feeder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._leases is not None:
            self._leases.settle(everything=True)

    @property
    def finished(self) -> bool:
        """True when the collector has ended and every event was taken; re-raises the error that ended it."""
        if self._thread.is_alive() or not self._queue.empty():
            return False
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return True

    def batches(self, most: int) -> Iterator[list[CollectEvent]]:
        """Yield events as they come, up to ``most`` at once, until there are no more or ``stop`` is set."""
        while not self._stop.is_set():
            if events := self.drain(most, IDLE_WAIT):
                yield events
            elif self.finished:
                return

    def drain(self, most: int, wait: float) -> list[CollectEvent]:
        """Return up to ``most`` events, waiting up to ``wait`` seconds for the first, then a moment for more."""
        if self._leases is not None:
            self._leases.kept(self._drained)
        events: list[CollectEvent] = []
        with contextlib.suppress(queue.Empty):
            if wait:
                events.append(self._queue.get(timeout=wait))
                until = time.monotonic() + min(wait, LINGER)
                while len(events) < most and (left := until - time.monotonic()) > 0:
                    events.append(self._queue.get(timeout=left))
            while len(events) < most:
                events.append(self._queue.get_nowait())
        self._drained += len(events)
        return events

    def _work(self) -> None:
        try:
            asyncio.run(self._pump())
        except BaseException as error:  # handed to the writer's thread, which raises it
            self._error = error

    async def _pump(self) -> None:
        watcher = asyncio.create_task(self._until_stopped())
        pump = asyncio.create_task(self._collect())
        await asyncio.wait({watcher, pump}, return_when=asyncio.FIRST_COMPLETED)
        for task in (watcher, pump):
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if not pump.cancelled() and (error := pump.exception()) is not None:
            raise error

    async def _until_stopped(self) -> None:
        while not self._stop.is_set():
            await asyncio.sleep(0.1)
            if self._leases is not None:
                self._leases.settle()

    async def _collect(self) -> None:
        events = self._collector.collect(self._sources, self._memory)
        async with contextlib.aclosing(events) as stream:  # type: ignore[type-var]
            async for event in stream:
                # A blocking put would freeze the event loop and let other exchanges time out.
                while self._queue.full():
                    if self._leases is not None:
                        self._leases.full()
                    await asyncio.sleep(PAUSE)
                self._queue.put_nowait(event)
                if self._leases is not None:
                    self._leases.handed()
