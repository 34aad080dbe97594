"""The store of a collector's process: it takes captures in, several at once beside the main writer.

Each has a name, and by it a lock, evidence segments and runs of its own. All of them share one database and one folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.shapes import CollectMemory, Exchange, HostLeases, Polled, Refusal
from babelscope.store import ledger, runs
from babelscope.store.counters import open_counters
from babelscope.store.database import HEAD, connect, migrate, revision
from babelscope.store.evidence import EvidenceWriter
from babelscope.store.leases import LEASE_SECONDS, open_leases
from babelscope.store.library import sync_sources
from babelscope.store.lock import PATIENCE, WriterLock
from babelscope.store.memory import SqlMemory
from babelscope.store.parts import MAIN, Clock, IntakeParts, Layout, system_clock
from babelscope.store.receive import receive
from babelscope.store.recover import COLLECTOR, recover_dead, recover_intake
from babelscope.store.rows import LedgerRow


class Intake:
    """The store, opened by one of several collectors. Use it as a context manager.

    ``memory`` answers a collector's questions about earlier runs, ``leases`` say which hosts it may ask.
    """

    memory: CollectMemory
    leases: HostLeases

    def __init__(self, parts: IntakeParts, lock: WriterLock, seconds: float) -> None:
        self._parts = parts
        self._lock = lock
        self.name = parts.holder
        self.memory = SqlMemory(parts.engine)
        self._leases = open_leases(parts.config, parts.holder, seconds=seconds)
        self.leases = self._leases

    @classmethod
    def open(
        cls, config: Config, name: str, clock: Clock = system_clock, lease_seconds: float = LEASE_SECONDS
    ) -> Intake:
        """Open the store of ``config`` for the collector ``name``, making it if need be, and recover from a crash.

        Raises ``ConfigError`` for a name that cannot be used, ``BabelscopeError`` if a collector of that name is at
        work, or the folder or the database cannot be used.
        """
        if not COLLECTOR.fullmatch(name) or name == MAIN:
            raise ConfigError(f"a collector's name is 1 to 24 letters a-z and digits, and not {MAIN!r}; not {name!r}")
        layout = Layout.of(config)
        lock = WriterLock(layout.root, name)
        lock.acquire(PATIENCE)
        try:
            engine = connect(config)
            if revision(engine) != HEAD:
                _migrate_alone(config, layout)
            evidence = EvidenceWriter(layout.evidence, config.store.segment_mb << 20, name)
            parts = IntakeParts(
                config=config, layout=layout, engine=engine, evidence=evidence, clock=clock, holder=name
            )
            open_counters(engine)
            sync_sources(parts)
            recover_intake(parts)
        except BaseException:
            lock.release()
            raise
        return cls(parts, lock, lease_seconds)

    def begin_run(self, config: Config) -> str:
        """Write down a new run with its resolved configuration and return its id."""
        recover_dead(self._parts)
        return runs.begin_run(self._parts, config)

    def end_run(self, run: str, ok: bool, *, stopped: bool = False) -> None:
        """End a run; its ledger is closed. One that is not ``ok`` was ``stopped`` by its user, or failed."""
        runs.end_run(self._parts, run, ok, stopped=stopped)

    def receive(self, run: str, events: Sequence[Polled | Exchange | Refusal]) -> int:
        """Keep what the collector brought, as ``Library.receive`` does; return the number of new article captures."""
        return receive(self._parts, run, events)

    def ledger(self, run: str) -> list[LedgerRow]:
        """Return the ledger of a run."""
        with self._parts.engine.connect() as connection:
            return ledger.read(connection, run)

    def balanced(self, run: str) -> bool:
        """Return whether the run's ledger balances: what came in equals what ended, at every stage."""
        return ledger.balanced(self.ledger(run))

    def close(self) -> None:
        """Finish the current evidence segment and let go of everything; a run still open is a failed one."""
        try:
            if self._parts.run:
                runs.end_run(self._parts, self._parts.run, ok=False)
            self._parts.evidence.close()
        finally:
            self._leases.close()
            self._parts.engine.dispose()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _migrate_alone(config: Config, layout: Layout) -> None:
    """Bring the schema up to date under the main writer's lock, so that only one process does so."""
    lock = WriterLock(layout.root)
    try:
        lock.acquire(30 * PATIENCE)
    except BabelscopeError as error:
        raise BabelscopeError(f"the state database must be brought up to date first: {error}") from None
    try:
        engine = connect(config)
        migrate(engine)
        engine.dispose()
    finally:
        lock.release()
