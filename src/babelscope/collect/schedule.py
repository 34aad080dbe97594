"""When a listened address is due again: often where news come, seldom where none do."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Literal

from babelscope.flow.shapes import Visit

LONGEST = 24 * 3600.0
JITTER = 0.1
"""Share of the interval that is added at most, so that thousands of feeds do not fall due at one moment."""

Result = Literal["new", "nothing", "failed"]


def is_due(visit: Visit | None, now: dt.datetime) -> bool:
    """Say whether an address is due: never visited, or its time has come."""
    return visit is None or visit.next_due <= now


def next_interval(before: Visit | None, every: float, result: Result) -> float:
    """Return seconds until the next poll, between ``every`` and 24 h.

    New items halve the interval since the last visit, none doubles it; failures in a row double ``every``.
    """
    shortest = min(max(every, 1.0), LONGEST)
    if result == "failed":
        failures = min(before.failures if before else 0, 12)
        wanted = shortest * 2.0 ** (failures + 1)
    elif before is None:
        wanted = shortest
    else:
        last = (before.next_due - before.checked_at).total_seconds()
        wanted = last / 2 if result == "new" else last * 2
    return min(max(wanted, shortest), LONGEST)


def due_after(url: str, now: dt.datetime, interval: float) -> dt.datetime:
    """Return ``now`` + ``interval`` + up to a tenth more (at most 24 h in all), the same for the same arguments."""
    digest = hashlib.sha256(f"{url} {int(now.timestamp())}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    return now + dt.timedelta(seconds=min(interval * (1 + JITTER * share), LONGEST))
