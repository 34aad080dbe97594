"""Who we listen to and how that goes: every source, those in trouble first, none hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from babelscope.explore.conditions import ORDER, TROUBLE, Condition, condition_of
from babelscope.explore.expectation import Basis, Expectation, expected_on
from babelscope.explore.naming import country_name, language_name
from babelscope.explore.past import Past, by_source, expectation_of, is_listened, last_taken, read_past
from babelscope.explore.symptoms import ALARMS
from babelscope.explore.views import Blind, Count, tally
from babelscope.flow.config import Config
from babelscope.flow.shapes import Visit
from babelscope.model import Source
from babelscope.store.alarms import AlarmRow
from babelscope.store.reader import Reader

SHOWN_DAYS = 28


class SourcesQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """Which sources: of a condition ("trouble" for all that need somebody), country, language, standing, name."""

    condition: str = ""
    country: str = ""
    language: str = ""
    standing: str = ""
    text: str = ""
    page: int = 1
    size: int = 20


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is or was wrong; ``expected`` and ``received`` are articles, or what ``detail`` says."""

    source: str
    kind: str
    level: str
    raised_at: dt.datetime
    cleared_at: dt.datetime | None
    detail: str
    expected: float
    received: float


class DayOfSource(msgspec.Struct, frozen=True, kw_only=True):
    """One UTC day: articles received, articles expected (by what is known today), and why we could not see it."""

    date: str
    received: int
    expected: float
    blind: Blind = ""


class SourceCard(msgspec.Struct, frozen=True, kw_only=True):
    """One source in the list. ``expected`` is articles a day, ``basis`` what that rests on."""

    id: str
    name: str
    country: str
    languages: tuple[str, ...]
    standing: str
    owner: str
    condition: Condition
    since: dt.datetime | None
    detail: str
    expected: float
    basis: Basis
    received: float
    days: tuple[DayOfSource, ...]
    last_at: dt.datetime | None
    next_poll: dt.datetime | None


class SourcesView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of sources, those in trouble first; counts of conditions, countries, languages are of all of them."""

    question: SourcesQuestion
    sources: tuple[SourceCard, ...]
    total: int
    pages: int
    all: int
    conditions: tuple[tuple[Condition, int], ...]
    countries: tuple[Count, ...]
    languages: tuple[Count, ...]
    standings: tuple[Count, ...]
    checked_at: dt.datetime | None


class KnownSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source with its condition, before anything costly was read."""

    id: str
    source: Source | None
    name: str
    condition: Condition
    visits: tuple[Visit, ...]
    alarms: tuple[AlarmRow, ...]


def known_sources(reader: Reader | None, config: Config, now: dt.datetime) -> list[KnownSource]:
    """Return every source that is configured or known, with its condition, worst first."""
    known = {source.id: source for source in config.source}
    names = reader.monitor.known_sources() if reader else {}
    visits = reader.monitor.visits() if reader else {}
    arrived = reader.monitor.with_articles() if reader else set()
    alarms = by_source(reader.monitor.alarms(only_open=True)) if reader else {}
    found = []
    for id_ in {**known, **dict.fromkeys(visits), **dict.fromkeys(arrived), **dict.fromkeys(names)}:
        source = known.get(id_)
        own = tuple(visit for visit in visits.get(id_, ()) if source is None or is_listened(visit, source, now))
        raised = tuple(alarms.get(id_, ()))
        condition = condition_of(source is not None, own, raised, id_ in arrived)
        name = source.name if source else names.get(id_, id_)
        found.append(KnownSource(id=id_, source=source, name=name, condition=condition, visits=own, alarms=raised))
    return sorted(found, key=lambda one: (ORDER.index(one.condition), one.name.casefold(), one.id))


def sources_view(reader: Reader | None, config: Config, question: SourcesQuestion, now: dt.datetime) -> SourcesView:
    """Return the page of sources that ``question`` asks for; ``reader`` is None before the first run."""
    everybody = known_sources(reader, config, now)
    chosen = [one for one in everybody if _fits(one, question)]
    first = (question.page - 1) * question.size
    shown = chosen[first : first + question.size]
    past = read_past(reader, now, [one.id for one in shown]) if reader else None
    reading = config.read.language
    known = [one.source for one in everybody if one.source]
    return SourcesView(
        question=question,
        sources=tuple(card_of(one, past, now) for one in shown),
        total=len(chosen),
        pages=max(-(-len(chosen) // question.size), 1),
        all=len(everybody),
        conditions=count_conditions(everybody),
        countries=_counts((s.country for s in known), lambda code: country_name(code, reading)),
        languages=_counts((code for s in known for code in s.languages), lambda code: language_name(code, reading)),
        standings=_counts((s.standing for s in known), str),
        checked_at=reader.monitor.checked_at() if reader else None,
    )


def count_conditions(everybody: Sequence[KnownSource]) -> tuple[tuple[Condition, int], ...]:
    """Return how many sources are in which condition, worst first, without those in which there is none."""
    counted = ((condition, sum(one.condition == condition for one in everybody)) for condition in ORDER)
    return tuple((condition, many) for condition, many in counted if many)


def _counts(values: Iterable[str], label: Callable[[str], str]) -> tuple[Count, ...]:
    named = [Count(value=value, label=label(value), count=many) for value, many in tally(values)]
    return tuple(sorted((one for one in named if one.value), key=lambda one: one.label.casefold()))


def _fits(one: KnownSource, question: SourcesQuestion) -> bool:
    source = one.source
    if question.condition == "trouble" and one.condition not in TROUBLE:
        return False
    if question.condition not in ("", "trouble", one.condition):
        return False
    if source is None:
        return not (question.country or question.language or question.standing) and _is_named(one, question.text)
    return (
        question.country in ("", source.country)
        and (not question.language or question.language in source.languages)
        and question.standing in ("", source.standing)
        and _is_named(one, question.text)
    )


def _is_named(one: KnownSource, text: str) -> bool:
    words = text.casefold().split()
    told = f"{one.name} {one.id} {one.source.home if one.source else ''}".casefold()
    return all(word in told for word in words)


def card_of(one: KnownSource, past: Past | None, now: dt.datetime) -> SourceCard:
    """Return a source as the list shows it; ``past`` None: nothing was collected yet."""
    source = one.source
    expectation = expected_of(past, one, now)
    days = days_of(past, one.id, expectation, SHOWN_DAYS) if past else ()
    clear = [day.received for day in days[-8:-1] if not day.blind] or [day.received for day in days[-1:]]
    worst = next((alarm for alarm in one.alarms if alarm.kind == one.condition), None)
    error = next((visit.error for visit in one.visits if visit.failures), "")
    return SourceCard(
        id=one.id,
        name=one.name,
        country=source.country if source else "",
        languages=source.languages if source else (),
        standing=source.standing if source else "unknown",
        owner=source.owner if source else "",
        condition=one.condition,
        since=worst.raised_at if worst else None,
        detail=worst.detail if worst else error if one.condition == "failing" else "",
        expected=round(expectation.mean, 2),
        basis=expectation.basis,
        received=round(sum(clear) / len(clear), 2) if clear else 0.0,
        days=days,
        last_at=last_taken(past, one.id),
        next_poll=min((visit.next_due for visit in one.visits), default=None) if source else None,
    )


def expected_of(past: Past | None, one: KnownSource, now: dt.datetime) -> Expectation:
    """Return what is expected of a source, by its days until its silence or other trouble began."""
    if past is None:
        return Expectation()
    last = last_taken(past, one.id)
    today = now.astimezone(dt.UTC).date()
    return expectation_of(past, one.source, one.id, min(last.date(), today) if last else today)


def days_of(past: Past, id_: str, expectation: Expectation, many: int) -> tuple[DayOfSource, ...]:
    """Return the last ``many`` days of a source, today last, from the first one on that it was listened to."""
    own = past.days.get(id_, {})
    today = past.now.astimezone(dt.UTC).date()
    heard = [day for day, counts in own.items() if counts.get("polls")]
    if not heard:
        return ()
    first = max(dt.date.fromisoformat(min(heard)), today - dt.timedelta(days=many - 1))
    days = [first + dt.timedelta(days=number) for number in range((today - first).days + 1)]
    return tuple(_day(day, own.get(day.isoformat(), {}), expectation, day == today) for day in days)


def _day(day: dt.date, counts: Mapping[str, int], expectation: Expectation, is_today: bool) -> DayOfSource:
    polls, failed = counts.get("polls", 0), counts.get("polls-failed", 0)
    blind: Blind = "" if is_today else "off" if not polls else "failing" if failed == polls else ""
    return DayOfSource(
        date=day.isoformat(),
        received=counts.get("taken", 0),
        expected=round(expected_on(expectation, day), 2),
        blind=blind,
    )


def alarm_view(row: AlarmRow) -> Alarm:
    """Return an alarm as pages and programs see it."""
    return Alarm(
        source=row.source,
        kind=row.kind,
        level="alarm" if row.kind in ALARMS else "notice",
        raised_at=row.raised_at,
        cleared_at=row.cleared_at,
        detail=row.detail,
        expected=row.expected,
        received=row.received,
    )


def in_order(alarms: Iterable[AlarmRow]) -> Sequence[AlarmRow]:
    """Return alarms, open ones first, then by kind as conditions are ordered, latest first."""
    order: dict[str, int] = {kind: place for place, kind in enumerate(ORDER)}
    return sorted(
        alarms,
        key=lambda one: (one.cleared_at is not None, order.get(one.kind, len(order)), -one.raised_at.timestamp()),
    )
