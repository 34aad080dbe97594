"""The polite client: every request waits for the turn of its host and of its IP address; only so many are in flight."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import msgspec

from babelscope.collect.crowding import Crowding
from babelscope.collect.holding import Holding
from babelscope.collect.http import HttpClient
from babelscope.collect.manners import PAUSING, Manners
from babelscope.collect.messages import Ask, Response
from babelscope.collect.reasons import Busy, Refused

_UNREACHED = frozenset({"dns", "connection", "tls", "too-slow"})


class PoliteClient:
    """An HTTP client with manners."""

    def __init__(
        self, client: HttpClient, manners: Manners, holding: Holding, crowding: Crowding, concurrency: int
    ) -> None:
        self._client = client
        self._manners = manners
        self._holding = holding
        self._crowding = crowding
        self._permits = asyncio.Semaphore(concurrency)

    async def send(self, ask: Ask, stack: AsyncExitStack, crawl_delay: float | None = 0.0) -> Response:
        """Send ``ask`` when its host's turn comes; the distance to the next one is counted from when it has gone out.

        429 and 503 are tried once more after the pause they ask for. ``crawl_delay`` is in seconds; None: this is not a
        page, but a file of rules that is asked for before pages, or a request to a hub. The permit (one of
        ``concurrency``) is held on ``stack``, so that answers that nobody takes are bounded too. Raises ``Refused``;
        ``Busy`` when the host is to be left alone for longer than a run waits.
        """
        response = await self._once(ask, stack, crawl_delay)
        if response.status in PAUSING:
            await stack.aclose()
            try:
                response = await self._once(ask, stack, crawl_delay)
            except Busy:
                return response
        return response

    async def _once(self, ask: Ask, stack: AsyncExitStack, crawl_delay: float | None) -> Response:
        host = ask.address.host
        async with self._holding.guest(host), self._manners.turn(host, crawl_delay or 0.0):
            try:
                route = await self._client.route(ask.address, ask.bounds.seconds)
                async with self._crowding.turn(route.ip):
                    await stack.enter_async_context(self._permits)
                    started = partial(self._manners.started, host, crawl_delay)
                    started()
                    response = await self._client.exchange(msgspec.structs.replace(ask, sent=started), route)
            except Refused as refused:
                if refused.reason in _UNREACHED:
                    self._manners.failed(host)
                raise
            self._manners.answered(host, response.status, response.header("retry-after"))
            return response
