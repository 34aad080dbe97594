"""The collector: polls what is due, fetches what is new, looks again at what was taken, politely, and says of every
address what became of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock, SystemClock
from babelscope.collect.collection import Collection, End, Event, Means
from babelscope.collect.pushing import Pushing
from babelscope.collect.reasons import Refused
from babelscope.collect.sandbox import FeedSandbox
from babelscope.collect.stack import Remembered, Stack, check_agent, check_online, polite_stack
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
        check_agent(config.collect.user_agent)
        check_online(hosts)
        _check_callback(config.collect.callback)
        self._config = config
        self._hosts = dict(hosts or {})
        self._clock: Clock = clock or SystemClock()
        self._leases = leases
        self._subscriptions = subscriptions if config.collect.callback else None
        self._remembered = Remembered()

    async def collect(self, sources: Sequence[Source], memory: CollectMemory) -> AsyncIterator[Event]:
        """Yield one ``Polled`` per listened address that is due, then one ``Exchange`` or ``Refusal`` per new item.

        Items left over from earlier runs and pages to be looked at again come too. Results come as they are ready, an
        item always after the poll that found it. What its host puts off, or another collector holds, is left for a
        later run without a word. Closing the iterator closes every socket.
        """
        stack = polite_stack(self._config.collect, self._hosts, self._clock, self._remembered, self._leases)
        means = self._means(stack, memory)
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
            await stack.http.close()
            await means.sandbox.close()

    def _means(self, stack: Stack, memory: CollectMemory) -> Means:
        """Return what a run works with."""
        settings, clock = self._config.collect, self._clock
        pushing = None
        if self._subscriptions is not None:
            pushing = Pushing(self._subscriptions, settings.callback, stack.polite, clock, settings.timeout)
        return Means(
            fetcher=stack.fetcher,
            sandbox=FeedSandbox(),
            memory=memory,
            holding=stack.holding,
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
