"""The single writer of the store: every change goes through it, and is whole or did not happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.model import Document, Failure, Membership, Source
from babelscope.store import commit as committing
from babelscope.store import ledger, linking, quarantine, views
from babelscope.store.alarms import AlarmRow, write_alarms
from babelscope.store.bands import BandTable
from babelscope.store.counters import latest_seq, open_counters, serialise
from babelscope.store.database import connect, migrate, upsert
from babelscope.store.grouping import memberships_of
from babelscope.store.ledger import Counts
from babelscope.store.lock import WriterLock
from babelscope.store.parts import Clock, IntakeParts, Layout, Parts, open_parts, system_clock
from babelscope.store.recover import recover, reprocess
from babelscope.store.session import Session
from babelscope.store.tables import sources


class Library(Session):
    """The store, opened for writing: one at a time for a folder. ``bands`` is the band table of near-duplicates."""

    bands: BandTable
    _parts: Parts

    def __init__(self, parts: Parts, lock: WriterLock, torn: str = "") -> None:
        super().__init__(parts, lock)
        self._torn = torn
        self.bands = BandTable(parts.engine)

    @classmethod
    def open(cls, config: Config, clock: Clock = system_clock) -> Library:
        """Open the store of ``config``, making it if need be: lock, migrate, recover from a crash.

        Raises ``BabelscopeError`` if another process writes it, or the folder or the database cannot be used. A record
        that cannot be read is no hindrance to ``reprocess``, which makes it anew; a run cannot begin before that.
        ``clock`` tells the moment in UTC: another one is for tests.
        """
        layout = Layout.of(config)
        lock = WriterLock(layout.root)
        lock.acquire()
        torn = ""
        try:
            engine = connect(config)
            migrate(engine)
            parts = open_parts(config, engine, clock)
            open_counters(engine)
            sync_sources(parts)
            try:
                recover(parts)
            except BadInput as error:  # its last step: views that have to be made anew from a torn record
                torn = str(error)
        except BaseException:
            lock.release()
            raise
        return cls(parts, lock, torn)

    def begin_run(self, config: Config) -> str:
        """Write down a new run with its resolved configuration and return its id; refused over a torn record."""
        if self._torn:
            raise BabelscopeError(f"{self._torn}; `babelscope process --again` makes the record anew from the evidence")
        return super().begin_run(config)

    def count(self, run: str, counts: Counts) -> None:
        """Add (stage, outcome, reason) → count to the ledger of a run; both sides of a stage at once."""
        with self._parts.engine.begin() as connection:
            ledger.record(connection, run, counts)

    def add_sources(self, brought: Sequence[Source]) -> None:
        """Write down sources that an import met; those that are configured stay as they are."""
        configured = {source.id for source in self._parts.config.source}
        with self._parts.engine.begin() as connection:
            serialise(connection)
            upsert(connection, sources, [_source_row(one) for one in brought if one.id not in configured])

    def pending(self, limit: int) -> list[Document]:
        """Return up to ``limit`` captures that wait, in order of arrival, as raw documents with a ``page`` layer."""
        return committing.pending(self._parts, limit)[0]

    def latest_capture(self) -> int:
        """Return the position of the latest capture."""
        with self._parts.engine.connect() as connection:
            return latest_seq(connection)

    def has_pending(self) -> bool:
        """Say whether a capture waits for the pipeline."""
        return committing.has_pending(self._parts)

    def pending_after(self, limit: int, after: int, last: int | None = None) -> tuple[list[Document], int]:
        """Return up to ``limit`` waiting captures behind position ``after``, up to ``last``, and the new position.

        For a pipeline with several batches in flight: what was handed out stays waiting until it is committed.
        """
        return committing.pending(self._parts, limit, after, last)

    def commit(
        self, run: str, kept: Sequence[Document], dropped: Mapping[str, str], failures: Sequence[Failure]
    ) -> None:
        """Keep what the stages made (``dropped``: document id → reason): record, then indexes, then one transaction."""
        committing.commit(self._parts, run, kept, dropped, failures)

    def unlinked(self, linker: str) -> Iterator[Document]:
        """Yield documents that ``linker`` has not placed yet, in order of (time, address, seen, id)."""
        return linking.unlinked(self._parts, linker)

    def linked_since(self, linker: str, since: dt.datetime) -> Iterator[tuple[Document, Membership]]:
        """Yield documents from ``since`` on that ``linker`` has placed, in order of (time, address, seen, id)."""
        return linking.linked_since(self._parts, linker, since)

    def groups_of(self, linker: str, documents: Sequence[str]) -> Mapping[str, str]:
        """Return document id → group for those of ``documents`` that ``linker`` has placed."""
        return {d: m.group for d, m in memberships_of(self._parts.engine, linker, documents).items()}

    def forget_links(self) -> None:
        """Forget all memberships and bands, so that the linkers make them anew."""
        linking.forget(self._parts, self.bands)

    def link(self, linker: str, by: str, memberships: Iterable[Membership]) -> None:
        """Write memberships, and the bands added meanwhile, in one transaction; ``by`` is the linker's name@version."""
        linking.link(self._parts, self.bands, linker, by, memberships)

    def now(self) -> dt.datetime:
        """Return the moment, as the store's clock tells it."""
        return self._parts.clock()

    def note_alarms(self, rows: Iterable[AlarmRow], checked_at: dt.datetime) -> None:
        """Raise alarms, bring them up to date or clear them: each row as it is to stand."""
        write_alarms(self._parts.engine, rows, checked_at)

    def failures(self, stage: str | None = None) -> list[Failure]:
        """Return the quarantine, latest first; ``stage`` is a name or name@version."""
        return quarantine.read_failures(self._parts.engine, stage)

    def retry(self, ids: Sequence[str] | None = None) -> int:
        """Give quarantined captures (ids of failures or documents; None: all) back to the pipeline; return how many."""
        return quarantine.retry(self._parts, ids)

    def reprocess(self) -> int:
        """Give every article capture back to the pipeline and empty record and views; return how many captures."""
        self.bands.forget()
        self._torn = ""
        return reprocess(self._parts)

    def rebuild(self) -> int:
        """Make rows and indexes anew from the record; return the number of documents. Memberships stay."""
        return views.rebuild(self._parts)

    def close(self) -> None:
        """Let go of the index, and of everything else as any session does."""
        try:
            self._parts.index.close()
        finally:
            super().close()


def sync_sources(parts: IntakeParts) -> None:
    """Write the configured sources into SQL; one that is no longer configured keeps its row."""
    rows = [_source_row(source) for source in parts.config.source]
    with parts.engine.begin() as connection:
        serialise(connection)
        upsert(connection, sources, rows)


def _source_row(source: Source) -> dict[str, str]:
    fields = {name: getattr(source, name) for name in ("id", "name", "home", "country", "standing")}
    return {**fields, "languages": msgspec.json.encode(source.languages).decode()}
