"""What the main writer and a collector do alike with the store that they have opened: runs, captures, ledgers."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from babelscope.flow.config import Config
from babelscope.flow.shapes import CollectMemory, Exchange, Polled, Refusal
from babelscope.store import ledger, runs
from babelscope.store.lock import WriterLock
from babelscope.store.memory import SqlMemory
from babelscope.store.parts import IntakeParts
from babelscope.store.receive import receive
from babelscope.store.recover import recover_dead
from babelscope.store.rows import LedgerRow


class Session:
    """An open store that captures are taken into. Use it as a context manager.

    ``memory`` answers a collector's questions about earlier runs.
    """

    memory: CollectMemory

    def __init__(self, parts: IntakeParts, lock: WriterLock) -> None:
        self._parts = parts
        self._lock = lock
        self.memory = SqlMemory(parts.engine)

    def begin_run(self, config: Config) -> str:
        """Write down a new run with its resolved configuration and return its id."""
        recover_dead(self._parts)
        return runs.begin_run(self._parts, config)

    def end_run(self, run: str, ok: bool, *, stopped: bool = False) -> None:
        """End a run; its ledger is closed. One that is not ``ok`` was ``stopped`` by its user, or failed."""
        runs.end_run(self._parts, run, ok, stopped=stopped)

    def receive(self, run: str, events: Sequence[Polled | Exchange | Refusal]) -> int:
        """Keep what a collector brought: evidence first, forced to disk, then one transaction.

        Returns the number of new article captures; raises ``Unavailable`` if the evidence cannot be written.
        """
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
            self._parts.engine.dispose()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
