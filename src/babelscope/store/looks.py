"""Second looks: what is due to be looked at again, and what was found. One row for each page that was taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, select

from babelscope.flow.shapes import Exchange, Item, Look, Polled, Refusal
from babelscope.govern.looks import look_state, next_look
from babelscope.model import Hints, content_id
from babelscope.store.database import chunks, upsert
from babelscope.store.rows import LookRow
from babelscope.store.tables import captures, documents, items, looks, url_hash, utc

FOUND = "look"
"""What ``captures.found_by`` says of a capture that looking again brought."""
MOST_DUE = 2000
"""Looks handed out at once."""
_PAGE = 1000
Key = tuple[str, str]
Booked = tuple[str, str]
"""Outcome and reason of a look in the ledger."""


def item_id(source: str, url: str) -> str:
    """Return the id that the item of an address and the look at it share."""
    return content_id("item", source, url)


class LookBook:
    """The looks of one batch of events: what each becomes."""

    def __init__(self, rows: dict[Key, dict[str, Any]], days: int, now: dt.datetime) -> None:
        self._rows, self._days, self._now = rows, days, now
        self._span = dt.timedelta(days=days)
        self._changed: dict[Key, dict[str, Any]] = {}
        self.replaces: dict[str, str] = {}
        """Capture → the one before it, for the captures of the batch that have one."""

    def seen(self, event: Exchange, known: bool) -> Booked:
        """Book the page as it was taken now; ``known``: its bytes are preserved already."""
        capture = event.capture
        row = self._rows.get((capture.source, capture.url))
        again = bool(capture.replaces)
        if row is None:
            self._first(event)
            return ("changed", "") if again else ("", "")
        at = utc(capture.fetched_at)
        if not again and at < row["looked_at"]:  # from an archive, older than what we have
            return ("", "")
        differs = row["capture"] != capture.id
        if differs and not known:
            self.replaces.setdefault(capture.id, row["capture"])
        row["capture"] = capture.id
        row["changed_at"] = at if differs else row["changed_at"]
        row.update(etag=event.etag, last_modified=event.last_modified, failures=0)
        _note_return(row, at)
        row["count"] += int(again)
        self._looked(row, at, "changed" if differs else "same", capture.status, _is_live(event))
        return ("changed", "reverted" if known else "") if differs else ("unchanged", "repeated")

    def not_seen(self, event: Refusal) -> Booked:
        """Book a look that brought no new bytes."""
        found = look_state(event.reason)
        row = self._rows.get((event.source, event.url))
        if row is not None:
            if found == "same":
                row["failures"] = 0
                _note_return(row, self._now)
            elif event.reason != "busy":  # to be asked for patience says nothing about the page
                row["failures"] += 1
            if found == "gone":
                row["gone_at"] = row["gone_at"] or self._now
            row["count"] += 1
            self._looked(row, self._now, found, event.status)
        return {"same": "unchanged", "gone": "gone"}.get(found, "refused"), event.reason

    def is_gone(self, source: str, url: str) -> bool:
        """Say whether the page was gone when it was last looked at."""
        row = self._rows.get((source, url))
        return row is not None and row["gone_at"] is not None

    def write(self, connection: Connection) -> None:
        """Write what has changed."""
        upsert(connection, looks, list(self._changed.values()))

    def _first(self, event: Exchange) -> None:
        capture, at = event.capture, utc(event.capture.fetched_at)
        again = bool(capture.replaces)
        row = {
            "id": item_id(capture.source, capture.url),
            "url_hash": url_hash(capture.url),
            "source": capture.source,
            "url": capture.url,
            "capture": capture.id,
            "count": int(again),
            "failures": 0,
            "etag": event.etag,
            "last_modified": event.last_modified,
            "first_at": at,
            "changed_at": at if again else None,
            "gone_at": None,
            "back_at": None,
        }
        self._looked(row, at, "changed" if again else "", capture.status, _is_live(event))

    def _looked(self, row: dict[str, Any], at: dt.datetime, state: str, status: int, watched: bool = True) -> None:
        due = self._due(row, at) if watched else None
        finished = due is None and row["count"] and state in ("same", "changed")
        row.update(state="finished" if finished else state, status=status, looked_at=at, next_due=due)
        key = (row["source"], row["url"])
        self._rows[key] = self._changed[key] = row

    def _due(self, row: dict[str, Any], at: dt.datetime) -> dt.datetime | None:
        is_old = self._now >= row["first_at"] + self._span  # of an old archive, or after a long pause
        if is_old or not row["url"].startswith(("http://", "https://")):
            return None
        return next_look(row["first_at"], at, row["count"], row["failures"], self._days)


def _is_live(event: Exchange) -> bool:
    """Say whether the page itself was asked; else an import brought it, and nobody will ask."""
    return event.capture.form == "http" and event.capture.rights.robots != "archive"


def _note_return(row: dict[str, Any], at: dt.datetime) -> None:
    """Note that a page is there; one that was gone is back."""
    if row["gone_at"] is not None:
        row.update(gone_at=None, back_at=at)


def load_looks(connection: Connection, events: Iterable[Polled | Exchange | Refusal]) -> dict[Key, dict[str, Any]]:
    """Return the rows of the pages that ``events`` bring or looked at."""
    ids: set[str] = set()
    for event in events:
        if isinstance(event, Exchange):
            ids.add(item_id(event.capture.source, event.capture.url))
        elif isinstance(event, Refusal) and event.again:
            ids.add(item_id(event.source, event.url))
    rows: dict[Key, dict[str, Any]] = {}
    for some in chunks(sorted(ids)):
        for row in connection.execute(select(looks).where(looks.c.id.in_(some))).mappings():
            rows[row["source"], row["url"]] = dict(row)
    return rows


def due_looks(engine: Engine, sources: Sequence[str], now: dt.datetime) -> list[Look]:
    """Return the pages of ``sources`` that are due, longest due first, ``MOST_DUE`` at most."""
    wanted = set(sources)
    columns = (looks.c.source, looks.c.url, looks.c.capture, looks.c.etag, looks.c.last_modified)
    query = select(*columns, items.c.feed, items.c.version, items.c.hints).select_from(
        looks.outerjoin(items, items.c.id == looks.c.id)
    )
    query = query.where(looks.c.next_due <= now).order_by(looks.c.next_due, looks.c.id)
    found: list[Look] = []
    with engine.connect().execution_options(yield_per=_PAGE) as connection:
        for row in connection.execute(query).mappings():
            if row["source"] in wanted:
                found.append(_look_of(row))
            if len(found) >= MOST_DUE:
                break
    return found


def _look_of(row: RowMapping) -> Look:
    hints = msgspec.json.decode(row["hints"], type=Hints) if row["hints"] else Hints()
    names = {"source": row["source"], "url": row["url"], "feed": row["feed"] or "", "version": row["version"] or ""}
    item = Item(**names, hints=hints)
    return Look(item=item, capture=row["capture"], etag=row["etag"], last_modified=row["last_modified"])


class Same(msgspec.Struct, frozen=True, kw_only=True):
    """New bytes that said nothing new: the page, its capture, and when other text was found there last."""

    source: str
    url: str
    capture: str
    changed_at: dt.datetime | None


def note_unchanged(connection: Connection, same: Iterable[Same]) -> None:
    """Mark pages whose new bytes said nothing new as "same"."""
    for page in same:
        mine = looks.update().where(looks.c.id == item_id(page.source, page.url), looks.c.capture == page.capture)
        connection.execute(mine.values(changed_at=page.changed_at))
        connection.execute(mine.where(looks.c.state == "changed").values(state="same"))


def read_look(engine: Engine, url: str, source: str) -> LookRow | None:
    """Return what is known of the page ``url`` as ``source`` gave it; None if it was never taken."""
    with engine.connect() as connection:
        row = connection.execute(select(looks).where(looks.c.id == item_id(source, url))).mappings().first()
    return None if row is None else _row_of(row)


def looks_of(engine: Engine, ids: Sequence[str]) -> dict[str, LookRow]:
    """Return document id → what is known of its page, for those of ``ids`` that are kept."""
    found: dict[str, LookRow] = {}
    with engine.connect() as connection:
        keys: dict[str, list[str]] = {}
        for some in chunks(ids):
            query = select(documents.c.id, captures.c.source, captures.c.url)
            query = query.select_from(documents.join(captures, captures.c.id == documents.c.capture))
            for id_, source, url in connection.execute(query.where(documents.c.id.in_(some))):
                keys.setdefault(item_id(source, url), []).append(id_)
        for some in chunks(sorted(keys)):
            for row in connection.execute(select(looks).where(looks.c.id.in_(some))).mappings():
                found.update((id_, _row_of(row)) for id_ in keys[row["id"]])
    return found


def _row_of(row: RowMapping) -> LookRow:
    return LookRow(**{name: row[name] for name in LookRow.__struct_fields__})
