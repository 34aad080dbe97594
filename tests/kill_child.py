"""A run in a process of its own, which says on standard output what it is about to do: ``test_kill`` ends it there.

Everything is the real thing; the announcements are put around the store's and the runner's own functions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from babelscope.app import cycle
from babelscope.flow import embedded
from babelscope.flow.config import Config
from babelscope.store import commit
from babelscope.store.index import IndexWriter
from babelscope.store.library import Library


class Task(msgspec.Struct):
    """What the child has to do."""

    config: Config
    hosts: dict[str, tuple[str, int]]


def announced(phase: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``work``, announced by one line before each call."""

    def telling(*args: Any, **kwargs: Any) -> Any:
        print(phase, flush=True)
        return work(*args, **kwargs)

    return telling


def main(path: str) -> None:
    task = msgspec.json.decode(Path(path).read_bytes(), type=Task)
    Library.receive = announced("collecting", Library.receive)  # type: ignore[method-assign]
    embedded.apply = announced("processing", embedded.apply)
    Library.commit = announced("committing", Library.commit)  # type: ignore[method-assign]
    for name in ("write_segment", "add_vectors", "_insert_documents"):
        setattr(commit, name, announced("committing", getattr(commit, name)))
    IndexWriter.commit = announced("committing", IndexWriter.commit)  # type: ignore[method-assign]
    Library.unlinked = announced("linking", Library.unlinked)  # type: ignore[method-assign]
    Library.link = announced("linking", Library.link)  # type: ignore[method-assign]
    run = cycle.run_once(task.config, hosts=task.hosts)
    print(f"done {run}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
