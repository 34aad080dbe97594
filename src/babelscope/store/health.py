"""How sources and runs do, counted in SQL."""

from __future__ import annotations

from sqlalchemy import Engine, RowMapping, func, select

from babelscope.flow.shapes import Visit
from babelscope.store.database import mapping
from babelscope.store.memory import visit_of
from babelscope.store.rows import RunRow, SourceHealth
from babelscope.store.tables import captures, configs, documents, items, memberships, runs, visits
from babelscope.store.tables import sources as sources_table

_LINKERS = {"families": "duplicates", "stories": "stories"}


def sources(engine: Engine) -> list[SourceHealth]:
    """Return how each source does, configured or with anything kept, in order of id."""
    with engine.connect() as connection:
        known = set(connection.execute(select(sources_table.c.id)).scalars())
        visited: dict[str, list[Visit]] = {}
        for row in connection.execute(select(visits).order_by(visits.c.url)).mappings():
            visited.setdefault(row["source"], []).append(visit_of(row))
        article = captures.c.kind == "article"
        query = select(captures.c.source, func.count()).where(article).group_by(captures.c.source)
        taken = mapping(connection, query)
        query2 = select(documents.c.source, func.count(), func.max(documents.c.time)).group_by(documents.c.source)
        read = {source: (count, latest) for source, count, latest in connection.execute(query2)}
        refused: dict[str, dict[str, int]] = {}
        query3 = select(items.c.source, items.c.reason, func.count()).where(items.c.state.in_(("refused", "retry")))
        for source, reason, count in connection.execute(query3.group_by(items.c.source, items.c.reason)):
            refused.setdefault(source, {})[reason] = count
    return [
        SourceHealth(
            id=source,
            visits=tuple(visited.get(source, ())),
            captures=taken.get(source, 0),
            documents=read.get(source, (0, None))[0],
            refused=refused.get(source, {}),
            last_document=read.get(source, (0, None))[1],
        )
        for source in sorted({*known, *visited, *taken, *read, *refused})
    ]


def latest_runs(engine: Engine, limit: int) -> list[RunRow]:
    """Return the latest runs, latest first, each with its configuration, which is kept once for all runs with it."""
    query = select(runs, configs.c.config.label("told")).outerjoin(configs, configs.c.id == runs.c.config)
    with engine.connect() as connection:
        found = connection.execute(query.order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)).mappings()
        return [_run_of(row) for row in found]


def _run_of(row: RowMapping) -> RunRow:
    fields = {name: row[name] for name in RunRow.__struct_fields__}
    return RunRow(**{**fields, "config": row["told"] or row["config"]})  # an old run has it in its own row


def counts(engine: Engine) -> dict[str, int]:
    """Return totals of captures (articles) and their states, documents, languages, sources, families and stories.

    ``waiting`` are captures that the pipeline has not seen; ``sources`` those with a document.
    """
    with engine.connect() as connection:
        article = captures.c.kind == "article"
        query = select(captures.c.state, func.count()).where(article).group_by(captures.c.state)
        states = mapping(connection, query)
        count, languages, sources_ = connection.execute(
            select(func.count(), func.count(documents.c.language.distinct()), func.count(documents.c.source.distinct()))
        ).one()
        distinct = func.count(memberships.c.group_id.distinct())
        groups = mapping(connection, select(memberships.c.linker, distinct).group_by(memberships.c.linker))
    return {
        "captures": sum(states.values()),
        "documents": count,
        "quarantined": states.get("quarantined", 0),
        "dropped": states.get("dropped", 0),
        "waiting": states.get("new", 0),
        "languages": languages,
        "sources": sources_,
        **{name: groups.get(linker, 0) for name, linker in _LINKERS.items()},
    }
