"""The inside of a process that parses what nobody may trust: bounded, ended by its parent, speaking frames.

No parser is safe from every crafted input, and neither a thread nor a C++ library can be stopped from within. A frame
is 4 bytes of length, big-endian, and a body; one comes in, one goes out. The parent, which keeps the clock and kills,
stands where it belongs: asynchronous in ``collect.sandbox``, waiting in ``extract.pdf``.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

MEMORY = 2 << 30
"""Address space of the process in bytes, where the system can bound it."""
READY = b"+"
"""What the process says when it has imported what it needs: only then does the parent's clock run."""


def frame(body: bytes) -> bytes:
    """Return ``body`` as a frame."""
    return len(body).to_bytes(4, "big") + body


def command(module: str) -> list[str]:
    """Return the command that runs ``module`` in this interpreter."""
    return [sys.executable, "-m", module]


def environment() -> dict[str, str]:
    """Return this process's environment, in which the child finds the modules that this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def run(prepare: Callable[[], object], answer: Callable[[bytes], bytes]) -> None:
    """Be the child: bound memory, ``prepare``, then answer frames until the pipe closes. ``answer`` must not raise."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends this process in order
    _bound_memory()
    prepare()
    _serve(answer, sys.stdin.buffer, sys.stdout.buffer)


def _serve(answer: Callable[[bytes], bytes], stdin: BinaryIO, stdout: BinaryIO) -> None:
    stdout.write(READY)
    stdout.flush()
    while len(head := stdin.read(4)) == 4:
        stdout.write(frame(answer(stdin.read(int.from_bytes(head, "big")))))
        stdout.flush()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
