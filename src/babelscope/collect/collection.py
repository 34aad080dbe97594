"""One run over the sources: left-over items, polls that are due, what they find, and second looks, in lanes by host."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from babelscope.collect import polls
from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock
from babelscope.collect.editions import is_news
from babelscope.collect.fetch import Fetched, Fetcher, Wanted
from babelscope.collect.holding import Holding
from babelscope.collect.lanes import Lanes
from babelscope.collect.looks import not_again, seen_again, wanted_again
from babelscope.collect.polls import Poll
from babelscope.collect.pushing import Pushing
from babelscope.collect.reasons import Busy, Refused
from babelscope.collect.sandbox import FeedSandbox
from babelscope.collect.schedule import is_due
from babelscope.collect.websub import Offer, Subscribing
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import CollectMemory, Exchange, Item, Look, Polled, Refusal, Visit
from babelscope.model import Source

MAX_WAITING = 10_000
"""Items that wait to be fetched before the next address is polled."""
UNDELIVERED = 4
"""Results that wait to be taken by the caller; then everything waits."""

Event = Polled | Exchange | Refusal


class End:
    """The last thing in the queue; ``error`` is what ended the collection, if it did not simply end."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """What a run works with."""

    fetcher: Fetcher
    sandbox: FeedSandbox
    memory: CollectMemory
    holding: Holding
    clock: Clock
    max_items: int
    pushing: Pushing | None = None


class Collection:
    """One run; ``out`` brings its events in order."""

    def __init__(self, means: Means) -> None:
        self.out: asyncio.Queue[Event | End] = asyncio.Queue(UNDELIVERED)
        self._means = means
        self._memory = means.memory
        self._seen: set[str] = set()
        self._listened: set[str] = set()

    async def drive(self, sources: Sequence[Source]) -> None:
        """Do everything; the queue ends with an ``End``."""
        means = self._means
        try:
            async with asyncio.TaskGroup() as group:
                self._lanes = Lanes(group, self, means.holding, means.clock, MAX_WAITING)
                await self._start(sources)
                group.create_task(self._lanes.attend())
        except* Exception as several:
            error: BaseException = several
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            await self.out.put(End(error))
        else:
            await self.out.put(End())

    async def _start(self, sources: Sequence[Source]) -> None:
        ids = [source.id for source in sources]
        await self._left_over(self._memory.waiting(ids))
        now = self._means.clock.now()
        for source in sources:
            for listen in source.listens:
                before = self._memory.visit(listen.url)
                if listen.url not in self._listened and is_due(before, now):
                    self._lanes.add_poll(host_of(listen.url), Poll(source=source.id, listen=listen, before=before))
                self._listened.add(listen.url)
        for look in self._memory.looks(ids, now):
            if look.item.url not in self._seen:
                self._lanes.add_look(host_of(look.item.url), look)

    async def _left_over(self, items: Sequence[Item]) -> None:
        known = self._memory.known([item.url for item in items])
        for item in items:
            if item.url in self._seen:
                continue
            self._seen.add(item.url)
            if not is_news(known.get(item.url), item.version):
                await self.out.put(_refusal(item, Refused("already-seen")))
            else:
                self._lanes.add_item(host_of(item.url), item)

    def fresh(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return those of ``items`` that no other collector has taken since they were queued."""
        known = self._memory.known([item.url for item in items])
        return [item for item in items if is_news(known.get(item.url), item.version)]

    async def take(self, item: Item) -> None:
        """Fetch an item; raises ``Busy`` when it is left for a later run, because its host is to be left alone."""
        wanted = Wanted(source=item.source, url=item.url, hints=item.hints)
        try:
            async with self._means.fetcher.fetch(wanted) as fetched:
                await self.out.put(fetched.exchange)
        except Busy as busy:
            if busy.host == host_of(item.url):
                raise
            await self.out.put(_refusal(item, busy))
        except Refused as refused:
            await self.out.put(_refusal(item, refused))

    async def look(self, look: Look) -> None:
        """Look at a page again, unless it was fetched in this run; raises ``Busy`` like ``take``."""
        if look.item.url in self._seen:
            return
        try:
            async with self._means.fetcher.fetch(wanted_again(look)) as fetched:
                await self.out.put(seen_again(look, fetched))
        except Busy as busy:
            if busy.host == host_of(look.item.url):
                raise
            await self.out.put(not_again(look, busy))
        except Refused as refused:
            await self.out.put(not_again(look, refused))

    async def subscribe(self, asking: Subscribing) -> None:
        """Ask a hub to push."""
        if self._means.pushing is not None:
            await self._means.pushing.ask(asking)

    async def poll(self, poll: Poll) -> None:
        """Poll a listened address; queue what it found and the addresses that it leads to."""
        if self._means.holding.shared:
            before = self._memory.visit(poll.listen.url)
            if not is_due(before, self._means.clock.now()):
                return  # another collector polled it meanwhile
            poll = msgspec.structs.replace(poll, before=before)
        try:
            async with self._means.fetcher.fetch(polls.wanted(poll)) as fetched:
                items, more = await self._read(poll, fetched)
        except Refused as refused:
            if refused.reason == "not-modified" and poll.before is not None:
                poll = self._pushed(poll, poll.before.hub, "")
            await self.out.put(Polled(visit=polls.missed(poll, refused, self._means.clock.now())))
            return
        for item in items:
            self._lanes.add_item(host_of(item.url), item)
        self._follow(poll, more)

    async def _read(self, poll: Poll, fetched: Fetched) -> tuple[Sequence[Item], Mapping[str, Visit | None]]:
        """Read the answer and tell of the poll; while that waits, the request counts as in flight."""
        try:
            feed = await self._means.sandbox.parse(polls.page_of(poll, fetched, self._means.max_items))
        except BadInput as error:
            refused = Refused("not-a-feed", str(error), status=fetched.exchange.capture.status)
            visit = polls.missed(poll, refused, self._means.clock.now())
            await self.out.put(Polled(visit=visit, exchange=fetched.exchange))
            return (), {}
        poll = self._pushed(poll, fetched.hub or feed.hub, fetched.topic or feed.topic or poll.listen.url)
        items = self._new(feed.items)
        more = {url: self._memory.visit(url) for url in polls.further(poll, feed, len(items))}
        visit = polls.answered(poll, fetched, feed, len(items), self._means.clock.now(), list(more.values()))
        await self.out.put(Polled(visit=visit, exchange=fetched.exchange, items=items))
        return items, more

    def _pushed(self, poll: Poll, hub: str, topic: str) -> Poll:
        """Queue what is to be asked of the hub that the address names, if any; poll seldom what is pushed."""
        pushing = self._means.pushing
        if pushing is None or not (hub or (poll.before and poll.before.hub)):
            return poll
        asking = pushing.step(Offer(poll.listen.url, poll.source, hub, topic))
        if asking is not None:
            self._lanes.add_asking(host_of(asking.subscription.hub), asking)
        return msgspec.structs.replace(poll, least=pushing.least(poll.listen.url))

    def _follow(self, poll: Poll, more: Mapping[str, Visit | None]) -> None:
        """Queue the polls of those of ``more`` that are due, within the poll's budget."""
        now = self._means.clock.now()
        for url, before in more.items():
            if poll.budget.left <= 0:
                return
            if url not in self._listened and is_due(before, now):
                poll.budget.left -= 1
                listen = msgspec.structs.replace(poll.listen, url=url)
                nested = msgspec.structs.replace(poll, listen=listen, before=before, depth=poll.depth + 1)
                self._lanes.add_poll(host_of(url), nested)
            self._listened.add(url)

    def _new(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return the items that were never taken, or that their feed says were edited; each address once a run."""
        known = self._memory.known([item.url for item in items])
        fresh = [item for item in items if is_news(known.get(item.url), item.version) and item.url not in self._seen]
        self._seen.update(item.url for item in fresh)
        return tuple(fresh)


def host_of(url: str) -> str:
    """Return the host of ``url``; "" when it has none that can be asked."""
    try:
        return parse_address(url).host
    except Refused:
        return ""


def _refusal(item: Item, refused: Refused) -> Refusal:
    return Refusal(
        source=item.source,
        url=item.url,
        reason=refused.reason,
        detail=refused.detail,
        final=refused.final,
        status=refused.status,
    )
