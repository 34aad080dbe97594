"""robots.txt: fetched once per origin and day, before anything else of that origin (RFC 9309; rule C2)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import AsyncExitStack

import msgspec

from babelscope.collect.address import Address, parse_address, parse_location
from babelscope.collect.clock import Clock
from babelscope.collect.http import Bounds, Response
from babelscope.collect.polite import Ask, PoliteClient
from babelscope.collect.reasons import Reason, Refused
from babelscope.govern import Robots, crawl_delay, may_fetch, outcome_of_status, parse_robots
from babelscope.govern.robots import PARSE_BYTES
from babelscope.model import body_hash

KEEP_SECONDS = 24 * 3600.0
RETRY_SECONDS = 600.0
"""An unreachable robots.txt is asked for again after this long."""
MAX_REDIRECTS = 5
MAX_ORIGINS = 5000
READ_BYTES = 1 << 20


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What one origin's robots.txt says. ``robots`` None: no such file, all is allowed; ``reason``: nothing is."""

    robots: Robots | None = None
    hash: str = ""
    reason: Reason | None = None
    detail: str = ""
    until: float = 0.0


class Permission(msgspec.Struct, frozen=True):
    """A request may be made. ``robots`` and ``hash`` go into ``Rights``; ``delay`` is the Crawl-delay in seconds."""

    robots: str
    hash: str
    delay: float


class RobotsKeeper:
    """Asks and remembers. ``cache`` outlives one run, at most ``KEEP_SECONDS`` an entry."""

    def __init__(
        self,
        client: PoliteClient,
        agent: str,
        clock: Clock,
        seconds: float,
        cache: OrderedDict[str, Rules] | None = None,
    ) -> None:
        self._client = client
        self._agent = agent
        self._clock = clock
        self._bounds = Bounds(wire=READ_BYTES, decoded=max(READ_BYTES, PARSE_BYTES), seconds=seconds, truncate=True)
        self._cache: OrderedDict[str, Rules] = OrderedDict() if cache is None else cache
        self._locks: dict[str, asyncio.Lock] = {}

    async def permission(self, address: Address) -> Permission:
        """Return the permission to fetch ``address``; raises ``Refused`` "robots" or "robots-unreachable".

        When not even the host can be reached, the reason is that (private-address, dns, connection, tls, busy).
        """
        rules = await self._rules(address)
        if rules.reason:
            raise Refused(rules.reason, rules.detail)
        if rules.robots is None:
            return Permission("no-robots", rules.hash, 0.0)
        if not may_fetch(rules.robots, self._agent, address.target):
            raise Refused("robots", f"{address.origin}/robots.txt forbids it")
        return Permission("allowed", rules.hash, crawl_delay(rules.robots, self._agent))

    async def _rules(self, address: Address) -> Rules:
        origin = address.origin
        async with self._locks.setdefault(origin, asyncio.Lock()):
            rules = self._cache.get(origin)
            if rules is None or rules.until <= self._clock.monotonic():
                rules = await self._fetch(address)
                self._cache[origin] = rules
                while len(self._cache) > MAX_ORIGINS:
                    self._cache.popitem(last=False)
            return rules

    async def _fetch(self, address: Address) -> Rules:
        try:
            response = await self._follow(parse_address(f"{address.origin}/robots.txt"))
        except Refused as refused:
            if refused.reason == "busy":
                raise
            return self._unreachable(refused.reason if refused.reason in _HOST else None, refused.detail)
        until = self._clock.monotonic() + KEEP_SECONDS
        if response is None:
            return Rules(until=until)
        if response.status >= 500 or response.status < 200:
            return self._unreachable(None, f"status {response.status}")
        if outcome_of_status(response.status) != "take":
            return Rules(until=until)
        return Rules(robots=parse_robots(response.body), hash=body_hash(response.body), until=until)

    def _unreachable(self, reason: Reason | None, detail: str) -> Rules:
        until = self._clock.monotonic() + RETRY_SECONDS
        return Rules(reason=reason or "robots-unreachable", detail=f"robots.txt: {detail}", until=until)

    async def _follow(self, address: Address) -> Response | None:
        """Return the answer after redirects; None when they do not end, which RFC 9309 §2.3.1.2 counts as "no file"."""
        for hop in range(MAX_REDIRECTS + 1):
            async with AsyncExitStack() as stack:
                try:
                    response = await self._client.send(Ask(address=address, bounds=self._bounds), stack)
                except Refused as refused:
                    if hop:
                        raise Refused("robots-unreachable", f"redirected to {address.url}: {refused.detail}") from None
                    raise
            location = response.header("location")
            if outcome_of_status(response.status) != "redirect" or not location:
                return response
            address = parse_location(location, address)
        return None


_HOST: frozenset[Reason] = frozenset({"private-address", "dns", "connection", "tls"})
