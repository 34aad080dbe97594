"""What the store knows of how its sources do over time: volumes by day, repetitions, edits, alarms, visits."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Engine, Select, distinct, func, or_, select

from babelscope.flow.shapes import Visit
from babelscope.model import Rights
from babelscope.store.alarms import AlarmRow, last_check, read_alarms
from babelscope.store.database import narrowed
from babelscope.store.memory import visit_of
from babelscope.store.tables import captures, configs, documents, runs, visits, volumes
from babelscope.store.tables import sources as sources_table

Counts = dict[str, dict[str, dict[str, int]]]
"""Source → day ("2026-01-31", UTC) → measure → count."""
MAX_EDITED = 20


class Repetition(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of one source with the same title and length under ``addresses`` different addresses."""

    source: str
    title: str
    addresses: int


class _Listen(msgspec.Struct):
    url: str


class _Source(msgspec.Struct):
    id: str
    listens: tuple[_Listen, ...] = ()


class _Listed(msgspec.Struct):
    """The part of a kept configuration that says who was listened to."""

    source: tuple[_Source, ...] = ()


class Monitor:
    """Answers questions about sources over time, from SQL; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(
        self,
        since: dt.date,
        until: dt.date | None = None,
        *,
        measures: Collection[str] = (),
        sources: Collection[str] | None = None,
    ) -> Counts:
        """Return the counts of the days in [``since``, ``until``); a measure that ends with ":" stands for all such.

        No ``measures``: all of them. ``sources`` None: all.
        """
        query = select(volumes).where(volumes.c.day >= since.isoformat())
        query = query if until is None else query.where(volumes.c.day < until.isoformat())
        query = query.where(_is_one_of(measures)) if measures else query
        counts: Counts = {}
        for source, day, measure, count in self._of_sources(query, volumes.c.source, sources):
            counts.setdefault(source, {}).setdefault(sys.intern(day), {})[sys.intern(measure)] = count  # few, repeated
        return counts

    def with_articles(self) -> set[str]:
        """Return the sources of which an article was ever taken."""
        query = select(volumes.c.source).distinct().where(volumes.c.measure == "taken")
        return {source for (source,) in self._of_sources(query, volumes.c.source, None)}

    def sums(self, since: dt.date, until: dt.date, sources: Collection[str] | None = None) -> dict[str, dict[str, int]]:
        """Return source → measure → sum over the days in [``since``, ``until``), hours left out."""
        inside = volumes.c.day >= since.isoformat(), volumes.c.day < until.isoformat()
        query = select(volumes.c.source, volumes.c.measure, func.sum(volumes.c.count)).where(*inside)
        query = query.where(volumes.c.measure.not_like("hour:%")).group_by(volumes.c.source, volumes.c.measure)
        sums: dict[str, dict[str, int]] = {}
        for source, measure, count in self._of_sources(query, volumes.c.source, sources):
            sums.setdefault(source, {})[measure] = int(count)
        return sums

    def totals(self, since: dt.date, until: dt.date, measures: Collection[str]) -> dict[str, dict[str, int]]:
        """Return day → measure → sum over all sources, of the days in [``since``, ``until``)."""
        inside = volumes.c.day >= since.isoformat(), volumes.c.day < until.isoformat()
        query = select(volumes.c.day, volumes.c.measure, func.sum(volumes.c.count)).where(*inside)
        query = query.where(_is_one_of(measures)).group_by(volumes.c.day, volumes.c.measure)
        found: dict[str, dict[str, int]] = {}
        for day, measure, count in self._of_sources(query, volumes.c.source, None):
            found.setdefault(day, {})[measure] = int(count)
        return found

    def first_day(self) -> dt.date | None:
        """Return the first day of which anything is known, None before the first poll."""
        with self._engine.connect() as connection:
            first = connection.execute(select(func.min(volumes.c.day)).where(volumes.c.measure == "polls")).scalar()
        return dt.date.fromisoformat(first) if first else None

    def repetitions(self, since: dt.datetime) -> list[Repetition]:
        """Return what stands under several addresses of its source, among documents from ``since`` on, worst first."""
        addresses = func.count(distinct(documents.c.url_hash))
        kind = (documents.c.source, documents.c.title, documents.c.words)
        query = select(*kind, addresses).where(documents.c.time >= since, documents.c.title != "").group_by(*kind)
        rows = self._of_sources(query.having(addresses > 1).order_by(addresses.desc()), documents.c.source, None)
        return [Repetition(source=source, title=title, addresses=int(many)) for source, title, _, many in rows]

    def recent_addresses(self, since: dt.datetime, sources: Collection[str]) -> dict[str, int]:
        """Return source → different addresses among its documents from ``since`` on."""
        many = func.count(distinct(documents.c.url_hash))
        query = select(documents.c.source, many).where(documents.c.time >= since).group_by(documents.c.source)
        return {source: int(count) for source, count in self._of_sources(query, documents.c.source, sources)}

    def edited(self, source: str, since: dt.datetime) -> list[str]:
        """Return documents of ``source`` that replaced an earlier version from ``since`` on, latest first, bounded."""
        is_edit = captures.c.replaces != "", captures.c.state == "kept", captures.c.fetched_at >= since
        query = select(captures.c.document).where(captures.c.source == source, *is_edit)
        with self._engine.connect() as connection:
            return list(connection.execute(query.order_by(captures.c.fetched_at.desc()).limit(MAX_EDITED)).scalars())

    def latest_documents(self, source: str, limit: int) -> list[str]:
        """Return the latest documents of a source, latest first."""
        query = select(documents.c.id).where(documents.c.source == source).order_by(documents.c.time.desc())
        with self._engine.connect() as connection:
            return list(connection.execute(query.limit(limit)).scalars())

    def latest_rights(self, source: str, limit: int) -> list[Rights]:
        """Return the rights signals of the latest article captures of a source, latest first."""
        article = captures.c.source == source, captures.c.kind == "article"
        query = select(captures.c.rights).where(*article).order_by(captures.c.seq.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [msgspec.json.decode(told, type=Rights) for told in connection.execute(query).scalars()]

    def visits(self, sources: Collection[str] | None = None) -> dict[str, list[Visit]]:
        """Return source → the last visit of each of its addresses, in order of address."""
        found: dict[str, list[Visit]] = {}
        query = select(visits).order_by(visits.c.source, visits.c.url)
        with self._engine.connect() as connection:
            for asked in narrowed(query, visits.c.source, sources):
                for row in connection.execute(asked).mappings():
                    found.setdefault(row["source"], []).append(visit_of(row))
        return found

    def earlier_listens(self, config: str) -> dict[str, tuple[str, ...]]:
        """Return source → addresses of the latest run with another configuration than ``config`` (its id).

        Empty if there was none, or it cannot be read any more.
        """
        query = select(configs.c.config).join(runs, runs.c.config == configs.c.id).where(configs.c.id != config)
        with self._engine.connect() as connection:
            told = connection.execute(query.order_by(runs.c.started_at.desc()).limit(1)).scalar()
        try:
            listed = msgspec.json.decode(told or "{}", type=_Listed)
        except msgspec.DecodeError:
            return {}
        return {one.id: tuple(listen.url for listen in one.listens) for one in listed.source}

    def latest_config(self) -> str:
        """Return the id of the configuration of the latest run, "" if there was none."""
        with self._engine.connect() as connection:
            found = connection.execute(select(runs.c.config).order_by(runs.c.started_at.desc()).limit(1)).scalar()
        return str(found or "")

    def known_sources(self) -> dict[str, str]:
        """Return id → name of every source that was ever configured."""
        query = select(sources_table.c.id, sources_table.c.name)
        return dict(self._of_sources(query, sources_table.c.id, None))

    def alarms(
        self,
        *,
        sources: Collection[str] | None = None,
        since: dt.datetime | None = None,
        only_open: bool = False,
        kind: str = "",
        limit: int | None = None,
    ) -> list[AlarmRow]:
        """Return alarms, latest first: of ``sources`` (None: all) and ``kind``, not cleared before ``since``, open."""
        return read_alarms(self._engine, sources=sources, since=since, only_open=only_open, kind=kind, limit=limit)

    def checked_at(self) -> dt.datetime | None:
        """Return when all sources were last looked at for alarms, None if never."""
        return last_check(self._engine)

    def _of_sources(
        self, query: Select[Any], column: ColumnElement[Any], sources: Collection[str] | None
    ) -> Iterator[tuple[Any, ...]]:
        with self._engine.connect() as connection:
            for asked in narrowed(query, column, sources):
                yield from (tuple(row) for row in connection.execute(asked))


def _is_one_of(measures: Collection[str]) -> ColumnElement[bool]:
    whole = [one for one in measures if not one.endswith(":")]
    begun = [one for one in measures if one.endswith(":")]
    return or_(volumes.c.measure.in_(whole), *(volumes.c.measure.startswith(one, autoescape=True) for one in begun))
