"""At the end of a cycle: look at every source, raise what is wrong, clear what is over, and say so."""

from __future__ import annotations

import datetime as dt

from babelscope.explore.alarming import Changes, changes
from babelscope.explore.observing import observe
from babelscope.explore.symptoms import ALARMS
from babelscope.flow.config import Config
from babelscope.flow.events import Alarmed, Listener
from babelscope.store.library import Library
from babelscope.store.reader import Reader

CHECK_EVERY = dt.timedelta(minutes=5)


def watch_health(config: Config, library: Library, listener: Listener) -> Changes | None:
    """Look at all sources, unless that was done less than ``CHECK_EVERY`` ago (then None); return what has changed."""
    now = library.now()
    with Reader.open(config) as reader:
        before = reader.monitor.checked_at()
        if before is not None and dt.timedelta(0) <= now - before < CHECK_EVERY:
            return None
        open_alarms = reader.monitor.alarms(only_open=True)
        told = [one for one in reader.monitor.alarms(kind="removed") if one.cleared_at is not None]
        found = changes(observe(reader, config, now), [*open_alarms, *told], now)
    library.note_alarms([*found.raised, *found.updated, *found.cleared], now)
    for alarm in (*found.raised, *found.cleared):
        listener(
            Alarmed(
                source=alarm.source,
                kind=alarm.kind,
                detail=alarm.detail,
                is_alarm=alarm.kind in ALARMS,
                is_over=alarm.cleared_at is not None,
            )
        )
    return found
