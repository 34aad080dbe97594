"""One run of the store, from its beginning to a ledger that balances."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.store.session import Session


class Run(msgspec.Struct):
    """A run that goes on; whoever does it says when all of it is done."""

    id: str
    ok: bool = False


@contextmanager
def running(store: Session, config: Config, stop: threading.Event) -> Iterator[Run]:
    """Begin a run of ``store`` and end it, whatever happens in between: one that is not ``ok`` was stopped, or failed.

    Raises ``BabelscopeError`` if its ledger does not balance.
    """
    run = Run(store.begin_run(config))
    try:
        yield run
    finally:
        store.end_run(run.id, run.ok, stopped=stop.is_set())
    if not store.balanced(run.id):
        raise BabelscopeError(f"run {run.id}: the ledger does not balance; `babelscope verify` tells where")
