"""Taking in what a collector brings: bytes to the evidence first, forced to disk; then one transaction says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from babelscope.flow.errors import Unavailable
from babelscope.flow.shapes import Exchange, Item, Polled, Refusal
from babelscope.model import content_id, document_id
from babelscope.store import ledger
from babelscope.store.database import chunks, upsert
from babelscope.store.evidence import Location, cut
from babelscope.store.memory import to_json
from babelscope.store.parts import Parts
from babelscope.store.tables import captures, evidence, items, url_hash, visits

Event = Polled | Exchange | Refusal
Key = tuple[str, str]


def receive(parts: Parts, run: str, events: Sequence[Event]) -> int:
    """Keep ``events``; return how many article captures are new. Raises ``Unavailable`` if they cannot be written."""
    exchanges = list(_exchanges(events))
    before = _known_captures(parts, [e.capture.id for e in exchanges])
    places = _preserve(parts, [e for e in exchanges if e.capture.id not in before])
    with parts.engine.begin() as connection:
        seq = int(connection.execute(select(func.coalesce(func.max(captures.c.seq), 0))).scalar_one())
        rows = _capture_rows(events, places, run, seq)
        if rows:
            connection.execute(captures.insert(), rows)
        sizes = {place.segment: place.end for _, place in sorted(places.items(), key=lambda p: p[1].end)}
        upsert(connection, evidence, [{"name": name, "size": size, "holder": ""} for name, size in sizes.items()])
        upsert(connection, visits, list(_visit_rows(events).values()))
        counts = _settle(connection, parts, run, events, before)
        ledger.record(connection, run, counts)
    parts.acknowledged.update(sizes)
    return sum(row["kind"] == "article" for row in rows)


def _exchanges(events: Iterable[Event]) -> Iterable[Exchange]:
    for event in events:
        if isinstance(event, Exchange):
            yield event
        elif isinstance(event, Polled) and event.exchange is not None:
            yield event.exchange


def _known_captures(parts: Parts, ids: Sequence[str]) -> set[str]:
    known: set[str] = set()
    with parts.engine.connect() as connection:
        for some in chunks(ids):
            known.update(connection.execute(select(captures.c.id).where(captures.c.id.in_(some))).scalars())
    return known


def _preserve(parts: Parts, exchanges: Sequence[Exchange]) -> dict[str, Location]:
    """Append every new exchange once and force it to disk; after a fault nothing of it stays."""
    places: dict[str, Location] = {}
    try:
        for exchange in exchanges:
            if exchange.capture.id not in places:
                _ready_segment(parts)
                places[exchange.capture.id] = parts.evidence.append(exchange)
        parts.evidence.sync()
    except OSError as error:
        restore(parts)
        raise Unavailable(
            f"the evidence cannot be written: {error.strerror or error}; nothing of it was kept"
        ) from None
    return places


def _ready_segment(parts: Parts) -> None:
    """Open the segment to append to; a new one is announced to the database first, so that recovery knows it."""
    segment = parts.evidence.current(parts.acknowledged)
    if segment not in parts.acknowledged:
        with parts.engine.begin() as connection:
            upsert(connection, evidence, [{"name": segment, "size": 0, "holder": ""}])
        parts.acknowledged[segment] = 0
    parts.evidence.start(segment)


def restore(parts: Parts) -> None:
    """Cut every segment back to the last byte that the database vouches for."""
    parts.evidence.abandon()
    for name, size in parts.acknowledged.items():
        cut(parts.layout.evidence / name, size)


def _capture_rows(events: Iterable[Event], places: dict[str, Location], run: str, seq: int) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        kind, exchange = ("feed", event.exchange) if isinstance(event, Polled) else ("article", event)
        if not isinstance(exchange, Exchange) or exchange.capture.id not in places or exchange.capture.id in rows:
            continue
        capture, place = exchange.capture, places[exchange.capture.id]
        names = (
            "id",
            "source",
            "url",
            "final_url",
            "fetched_at",
            "status",
            "media_type",
            "charset",
            "body_hash",
            "size",
            "form",
            "replaces",
        )
        rows[capture.id] = {
            **{name: getattr(capture, name) for name in names},
            "seq": seq + len(rows) + 1,
            "document": document_id(capture.id),
            "kind": kind,
            "rights": to_json(capture.rights),
            "hints": to_json(capture.hints),
            "segment": place.segment,
            "request_offset": place.request,
            "offset": place.offset,
            "end_offset": place.end,
            "payload_digest": place.payload_digest,
            "state": "feed" if kind == "feed" else "new",
            "reason": "",
            "run": run,
        }
    return list(rows.values())


def _visit_rows(events: Iterable[Event]) -> dict[str, dict[str, Any]]:
    return {e.visit.url: msgspec.structs.asdict(e.visit) for e in events if isinstance(e, Polled)}


def _settle(connection: Connection, parts: Parts, run: str, events: Sequence[Event], before: set[str]) -> Counter[Any]:
    """Bring the found items up to date and return what the ledger counts."""
    book = _Book(run, parts.clock(), _load_items(connection, events), set(before))
    for event in events:
        if isinstance(event, Polled):
            book.polled(event)
        elif isinstance(event, Exchange):
            book.taken(event)
        else:
            book.refused(event)
    upsert(connection, items, list(book.changed.values()))
    return book.counts


def _load_items(connection: Connection, events: Iterable[Event]) -> dict[Key, dict[str, Any]]:
    urls: set[str] = set()
    for event in events:
        if isinstance(event, Polled):
            urls.update(item.url for item in event.items)
        else:
            urls.add(event.url if isinstance(event, Refusal) else event.capture.url)
    rows: dict[Key, dict[str, Any]] = {}
    for some in chunks(sorted(map(url_hash, urls))):
        found = connection.execute(select(items).where(items.c.url_hash.in_(some))).mappings()
        rows.update({(row["source"], row["url"]): dict(row) for row in found})
    return rows


class _Book:
    """The items of one batch of events: what each becomes, and what the ledger counts."""

    def __init__(self, run: str, now: Any, rows: dict[Key, dict[str, Any]], kept: set[str]) -> None:
        self.run, self.now, self.rows, self.kept = run, now, rows, kept
        self.changed: dict[Key, dict[str, Any]] = {}
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def polled(self, event: Polled) -> None:
        visit = event.visit
        reason = visit.error.partition(":")[0] or (str(visit.status) if visit.status else "")
        self.counts["poll", "failed" if visit.error else "answered", reason] += 1
        for item in event.items:
            self._found(item)

    def taken(self, event: Exchange) -> None:
        capture = event.capture
        row = self._result(capture.source, capture.url)
        self.counts["collect", "duplicate" if capture.id in self.kept else "taken", ""] += 1
        self.kept.add(capture.id)
        row.update(state="taken", reason="", detail="", version=row["offered"], attempts=0)

    def refused(self, event: Refusal) -> None:
        row = self.rows.get((event.source, event.url))
        if row is not None and not row["open"] and row["run"] == self.run:
            self.counts["collect", "repeated", event.reason] += 1  # listed twice in one run, settled already
            return
        row = self._result(event.source, event.url)
        self.counts["collect", "refused", event.reason] += 1
        if not event.final:
            row.update(state="retry", reason=event.reason, detail=event.detail, attempts=row["attempts"] + 1)
        elif row["state"] == "taken":
            row["version"] = row["offered"]
        else:
            row.update(state="refused", reason=event.reason, detail=event.detail, version=row["offered"])

    def _found(self, item: Item) -> dict[str, Any]:
        row = self.rows.get((item.source, item.url)) or self._blank(item)
        if not row["open"]:
            self.counts["collect", "found", ""] += 1
            row["found_at"] = self.now
        row.update(open=True, offered=item.version, feed=item.feed, hints=to_json(item.hints), run=self.run)
        return self._keep(row)

    def _result(self, source: str, url: str) -> dict[str, Any]:
        """Return the row that a result settles; one that no feed announced counts as found by itself."""
        row = self.rows.get((source, url))
        if row is None or not row["open"]:
            offered = row["offered"] if row else ""
            row = self._found(Item(source=source, url=url, feed=row["feed"] if row else "", version=offered))
        row.update(open=False, settled_at=self.now, run=self.run)
        return self._keep(row)

    def _blank(self, item: Item) -> dict[str, Any]:
        empty = dict.fromkeys(("version", "reason", "detail", "state"), "")
        names = {"id": content_id("item", item.source, item.url), "url_hash": url_hash(item.url)}
        return {
            **names,
            "source": item.source,
            "url": item.url,
            **empty,
            "open": False,
            "attempts": 0,
            "settled_at": None,
        }

    def _keep(self, row: dict[str, Any]) -> dict[str, Any]:
        key = (row["source"], row["url"])
        self.rows[key] = self.changed[key] = row
        return row
