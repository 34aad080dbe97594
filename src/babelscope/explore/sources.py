"""Who we listen to and how that goes: every source, dead ones first of all not hidden."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from babelscope.explore.naming import country_name, language_name
from babelscope.flow.config import Config
from babelscope.flow.shapes import Visit
from babelscope.model import Source
from babelscope.store.reader import Reader
from babelscope.store.rows import SourceHealth

Condition = Literal["well", "failing", "silent", "never visited", "not configured"]


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """One source: what it is, and how listening to it goes."""

    id: str
    name: str
    home: str
    country: str
    languages: tuple[str, ...]
    owner: str
    standing: str
    condition: Condition
    feeds: tuple[Visit, ...]
    unvisited: tuple[str, ...]
    found: int
    captures: int
    documents: int
    refused: tuple[tuple[str, int], ...]
    last_document: dt.datetime | None


class CoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one country gives: sources configured, well, and the documents taken so far."""

    country: str
    label: str
    languages: tuple[str, ...]
    sources: int
    well: int
    documents: int


class SourcesView(msgspec.Struct, frozen=True, kw_only=True):
    """All sources, those in trouble first, and coverage by country."""

    sources: tuple[SourceView, ...]
    coverage: tuple[CoverageRow, ...]
    conditions: tuple[tuple[str, int], ...]


def sources_view(reader: Reader | None, config: Config) -> SourcesView:
    """Return every configured source and every other one the store knows; ``reader`` is None before the first run."""
    health = {one.id: one for one in reader.sources()} if reader else {}
    known = {source.id: source for source in config.source}
    views = [source_view(known.get(id_), health.get(id_), id_) for id_ in {**known, **health}]
    order: Sequence[Condition] = ("failing", "silent", "never visited", "well", "not configured")
    views.sort(key=lambda view: (order.index(view.condition), view.name.casefold(), view.id))
    counted = tuple((name, n) for name in order if (n := sum(view.condition == name for view in views)))
    return SourcesView(sources=tuple(views), coverage=coverage_of(views, config.read.language), conditions=counted)


def source_view(source: Source | None, health: SourceHealth | None, id_: str) -> SourceView:
    """Return one source as configured (None: no longer) and as the store knows it (None: not yet)."""
    visits = tuple(sorted(health.visits, key=lambda visit: visit.url)) if health else ()
    listened = [listen.url for listen in source.listens] if source else []
    visited = {visit.url for visit in visits}
    refused = sorted(health.refused.items(), key=lambda pair: (-pair[1], pair[0])) if health else []
    return SourceView(
        id=id_,
        name=source.name if source else id_,
        home=source.home if source else "",
        country=source.country if source else "",
        languages=source.languages if source else (),
        owner=source.owner if source else "",
        standing=source.standing if source else "unknown",
        condition=condition_of(source, visits, health.documents if health else 0),
        feeds=visits,
        unvisited=tuple(url for url in listened if url not in visited),
        found=sum(visit.found for visit in visits),
        captures=health.captures if health else 0,
        documents=health.documents if health else 0,
        refused=tuple(refused),
        last_document=health.last_document if health else None,
    )


def condition_of(source: Source | None, visits: Sequence[Visit], documents: int) -> Condition:
    """Return how listening goes: failing (a last poll failed), silent (polls succeed, no document ever), well …"""
    if source is None:
        return "not configured"
    if not visits:
        return "never visited"
    if any(visit.failures or visit.error for visit in visits):
        return "failing"
    return "well" if documents else "silent"


def coverage_of(views: Iterable[SourceView], reading: str) -> tuple[CoverageRow, ...]:
    """Return coverage by country, most documents first; a country with sources but no document is shown as such."""
    by_country: dict[str, list[SourceView]] = {}
    for view in views:
        by_country.setdefault(view.country, []).append(view)
    rows = [
        CoverageRow(
            country=country,
            label=country_name(country, reading),
            languages=tuple(sorted({language_name(code, reading) for view in own for code in view.languages})),
            sources=len(own),
            well=sum(view.condition == "well" for view in own),
            documents=sum(view.documents for view in own),
        )
        for country, own in by_country.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.documents, row.label)))
