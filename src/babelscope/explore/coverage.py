"""What we cover: country × language × standing, articles expected against articles received, and where we are blind.

A source that writes in several languages counts in each of them, with the share of its articles in that language over
the last days; where none came yet, what is expected of it is split evenly over the languages that it is said to have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from babelscope.explore.expectation import Expectation
from babelscope.explore.naming import country_name, language_name
from babelscope.explore.past import Past, expectation_of, named, read_levels, was_heard
from babelscope.flow.config import Config
from babelscope.languages.countries import countries
from babelscope.model import Source
from babelscope.model.source import Standing
from babelscope.store.reader import Reader

DAYS = 7
"""Whole days that are compared; fewer while we listen for less long, and today itself on the first day."""
LOW = 0.6
STRAY = 0.05
"""A language that a source is not said to have counts from this share of its articles on."""
STANDINGS: tuple[Standing, ...] = Standing.__args__  # type: ignore[attr-defined]
Sight = Literal["blind", "low", "learning", "clear"]
"""blind: sources, but no article; low: below three fifths of what is expected; learning: nothing to compare with."""


class CoverageCell(msgspec.Struct, frozen=True, kw_only=True):
    """Sources of one country, language and standing: articles a day that are expected, and that came."""

    standing: Standing
    sources: int
    silent: int
    expected: float
    received: float
    sight: Sight


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """A language of a country; ``cells`` by standing, without those in which there is no source."""

    country: str
    country_label: str
    language: str
    language_label: str
    cells: tuple[CoverageCell, ...]
    total: CoverageCell


class CoverageView(msgspec.Struct, frozen=True, kw_only=True):
    """The matrix over the days from ``since`` to ``until`` (``is_first``: only today so far), and blank countries."""

    since: str
    until: str
    is_first: bool
    rows: tuple[CoverageRow, ...]
    standings: tuple[Standing, ...]
    countries: int
    languages: int
    sources: int
    blind: int
    expected: float
    received: float
    uncovered: tuple[tuple[str, str], ...]
    checked_at: dt.datetime | None


class _Part(msgspec.Struct, frozen=True):
    """A source in one of its languages."""

    country: str
    language: str
    standing: Standing
    expected: float
    received: float
    is_known: bool


def coverage_view(reader: Reader | None, config: Config, now: dt.datetime) -> CoverageView:
    """Return the coverage of all configured sources; ``reader`` is None before the first run."""
    today = now.astimezone(dt.UTC).date()
    past = read_levels(reader, now) if reader else None
    first, end = _compared(past, today)
    came = reader.monitor.sums(first, end) if reader else {}
    parts: list[_Part] = []
    for source in config.source:
        parts += _parts(source, came.get(source.id, {}), _expected(past, source, first, today), (end - first).days)
    reading = config.read.language
    covered = {source.country for source in config.source}
    missing = ((code, country_name(code, reading)) for code in countries() if code not in covered)
    return CoverageView(
        since=first.isoformat(),
        until=(end - dt.timedelta(days=1)).isoformat(),
        is_first=first == today,
        rows=_rows(parts, reading),
        standings=tuple(one for one in STANDINGS if any(part.standing == one for part in parts)),
        countries=len(covered - {""}),
        languages=len({part.language for part in parts} - {""}),
        sources=len(config.source),
        blind=sum(not _articles(came.get(source.id, {})) for source in config.source),
        expected=round(sum(part.expected for part in parts), 1),
        received=round(sum(part.received for part in parts), 1),
        uncovered=tuple(sorted(missing, key=lambda pair: pair[1])),
        checked_at=reader.monitor.checked_at() if reader else None,
    )


def _compared(past: Past | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first compared day and the one behind the last: days before we listened are not held against us."""
    week = today - dt.timedelta(days=DAYS)
    if past is None:
        return week, today
    heard = {name for days in past.days.values() for name, counts in days.items() if was_heard(counts)}
    began = dt.date.fromisoformat(min(heard, default=today.isoformat()))
    return (max(week, began), today) if began < today else (today, today + dt.timedelta(days=1))


def _expected(past: Past | None, source: Source, first: dt.date, today: dt.date) -> Expectation:
    """Return what was expected before the compared days; of a source that is newer than they are, what they taught."""
    if past is None:
        return Expectation()
    before = expectation_of(past, source, source.id, first)
    return before if before.basis in ("learned", "learning") else expectation_of(past, source, source.id, today)


def _articles(counts: Mapping[str, int]) -> int:
    return counts.get("taken", 0)


def _parts(source: Source, counts: Mapping[str, int], expectation: Expectation, days: int) -> list[_Part]:
    """Return a source by its languages: those that it writes in, and those that it is said to have."""
    seen = named(counts, "language:")
    said = source.languages or ("",)
    total = sum(seen.values())
    parts = []
    for code in {**dict.fromkeys(said), **seen}:
        share = seen.get(code, 0) / total if total else 1 / len(said)
        if total and code not in said and share < STRAY:
            continue
        parts.append(
            _Part(
                country=source.country,
                language=code,
                standing=source.standing,
                expected=expectation.mean * share,
                received=_articles(counts) * (share if total else 1 / len(said)) / days,
                is_known=expectation.basis != "unknown",
            )
        )
    return parts


def _rows(parts: Iterable[_Part], reading: str) -> tuple[CoverageRow, ...]:
    by_row: dict[tuple[str, str], dict[Standing, list[_Part]]] = {}
    for part in parts:
        by_row.setdefault((part.country, part.language), {}).setdefault(part.standing, []).append(part)
    rows = [
        CoverageRow(
            country=country,
            country_label=country_name(country, reading),
            language=language,
            language_label=language_name(language, reading),
            cells=tuple(_cell(standing, own[standing]) for standing in STANDINGS if standing in own),
            total=_cell("unknown", [part for some in own.values() for part in some]),
        )
        for (country, language), own in by_row.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.country_label, -row.total.received, row.language_label)))


def _cell(standing: Standing, parts: list[_Part]) -> CoverageCell:
    expected, received = sum(part.expected for part in parts), sum(part.received for part in parts)
    known = any(part.is_known for part in parts)
    sight: Sight = "clear"
    if not received:
        sight = "blind"
    elif not known:
        sight = "learning"
    elif received < LOW * expected:
        sight = "low"
    return CoverageCell(
        standing=standing,
        sources=len(parts),
        silent=sum(not part.received for part in parts),
        expected=round(expected, 1),
        received=round(received, 1),
        sight=sight,
    )
