"""All about one source: what we expect of it, what came, what was refused, on what terms, and what went wrong."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from babelscope.explore.conditions import Condition
from babelscope.explore.expectation import Basis, Expectation, notice_by
from babelscope.explore.naming import language_name
from babelscope.explore.past import LOOKED_BACK, last_taken, named, read_past
from babelscope.explore.sources import (
    Alarm,
    DayOfSource,
    KnownSource,
    alarm_view,
    days_of,
    expected_of,
    in_order,
    known_sources,
)
from babelscope.explore.views import Count, Headline, headline
from babelscope.flow.config import Config
from babelscope.flow.shapes import Visit
from babelscope.model import Rights
from babelscope.store.reader import Reader

MOST_ALARMS = 100
LATEST = 12
RIGHTS_OF = 50
"""Latest captures whose rights signals are summed up."""


class ListenView(msgspec.Struct, frozen=True, kw_only=True):
    """A listened address. ``kind``: feed, sitemap, page, or "found" for one that another of them leads to.

    ``rate`` is new items an hour as learned (negative: not yet), ``visit`` None: never asked.
    """

    url: str
    kind: str
    every: int
    visit: Visit | None
    rate: float = -1.0


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is expected to publish: articles on a mean day and by weekday (Monday first), by UTC hour (shares).

    ``spread`` is variance over mean; ``alarm_at``: when silence since the last article becomes an alarm.
    """

    mean: float
    weekdays: tuple[float, ...]
    hours: tuple[float, ...]
    spread: float
    known_days: int
    basis: Basis
    alarm_at: dt.datetime | None


class LatestDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One of the latest documents."""

    id: str
    headline: Headline
    language: str
    time: dt.datetime


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a source; counts are of the last 56 days."""

    id: str
    name: str
    home: str
    country: str
    languages: tuple[str, ...]
    kind: str
    owner: str
    standing: str
    reference: str
    terms: str
    condition: Condition
    alarms: tuple[Alarm, ...]
    expected: Expected
    days: tuple[DayOfSource, ...]
    received: int
    documents: int
    last_at: dt.datetime | None
    listens: tuple[ListenView, ...]
    refused: tuple[tuple[str, int], ...]
    dropped: tuple[tuple[str, int], ...]
    quarantined: int
    edits: int
    deletions: int
    written_in: tuple[Count, ...]
    rights: tuple[Count, ...]
    latest: tuple[LatestDocument, ...]


_BLANK: dict[str, Any] = {
    "home": "", "country": "", "languages": (), "kind": "", "owner": "", "standing": "unknown", "reference": "",
    "terms": "",
}  # fmt: skip
"""What is shown of an outlet that is not configured any more."""


def source_view(reader: Reader | None, config: Config, id_: str, now: dt.datetime) -> SourceView | None:
    """Return one source, configured or known from before; None if it is neither."""
    one = next((known for known in known_sources(reader, config, now) if known.id == id_), None)
    if one is None:
        return None
    source = one.source
    counts = _counts(reader, id_, now)
    alarms = in_order(reader.monitor.alarms(sources=[id_], limit=MOST_ALARMS)) if reader else ()
    past = read_past(reader, now, [id_]) if reader else None
    expectation = expected_of(past, one, now)
    last = last_taken(past, id_)
    return SourceView(
        id=id_,
        name=one.name,
        **{name: getattr(source, name) if source else blank for name, blank in _BLANK.items()},
        condition=one.condition,
        alarms=tuple(alarm_view(row) for row in alarms),
        expected=_expected(expectation, last),
        days=days_of(past, id_, expectation, LOOKED_BACK) if past else (),
        received=counts["taken"],
        documents=counts["kept"],
        last_at=last,
        listens=listens_of(one),
        refused=_reasons(counts, "refused:"),
        dropped=_reasons(counts, "dropped:"),
        quarantined=counts["quarantined"],
        edits=counts["look-changed"],
        deletions=counts["look-gone"],
        written_in=_languages(counts, config.read.language),
        rights=rights_of(reader.monitor.latest_rights(id_, RIGHTS_OF)) if reader else (),
        latest=_latest(reader, config, id_) if reader else (),
    )


def _expected(expectation: Expectation, last: dt.datetime | None) -> Expected:
    return Expected(
        mean=round(expectation.mean, 2),
        weekdays=tuple(round(expectation.daily * factor, 2) for factor in expectation.weekday),
        hours=tuple(round(share, 4) for share in expectation.hours),
        spread=round(expectation.spread, 2),
        known_days=expectation.known,
        basis=expectation.basis,
        alarm_at=notice_by(expectation, last) if last and expectation.basis != "unknown" else None,
    )


def _counts(reader: Reader | None, id_: str, now: dt.datetime) -> Counter[str]:
    if reader is None:
        return Counter()
    today = now.astimezone(dt.UTC).date()
    since, until = today - dt.timedelta(days=LOOKED_BACK - 1), today + dt.timedelta(days=1)
    return Counter(reader.monitor.sums(since, until, [id_]).get(id_, {}))


def listens_of(one: KnownSource) -> tuple[ListenView, ...]:
    """Return the listened addresses as configured, then those that they lead to."""
    visits = {visit.url: visit for visit in one.visits}
    listed = one.source.listens if one.source else ()
    found = [
        ListenView(url=listen.url, kind=listen.kind, every=listen.every, visit=visits.pop(listen.url, None))
        for listen in listed
    ]
    found += [ListenView(url=url, kind="found", every=0, visit=visit) for url, visit in sorted(visits.items())]
    return tuple(msgspec.structs.replace(one, rate=one.visit.rate) if one.visit else one for one in found)


def _reasons(counts: Mapping[str, int], prefix: str) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(named(counts, prefix).items(), key=lambda pair: (-pair[1], pair[0])))


def _languages(counts: Mapping[str, int], reading: str) -> tuple[Count, ...]:
    found = _reasons(counts, "language:")
    return tuple(Count(value=code, label=language_name(code, reading), count=many) for code, many in found)


def rights_of(seen: Iterable[Rights]) -> tuple[Count, ...]:
    """Return which rights signals the latest captures carried, in words, most frequent first."""
    counted: Counter[str] = Counter()
    for rights in seen:
        counted[f"robots.txt: {rights.robots}"] += 1
        if rights.tdm_reservation:
            where = f" ({rights.tdm_source})" if rights.tdm_source else ""
            word = "reserved" if rights.tdm_reservation == "1" else "not reserved"
            counted[f"text and data mining {word}{where}"] += 1
        for name, value in (("X-Robots-Tag", rights.robots_tag), ("meta robots", rights.meta_robots)):
            if value:
                counted[f"{name}: {value[:100]}"] += 1
        if rights.tdm_policy:
            counted[f"TDM policy: {rights.tdm_policy[:200]}"] += 1
    return tuple(Count(value=words, label=words, count=many) for words, many in counted.most_common())


def _latest(reader: Reader, config: Config, id_: str) -> tuple[LatestDocument, ...]:
    rows = reader.rows(reader.monitor.latest_documents(id_, LATEST))
    reading = config.read.language
    return tuple(
        LatestDocument(id=row.id, headline=headline(row, reading), language=row.language, time=row.time) for row in rows
    )
