"""The installed command line, run as a user runs it: a process of its own in a folder without a configuration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = Path(sys.executable).with_name("babelscope")


def program() -> str:
    """Return the path of the console script of this environment."""
    found = str(PROGRAM) if PROGRAM.exists() else shutil.which("babelscope")
    assert found, "the console script is not installed: make install"
    return found


def babelscope(*args: str, cwd: Path, stdin: bytes = b"", timeout: float = 240) -> subprocess.CompletedProcess[bytes]:
    """Run one verb to its end."""
    return subprocess.run([program(), *args], input=stdin, capture_output=True, cwd=cwd, timeout=timeout, check=False)


def to_nobody(*args: str, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run one verb whose standard output is a pipe that nobody reads any more."""
    gone, ours = os.pipe()
    os.close(gone)
    with os.fdopen(ours, "wb") as stdout:
        return subprocess.run(
            [program(), *args], cwd=cwd, input=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=120, check=False
        )


def ndjson(*rows: Any) -> bytes:
    """Return one line for each row; bytes are put as they are."""
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def parsed(output: bytes) -> list[Any]:
    """Return the rows of NDJSON; every line must be JSON."""
    return [json.loads(line) for line in output.splitlines()]
