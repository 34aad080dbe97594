"""When a listened address is due again: the rhythm of each is learned (adaptive polling).

The rate of new items an hour is an exponentially weighted mean over a day, fed with the counts of new items between two
polls. Counts, unlike "changed or not", are not biased by slow polling (Cho & Garcia-Molina 2003, Estimating frequency
of change) unless a feed turned over between two polls, which is then asked as soon as may be. The next poll comes when
``EXPECTED`` new items are expected, never sooner than ``every`` and never later than a day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence

from babelscope.flow.shapes import Visit

LONGEST = 24 * 3600.0
JITTER = 0.1
"""Share of the interval that is added at most, so that thousands of feeds do not fall due at one moment."""
EXPECTED = 0.15
"""New items that are expected at one poll: six or seven polls for each item, so that it is found early."""
MEMORY = 24.0
"""Hours in which the weight of what was seen falls to 1/e: a night's silence is forgotten in the morning."""
PRIOR = 0.25
"""New items an hour that are supposed of an address that says no dates."""
DATED = 20
"""The latest dates that tell the rate at the first visit."""
PUSHED = 6 * 3600.0
"""Least seconds between two polls of an address whose news a hub pushes to us: the safety net under WebSub."""


def is_due(visit: Visit | None, now: dt.datetime) -> bool:
    """Say whether an address is due: never visited, or its time has come."""
    return visit is None or visit.next_due <= now


def learned_rate(before: Visit | None, now: dt.datetime, new: int, dates: Sequence[dt.datetime | None] = ()) -> float:
    """Return the rate in new items an hour after an answer with ``new`` items never seen before.

    At the first answer everything is new: there the ``dates`` of the items found tell the rate, if they have any.
    """
    if before is None or before.rate < 0:
        return _first_rate(now, dates)
    hours = max((now - before.checked_at).total_seconds(), 1.0) / 3600
    weight = -math.expm1(-hours / MEMORY)
    return before.rate * (1 - weight) + new / hours * weight


def _first_rate(now: dt.datetime, dates: Sequence[dt.datetime | None]) -> float:
    known = sorted((date for date in dates if date is not None and date <= now), reverse=True)[:DATED]
    if len(known) < 2:
        return PRIOR
    hours = (now - known[-1]).total_seconds() / 3600
    return len(known) / max(hours, 0.25)


def next_interval(
    before: Visit | None, every: float, rate: float, *, new: int, found: int, least: float = 0.0
) -> float:
    """Return seconds until the next poll after an answer, between the longer of ``every`` and ``least``, and 24 h.

    After the first answer it is the shortest: only the second one shows the rhythm. New items at least halve the last
    interval (a burst may have begun), and when all ``found`` are new, some were probably missed: shortest again.
    """
    shortest = min(max(every, least, 1.0), LONGEST)
    if before is None:
        return shortest
    wanted = EXPECTED / rate * 3600 if rate > EXPECTED / 24 else LONGEST
    if new:
        last = (before.next_due - before.checked_at).total_seconds()
        wanted = shortest if before.found and new >= found > 1 else min(wanted, last / 2)
    return min(max(wanted, shortest), LONGEST)


def failed_interval(before: Visit | None, every: float) -> float:
    """Return seconds until the next poll after a failure: failures in a row double ``every``, up to 24 h."""
    failures = min(before.failures if before else 0, 12)
    return min(max(every, 1.0) * 2.0 ** (failures + 1), LONGEST)


def due_after(url: str, now: dt.datetime, interval: float) -> dt.datetime:
    """Return ``now`` + ``interval`` + up to a tenth more (at most 24 h in all), the same for the same arguments."""
    digest = hashlib.sha256(f"{url} {int(now.timestamp())}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF
    return now + dt.timedelta(seconds=min(interval * (1 + JITTER * share), LONGEST))
