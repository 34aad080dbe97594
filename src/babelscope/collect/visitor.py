"""A visitor asks for single addresses with the manners of the collector: robots.txt, spacing, bounds, address guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock, SystemClock
from babelscope.collect.fetch import Fetched, Fetcher, Wanted
from babelscope.collect.listening import ParsedFeed
from babelscope.collect.polls import Poll, page_of, wanted
from babelscope.collect.reasons import Refused
from babelscope.collect.robots import Rules
from babelscope.collect.sandbox import FeedSandbox
from babelscope.collect.stack import Remembered, check_agent, check_online, polite_stack
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Listen


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """What became of asking a listened address: ``reason`` "" if it could be read, else one of the closed list.

    ``items`` counts its entries, ``languages`` are the tags of those that have one, ``moved`` a permanent new address.
    """

    url: str
    kind: str
    reason: str = ""
    detail: str = ""
    items: int = 0
    more: int = 0
    languages: tuple[str, ...] = ()
    moved: str = ""

    @property
    def ok(self) -> bool:
        """Whether it can be listened to: something is in it."""
        return not self.reason and (self.items > 0 or self.more > 0)


class Visitor:
    """Asks; made by ``visiting``."""

    def __init__(self, fetcher: Fetcher, sandbox: FeedSandbox, rules: Mapping[str, Rules], limit: int) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._rules = rules
        self._limit = limit

    async def page(self, url: str) -> Fetched:
        """Return what is at ``url``, whatever its media type; raises ``Refused``."""
        async with self._fetcher.fetch(Wanted(source="", url=url, types=frozenset())) as fetched:
            return fetched

    async def reach(self, listen: Listen) -> Reached:
        """Ask for a listened address as the collector would, and read what comes."""
        try:
            async with self._fetcher.fetch(wanted(_first_poll(listen))) as fetched:
                pass
            feed = await self.parse(fetched, listen)
        except Refused as refused:
            return Reached(url=listen.url, kind=listen.kind, reason=refused.reason, detail=refused.detail)
        except BadInput as error:
            return Reached(url=listen.url, kind=listen.kind, reason="not-a-feed", detail=str(error)[:300])
        return reached(listen, feed, feed.moved or fetched.moved)

    async def parse(self, fetched: Fetched, listen: Listen) -> ParsedFeed:
        """Return what a fetched address holds as a feed, sitemap or page; raises ``BadInput``."""
        return await self._sandbox.parse(page_of(_first_poll(listen), fetched, self._limit))

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of the origin of ``url``, asked for before, names."""
        rules = self._rules.get(parse_address(url).origin)
        return rules.robots.sitemaps if rules and rules.robots else ()


def _first_poll(listen: Listen) -> Poll:
    return Poll(source="", listen=listen, before=None)


def reached(listen: Listen, feed: ParsedFeed, moved: str = "") -> Reached:
    """Return what a parsed answer comes to."""
    return Reached(
        url=listen.url,
        kind=listen.kind,
        items=feed.entries,
        more=len(feed.more) if listen.kind == "sitemap" else 0,
        languages=tuple(item.hints.language for item in feed.items if item.hints.language),
        moved=moved,
    )


@asynccontextmanager
async def visiting(
    config: Config, *, hosts: Mapping[str, tuple[str, int]] | None = None, clock: Clock | None = None
) -> AsyncIterator[Visitor]:
    """Open a visitor; every socket and its parser's process are closed at the end. ``hosts`` as for the collector."""
    check_agent(config.collect.user_agent)
    check_online(hosts)
    remembered = Remembered()
    stack = polite_stack(config.collect, hosts or {}, clock or SystemClock(), remembered)
    sandbox = FeedSandbox()
    try:
        yield Visitor(stack.fetcher, sandbox, remembered.rules, config.collect.max_items)
    finally:
        await stack.http.close()
        await sandbox.close()
