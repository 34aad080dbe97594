"""A visitor asks for single addresses with the manners of the collector: robots.txt, spacing, bounds, address guard."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock, SystemClock
from babelscope.collect.crowding import Crowding
from babelscope.collect.fetch import Fetched, Fetcher, Keepers, Wanted
from babelscope.collect.guard import AddressGuard
from babelscope.collect.holding import Holding
from babelscope.collect.http import HttpClient
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.manners import Manners
from babelscope.collect.messages import Bounds
from babelscope.collect.polite import PoliteClient
from babelscope.collect.polls import Poll, wanted
from babelscope.collect.reasons import Refused
from babelscope.collect.reservations import ReservationKeeper
from babelscope.collect.robots import RobotsKeeper, Rules
from babelscope.collect.sandbox import FeedSandbox
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, ConfigError
from babelscope.model import Listen

_AGENT = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,298}[\x21-\x7e])?")


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
            ask = wanted(Poll(source="", listen=listen, before=None))
            async with self._fetcher.fetch(ask) as fetched:
                pass
            feed = await self.parse(fetched, listen)
        except Refused as refused:
            return Reached(url=listen.url, kind=listen.kind, reason=refused.reason, detail=refused.detail)
        except BadInput as error:
            return Reached(url=listen.url, kind=listen.kind, reason="not-a-feed", detail=str(error)[:300])
        return reached(listen, feed, feed.moved or fetched.moved)

    async def parse(self, fetched: Fetched, listen: Listen) -> ParsedFeed:
        """Return what a fetched address holds as a feed, sitemap or page; raises ``BadInput``."""
        page = FeedPage(
            body=fetched.exchange.body,
            url=fetched.exchange.capture.final_url,
            listen=listen.url,
            source="",
            kind=listen.kind,
            content_type=fetched.content_type,
            limit=self._limit,
        )
        return await self._sandbox.parse(page)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of the origin of ``url``, asked for before, names."""
        rules = self._rules.get(parse_address(url).origin)
        return rules.robots.sitemaps if rules and rules.robots else ()


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
    settings, clock = config.collect, clock or SystemClock()
    if not _AGENT.fullmatch(settings.user_agent):
        raise ConfigError("collect.user_agent must be 1 to 300 ASCII characters on one line")
    http = HttpClient(AddressGuard(settings.allow_private, dict(hosts or {})), settings.user_agent)
    manners = Manners(settings.delay, clock)
    polite = PoliteClient(
        http, manners, Holding(None, manners, clock), Crowding(settings.delay, clock), settings.concurrency
    )
    rules: OrderedDict[str, Rules] = OrderedDict()
    robots = RobotsKeeper(polite, settings.user_agent, clock, settings.timeout, rules)
    keepers = Keepers(robots, ReservationKeeper(polite, robots, clock, settings.timeout))
    size = settings.max_mb << 20
    bounds = Bounds(wire=size, decoded=size, seconds=settings.timeout)
    sandbox = FeedSandbox()
    try:
        yield Visitor(
            Fetcher(polite, keepers, clock, bounds, settings.max_redirects), sandbox, rules, settings.max_items
        )
    finally:
        await http.close()
        await sandbox.close()
