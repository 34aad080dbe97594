"""The polite client: every request waits for its host's turn, and only so many are in flight."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import msgspec

from babelscope.collect.address import Address
from babelscope.collect.http import Bounds, HeadCheck, Headers, HttpClient, Response
from babelscope.collect.manners import PAUSING, Manners
from babelscope.collect.reasons import Refused

_UNREACHED = frozenset({"dns", "connection", "tls", "too-slow"})


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request: where, within which bounds, with which extra headers, judged by which check of the head."""

    address: Address
    bounds: Bounds
    headers: Headers = ()
    check: HeadCheck | None = None
    crawl_delay: float = 0.0


class PoliteClient:
    """An HTTP client with manners."""

    def __init__(self, client: HttpClient, manners: Manners, concurrency: int) -> None:
        self._client = client
        self._manners = manners
        self._permits = asyncio.Semaphore(concurrency)

    async def send(self, ask: Ask, stack: AsyncExitStack) -> Response:
        """Send ``ask`` when its host's turn comes. 429 and 503 are tried once more after the pause they ask for.

        The permit (one of ``concurrency``) is held on ``stack``, so that answers that nobody takes are bounded too.
        Raises ``Refused``.
        """
        response = await self._once(ask, stack)
        if response.status in PAUSING:
            await stack.aclose()
            try:
                response = await self._once(ask, stack)
            except Refused as refused:
                if refused.reason != "busy":
                    raise
        return response

    async def _once(self, ask: Ask, stack: AsyncExitStack) -> Response:
        host = ask.address.host
        async with self._manners.turn(host, ask.crawl_delay):
            await stack.enter_async_context(self._permits)
            self._manners.started(host)
            try:
                response = await self._client.exchange(ask.address, ask.bounds, ask.headers, ask.check)
            except Refused as refused:
                if refused.reason in _UNREACHED:
                    self._manners.failed(host)
                raise
            self._manners.answered(host, response.status, response.header("retry-after"))
            return response
