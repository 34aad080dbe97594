"""The items of one batch of events: what each becomes, and what the ledgers count.

With several collectors at work an item belongs to one run at a time: the one in whose ledger it came in. Three rules
keep every ledger balanced, whoever does what (``tests/laws/test_collectors_laws.py``):

1. For a run that goes on: came in − ended = its open items. At its end those are written down as "waiting".
2. An item changes its run only here, or when a run begins and adopts what ended runs left. It comes in as "carried";
   the run that it is taken from counts it as "handed" if it still goes on (else it was "waiting" at its end).
3. A result for an item that another run has settled meanwhile changes nothing: a page comes in and ends as
   "duplicate" and is not kept again, a refusal is "repeated".
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from babelscope.flow.shapes import Exchange, Item, Polled, Refusal
from babelscope.model import Capture
from babelscope.store.database import chunks
from babelscope.store.looks import Key, item_id
from babelscope.store.memory import SETTLED, to_json
from babelscope.store.tables import items, url_hash, utc
from babelscope.store.tally import Tally

Row = dict[str, Any]


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The run that books, when it began, and the other runs that go on meanwhile."""

    run: str
    started_at: dt.datetime
    others: frozenset[str]


class ItemBook:
    """The items of one batch. ``counts``: (run, stage, outcome, reason) → how many."""

    def __init__(self, running: Running, now: dt.datetime, rows: dict[Key, Row], tally: Tally) -> None:
        self._running, self._now, self._rows, self._tally = running, now, rows, tally
        self._run = running.run
        self.changed: dict[Key, Row] = {}
        self.counts: Counter[tuple[str, str, str, str]] = Counter()

    def count(self, stage: str, outcome: str, reason: str = "") -> None:
        """Count one thing in the ledger of this run."""
        self.counts[self._run, stage, outcome, reason] += 1

    def polled(self, event: Polled) -> None:
        """Book a poll and what it found."""
        visit = event.visit
        reason = visit.error.partition(":")[0] or (str(visit.status) if visit.status else "")
        outcome = "put-off" if reason == "busy" else "failed" if visit.error else "answered"
        self.count("poll", outcome, reason)
        if outcome != "put-off":
            self._tally.add(visit.source, visit.checked_at, "polls")
        if outcome == "failed":
            self._tally.add(visit.source, visit.checked_at, "polls-failed")
        for item in event.items:
            self._found(item, visit.checked_at)

    def is_taken_by_another(self, capture: Capture) -> bool:
        """Say whether another run has taken this page since this one began (its lease on the host was lost)."""
        row = self._rows.get((capture.source, capture.url))
        fetched_now = utc(capture.fetched_at) >= self._running.started_at
        return fetched_now and not capture.replaces and row is not None and self._was_taken_meanwhile(row)

    def taken(self, capture: Capture, known: bool) -> None:
        """Book an article that came; ``known``: it is preserved already."""
        outcome = "duplicate" if known else "taken"
        if self.is_taken_by_another(capture):
            self.count("collect", "found")
        else:
            row = self._result(capture.source, capture.url, capture.fetched_at)
            row.update(state="taken", reason="", detail="", version=row["offered"], attempts=0)
        self.count("collect", outcome)
        self._tally.add(capture.source, capture.fetched_at, outcome)
        if not known:
            self._tally.add(capture.source, capture.fetched_at, "hour", f"{utc(capture.fetched_at):%H}")

    def refused(self, event: Refusal) -> None:
        """Book an item that was not taken."""
        row = self._rows.get((event.source, event.url))
        closed = row is not None and not row["open"]
        if row is not None and closed and (row["run"] == self._run or self._was_taken_meanwhile(row)):
            self.count("collect", "repeated", event.reason)  # settled already
            self._tally.add(event.source, self._now, "repeated")
            return
        row = self._result(event.source, event.url, self._now)
        self.count("collect", "refused", event.reason)
        self._tally.add(event.source, self._now, "refused", event.reason)
        if not event.final:
            row.update(state="retry", reason=event.reason, detail=event.detail, attempts=row["attempts"] + 1)
        elif row["state"] == "taken":
            row["version"] = row["offered"]
        else:
            row.update(state="refused", reason=event.reason, detail=event.detail, version=row["offered"])

    def _was_taken_meanwhile(self, row: Row) -> bool:
        """Say whether another run has settled this item, at the version last offered, since this one began."""
        settled = not row["open"] and row["state"] == "taken" and row["version"] == row["offered"]
        return settled and row["run"] != self._run and row["settled_at"] >= self._running.started_at

    def _found(self, item: Item, at: dt.datetime) -> None:
        row = self._rows.get((item.source, item.url))
        if row is not None and not row["open"] and row["state"] in SETTLED:
            meanwhile = self._was_taken_meanwhile(row) and not _is_edited(row["version"], item.version)
            if row["version"] == item.version or meanwhile:
                self.count("collect", "repeated", "already-seen")
                self._tally.add(item.source, at, "repeated")
                return
        self._offered(item, at)

    def _offered(self, item: Item, at: dt.datetime) -> Row:
        """Make an item wait; one that waits for another run that goes on stays with it."""
        row = self._rows.get((item.source, item.url)) or self._blank(item)
        if not row["open"]:
            self.count("collect", "found")
            self._tally.add(item.source, at, "found")
            row.update(open=True, found_at=self._now, run=self._run)
        elif row["run"] not in self._running.others:
            self._carry(row)
        row.update(offered=item.version, feed=item.feed, hints=to_json(item.hints))
        return self._keep(row)

    def _result(self, source: str, url: str, at: dt.datetime) -> Row:
        """Return the row that a result settles; one that no feed announced counts as found by itself."""
        row = self._rows.get((source, url))
        if row is None or not row["open"]:
            offered = row["offered"] if row else ""
            row = self._offered(Item(source=source, url=url, feed=row["feed"] if row else "", version=offered), at)
        self._carry(row)
        row.update(open=False, settled_at=self._now)
        return self._keep(row)

    def _carry(self, row: Row) -> None:
        """Take an open item into this run, if it is not here."""
        if row["run"] == self._run:
            return
        if row["run"] in self._running.others:
            self.counts[row["run"], "collect", "handed", ""] += 1
        self.count("collect", "carried")
        row["run"] = self._run

    def _blank(self, item: Item) -> Row:
        empty = dict.fromkeys(("version", "reason", "detail", "state", "run"), "")
        names = {"id": item_id(item.source, item.url), "url_hash": url_hash(item.url)}
        plain = {"source": item.source, "url": item.url, "open": False, "attempts": 0, "settled_at": None}
        return {**names, **plain, **empty}

    def _keep(self, row: Row) -> Row:
        key = (row["source"], row["url"])
        self._rows[key] = self.changed[key] = row
        return row


def load_items(connection: Connection, events: Iterable[Polled | Exchange | Refusal]) -> dict[Key, Row]:
    """Return the items that ``events`` speak of, as they stand."""
    urls: set[str] = set()
    for event in events:
        if isinstance(event, Polled):
            urls.update(item.url for item in event.items)
        else:
            urls.add(event.url if isinstance(event, Refusal) else event.capture.url)
    rows: dict[Key, Row] = {}
    for some in chunks(sorted(map(url_hash, urls))):
        found = connection.execute(select(items).where(items.c.url_hash.in_(some))).mappings()
        rows.update({(row["source"], row["url"]): dict(row) for row in found})
    return rows


def _is_edited(known: str, offered: str) -> bool:
    """Say whether ``offered`` is another version than ``known``; a feed and a sitemap number them in their own ways."""
    same_kind = known.startswith("sitemap:") == offered.startswith("sitemap:")
    return bool(known and offered and same_kind and known != offered)
