"""What happens during a run, as data: the command line draws it, tests read it, nothing depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Collection went on: totals of this run so far. ``refused`` counts by reason."""

    polled: int
    found: int
    taken: int
    refused: Mapping[str, int]


class Processed(msgspec.Struct, frozen=True, kw_only=True):
    """One batch went through the stages; ``seconds`` is wall time by stage."""

    kept: int
    dropped: int
    quarantined: int
    seconds: Mapping[str, float]


class Committed(msgspec.Struct, frozen=True, kw_only=True):
    """``documents`` are durable: in the record, the index and the state."""

    documents: int


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A linker has grouped ``documents`` documents."""

    linker: str
    documents: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is due for ``seconds``."""

    seconds: float


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """An import went on: totals so far. ``known`` were there before; ``skipped`` and ``refused`` count by reason."""

    records: int = 0
    taken: int = 0
    known: int = 0
    skipped: Mapping[str, int] = {}
    refused: Mapping[str, int] = {}


class Alarmed(msgspec.Struct, frozen=True, kw_only=True):
    """Something is wrong with a source, or ``is_over``; ``is_alarm`` is False for a mere notice (explore.symptoms)."""

    source: str
    kind: str
    detail: str
    is_alarm: bool
    is_over: bool


Event: TypeAlias = Imported | Received | Processed | Committed | Linked | Waiting | Alarmed
Listener: TypeAlias = Callable[[Event], None]


def silent(event: Event) -> None:
    """Listen to nothing."""
