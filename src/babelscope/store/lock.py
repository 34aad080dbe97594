"""One writer at a time, one collector of a name: a lock on a file, let go of by the system however a process ends."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import IO

from babelscope.flow.disk import try_lock
from babelscope.flow.errors import BabelscopeError

PATIENCE = 1.0
"""Seconds that the start of a collector waits for whoever tidies up after the last one of its name."""


class WriterLock:
    """Held from ``acquire`` to ``release``; the file says who holds it. ``name``: a collector's, "" the writer's."""

    def __init__(self, directory: Path, name: str = "") -> None:
        self.path = directory / (f"collector-{name}.lock" if name else "writer.lock")
        self._what = f"the collector {name!r} in {directory}" if name else str(directory)
        self._file: IO[str] | None = None

    def acquire(self, patience: float = 0.0) -> None:
        """Take the lock, waiting up to ``patience`` seconds for it.

        Raises ``BabelscopeError`` naming the holder if another process has it.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise BabelscopeError(f"{self.path.parent}: cannot be written: {error.strerror}") from None
        until = time.monotonic() + patience
        while not _locked(file):
            if time.monotonic() < until:
                time.sleep(0.05)
                continue
            file.seek(0)
            holder = file.read(500).strip() or "another process"
            file.close()
            raise BabelscopeError(f"{self._what} is being written by {holder}; wait for it, or stop it")
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}, since {dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S} UTC\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let go."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _locked(file: IO[str]) -> bool:
    """Try to lock ``file``; a file system that cannot lock counts as locked by another: two writers would be worse."""
    try:
        return try_lock(file)
    except OSError:
        return False
