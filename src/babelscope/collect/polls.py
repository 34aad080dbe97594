"""Polls: what a listened address is asked, and what its answer means for the next visit (pure but for the clock)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from babelscope.collect.domains import same_site
from babelscope.collect.fetch import ACCEPT_FEED, ACCEPT_PAGE, ACCEPT_SITEMAP, Fetched, Wanted
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.reasons import Refused
from babelscope.collect.schedule import EXPECTED, due_after, failed_interval, learned_rate, next_interval
from babelscope.flow.shapes import Visit
from babelscope.model import Listen
from babelscope.model.source import ListenKind

MAX_MORE = 50
"""Nested sitemaps or further pages that one listened address is followed to in one run."""
MAX_NAMED = 500
"""Of those that an index names, so many are looked at to find the ones that are due."""
MIN_PAUSE = 60.0
"""Seconds until an address is due again whose host was not to be asked now."""
MAX_DEPTH = 3
"""Indexes of indexes and pages of pages are followed so deep."""

_ACCEPT: dict[ListenKind, str] = {"feed": ACCEPT_FEED, "sitemap": ACCEPT_SITEMAP, "page": ACCEPT_PAGE}


class Budget(msgspec.Struct):
    """How many more addresses one listened address may lead to in this run; shared by all of them."""

    left: int = MAX_MORE


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """A poll to do: ``before`` is the last visit; ``depth`` is 0 for an address of the configuration itself.

    ``least`` is the least seconds until the next poll, where a hub pushes its news.
    """

    source: str
    listen: Listen
    before: Visit | None
    depth: int = 0
    least: float = 0.0
    budget: Budget = msgspec.field(default_factory=Budget)


def wanted(poll: Poll) -> Wanted:
    """Return the request of ``poll``.

    It is conditional, except for a sitemap that had no items of its own the last time: an index must be read whole,
    since the sitemaps that it names are known only from it, and they change without it.
    """
    before = poll.before
    conditional = before is not None and (poll.listen.kind != "sitemap" or before.found > 0)
    return Wanted(
        source=poll.source,
        url=poll.listen.url,
        accept=_ACCEPT[poll.listen.kind],
        types=frozenset(),
        etag=before.etag if before and conditional else "",
        last_modified=before.last_modified if before and conditional else "",
    )


def page_of(poll: Poll, fetched: Fetched, limit: int) -> FeedPage:
    """Return the answer of ``poll`` as the parser takes it."""
    capture = fetched.exchange.capture
    return FeedPage(
        body=fetched.exchange.body,
        url=capture.final_url,
        listen=poll.listen.url,
        source=poll.source,
        kind=poll.listen.kind,
        content_type=fetched.content_type,
        limit=limit,
    )


def answered(
    poll: Poll, fetched: Fetched, feed: ParsedFeed, new: int, now: dt.datetime, named: Sequence[Visit | None] = ()
) -> Visit:
    """Return the visit after an answer that was read, with ``new`` items that were never seen before.

    ``named`` are the last visits of the sitemaps that an index names: it is polled as often as the liveliest of them.
    """
    if named and not feed.items:
        known = [visit.rate if visit else EXPECTED / max(poll.listen.every, 1) * 3600 for visit in named]
        rate = max(0.0, *known)
    else:
        rate = learned_rate(poll.before, now, new, [item.hints.published_at for item in feed.items])
    return _visit(
        poll,
        now,
        _rhythm(poll, rate, new, len(feed.items)),
        status=fetched.exchange.capture.status,
        etag=fetched.exchange.etag,
        last_modified=fetched.exchange.last_modified,
        found=len(feed.items),
        new=new,
        rate=rate,
        hub=fetched.hub or feed.hub,
        moved=feed.moved or fetched.moved,
    )


def missed(poll: Poll, refused: Refused, now: dt.datetime) -> Visit:
    """Return the visit after a poll that brought nothing: unchanged, put off by the host, or failed.

    To be asked for patience is no failure of the address: it is told in ``error``, and the rest stays as it was.
    """
    before = poll.before
    if refused.reason == "not-modified":
        rate = learned_rate(before, now, 0)
        return _visit(poll, now, _rhythm(poll, rate, 0, before.found if before else 0), status=304, rate=rate)
    error = f"{refused.reason}: {refused.detail}"
    if refused.reason == "busy":
        pause = max(refused.pause, MIN_PAUSE)
        put_off = _visit(poll, now, pause, failures=before.failures if before else 0, error=error)
        return msgspec.structs.replace(put_off, next_due=now + dt.timedelta(seconds=pause))
    failures = (before.failures if before else 0) + 1
    interval = failed_interval(before, float(poll.listen.every))
    visit = _visit(poll, now, interval, status=refused.status, failures=failures, error=error)
    return msgspec.structs.replace(visit, next_due=max(visit.next_due, now + dt.timedelta(seconds=refused.pause)))


def further(poll: Poll, feed: ParsedFeed, new: int) -> tuple[str, ...]:
    """Return the addresses of the same site that ``feed`` leads to: what a sitemap index names, else the next pages.

    A next page is older than this one: it is worth asking for only while everything on this page was new.
    """
    if poll.depth >= MAX_DEPTH or (poll.listen.kind != "sitemap" and (not new or new < len(feed.items))):
        return ()
    named = dict.fromkeys(feed.more[:MAX_NAMED])
    return tuple(url for url in named if url != poll.listen.url and same_site(url, poll.listen.url))


def _rhythm(poll: Poll, rate: float, new: int, found: int) -> float:
    return next_interval(poll.before, float(poll.listen.every), rate, new=new, found=found, least=poll.least)


def _visit(poll: Poll, now: dt.datetime, interval: float, **changed: Any) -> Visit:
    before = poll.before
    blank = Visit(
        url=poll.listen.url, source=poll.source, checked_at=now, next_due=due_after(poll.listen.url, now, interval)
    )
    if before is not None:
        kept = ("etag", "last_modified", "found", "rate", "hub", "moved", "status")
        changed = {**{name: getattr(before, name) for name in kept}, **changed}
    return msgspec.structs.replace(blank, **changed)
