"""robots.txt: fetched once per origin and day, before anything else of that origin (RFC 9309; rule C2)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import msgspec

from babelscope.collect.address import Address, parse_address
from babelscope.collect.clock import Clock
from babelscope.collect.messages import Bounds
from babelscope.collect.origin_files import KEEP_SECONDS, MAX_ORIGINS, READ_BYTES, RETRY_SECONDS, follow, kept_for
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Busy, Reason, Refused
from babelscope.govern import Robots, crawl_delay, may_fetch, outcome_of_status, parse_robots
from babelscope.govern.robots import PARSE_BYTES
from babelscope.model import body_hash


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
    """Asks and remembers. ``cache`` outlives one run, at most a day an entry, less where Cache-Control says so."""

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
            response = await follow(self._client, parse_address(f"{address.origin}/robots.txt"), self._bounds)
        except Busy:
            raise
        except Refused as refused:
            return self._unreachable(refused.reason if refused.reason in _HOST else None, refused.detail)
        if response is None:
            return Rules(until=self._clock.monotonic() + KEEP_SECONDS)
        outcome = outcome_of_status(response.status)
        if outcome == "later" or response.status < 200:  # 408, 425, 429 too: stricter than RFC 9309 §2.3.1.3 asks
            return self._unreachable(None, f"status {response.status}")
        until = self._clock.monotonic() + kept_for(response)
        if outcome != "take":
            return Rules(until=until)
        return Rules(robots=parse_robots(response.body), hash=body_hash(response.body), until=until)

    def _unreachable(self, reason: Reason | None, detail: str) -> Rules:
        until = self._clock.monotonic() + RETRY_SECONDS
        return Rules(reason=reason or "robots-unreachable", detail=f"robots.txt: {detail}", until=until)


_HOST: frozenset[Reason] = frozenset({"private-address", "dns", "connection", "tls"})
