"""The four shapes that everything has, and no fifth: Collector, Stage, Linker, Outlet.

A plug-in offers one of these shapes; there is no base class to inherit. Only collectors and outlets may touch
the world.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from babelscope.model import Capture, Document, Hints, Membership, Patch, Source


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A capture with its bytes, on the way to the evidence.

    ``request`` and ``response`` are the HTTP messages exactly as sent and received (for the WARC);
    ``body`` is the response body with transfer and content encodings taken off. An exchange taken from an archive may
    have no request (b""); one whose capture has the form "resource" has the bare bytes as its response. ``etag`` and
    ``last_modified`` are the validators for looking again.
    """

    capture: Capture
    request: bytes
    response: bytes
    body: bytes
    etag: str = ""
    last_modified: str = ""


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """An address that was not taken, or not needed, and why: every found item ends as one or the other.

    ``reason`` is one of a closed list (robots, not-modified, already-seen, private-address, too-large, too-slow,
    status-404 …), ``detail`` says more in words.
    """

    source: str
    url: str
    reason: str
    detail: str = ""
    final: bool = True
    """False: try again in a later run (server error, time-out)."""
    again: str = ""
    """Id of the capture that was looked at again, when this is the outcome of a second look (not-modified, gone …)."""
    status: int = 0


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """An article that a feed points at. ``version`` changes when the feed says that the article was edited."""

    source: str
    url: str
    feed: str
    version: str = ""
    hints: Hints = Hints()


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What we know of a listened address after a poll: validators for conditional GET, health, next due time.

    ``failures`` counts failed polls in a row, ``error`` is the last one in words, ``found`` the items in the last
    full answer, ``new`` those of them never seen before. ``rate`` is the learned rhythm: new items an hour,
    exponentially weighted (negative: not learned yet). ``hub`` is a WebSub hub that the address names, ``moved`` where
    it says that it has moved for good (301, 308).
    """

    url: str
    source: str
    checked_at: dt.datetime
    next_due: dt.datetime
    status: int = 0
    etag: str = ""
    last_modified: str = ""
    failures: int = 0
    error: str = ""
    found: int = 0
    new: int = 0
    rate: float = -1.0
    hub: str = ""
    moved: str = ""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A page to be looked at again: its item, the capture before, and the validators for a conditional GET."""

    item: Item
    capture: str
    etag: str = ""
    last_modified: str = ""


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """One poll of a listened address: its exchange (None if nothing came), its new state, and the items to fetch."""

    visit: Visit
    exchange: Exchange | None = None
    items: tuple[Item, ...] = ()


class CollectMemory(Protocol):
    """What a collector may ask about earlier runs (kept by the store)."""

    def visit(self, url: str) -> Visit | None:
        """Return the last visit of a listened address."""
        ...

    def known(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return address → version for those of ``urls`` that were taken or finally refused."""
        ...

    def waiting(self, sources: Sequence[str]) -> Sequence[Item]:
        """Return items that were found but not yet taken or refused (left over from a run that was cut short)."""
        ...

    def looks(self, sources: Sequence[str], now: dt.datetime) -> Sequence[Look]:
        """Return the pages that are due to be looked at again, longest due first, bounded."""
        ...


class Turn(msgspec.Struct, frozen=True):
    """Leave to ask a host: ``ready_at`` is the earliest moment of the first request (spacing is handed over)."""

    ready_at: dt.datetime


class HostLeases(Protocol):
    """Which of several collectors may ask a host: one at a time, so that its spacing is kept by all together."""

    def take(self, host: str) -> Turn | None:
        """Return the turn of this collector at ``host``; None while another one has it."""
        ...

    def release(self, host: str, ready_at: dt.datetime) -> None:
        """Give ``host`` back; the next holder waits until ``ready_at``."""
        ...

    def renew(self) -> Collection[str]:
        """Keep what is held; called every few seconds while collecting. Returns the hosts that were lost meanwhile."""
        ...


@runtime_checkable
class Collector(Protocol):
    """World → captures. The only shape that reads the network."""

    name: str

    def collect(self, sources: Sequence[Source], memory: CollectMemory) -> AsyncIterator[Polled | Exchange | Refusal]:
        """Yield one ``Polled`` per listened address that is due, then one result for every item, each exactly once."""
        ...


@runtime_checkable
class Stage(Protocol):
    """Documents → one patch each, in order. Pure: no files, no network, no clock, no shared state.

    ``needs`` and ``provides`` name layers. ``version`` changes whenever the output may change; it is stamped on
    every layer. ``load`` does heavy imports and reads weights, once per worker; ``__call__`` may raise anything, the
    runner halves the batch to find the one document to blame.
    """

    name: str
    version: str
    needs: frozenset[str]
    provides: frozenset[str]
    batch: int

    def load(self) -> None:
        """Make ready; raise ``Unavailable`` when something every document needs is missing."""
        ...

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one patch per document, in order."""
        ...


class BandTable(Protocol):
    """Persistent locality-sensitive hash table: band keys → documents (Leskovec et al., ch. 3)."""

    def lookup(self, keys: Sequence[tuple[int, bytes]]) -> Mapping[str, int]:
        """Return document id → number of shared bands; keys are (band number, band hash)."""
        ...

    def fingerprint(self, documents: Sequence[str]) -> Mapping[str, bytes]:
        """Return document id → MinHash signature, as it was added."""
        ...

    def add(self, document: str, keys: Sequence[tuple[int, bytes]], minhash: bytes) -> None:
        """Add a document; adding it again changes nothing."""
        ...


class LinkMemory(Protocol):
    """What a linker may ask about earlier documents (kept by the store, or in memory for pipes and tests)."""

    @property
    def bands(self) -> BandTable:
        """The band table of near-duplicates."""
        ...

    def linked_since(self, linker: str, since: dt.datetime) -> Iterator[tuple[Document, Membership]]:
        """Yield documents linked by ``linker`` from the time ``since`` on, in order of (time, address, seen, id)."""
        ...

    def groups_of(self, linker: str, documents: Sequence[str]) -> Mapping[str, str]:
        """Return document id → group id of ``linker`` for those of ``documents`` that it has linked."""
        ...


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a translation that a translator can do now: ``source`` to ``target`` (ISO 639), by ``model``.

    ``model`` names the files exactly (with a hash prefix or version), so that a memory of translations never mixes two.
    ``neural`` says whether the step is a neural model. ``quality`` (0–1) ranks hops: the share of the meaning that is
    expected to come through, multiplied along a chain.
    """

    translator: str
    source: str
    target: str
    model: str
    neural: bool
    quality: float
    remark: str = ""


@runtime_checkable
class Translator(Protocol):
    """Sentences → sentences, by one hop; a name of ``babelscope.translators``, built from the configuration."""

    name: str

    def hops(self) -> Sequence[Hop]:
        """Return what can be translated now; cheap, opens no model. A translator that is not installed returns none."""
        ...

    def translate(self, hop: Hop, sentences: Sequence[str]) -> Sequence[str]:
        """Return one translation per sentence, in order; a sentence that cannot be translated becomes "".

        Raises ``Unavailable`` when nothing can be translated at all.
        """
        ...


@runtime_checkable
class Linker(Protocol):
    """Documents → groups, online: block, score, judge, group.

    Given the same documents in the same order it always gives the same memberships. Its memory (what it has seen) is
    handed in by the wiring, so that it can live in a database, in memory, or in a test.
    """

    name: str
    version: str
    needs: frozenset[str]

    def load(self) -> None:
        """Make ready; raise ``Unavailable`` when something every document needs is missing."""
        ...

    def __call__(self, docs: Sequence[Document]) -> Sequence[Membership]:
        """Return one membership per document, in order; ``docs`` come in order of (time, address, seen, id)."""
        ...


@runtime_checkable
class Outlet(Protocol):
    """Alerts and briefs → world."""

    name: str

    def deliver(self, payload: bytes) -> None:
        """Hand ``payload`` over, or raise ``Unavailable`` so that it is kept and tried again."""
        ...


def stamp(part: Stage | Linker) -> str:
    """Return ``name@version``, the mark on everything that ``part`` makes."""
    return f"{part.name}@{part.version}"
