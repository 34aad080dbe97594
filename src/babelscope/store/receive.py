"""Taking in what a collector brings: bytes to the evidence first, forced to disk; then one transaction says so.

Several collectors may do so at once, each into segments of its own. The transactions follow one another
(``store.counters``), and what another one has kept since the bytes were written is taken back out of the segment
before anybody vouches for it: nothing is kept twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from babelscope.flow.errors import BabelscopeError, Unavailable
from babelscope.flow.shapes import Exchange, Polled, Refusal
from babelscope.model import document_id
from babelscope.store import ledger
from babelscope.store.booking import ItemBook, Running, load_items
from babelscope.store.counters import advance, serialise
from babelscope.store.database import chunks, mapping, upsert
from babelscope.store.evidence import Location, cut
from babelscope.store.looks import FOUND, LookBook, load_looks
from babelscope.store.memory import to_json
from babelscope.store.parts import IntakeParts
from babelscope.store.tables import captures, evidence, items, runs, visits
from babelscope.store.tally import Tally

Event = Polled | Exchange | Refusal
Places = Mapping[str, Location]
_COPIED = (
    "id", "source", "url", "final_url", "fetched_at", "status", "media_type", "charset", "body_hash", "size", "form",
)  # fmt: skip


def receive(parts: IntakeParts, run: str, events: Sequence[Event]) -> int:
    """Keep ``events``; return how many article captures are new.

    Raises ``Unavailable`` if they cannot be written, ``BabelscopeError`` if ``run`` has been ended by another process;
    then nothing of them is kept.
    """
    exchanges = list(_exchanges(events))
    with parts.engine.connect() as connection:
        known = _known_captures(connection, [e.capture.id for e in exchanges])
    places = _preserve(parts, [e for e in exchanges if e.capture.id not in known])
    with parts.engine.begin() as connection:
        try:
            seq = serialise(connection)
            books = _Books(connection, parts, run, events)
            known = _known_captures(connection, [e.capture.id for e in exchanges]) | books.taken_by_others(exchanges)
            if known & places.keys():
                restore(parts)
                places = _preserve(parts, [e for e in exchanges if e.capture.id not in known], connection)
            books.book(events, known)
            rows = _capture_rows(events, places, run, books.looks.replaces)
            for number, row in enumerate(rows, seq + 1):
                row["seq"] = number
            _write(connection, parts, rows, places, seq)
            upsert(connection, visits, list(_visit_rows(events).values()))
            books.write(connection)
        except BaseException:
            restore(parts)
            raise
    parts.acknowledged.update(_sizes(places))
    return sum(row["kind"] == "article" for row in rows)


class _Books:
    """All that is counted of one batch."""

    def __init__(self, connection: Connection, parts: IntakeParts, run: str, events: Sequence[Event]) -> None:
        now = parts.clock()
        self._tally = Tally()
        self.items = ItemBook(_running(connection, run), now, load_items(connection, events), self._tally)
        self.looks = LookBook(load_looks(connection, events), parts.config.collect.look_again_days, now)
        self._now = now

    def taken_by_others(self, exchanges: Iterable[Exchange]) -> set[str]:
        """Return the captures of ``exchanges`` whose page another collector has taken meanwhile."""
        return {e.capture.id for e in exchanges if self.items.is_taken_by_another(e.capture)}

    def book(self, events: Iterable[Event], known: Collection[str]) -> None:
        """Book ``events`` in order; ``known`` are captures that are preserved already."""
        kept = set(known)
        for event in events:
            if isinstance(event, Polled):
                self.items.polled(event)
            elif isinstance(event, Exchange):
                self._exchange(event, event.capture.id in kept)
                kept.add(event.capture.id)
            elif event.again:
                self._not_seen(event)
            else:
                self.items.refused(event)

    def _exchange(self, event: Exchange, known: bool) -> None:
        capture = event.capture
        by_another = self.items.is_taken_by_another(capture)
        outcome, reason = ("", "") if by_another else self.looks.seen(event, known)
        if not capture.replaces:
            self.items.taken(capture, known)
            return
        self._look(outcome, reason)
        if outcome == "changed":
            self._tally.add(capture.source, capture.fetched_at, "look-changed")

    def _not_seen(self, event: Refusal) -> None:
        was_gone = self.looks.is_gone(event.source, event.url)
        outcome, reason = self.looks.not_seen(event)
        self._look(outcome, reason)
        if outcome == "gone" and not was_gone:
            self._tally.add(event.source, self._now, "look-gone")

    def _look(self, outcome: str, reason: str) -> None:
        self.items.count("look", "due")
        self.items.count("look", outcome, reason)

    def write(self, connection: Connection) -> None:
        """Write everything that has changed."""
        upsert(connection, items, list(self.items.changed.values()))
        self.looks.write(connection)
        self._tally.write(connection)
        by_run: dict[str, Counter[tuple[str, str, str]]] = {}
        for (run, *name), count in self.items.counts.items():
            by_run.setdefault(run, Counter())[name[0], name[1], name[2]] += count
        for run, counts in sorted(by_run.items()):
            ledger.record(connection, run, counts)


def _running(connection: Connection, run: str) -> Running:
    going = mapping(connection, select(runs.c.id, runs.c.started_at).where(runs.c.state == "running"))
    if run not in going:
        raise BabelscopeError(f"run {run} was ended by another process, which held it for dead; nothing more is kept")
    return Running(run=run, started_at=going.pop(run), others=frozenset(going))


def _exchanges(events: Iterable[Event]) -> Iterable[Exchange]:
    for event in events:
        if isinstance(event, Exchange):
            yield event
        elif isinstance(event, Polled) and event.exchange is not None:
            yield event.exchange


def _known_captures(connection: Connection, ids: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for some in chunks(ids):
        known.update(connection.execute(select(captures.c.id).where(captures.c.id.in_(some))).scalars())
    return known


def _preserve(
    parts: IntakeParts, exchanges: Sequence[Exchange], connection: Connection | None = None
) -> dict[str, Location]:
    """Append every new exchange once and force it to disk; after a fault nothing of it stays."""
    places: dict[str, Location] = {}
    try:
        for exchange in exchanges:
            if exchange.capture.id not in places:
                _ready_segment(parts, connection)
                places[exchange.capture.id] = parts.evidence.append(exchange)
        parts.evidence.sync()
    except OSError as error:
        restore(parts)
        raise Unavailable(
            f"the evidence cannot be written: {error.strerror or error}; nothing of it was kept"
        ) from None
    return places


def _ready_segment(parts: IntakeParts, connection: Connection | None) -> None:
    """Open the segment to append to; a new one is announced to the database first, so that recovery knows it."""
    segment = parts.evidence.current(parts.acknowledged)
    if segment not in parts.acknowledged:
        rows = [{"name": segment, "size": 0, "holder": parts.holder}]
        if connection is not None:
            upsert(connection, evidence, rows)
        else:
            with parts.engine.begin() as own:
                upsert(own, evidence, rows)
        parts.acknowledged[segment] = 0
    parts.evidence.start(segment)


def restore(parts: IntakeParts) -> None:
    """Cut every segment back to the last byte that the database vouches for."""
    parts.evidence.abandon()
    for name, size in parts.acknowledged.items():
        cut(parts.layout.evidence / name, size)


def _sizes(places: Places) -> dict[str, int]:
    return {place.segment: place.end for place in sorted(places.values(), key=lambda place: place.end)}


def _write(
    connection: Connection, parts: IntakeParts, rows: Sequence[dict[str, Any]], places: Places, seq: int
) -> None:
    """Make the captures known, and the bytes that they stand in."""
    if rows:
        connection.execute(captures.insert(), list(rows))
        advance(connection, seq + len(rows))
    sizes = [{"name": name, "size": size, "holder": parts.holder} for name, size in _sizes(places).items()]
    upsert(connection, evidence, sizes)


def _capture_rows(
    events: Iterable[Event], places: Places, run: str, replaces: Mapping[str, str]
) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for event in events:
        kind, exchange = ("feed", event.exchange) if isinstance(event, Polled) else ("article", event)
        if not isinstance(exchange, Exchange) or exchange.capture.id not in places or exchange.capture.id in rows:
            continue
        capture, place = exchange.capture, places[exchange.capture.id]
        rows[capture.id] = {
            **{name: getattr(capture, name) for name in _COPIED},
            "replaces": replaces.get(capture.id, capture.replaces),
            "found_by": FOUND if capture.replaces else "",
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
