"""One writer at a time: a lock on a file, let go of by the system however the process ends."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import IO

from babelscope.flow.errors import BabelscopeError


class WriterLock:
    """Held from ``acquire`` to ``release``; the file says who holds it."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "writer.lock"
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock; raises ``BabelscopeError`` naming the holder if another process has it."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise BabelscopeError(f"{self.path.parent}: cannot be written: {error.strerror}") from None
        if not _lock(file):
            file.seek(0)
            holder = file.read(500).strip() or "another process"
            file.close()
            raise BabelscopeError(f"{self.path.parent} is being written by {holder}; wait for it, or stop it")
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


def _lock(file: IO[str]) -> bool:
    """Try to lock ``file`` without waiting; its lock ends with the open file."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 30)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
