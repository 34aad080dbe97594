"""The feed collector: polls what is due, fetches what is new, politely, and says of every item what became of it."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock, SystemClock
from babelscope.collect.discover import FeedPage
from babelscope.collect.fetch import ACCEPT_FEED, Fetched, Fetcher, Wanted
from babelscope.collect.guard import AddressGuard
from babelscope.collect.http import Bounds, HttpClient
from babelscope.collect.lanes import Lanes
from babelscope.collect.manners import HostState, Manners
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Refused
from babelscope.collect.robots import RobotsKeeper, Rules
from babelscope.collect.sandbox import FeedSandbox
from babelscope.collect.schedule import Result, due_after, is_due, next_interval
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, ConfigError
from babelscope.flow.shapes import CollectMemory, Exchange, Item, Polled, Refusal, Visit
from babelscope.model import Listen, Source

MAX_WAITING = 10_000
"""Items that wait to be fetched before the next feed is polled."""
UNDELIVERED = 4
"""Results that wait to be taken by the caller; then everything waits."""

Event = Polled | Exchange | Refusal


class FeedCollector:
    """Collector of RSS, RDF, Atom and JSON feeds and the articles they point at.

    ``hosts`` maps host names to an address and port of the caller's choosing (demo, tests); ``clock`` is for tests.
    Robots rules and the last request to each host are kept from one ``collect`` to the next; one at a time.
    """

    name = "feeds"

    def __init__(
        self, config: Config, *, hosts: Mapping[str, tuple[str, int]] | None = None, clock: Clock | None = None
    ) -> None:
        if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]{0,298}[\x21-\x7e])?", config.collect.user_agent):
            raise ConfigError("collect.user_agent must be 1 to 300 ASCII characters on one line")
        self._config = config
        self._hosts = dict(hosts or {})
        self._clock: Clock = clock or SystemClock()
        self._book: dict[str, HostState] = {}
        self._rules: OrderedDict[str, Rules] = OrderedDict()

    async def collect(self, sources: Sequence[Source], memory: CollectMemory) -> AsyncIterator[Event]:
        """Yield one ``Polled`` per listened address that is due, then one ``Exchange`` or ``Refusal`` per new item.

        Items left over from earlier runs come too. Results come as they are ready, an item always after the poll that
        found it. Closing the iterator closes every socket.
        """
        settings = self._config.collect
        guard = AddressGuard(settings.allow_private, self._hosts)
        http = HttpClient(guard, settings.user_agent)
        polite = PoliteClient(http, Manners(settings.delay, self._clock, self._book), settings.concurrency)
        robots = RobotsKeeper(polite, settings.user_agent, self._clock, settings.timeout, self._rules)
        size = settings.max_mb << 20
        bounds = Bounds(wire=size, decoded=size, seconds=settings.timeout)
        fetcher = Fetcher(polite, robots, self._clock, bounds, settings.max_redirects)
        sandbox = FeedSandbox()
        collection = _Collection(fetcher, sandbox, memory, self._clock, settings.max_items)
        driver = asyncio.create_task(collection.drive(sources))
        try:
            while not isinstance(event := await collection.out.get(), _End):
                yield event
            if event.error is not None:
                raise event.error
        finally:
            driver.cancel()
            await asyncio.wait({driver})
            await http.close()
            await sandbox.close()


class _End:
    """The last thing in the queue; ``error`` is what ended the collection, if it did not simply end."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Collection:
    """One run over the sources."""

    def __init__(
        self, fetcher: Fetcher, sandbox: FeedSandbox, memory: CollectMemory, clock: Clock, max_items: int
    ) -> None:
        self.out: asyncio.Queue[Event | _End] = asyncio.Queue(UNDELIVERED)
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._memory = memory
        self._clock = clock
        self._max_items = max_items
        self._seen: set[str] = set()

    async def drive(self, sources: Sequence[Source]) -> None:
        """Do everything; the queue ends with an ``_End``."""
        try:
            async with asyncio.TaskGroup() as group:
                self._start(Lanes(group, MAX_WAITING), sources)
        except* Exception as several:
            error: BaseException = several
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            await self.out.put(_End(error))
        else:
            await self.out.put(_End())

    def _start(self, lanes: Lanes, sources: Sequence[Source]) -> None:
        left = self._memory.waiting([source.id for source in sources])
        known = self._memory.known([item.url for item in left])
        for item in left:
            if item.url not in self._seen:
                self._seen.add(item.url)
                taken = known.get(item.url) == item.version
                job = partial(self._skip, item) if taken else partial(self._take, item)
                lanes.add_item(_host(item.url), job)
        listened: set[str] = set()
        now = self._clock.now()
        for source in sources:
            for listen in source.listens:
                before = self._memory.visit(listen.url)
                if listen.url not in listened and is_due(before, now):
                    lanes.add_poll(_host(listen.url), partial(self._poll, lanes, source, listen, before))
                listened.add(listen.url)

    async def _skip(self, item: Item) -> None:
        await self.out.put(_refusal(item, Refused("already-seen")))

    async def _take(self, item: Item) -> None:
        wanted = Wanted(source=item.source, url=item.url, hints=item.hints)
        try:
            async with self._fetcher.fetch(wanted) as fetched:
                await self.out.put(fetched.exchange)
        except Refused as refused:
            await self.out.put(_refusal(item, refused))

    async def _poll(self, lanes: Lanes, source: Source, listen: Listen, before: Visit | None) -> None:
        wanted = Wanted(
            source=source.id,
            url=listen.url,
            accept=ACCEPT_FEED,
            types=frozenset(),
            etag=before.etag if before else "",
            last_modified=before.last_modified if before else "",
        )
        items: tuple[Item, ...] = ()
        try:
            async with self._fetcher.fetch(wanted) as fetched:
                polled = await self._read(fetched, source, listen, before)
                items = polled.items
                await self.out.put(polled)
        except Refused as refused:
            await self.out.put(Polled(visit=self._missed(listen, source, before, refused)))
        for item in items:
            lanes.add_item(_host(item.url), partial(self._take, item))

    async def _read(self, fetched: Fetched, source: Source, listen: Listen, before: Visit | None) -> Polled:
        capture = fetched.exchange.capture
        page = FeedPage(
            body=fetched.exchange.body,
            url=capture.final_url,
            listen=listen.url,
            source=source.id,
            content_type=fetched.content_type,
            limit=self._max_items,
        )
        try:
            feed = await self._sandbox.parse(page)
        except BadInput as error:
            refused = Refused("not-a-feed", str(error), status=capture.status)
            visit = self._missed(listen, source, before, refused)
            return Polled(visit=visit, exchange=fetched.exchange)
        items = self._new(feed.items)
        visit = self._visit(
            listen,
            source,
            before,
            "new" if items else "nothing",
            status=capture.status,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            found=len(feed.items),
        )
        return Polled(visit=visit, exchange=fetched.exchange, items=items)

    def _new(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return the items that were never taken, or that their feed says were edited; each address once a run."""
        known = self._memory.known([item.url for item in items])
        fresh = [item for item in items if known.get(item.url) != item.version and item.url not in self._seen]
        self._seen.update(item.url for item in fresh)
        return tuple(fresh)

    def _missed(self, listen: Listen, source: Source, before: Visit | None, refused: Refused) -> Visit:
        if refused.reason == "not-modified":
            return self._visit(listen, source, before, "nothing", status=304)
        error = f"{refused.reason}: {refused.detail}"
        failures = (before.failures if before else 0) + 1
        visit = self._visit(listen, source, before, "failed", status=refused.status, failures=failures, error=error)
        later = visit.checked_at + dt.timedelta(seconds=refused.pause)
        return msgspec.structs.replace(visit, next_due=max(visit.next_due, later))

    def _visit(self, listen: Listen, source: Source, before: Visit | None, result: Result, **changed: object) -> Visit:
        now = self._clock.now()
        due = due_after(listen.url, now, next_interval(before, float(listen.every), result))
        blank = Visit(url=listen.url, source=source.id, checked_at=now, next_due=due)
        if before is not None:
            changed = {"etag": before.etag, "last_modified": before.last_modified, "found": before.found, **changed}
        return msgspec.structs.replace(blank, **changed)


def _refusal(item: Item, refused: Refused) -> Refusal:
    return Refusal(source=item.source, url=item.url, reason=refused.reason, detail=refused.detail, final=refused.final)


def _host(url: str) -> str:
    try:
        return parse_address(url).host
    except Refused:
        return ""
