"""The collector: polls what is due, fetches what is new, looks again at what was taken, politely, and says of every
address what became of it.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence

from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock, SystemClock
from babelscope.collect.collection import Collection, End, Event, Means
from babelscope.collect.crowding import Crowding
from babelscope.collect.fetch import Fetcher, Keepers
from babelscope.collect.guard import AddressGuard
from babelscope.collect.holding import Holding
from babelscope.collect.http import HttpClient
from babelscope.collect.manners import HostState, Manners
from babelscope.collect.messages import Bounds
from babelscope.collect.polite import PoliteClient
from babelscope.collect.pushing import Pushing
from babelscope.collect.reasons import Refused
from babelscope.collect.reservations import ReservationKeeper, Reservations
from babelscope.collect.robots import RobotsKeeper, Rules
from babelscope.collect.sandbox import FeedSandbox
from babelscope.flow.config import Config
from babelscope.flow.errors import ConfigError
from babelscope.flow.push import Subscriptions
from babelscope.flow.shapes import CollectMemory, HostLeases
from babelscope.model import Source


class FeedCollector:
    """Collector of everything that is listened to: feeds, sitemaps and section pages, and the articles they point at.

    ``hosts`` maps host names to an address and port of the caller's choosing (demo, tests); ``clock`` is for tests;
    ``leases`` says which hosts other collectors are asking (None: there are no others), ``subscriptions`` what hubs
    push (used where ``collect.callback`` is set). Robots rules and the last request to each host are kept from one
    ``collect`` to the next; one at a time.
    """

    name = "feeds"

    def __init__(
        self,
        config: Config,
        *,
        hosts: Mapping[str, tuple[str, int]] | None = None,
        clock: Clock | None = None,
        leases: HostLeases | None = None,
        subscriptions: Subscriptions | None = None,
    ) -> None:
        if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]{0,298}[\x21-\x7e])?", config.collect.user_agent):
            raise ConfigError("collect.user_agent must be 1 to 300 ASCII characters on one line")
        _check_callback(config.collect.callback)
        self._config = config
        self._hosts = dict(hosts or {})
        self._clock: Clock = clock or SystemClock()
        self._leases = leases
        self._subscriptions = subscriptions if config.collect.callback else None
        self._book: dict[str, HostState] = {}
        self._rules: OrderedDict[str, Rules] = OrderedDict()
        self._reservations: OrderedDict[str, Reservations] = OrderedDict()

    async def collect(self, sources: Sequence[Source], memory: CollectMemory) -> AsyncIterator[Event]:
        """Yield one ``Polled`` per listened address that is due, then one ``Exchange`` or ``Refusal`` per new item.

        Items left over from earlier runs and pages to be looked at again come too. Results come as they are ready, an
        item always after the poll that found it. What its host puts off, or another collector holds, is left for a
        later run without a word. Closing the iterator closes every socket.
        """
        http = HttpClient(
            AddressGuard(self._config.collect.allow_private, self._hosts), self._config.collect.user_agent
        )
        means = self._means(http, memory)
        collection = Collection(means)
        driver = asyncio.create_task(collection.drive(sources))
        try:
            while not isinstance(event := await collection.out.get(), End):
                yield event
            if event.error is not None:
                raise event.error
        finally:
            driver.cancel()
            await asyncio.wait({driver})
            await http.close()
            await means.sandbox.close()

    def _means(self, http: HttpClient, memory: CollectMemory) -> Means:
        """Return what a run works with; the locks in it belong to its event loop."""
        settings, clock = self._config.collect, self._clock
        manners = Manners(settings.delay, clock, self._book)
        holding = Holding(self._leases, manners, clock, settings.delay)
        polite = PoliteClient(http, manners, holding, Crowding(settings.delay, clock), settings.concurrency)
        robots = RobotsKeeper(polite, settings.user_agent, clock, settings.timeout, self._rules)
        reservations = ReservationKeeper(polite, robots, clock, settings.timeout, self._reservations)
        size = settings.max_mb << 20
        bounds = Bounds(wire=size, decoded=size, seconds=settings.timeout)
        pushing = None
        if self._subscriptions is not None:
            pushing = Pushing(self._subscriptions, settings.callback, polite, clock, settings.timeout)
        return Means(
            fetcher=Fetcher(polite, Keepers(robots, reservations), clock, bounds, settings.max_redirects),
            sandbox=FeedSandbox(),
            memory=memory,
            holding=holding,
            clock=clock,
            max_items=settings.max_items,
            pushing=pushing,
        )


def _check_callback(callback: str) -> None:
    if callback:
        try:
            parse_address(callback)
        except Refused as refused:
            raise ConfigError(f"collect.callback: {refused.detail}; write https://… or leave it empty") from None
