"""What is read of the past of sources, for all of them at once, and what it teaches of each."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from babelscope.explore.expectation import WINDOW, DayVolume, Expectation, learn
from babelscope.flow.shapes import Visit
from babelscope.model import Source
from babelscope.store.alarms import AlarmRow
from babelscope.store.reader import Reader

LOOKED_BACK = 56
"""Days read to find ``WINDOW`` days that can be learned from."""
RECENT = 3
"""Days, with today, in which a share of something is looked for; what lies before is what is usual."""
LATELY = dt.timedelta(hours=48)
LEVEL = ("taken", "polls", "polls-failed")
"""Measures from which the volume of a source is learned."""
MUTED = frozenset({"silent", "blocked", "soft-404", "dead"})
"""While one of these is open, a day teaches nothing: a fault must not become what is expected."""
SETTLES = dt.timedelta(days=30)
"""After so long the new language of a source is its usual one."""

Days = Mapping[str, Mapping[str, int]]
"""Day → measure → count, of one source."""


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What was read for all sources at once."""

    now: dt.datetime
    days: Mapping[str, Days]
    before: Mapping[str, Mapping[str, int]]
    hours: Mapping[str, Days]
    visits: Mapping[str, Sequence[Visit]]
    alarms: Mapping[str, Sequence[AlarmRow]]
    languages: Mapping[str, Mapping[str, int]] = {}


def read_past(reader: Reader, now: dt.datetime, sources: Collection[str] | None = None) -> Past:
    """Read the volumes of the last ``LOOKED_BACK`` days, visits and alarms, of ``sources`` (None: all)."""
    today = now.astimezone(dt.UTC).date()
    since, recent = today - dt.timedelta(days=LOOKED_BACK), today - dt.timedelta(days=RECENT - 1)
    monitor = reader.monitor
    days = monitor.counts(since, recent, measures=LEVEL, sources=sources)
    for source, own in monitor.counts(recent, sources=sources).items():
        days.setdefault(source, {}).update(own)
    alarms = by_source(monitor.alarms(sources=sources, since=now - dt.timedelta(days=LOOKED_BACK)))
    changed = [alarm for own in alarms.values() for alarm in own if alarm.kind == "language" and not alarm.cleared_at]
    return Past(
        languages={alarm.source: _before_change(reader, alarm) for alarm in changed if now - alarm.raised_at < SETTLES},
        now=now,
        days=days,
        before=monitor.sums(today - dt.timedelta(days=WINDOW), recent, sources),
        hours=monitor.counts(since, measures=("hour:",), sources=sources),
        visits=monitor.visits(sources),
        alarms=alarms,
    )


def read_levels(reader: Reader, now: dt.datetime) -> Past:
    """Read of all sources only what their volume is learned from: cheap, without hours, visits and shares."""
    since = now.astimezone(dt.UTC).date() - dt.timedelta(days=LOOKED_BACK)
    days = reader.monitor.counts(since, measures=LEVEL)
    alarms = by_source(reader.monitor.alarms(since=now - dt.timedelta(days=LOOKED_BACK)))
    return Past(now=now, days=days, before={}, hours={}, visits={}, alarms=alarms)


def by_source(alarms: Iterable[AlarmRow]) -> dict[str, list[AlarmRow]]:
    """Return source → its alarms, in their order."""
    found: dict[str, list[AlarmRow]] = {}
    for alarm in alarms:
        found.setdefault(alarm.source, []).append(alarm)
    return found


def named(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    """Return the counts of the measures that begin with ``prefix`` ("refused:"), by what stands behind it."""
    return {name.removeprefix(prefix): count for name, count in counts.items() if name.startswith(prefix)}


def last_taken(past: Past | None, id_: str) -> dt.datetime | None:
    """Return the beginning of the hour of the last new article of a source."""
    hours = past.hours.get(id_, {}) if past else {}
    latest = max(((day, measure[-2:]) for day, counts in hours.items() for measure in counts), default=None)
    return dt.datetime.fromisoformat(f"{latest[0]}T{latest[1]}:00:00+00:00") if latest else None


def _before_change(reader: Reader, alarm: AlarmRow) -> dict[str, int]:
    """Return the sums of the days before an alarm: what came since then must not become usual while it is open."""
    end = alarm.raised_at.astimezone(dt.UTC).date() - dt.timedelta(days=1)
    own = reader.monitor.counts(end - dt.timedelta(days=WINDOW), end, sources=[alarm.source])
    sums: Counter[str] = Counter()
    for counts in own.get(alarm.source, {}).values():
        sums.update(counts)
    return dict(sums)


def expectation_of(past: Past, source: Source | None, id_: str, until: dt.date) -> Expectation:
    """Return what the days before ``until`` teach of a source."""
    days = past.days.get(id_, {})
    muted = _muted_days(past.alarms.get(id_, ()), past.now)
    history = [
        DayVolume(day, counts.get("taken", 0), was_heard(counts) and day not in muted)
        for name, counts in days.items()
        if (day := dt.date.fromisoformat(name)) < until
    ]
    heard = sorted(one.day for one in history if one.heard)[1:]
    hours = [0] * 24
    for day in heard:
        for measure, count in past.hours.get(id_, {}).get(day.isoformat(), {}).items():
            hours[int(measure[-2:])] += count
    return learn(history, hours, source.expects if source else 0.0)


def was_heard(counts: Mapping[str, int]) -> bool:
    """Say whether a listened address answered on the day of these counts."""
    return counts.get("polls", 0) > counts.get("polls-failed", 0)


def _muted_days(alarms: Iterable[AlarmRow], now: dt.datetime) -> set[dt.date]:
    muted: set[dt.date] = set()
    for alarm in alarms:
        if alarm.kind not in MUTED:
            continue
        day, end = alarm.raised_at.astimezone(dt.UTC).date(), (alarm.cleared_at or now).astimezone(dt.UTC).date()
        muted.update(day + dt.timedelta(days=number) for number in range((end - day).days + 1))
    return muted


def is_listened(visit: Visit, source: Source, now: dt.datetime) -> bool:
    """Say whether an address is listened to: listed, or one that a sitemap or a section page still leads to."""
    if any(listen.url == visit.url for listen in source.listens):
        return True
    leads_on = any(listen.kind != "feed" for listen in source.listens)
    return leads_on and now - visit.next_due < LATELY
