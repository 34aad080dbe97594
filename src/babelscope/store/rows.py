"""What the store hands out: light, frozen rows and results. Nothing here reads or writes anything."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from babelscope.flow.shapes import Visit
from babelscope.model.layers import Grade


class DocumentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document as a list shows it, from the SQL view.

    ``reading_title`` is the title in the reading language ("" where no route exists), ``lead`` the lead in the reading
    language, else the beginning of the original; ``country`` that of its source (ISO 3166-1 alpha-2, "" if unknown);
    ``words`` the number of analysed tokens of the text.
    """

    id: str
    capture: str
    source: str
    url: str
    title: str
    reading_title: str
    lead: str
    language: str
    script: str
    grade: Grade
    country: str
    time: dt.datetime
    published_at: dt.datetime | None
    seen_at: dt.datetime | None
    image: str
    words: int


class StoredExchange(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange as the WARC holds it.

    ``request`` and ``response_head`` are the bytes as sent and received (the head ends with its blank line);
    ``body`` has its transfer and content encodings taken off; ``record_id`` is the WARC-Record-ID of the response.
    """

    request: bytes
    response_head: bytes
    body: bytes
    record_id: str


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A group of a linker: its documents in order of (time, id), and the times of the first and the latest."""

    group: str
    documents: tuple[str, ...]
    first: dt.datetime
    latest: dt.datetime


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How a source does: its listened addresses, article captures and documents so far, refusals by reason."""

    id: str
    visits: tuple[Visit, ...] = ()
    captures: int = 0
    documents: int = 0
    refused: dict[str, int] = {}
    last_document: dt.datetime | None = None


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """One run. ``state`` is running, ok, failed or interrupted; ``config`` its resolved configuration (JSON),
    ``holder`` the process that did it.
    """

    id: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    state: str
    config: str
    holder: str = ""


class LookRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a page that was taken: its latest capture and what looking at it again found.

    ``state`` is "" (not looked at again yet), same, changed, gone, blocked, failing or finished (nothing more is due
    and the page stood to the end); ``status`` the latest HTTP status, ``count`` the looks, ``failures`` those in a row
    that did not bring the page. ``first_at`` is the first capture, ``looked_at`` the latest capture or look,
    ``changed_at`` when other text was found last, ``gone_at`` since when it is gone, ``back_at`` when it was found
    again after it had been gone. ``next_due`` None: never again.
    """

    source: str
    url: str
    capture: str
    state: str
    status: int
    count: int
    failures: int
    first_at: dt.datetime
    looked_at: dt.datetime
    next_due: dt.datetime | None
    changed_at: dt.datetime | None
    gone_at: dt.datetime | None
    back_at: dt.datetime | None = None


class VolumeRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many things of a ``measure`` (``store.tally``) a source had on a ``day`` ("2026-01-31", UTC)."""

    source: str
    day: str
    measure: str
    count: int


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """How many things of a run ended in ``outcome`` at ``stage`` (poll, collect, look, import, process), and why."""

    stage: str
    outcome: str
    reason: str
    count: int


class NamePart(msgspec.Struct, frozen=True, kw_only=True):
    """One word, or one known name of several, of a question for names. ``text`` is it as typed, ``keys`` the phonetic
    keys of each of its words (none: it is only looked for as text), ``aliases`` its other names, in any script.
    """

    text: str
    keys: tuple[tuple[str, ...], ...] = ()
    aliases: tuple[str, ...] = ()


NameWay = Literal["key", "text", "alias"]


class NameHit(msgspec.Struct, frozen=True, kw_only=True):
    """A document found by names: the surest way in which each part was found, and those of its words that may be
    names and share a key with what was asked, with their keys.
    """

    document: str
    language: str
    ways: tuple[NameWay, ...]
    words: dict[str, list[str]]


class IndexQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A question to the full-text index.

    ``text``: all words must occur (in title, text or translation), "in quotes" as a phrase, -word must not occur;
    empty text lists the newest. ``since`` (inclusive) and ``until`` (exclusive) bound the document's time. Filters
    of several values mean any of them.
    """

    text: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    limit: int = 20
    offset: int = 0
    facets: bool = False
    histogram: bool = False


class IndexResult(msgspec.Struct, frozen=True, kw_only=True):
    """Hits (document id, score; best first, or newest first without text), all matches, and what was asked for.

    ``facets`` has the keys language, country, source and entity, each with (value, documents), most first;
    ``histogram`` has (day as "YYYY-MM-DD", documents), days without a document left out.
    """

    hits: tuple[tuple[str, float], ...] = ()
    total: int = 0
    facets: dict[str, list[tuple[str, int]]] = {}
    histogram: list[tuple[str, int]] = []


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What ``verify`` found: problems in words (empty: all is well) and how many things of each kind were checked."""

    problems: tuple[str, ...] = ()
    checked: dict[str, int] = {}
