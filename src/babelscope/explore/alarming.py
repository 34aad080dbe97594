"""Which alarms to raise, to bring up to date and to clear (pure): findings now against alarms that are open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from babelscope.explore.symptoms import Finding, Observed, findings
from babelscope.store.alarms import AlarmRow, alarm_id

REMOVED_TOLD = dt.timedelta(days=30)
"""So long a notice stands that an address is not listened to any more; that a source is gone stands for ever."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be written: alarms newly raised, such as go on with new words or numbers, such as are over."""

    raised: tuple[AlarmRow, ...] = ()
    updated: tuple[AlarmRow, ...] = ()
    cleared: tuple[AlarmRow, ...] = ()


def changes(observed: Iterable[Observed], alarms: Iterable[AlarmRow], now: dt.datetime) -> Changes:
    """Return what is to be written at ``now``; ``alarms`` are all that are open, and the cleared ones "removed".

    Doing it again after it was written changes nothing.
    """
    open_alarms: dict[str, dict[str, AlarmRow]] = {}
    told: set[tuple[str, str]] = set()
    for alarm in alarms:
        if alarm.cleared_at is None:
            open_alarms.setdefault(alarm.source, {})[alarm.kind] = alarm
        else:
            told.add((alarm.source, alarm.detail))
    raised: list[AlarmRow] = []
    updated: list[AlarmRow] = []
    cleared: list[AlarmRow] = []
    for seen in observed:
        own = open_alarms.pop(seen.source, {})
        found = {one.kind: one for one in findings(seen, own) if not _is_told(one, seen, own, told, now)}
        raised += [_raise(seen.source, one, now) for kind, one in found.items() if kind not in own]
        updated += [row for kind, one in found.items() if kind in own and (row := _with(own[kind], one)) != own[kind]]
        cleared += [_cleared(alarm, now) for kind, alarm in own.items() if kind not in found]
    return Changes(raised=tuple(raised), updated=tuple(updated), cleared=tuple(cleared))


def _is_told(
    finding: Finding, seen: Observed, own: Mapping[str, AlarmRow], told: set[tuple[str, str]], now: dt.datetime
) -> bool:
    if finding.kind != "removed" or not seen.configured:
        return False
    alarm = own.get("removed")
    return (seen.source, finding.detail) in told if alarm is None else now - alarm.raised_at > REMOVED_TOLD


def _raise(source: str, finding: Finding, now: dt.datetime) -> AlarmRow:
    return AlarmRow(
        id=alarm_id(source, finding.kind, now),
        source=source,
        kind=finding.kind,
        raised_at=now,
        cleared_at=None,
        detail=finding.detail,
        expected=finding.expected,
        received=finding.received,
    )


def _with(alarm: AlarmRow, finding: Finding) -> AlarmRow:
    return msgspec.structs.replace(alarm, detail=finding.detail, expected=finding.expected, received=finding.received)


def _cleared(alarm: AlarmRow, now: dt.datetime) -> AlarmRow:
    return msgspec.structs.replace(alarm, cleared_at=now)
