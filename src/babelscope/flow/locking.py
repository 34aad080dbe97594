"""A lock on an open file, on every system; the system lets go of it however a process ends."""

from __future__ import annotations

import sys
from typing import IO


def try_lock(file: IO[str]) -> bool:
    """Try to lock ``file`` without waiting; the lock ends with the open file.

    Raises ``OSError`` where the file system cannot lock at all.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 30)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is how Windows says that another process holds it
        return False
    return True
