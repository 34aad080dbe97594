"""What a reader must know of a document before trusting it: it was edited, silently or openly, or it was deleted.

An edit is open when its publisher says so: the page's own date of change moved, its date of publication moved, or a
feed announced a new version. An edit that was found only by looking again, and that nothing speaks of, is silent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from babelscope.extract.modified import stated_modification
from babelscope.flow.errors import BadInput
from babelscope.model import Capture
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow
from babelscope.store.versions import History

How = Literal["first", "openly", "silently", "unknown"]
Presence = Literal["there", "gone", "back", "unknown"]
MAX_VERSIONS = 50
"""Versions of one address that are looked at; of more, the first and the latest."""
MAX_ADDRESSES = 30
"""Addresses of one page whose edits are judged from the evidence."""


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the address of a document.

    ``number`` of ``versions`` is this one; ``silently`` and ``openly`` count its edits, -1 where they were not judged;
    ``presence`` says whether the publisher still has it, ``since`` when it was found gone or there again.
    """

    number: int
    versions: int
    latest: str
    silently: int = -1
    openly: int = -1
    presence: Presence = "unknown"
    status: int = 0
    since: dt.datetime | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One version with how it came about, and why we say so."""

    row: DocumentRow
    how: How
    why: str
    modified_at: dt.datetime | None = None


def fates(reader: Reader, rows: Sequence[DocumentRow], judged: bool = True) -> dict[str, Fate]:
    """Return document id → fate, for those of ``rows`` that were edited, deleted or brought back.

    With ``judged`` the preserved pages of at most ``MAX_ADDRESSES`` edited addresses are read to tell open edits from
    silent ones.
    """
    found: dict[str, Fate] = {}
    told: dict[tuple[str, str], list[Told]] = {}
    histories = reader.histories(rows)
    for row in rows:
        history = histories[row.id]
        presence, _ = presence_of(history)
        if history.versions < 2 and presence in ("there", "unknown"):
            continue
        key = (row.source, row.url)
        if judged and history.versions > 1 and key not in told and len(told) < MAX_ADDRESSES:
            told[key] = tell(reader, row)
        found[row.id] = _fate(reader, row, history, told.get(key))
    return found


def _fate(reader: Reader, row: DocumentRow, history: History, told: Sequence[Told] | None) -> Fate:
    presence, since = presence_of(history)
    all_rows = [one.row for one in told] if told else versions_of(reader, row)
    ids = [one.id for one in all_rows] or [row.id]
    return Fate(
        number=number_of(ids.index(row.id), len(ids), history.versions) if row.id in ids else 0,
        versions=history.versions,
        latest=ids[-1],
        silently=sum(one.how == "silently" for one in told) if told else -1,
        openly=sum(one.how == "openly" for one in told) if told else -1,
        presence=presence,
        status=history.look.status if history.look else 0,
        since=since,
    )


def presence_of(history: History) -> tuple[Presence, dt.datetime | None]:
    """Return whether the publisher still has the page, and since when it is gone or back."""
    look = history.look
    if look is None or not look.count:
        return "unknown", None
    if look.gone_at is not None:
        return "gone", look.gone_at
    if look.back_at is not None:
        return "back", look.back_at
    return ("there", None) if look.state in ("same", "changed", "finished") else ("unknown", None)


def versions_of(reader: Reader, row: DocumentRow) -> list[DocumentRow]:
    """Return the versions of a document's address at its source, oldest first, ``MAX_VERSIONS`` at most."""
    rows = [one for one in reader.versions(row.url) if one.source == row.source]
    return rows if len(rows) <= MAX_VERSIONS else [rows[0], *rows[1 - MAX_VERSIONS :]]


def number_of(place: int, listed: int, total: int) -> int:
    """Return the number (from 1) of the version at ``place`` of ``listed``: the first and the latest of ``total``."""
    return 1 if place == 0 else total - (listed - 1 - place)


def tell(reader: Reader, row: DocumentRow) -> list[Told]:
    """Return the versions of a document's address, oldest first, each with how it came about."""
    rows = versions_of(reader, row)
    captures = [reader.capture(one.capture) for one in rows]
    dates = [_modified(reader, capture) if capture and len(rows) > 1 else None for capture in captures]
    keys = {(capture.source, capture.url) for capture in captures if capture}
    announced = reader.announced(keys) if len(rows) > 1 else set()
    looked = reader.found_by_looking(one.capture for one in rows) if len(rows) > 1 else set()
    told: list[Told] = []
    for place, one in enumerate(rows):
        capture = captures[place]
        how: How = "first"
        why = ""
        if place:
            is_offered = capture is not None and (capture.source, capture.url) in announced
            ways = (one.capture in looked, is_offered)
            how, why = _judge((rows[place - 1], one), (dates[place - 1], dates[place]), ways)
        told.append(Told(row=one, how=how, why=why, modified_at=dates[place]))
    return told


def _judge(
    rows: tuple[DocumentRow, DocumentRow],
    dates: tuple[dt.datetime | None, dt.datetime | None],
    ways: tuple[bool, bool],
) -> tuple[How, str]:
    """Return how an edit came about, and why; ``ways``: found by looking again, pointed at by a feed."""
    before, after = dates
    seen = rows[0].seen_at
    if after is not None and (after > before if before is not None else seen is not None and after > seen):
        return "openly", "the page says that it was changed"
    published = rows[0].published_at, rows[1].published_at
    if published[0] is not None and published[1] is not None and published[1] > published[0]:
        return "openly", "the date of publication was moved"
    is_found_by_look, is_offered = ways
    if is_found_by_look:
        return "silently", "found by looking again; neither the page nor a feed speaks of a change"
    if is_offered:
        return "openly", "a feed announced a new version"
    return "unknown", "captured again; nothing says whether the change was announced"


def _modified(reader: Reader, capture: Capture) -> dt.datetime | None:
    if "html" not in capture.media_type and capture.media_type:
        return None
    try:
        body = reader.original(capture).body
    except BadInput:  # damaged evidence is told of on the document's page; here the page just says nothing
        return None
    return stated_modification(body, capture.charset, capture.fetched_at)
