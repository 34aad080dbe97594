"""After a crash: everything that was acknowledged is there once, and nothing else is.

Evidence is cut back to the last byte that the database vouches for: its items still wait and are fetched again. A
record segment whose commit was cut short is taken away, with its index entries, rather than adopted: its captures are
still "new", and deterministic stages will make the same documents with the same ids from them.
"""

from __future__ import annotations

import contextlib

from sqlalchemy import delete, select, update

from babelscope.flow.errors import BadInput
from babelscope.store.cdxj import index_path, read_index, write_index
from babelscope.store.database import mapping
from babelscope.store.evidence import cut, scan
from babelscope.store.parts import Parts
from babelscope.store.record import read_segment, remove_segment, segment_path
from babelscope.store.runs import interrupt_runs
from babelscope.store.tables import (
    bands,
    captures,
    documents,
    evidence,
    failures,
    fingerprints,
    memberships,
    months,
    segments,
)
from babelscope.store.views import check_views


def recover(parts: Parts) -> None:
    """Bring evidence, record and views to what the database says."""
    _recover_evidence(parts)
    with parts.engine.begin() as connection:
        interrupt_runs(parts, connection)
    _remove_doomed(parts)
    discard_segments(parts)
    check_views(parts)


def _recover_evidence(parts: Parts) -> None:
    with parts.engine.connect() as connection:
        parts.acknowledged = mapping(connection, select(evidence.c.name, evidence.c.size))
    folder = parts.layout.evidence
    for name, size in parts.acknowledged.items():
        cut(folder / name, size)
        is_last = name == max(parts.acknowledged)
        if size and not is_last and (folder / name).is_file() and not index_path(folder / name).exists():
            write_index(folder / name, read_index(folder / name, scan))


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
