"""The store of a collector's process: it takes captures in, several at once beside the main writer.

Each has a name, and by it a lock, evidence segments and runs of its own. All of them share one database and one folder.
"""

from __future__ import annotations

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.store.counters import open_counters
from babelscope.store.database import HEAD, connect, migrate, revision
from babelscope.store.evidence import EvidenceWriter
from babelscope.store.leases import LEASE_SECONDS, SqlLeases, open_leases
from babelscope.store.library import sync_sources
from babelscope.store.lock import PATIENCE, WriterLock
from babelscope.store.parts import MAIN, Clock, IntakeParts, Layout, system_clock
from babelscope.store.recover import COLLECTOR, recover_intake
from babelscope.store.session import Session


class Intake(Session):
    """The store, opened by one of several collectors. ``leases`` say which hosts it may ask."""

    leases: SqlLeases

    def __init__(self, parts: IntakeParts, lock: WriterLock, seconds: float) -> None:
        super().__init__(parts, lock)
        self.leases = open_leases(parts.config, parts.holder, seconds=seconds)

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

    def close(self) -> None:
        """Let go of the hosts' leases, and of everything else as any session does."""
        try:
            self.leases.close()
        finally:
            super().close()


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
