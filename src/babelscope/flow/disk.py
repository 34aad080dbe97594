"""What files need from the system, the same on every system: a lock that ends with its process, names that last."""

from __future__ import annotations

import os
import sys
from pathlib import Path
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


def sync_directory(directory: Path) -> None:
    """Force the names in ``directory`` to disk, so that a new or renamed file is found again after a power cut."""
    if sys.platform != "win32":  # which cannot open a folder
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
