"""In one word, how a source does: its worst open alarm, or what else there is to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from babelscope.explore.symptoms import MEANINGS
from babelscope.flow.shapes import Visit
from babelscope.store.alarms import AlarmRow

Condition = Literal[
    "dead", "blocked", "soft-404", "silent", "language", "failing", "refused", "fewer", "repeated", "moved", "edited",
    "never visited", "nothing yet", "well", "not configured",
]  # fmt: skip
ORDER: tuple[Condition, ...] = Condition.__args__  # type: ignore[attr-defined]
"""Worst first."""
TROUBLE: frozenset[Condition] = frozenset({"dead", "blocked", "soft-404", "silent", "language", "failing"})
MEANING: Mapping[str, str] = {
    **{str(kind): words for kind, words in MEANINGS.items()},
    "never visited": "configured, not asked yet",
    "nothing yet": "asked, no article yet",
    "well": "nothing to report",
    "not configured": "known from before, not listened to",
}
"""What a condition, or the kind of an alarm, says."""


def condition_of(
    configured: bool, visits: Sequence[Visit], alarms: Iterable[AlarmRow], has_articles: bool
) -> Condition:
    """Return the condition of a source from its visits, its open alarms and whether an article ever came."""
    if not configured:
        return "not configured"
    if not visits:
        return "never visited"
    kinds = {alarm.kind for alarm in alarms if alarm.cleared_at is None}
    if any(visit.failures for visit in visits):
        kinds.add("failing")
    worst = next((condition for condition in ORDER if condition in kinds), None)
    return worst or ("well" if has_articles else "nothing yet")
