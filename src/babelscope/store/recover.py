"""After a crash: everything that was acknowledged is there once, and nothing else is.

Evidence is cut back to the last byte that the database vouches for: its items still wait and are fetched again. Each
process tidies up after itself, and after collectors that are dead (their lock is free); others are left alone. A record
segment whose commit was cut short is taken away, with its index entries, rather than adopted: its captures are
still "new", and deterministic stages will make the same documents with the same ids from them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator

from sqlalchemy import Engine, delete, select, update

from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.store.cdxj import index_path, read_index, write_index
from babelscope.store.counters import serialise
from babelscope.store.database import mapping
from babelscope.store.evidence import COLLECTOR_NAME, cut, scan
from babelscope.store.leases import free_leases
from babelscope.store.lock import WriterLock
from babelscope.store.parts import MAIN, IntakeParts, Layout, Parts
from babelscope.store.record import RecordReader, read_segment, remove_segment, segment_path
from babelscope.store.runs import interrupt_runs, own_names
from babelscope.store.tables import (
    bands,
    captures,
    documents,
    evidence,
    failures,
    fingerprints,
    leases,
    memberships,
    months,
    runs,
    segments,
)
from babelscope.store.views import check_views

COLLECTOR = re.compile(COLLECTOR_NAME)
"""Names that a collector may have."""


def recover(parts: Parts) -> None:
    """Bring evidence, record and views to what the database says."""
    recover_intake(parts)
    _remove_doomed(parts)
    discard_segments(parts)
    check_views(parts)


def recover_intake(parts: IntakeParts) -> None:
    """Bring the evidence and the runs of this process, and of dead collectors, to what the database says."""
    parts.acknowledged = _tidy(parts, parts.holder)
    recover_dead(parts)


def recover_dead(parts: IntakeParts) -> None:
    """Tidy up after collectors that died at work; what they left waits for others."""
    with parts.engine.connect() as connection:
        wrote = set(connection.execute(select(evidence.c.holder).distinct()).scalars())
    at_rest = {name for name in wrote if name != MAIN and COLLECTOR.fullmatch(name)}
    for name in (holders_at_work(parts.engine) | at_rest) - {parts.holder}:
        with _if_dead(parts.layout, name) as is_dead:
            if is_dead:
                _tidy(parts, name)


def holders_at_work(engine: Engine) -> set[str]:
    """Return the names of collectors, other than the main writer, that have a run or a host, alive or dead."""
    with engine.connect() as connection:
        found = set(connection.execute(select(runs.c.holder).where(runs.c.state == "running")).scalars())
        found.update(connection.execute(select(leases.c.holder).distinct()).scalars())
    return {name for name in found if name != MAIN and COLLECTOR.fullmatch(name)}


def living(layout: Layout, engine: Engine) -> set[str]:
    """Return the names of the collectors that are at work now."""
    alive = set()
    for name in holders_at_work(engine):
        with _if_dead(layout, name) as is_dead:
            if not is_dead:
                alive.add(name)
    return alive


@contextlib.contextmanager
def _if_dead(layout: Layout, name: str) -> Iterator[bool]:
    """Say whether the collector ``name`` is dead; while it is said, none of that name can begin."""
    lock = WriterLock(layout.root, name)
    try:
        lock.acquire()
    except BabelscopeError:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _tidy(parts: IntakeParts, holder: str) -> dict[str, int]:
    """Cut the evidence of ``holder`` back, end its runs, free its hosts; return its segments with their bytes.

    Its hosts are asked again only after the usual distance: nobody knows when it asked them last.
    """
    names = own_names(holder)
    with parts.engine.connect() as connection:
        query = select(evidence.c.name, evidence.c.size).where(evidence.c.holder.in_(names))
        sizes = mapping(connection, query.order_by(evidence.c.name))
    folder = parts.layout.evidence
    for name, size in sizes.items():
        cut(folder / name, size)
        goes_on = name == max(sizes) and holder == parts.holder
        if size and not goes_on and (folder / name).is_file() and not index_path(folder / name).exists():
            write_index(folder / name, read_index(folder / name, scan))
    with parts.engine.begin() as connection:
        serialise(connection)
        interrupt_runs(connection, names, parts.clock())
    free_leases(parts.engine, holder, dt.timedelta(seconds=parts.config.collect.delay))
    return sizes


def discard_segments(parts: Parts) -> None:
    """Take away record segments that were announced but never listed, and what the indexes hold of them."""
    with parts.engine.connect() as connection:
        names = connection.execute(select(segments.c.name).where(segments.c.state == "writing")).scalars().all()
    if not names:
        return
    for name in names:
        if segment_path(parts.layout.record, name).is_file():
            month = name.removeprefix("day=")[:7]
            with contextlib.suppress(BadInput):  # unreadable: the count of the month will not fit, it is made anew
                parts.index.remove(month, [document.id for document in read_segment(parts.layout.record, name)])
        parts.vectors.remove(name)
    parts.index.commit()
    for name in names:
        remove_segment(parts.layout.record, name)
    with parts.engine.begin() as connection:
        connection.execute(delete(segments).where(segments.c.name.in_(names)))


def reprocess(parts: Parts) -> int:
    """Give every article capture back to the pipeline and empty record and views; return how many captures.

    The evidence is not touched. One transaction decides; a crash after it is finished when the store is next opened.
    """
    with parts.engine.begin() as connection:
        again = update(captures).where(captures.c.kind == "article")
        count = connection.execute(again.values(state="new", reason="")).rowcount
        for table in (documents, months, memberships, bands, fingerprints, failures):
            connection.execute(delete(table))
        connection.execute(update(segments).values(state="doomed"))
    parts.handed_out.clear()
    _remove_doomed(parts)
    parts.records = RecordReader(parts.layout.record)  # names of segments are given anew
    return int(count)


def _remove_doomed(parts: Parts) -> None:
    with parts.engine.connect() as connection:
        names = connection.execute(select(segments.c.name).where(segments.c.state == "doomed")).scalars().all()
    if not names:
        return
    for month in parts.index.months():
        parts.index.drop(month)
    for month in parts.vectors.months():
        parts.vectors.drop(month)
    for name in names:
        remove_segment(parts.layout.record, name)
    with parts.engine.begin() as connection:
        connection.execute(delete(segments).where(segments.c.state == "doomed"))
