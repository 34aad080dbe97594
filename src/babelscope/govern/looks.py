"""When a page that was taken is looked at again: ever more seldom, and never for ever (rule C5 of responsible use).

Looks double the age of the page (1, 2, 4, 8 … hours after its first capture): most edits are made in the first hours,
and a page that stood a week unchanged will hardly change tomorrow. So a page costs its host about ten requests in a
month, conditional ones where it gave validators. The last look falls on the last day.
"""

from __future__ import annotations

import datetime as dt

SOONEST = dt.timedelta(hours=1)
MAX_LOOKS = 24
"""Looks at one page at most, whatever the clocks say."""
MAX_FAILURES = 4
"""Looks in a row that found the page gone, closed or out of reach; then it is left alone."""
_CLOSED = frozenset(
    {"robots", "login", "credentials", "status-401", "status-402", "status-403", "status-429", "status-451"}
)


def next_look(
    first_at: dt.datetime, looked_at: dt.datetime, count: int, failures: int, days: int
) -> dt.datetime | None:
    """Return when a page is looked at again, None for never.

    ``first_at`` is its first capture, ``looked_at`` the last capture or look, ``count`` the looks so far, ``failures``
    those in a row that did not bring the page, ``days`` how long pages are watched after the first capture (0: never).
    """
    last = first_at + dt.timedelta(days=days)
    if looked_at >= last or count >= MAX_LOOKS or failures >= MAX_FAILURES:
        return None
    return min(looked_at + max(SOONEST, looked_at - first_at), max(last, looked_at + SOONEST))


def look_state(reason: str) -> str:
    """Return what a look that brought no new bytes found, by its reason: same, gone, blocked or failing."""
    if reason in ("not-modified", "unchanged"):
        return "same"
    if reason in ("status-404", "status-410"):
        return "gone"
    return "blocked" if reason in _CLOSED else "failing"
