"""tdmrep.json: fetched once per origin and day, before its pages, where robots.txt allows it (TDMRep; rule C3)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import msgspec

from babelscope.collect.address import Address, parse_address
from babelscope.collect.clock import Clock
from babelscope.collect.messages import Bounds
from babelscope.collect.origin_files import KEEP_SECONDS, MAX_ORIGINS, READ_BYTES, RETRY_SECONDS, follow, kept_for
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Busy, Refused
from babelscope.collect.robots import RobotsKeeper
from babelscope.govern import TdmDeclaration, TdmRule, outcome_of_status, parse_tdm_file, tdm_of_path

PLACE = "/.well-known/tdmrep.json"


class Reservations(msgspec.Struct, frozen=True):
    """What one origin's tdmrep.json says; no rules where there is no such file."""

    rules: tuple[TdmRule, ...] = ()
    until: float = 0.0


class ReservationKeeper:
    """Asks and remembers. ``cache`` outlives one run, at most a day an entry, less where Cache-Control says so."""

    def __init__(
        self,
        client: PoliteClient,
        robots: RobotsKeeper,
        clock: Clock,
        seconds: float,
        cache: OrderedDict[str, Reservations] | None = None,
    ) -> None:
        self._client = client
        self._robots = robots
        self._clock = clock
        self._bounds = Bounds(wire=READ_BYTES, decoded=READ_BYTES, seconds=seconds)
        self._cache: OrderedDict[str, Reservations] = OrderedDict() if cache is None else cache
        self._locks: dict[str, asyncio.Lock] = {}

    async def declaration(self, address: Address) -> TdmDeclaration:
        """Return what the file of its origin says of ``address``: unset without a file, or if it cannot be had now.

        Raises ``Busy`` when the host is to be left alone.
        """
        origin = address.origin
        async with self._locks.setdefault(origin, asyncio.Lock()):
            found = self._cache.get(origin)
            if found is None or found.until <= self._clock.monotonic():
                found = await self._fetch(origin)
                self._cache[origin] = found
                while len(self._cache) > MAX_ORIGINS:
                    self._cache.popitem(last=False)
        return tdm_of_path(found.rules, address.target)

    async def _fetch(self, origin: str) -> Reservations:
        now = self._clock.monotonic()
        try:
            response = await follow(
                self._client, parse_address(f"{origin}{PLACE}"), self._bounds, self._robots.permission
            )
        except Busy:
            raise
        except Refused as refused:
            return Reservations(until=now + (KEEP_SECONDS if refused.final else RETRY_SECONDS))
        if response is None:
            return Reservations(until=now + KEEP_SECONDS)
        outcome = outcome_of_status(response.status)
        if outcome == "later":
            return Reservations(until=now + RETRY_SECONDS)
        rules = parse_tdm_file(response.body) if outcome == "take" else ()
        return Reservations(rules, until=now + kept_for(response))
