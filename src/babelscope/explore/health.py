"""Everything that is or was wrong, over all sources."""

from __future__ import annotations

import datetime as dt

import msgspec

from babelscope.explore.conditions import Condition
from babelscope.explore.sources import Alarm, alarm_view, count_conditions, in_order, known_sources
from babelscope.flow.config import Config
from babelscope.store.reader import Reader

RECENT = dt.timedelta(days=30)


class SourceState(msgspec.Struct, frozen=True, kw_only=True):
    """A source and how it does."""

    id: str
    name: str
    condition: Condition


class HealthView(msgspec.Struct, frozen=True, kw_only=True):
    """Open alarms and notices, worst first, those of the last 30 days that are over, and the condition of all sources.

    ``checked_at`` is when the sources were last looked at; what happened since then is not in it.
    """

    checked_at: dt.datetime | None
    alarms: tuple[Alarm, ...]
    over: tuple[Alarm, ...]
    conditions: tuple[tuple[Condition, int], ...]
    sources: tuple[SourceState, ...]


def health_view(reader: Reader | None, config: Config, now: dt.datetime) -> HealthView:
    """Return the health of all sources at ``now``; ``reader`` is None before the first run."""
    everybody = known_sources(reader, config, now)
    rows = in_order(reader.monitor.alarms(since=now - RECENT)) if reader else ()
    views = [alarm_view(row) for row in rows]
    return HealthView(
        checked_at=reader.monitor.checked_at() if reader else None,
        alarms=tuple(one for one in views if one.cleared_at is None),
        over=tuple(one for one in views if one.cleared_at is not None),
        conditions=count_conditions(everybody),
        sources=tuple(SourceState(id=one.id, name=one.name, condition=one.condition) for one in everybody),
    )
