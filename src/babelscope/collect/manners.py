"""Manners: one queue per host, shared by all workers (rule C5 of responsible use).

Between two requests to a host lies at least ``delay``, between two pages at least its Crawl-delay where that is longer,
counted from start to start, and never two are in flight at once. 429 and 503 pause the host for the longer of
Retry-After and back-off. robots.txt and tdmrep.json, asked for once a day, keep ``delay`` but do not start a
Crawl-delay: else a host with a long one would be asked for its rules and never for a page.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from babelscope.collect.clock import Clock
from babelscope.collect.reasons import Busy

PATIENCE = 300.0
"""Seconds that a request waits for its turn at an idle host; a longer pause or Crawl-delay leaves it to a later run."""
MAX_PAUSE = 3600.0
"""Seconds that a host is left alone at most, whatever Retry-After says."""
MAX_READY = 86_400.0
"""Seconds that another collector's last request can hold us back at most: the longest Crawl-delay."""
PAUSING = frozenset({429, 503})

_LONG_AGO = float("-inf")


class HostState(msgspec.Struct):
    """What is remembered of a host: last request and last page (monotonic seconds), its Crawl-delay, end of its pause,
    failures in a row.
    """

    last: float = _LONG_AGO
    page: float = _LONG_AGO
    crawl_delay: float = 0.0
    paused_until: float = _LONG_AGO
    strikes: int = 0


class Manners:
    """The queues. ``book`` outlives one run, so that two runs in one process keep their distance too."""

    def __init__(self, delay: float, clock: Clock, book: dict[str, HostState] | None = None) -> None:
        self._delay = delay
        self._clock = clock
        self._book = {} if book is None else book
        self._locks: dict[str, asyncio.Lock] = {}

    def wait_for(self, host: str, crawl_delay: float = 0.0) -> float:
        """Return the seconds until ``host`` may be asked again."""
        state = self._state(host)
        ready = max(state.last + self._delay, state.page + crawl_delay, state.paused_until)
        return max(0.0, ready - self._clock.monotonic())

    def ready_at(self, host: str) -> dt.datetime:
        """Return the moment when ``host`` may be asked for the next page, by the Crawl-delay that it last had."""
        return self._clock.now() + dt.timedelta(seconds=self.wait_for(host, self._state(host).crawl_delay))

    def hold_back(self, host: str, until: dt.datetime) -> None:
        """Ask nothing of ``host`` before ``until`` (spacing handed over by another collector), a day at most."""
        seconds = min((until - self._clock.now()).total_seconds(), MAX_READY)
        if seconds > 0:
            state = self._state(host)
            state.paused_until = max(state.paused_until, self._clock.monotonic() + seconds)

    @asynccontextmanager
    async def turn(self, host: str, crawl_delay: float = 0.0) -> AsyncIterator[None]:
        """Wait for a turn at ``host`` and hold its queue; call ``started`` when the request goes out.

        Raises ``Busy`` when the wait would be longer than ``PATIENCE``.
        """
        async with self._locks.setdefault(host, asyncio.Lock()):
            wait = self.wait_for(host, crawl_delay)
            if wait > PATIENCE:
                raise Busy(host, wait)
            while wait > 0:
                await self._clock.sleep(wait)
                wait = self.wait_for(host, crawl_delay)
            yield

    def started(self, host: str, crawl_delay: float | None = 0.0) -> None:
        """Note that a request to ``host`` goes out now: for a page with this Crawl-delay, or (None) for its rules."""
        state = self._state(host)
        state.last = self._clock.monotonic()
        if crawl_delay is not None:
            state.page, state.crawl_delay = state.last, crawl_delay

    def answered(self, host: str, status: int, retry_after: str = "") -> None:
        """Note an answer: 429 and 503 pause the host, any other ends its back-off."""
        if status in PAUSING:
            self._pause(host, parse_retry_after(retry_after, self._clock.now()))
        else:
            self._state(host).strikes = 0

    def failed(self, host: str) -> None:
        """Note that ``host`` could not be reached: back off."""
        self._pause(host, 0.0)

    def _pause(self, host: str, asked: float) -> None:
        state = self._state(host)
        state.strikes = min(state.strikes + 1, 16)
        pause = min(max(asked, backoff(state.strikes, self._delay)), MAX_PAUSE)
        state.paused_until = self._clock.monotonic() + pause

    def _state(self, host: str) -> HostState:
        state = self._book.get(host)
        if state is None:
            state = self._book[host] = HostState()
        return state


def backoff(strikes: int, delay: float) -> float:
    """Return the pause in seconds after ``strikes`` failures in a row: it doubles, from ``delay`` (at least 1 s)."""
    return float(min(max(delay, 1.0) * 2.0 ** (strikes - 1), MAX_PAUSE))


def parse_retry_after(value: str, now: dt.datetime) -> float:
    """Return a Retry-After header (RFC 9110 §10.2.3: seconds or an HTTP date) as seconds from ``now``, 0–``MAX_PAUSE``.

    What cannot be read counts as 0.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), MAX_PAUSE))
    try:
        date = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    if date.tzinfo is None:
        date = date.replace(tzinfo=dt.UTC)
    return min(max((date - now).total_seconds(), 0.0), MAX_PAUSE)
