"""Reading the store: any number of readers, also in other processes, while the writer writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, RowMapping, select

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.model import Capture, Document, Failure, Membership
from babelscope.store import grouping, health, ledger, looks, lookup, quarantine, tally, versions
from babelscope.store.database import HEAD, connect, revision
from babelscope.store.decode import MAX_BODY_BYTES
from babelscope.store.evidence import read_exchange, read_members
from babelscope.store.index import IndexReader
from babelscope.store.monitor import Monitor
from babelscope.store.parts import Layout
from babelscope.store.reading import ReadingShelf
from babelscope.store.record import RecordReader
from babelscope.store.rows import (
    DocumentRow,
    GroupRow,
    IndexQuery,
    IndexResult,
    LedgerRow,
    LookRow,
    NameHit,
    NamePart,
    RunRow,
    SourceHealth,
    StoredExchange,
    VolumeRow,
)
from babelscope.store.tables import captures
from babelscope.store.vectors import VectorReader
from babelscope.store.versions import History

_OVERSAMPLE = 3


class Reader:
    """A read-only view of the store; safe to share between threads. Use it as a context manager, or ``close`` it."""

    def __init__(self, config: Config, engine: Engine) -> None:
        layout = Layout.of(config)
        self._config = config
        self._engine = engine
        self.monitor = Monitor(engine)
        self.reading = ReadingShelf(engine)
        self._layout = layout
        self._records = RecordReader(layout.record)
        self._index = IndexReader(layout.index)
        self._vectors = VectorReader(layout.vectors)

    @classmethod
    def open(cls, config: Config) -> Reader:
        """Open the store of ``config``; raises ``BabelscopeError`` if there is none, or it needs another version."""
        layout = Layout.of(config)
        if not config.store.database and not (layout.root / "state.sqlite").is_file():
            raise BabelscopeError(f"{layout.root}: there is nothing to read yet; `babelscope run` collects something")
        engine = connect(config, read_only=True)
        found = revision(engine)
        if found != HEAD:
            raise BabelscopeError(
                f"the state database has schema {found or 'none'}, this Babelscope reads {HEAD}: "
                + ("upgrade it" if found > HEAD else "`babelscope run` brings the store up to date")
            )
        return cls(config, engine)

    def document(self, id_: str) -> Document | None:
        """Return a document with all its layers; None if there is no such."""
        found = self.documents([id_])
        return found[0] if found else None

    def documents(self, ids: Sequence[str]) -> list[Document]:
        """Return the documents of ``ids``, in order, unknown ones left out; ``BabelscopeError`` for a torn record."""
        places = lookup.places(self._engine, ids)
        try:
            return self._records.read_many([places[id_] for id_ in ids if id_ in places])
        except BadInput as error:
            raise BabelscopeError(f"{error}; `babelscope verify` says what else is damaged") from None

    def rows(self, ids: Sequence[str]) -> list[DocumentRow]:
        """Return the light rows of ``ids``, in that order, unknown ones left out."""
        return lookup.rows(self._engine, ids)

    def versions(self, url: str) -> list[DocumentRow]:
        """Return the light rows of all documents of an address, oldest first."""
        return lookup.versions(self._engine, url)

    def histories(self, rows: Sequence[DocumentRow]) -> dict[str, History]:
        """Return document id → how often its address changed, and whether its publisher still has it."""
        return versions.histories(self._engine, rows)

    def found_by_looking(self, captures: Iterable[str]) -> set[str]:
        """Return those of ``captures`` that a second look at their page found."""
        return versions.found_by_looking(self._engine, captures)

    def announced(self, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those (source, address) that a listened address has pointed at."""
        return versions.announced(self._engine, keys)

    def capture(self, id_: str) -> Capture | None:
        """Return a capture; None if there is no such."""
        with self._engine.connect() as connection:
            row = connection.execute(select(captures).where(captures.c.id == id_)).mappings().first()
        return None if row is None else lookup.capture_of(row)

    def capture_behind(self, document: str) -> Capture | None:
        """Return the capture that ``document`` is (or would be) read from, in whatever state; None if unknown."""
        with self._engine.connect() as connection:
            row = connection.execute(select(captures).where(captures.c.document == document)).mappings().first()
        return None if row is None else lookup.capture_of(row)

    def original(self, capture: Capture) -> StoredExchange:
        """Return the exchange behind ``capture``; raises ``BadInput`` if the evidence is not as it was written."""
        row = self._place(capture)
        limit = max(MAX_BODY_BYTES, self._config.collect.max_mb << 20)
        return read_exchange(self._layout.evidence, row["segment"], row["request_offset"], row["offset"], limit)

    def record(self, capture: Capture) -> bytes:
        """Return the WARC records of ``capture``, request and response, as they stand: a WARC file by themselves."""
        row = self._place(capture)
        start = row["offset"] if row["request_offset"] < 0 else row["request_offset"]
        return read_members(self._layout.evidence, row["segment"], start, row["end_offset"])

    def _place(self, capture: Capture) -> RowMapping:
        with self._engine.connect() as connection:
            row = connection.execute(select(captures).where(captures.c.id == capture.id)).mappings().first()
        if row is None:
            raise BadInput(f"there is no capture {capture.id!r}")
        return row

    def group(self, linker: str, group: str) -> list[Membership]:
        """Return the memberships of a group in order of the documents' (time, id)."""
        return grouping.group(self._engine, linker, group)

    def membership(self, linker: str, document: str) -> Membership | None:
        """Return where ``linker`` placed a document; None if it has not."""
        return self.memberships(linker, [document]).get(document)

    def memberships(self, linker: str, ids: Sequence[str]) -> dict[str, Membership]:
        """Return document id → membership for those of ``ids`` that ``linker`` has placed."""
        return grouping.memberships_of(self._engine, linker, ids)

    def groups(self, linker: str, since: dt.datetime | None = None, until: dt.datetime | None = None) -> list[GroupRow]:
        """Return the groups with a document in [``since``, ``until``), each with all its documents, latest first."""
        return grouping.groups(self._engine, linker, since, until)

    def search(self, query: IndexQuery) -> IndexResult:
        """Answer a question from the full-text index."""
        return self._index.search(query, lookup.months_between(self._engine, query.since, query.until))

    def named(self, query: IndexQuery, parts: Sequence[NamePart]) -> list[NameHit]:
        """Return the documents that hold the names ``parts``, in any script, and do not match the text of ``query``."""
        return self._index.named(query, parts, lookup.months_between(self._engine, query.since, query.until))

    def nearest(
        self,
        vector: bytes | NDArray[Any],
        k: int = 20,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
    ) -> list[tuple[str, float]]:
        """Return up to ``k`` (document id, cosine) nearest to ``vector`` (bytes: little-endian float16), nearest first.

        ``since`` and ``until`` bound the document's time; then fewer than ``k`` may come of a crowded neighbourhood.
        """
        query = np.frombuffer(vector, dtype="<f2") if isinstance(vector, bytes) else vector
        months = lookup.months_between(self._engine, since, until)
        wanted = k * _OVERSAMPLE if since or until else k
        found = self._vectors.nearest(query, wanted, months)
        ids = lookup.ids_of(self._engine, [key for key, _ in found], since, until)
        return [(ids[key], cosine) for key, cosine in found if key in ids][:k]

    def failures(self, stage: str | None = None, limit: int = 500) -> list[Failure]:
        """Return the quarantine, latest first; ``stage`` is a name or name@version."""
        return quarantine.read_failures(self._engine, stage, limit)

    def look(self, url: str, source: str) -> LookRow | None:
        """Return what is known of a page that ``source`` gave at ``url``; None if it was never taken."""
        return looks.read_look(self._engine, url, source)

    def looks_of(self, documents: Sequence[str]) -> dict[str, LookRow]:
        """Return document id → what is known of its page since, for those that are kept."""
        return looks.looks_of(self._engine, documents)

    def volumes(self, since: dt.date, until: dt.date | None = None, source: str | None = None) -> list[VolumeRow]:
        """Return what came of each source on the days (UTC) in [``since``, ``until``), by measure (``store.tally``)."""
        return tally.read_volumes(self._engine, since, until, source)

    def sources(self) -> list[SourceHealth]:
        """Return how each source does, in order of id."""
        return health.sources(self._engine)

    def runs(self, limit: int = 20) -> list[RunRow]:
        """Return the latest runs, latest first."""
        return health.latest_runs(self._engine, limit)

    def ledger(self, run: str) -> list[LedgerRow]:
        """Return the ledger of a run."""
        with self._engine.connect() as connection:
            return ledger.read(connection, run)

    def balanced(self, run: str) -> bool:
        """Return whether the run's ledger balances."""
        return ledger.balanced(self.ledger(run))

    def counts(self) -> dict[str, int]:
        """Return totals: captures, documents, quarantined, dropped, waiting, languages, sources, families, stories."""
        return health.counts(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
