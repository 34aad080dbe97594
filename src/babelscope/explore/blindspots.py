"""Days of which a chart must say that we saw little or nothing: a gap of ours must not look like a calm world."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from babelscope.explore.views import Blind, Day
from babelscope.store.reader import Reader

MUCH = 0.5
"""Share of failed polls of one day above which the day counts as one on which collection failed."""
WORDS: Mapping[Blind, str] = {
    "": "",
    "before": "before we listened",
    "off": "nothing was asked",
    "failing": "most polls failed",
}


def blind_days(reader: Reader, first: dt.date, last: dt.date, sources: Sequence[str] = ()) -> dict[str, Blind]:
    """Return day → why little was seen on it, for the days from ``first`` to ``last``; clear days are left out.

    Of all sources together, or of ``sources``. Nothing is blind where nothing was ever counted, and the day of the
    latest check of health is not judged: it is not over.
    """
    begin = reader.monitor.first_day()
    if begin is None:
        return {}
    counts = _polls(reader, first, last, sources)
    end = max((dt.date.fromisoformat(day) for day in counts), default=begin)
    checked = reader.monitor.checked_at()
    end = max(end, checked.date()) if checked else end
    found: dict[str, Blind] = {}
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        blind = _blind(day, begin, end, counts.get(day.isoformat(), {}))
        if blind:
            found[day.isoformat()] = blind
    return found


def _polls(reader: Reader, first: dt.date, last: dt.date, sources: Sequence[str]) -> Mapping[str, Mapping[str, int]]:
    measures, until = ("polls", "polls-failed"), last + dt.timedelta(days=1)
    if not sources:
        return reader.monitor.totals(first, until, measures)
    sums: dict[str, dict[str, int]] = {}
    for own in reader.monitor.counts(first, until, measures=measures, sources=sources).values():
        for day, counts in own.items():
            for measure, count in counts.items():
                there = sums.setdefault(day, {})
                there[measure] = there.get(measure, 0) + count
    return sums


def _blind(day: dt.date, begin: dt.date, end: dt.date, counts: Mapping[str, int]) -> Blind:
    if day < begin:
        return "before"
    polls, failed = counts.get("polls", 0), counts.get("polls-failed", 0)
    if not polls:
        return "off" if day < end else ""
    return "failing" if failed > MUCH * polls else ""


def marked(days: Sequence[Day], blind: Mapping[str, Blind]) -> tuple[Day, ...]:
    """Return ``days`` of a chart with their blind spots."""
    return tuple(msgspec.structs.replace(day, blind=blind.get(day.date, "")) for day in days)


def with_blind_spots(reader: Reader, days: Sequence[Day], sources: Sequence[str] = ()) -> tuple[Day, ...]:
    """Return the ``days`` of a chart with the days marked on which collection was off or failed."""
    if not days:
        return ()
    first, last = (dt.date.fromisoformat(days[at].date) for at in (0, -1))
    return marked(days, blind_days(reader, first, last, sources))
