"""Files that are whole or absent, also after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

from babelscope.flow.disk import sync_directory


def sync_file(path: Path) -> None:
    """Force the bytes of ``path`` to disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def publish(temporary: Path, final: Path) -> None:
    """Give a finished temporary file its name: readers see all of it or nothing."""
    sync_file(temporary)
    temporary.replace(final)
    sync_directory(final.parent)


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` in one step."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(data)
    publish(temporary, path)
