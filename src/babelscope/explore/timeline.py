"""Documents per day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from babelscope.explore.views import Day

MAX_DAYS = 366


def per_day(times: Iterable[dt.datetime], least_days: int = 1) -> tuple[Day, ...]:
    """Return one ``Day`` for each UTC day from the first to the last of ``times``, empty days included.

    At least ``least_days`` days are given (ending at the last one) and at most ``MAX_DAYS`` (the latest ones).
    """
    counts: dict[dt.date, int] = {}
    for time in times:
        day = time.astimezone(dt.UTC).date()
        counts[day] = counts.get(day, 0) + 1
    return fill(counts, least_days)


def fill(counts: dict[dt.date, int], least_days: int = 1) -> tuple[Day, ...]:
    """Return ``counts`` as days without gaps, see ``per_day``."""
    if not counts:
        return ()
    last = max(counts)
    first = min(min(counts), last - dt.timedelta(days=least_days - 1))
    first = max(first, last - dt.timedelta(days=MAX_DAYS - 1))
    span = (last - first).days + 1
    days = [first + dt.timedelta(days=number) for number in range(span)]
    return tuple(Day(date=day.isoformat(), count=counts.get(day, 0)) for day in days)


def parse_days(pairs: Iterable[tuple[str, int]], least_days: int = 1) -> tuple[Day, ...]:
    """Return (YYYY-MM-DD, count) pairs as days without gaps, see ``per_day``."""
    return fill({dt.date.fromisoformat(date): count for date, count in pairs}, least_days)
