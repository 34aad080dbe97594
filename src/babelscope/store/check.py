"""Checking the store against itself, from the bytes up. Nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, func, select

from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Document, Mentions, body_hash, capture_id, document_id
from babelscope.store import ledger
from babelscope.store.database import connect, mapping
from babelscope.store.decode import MAX_BODY_BYTES
from babelscope.store.evidence import read_exchange, writer_of
from babelscope.store.index import IndexReader
from babelscope.store.lock import WriterLock
from babelscope.store.lookup import capture_of
from babelscope.store.parts import Layout
from babelscope.store.reader import Reader
from babelscope.store.reading import translation_problem
from babelscope.store.record import read_segment, segment_path, stored_segments
from babelscope.store.recover import living
from babelscope.store.rows import VerifyReport
from babelscope.store.tables import (
    captures,
    corrections,
    documents,
    evidence,
    memberships,
    months,
    renderings,
    runs,
    segments,
    wishes,
)
from babelscope.store.vectors import VectorReader

MAX_PROBLEMS = 200
"""Problems that are listed in words; more are only counted."""
_PAGE = 500


def verify(config: Config) -> VerifyReport:
    """Check every document back to its bytes, every anchor, all counts and every ledger.

    Collectors may be at work meanwhile: what they have not acknowledged yet is passed over. Raises ``BabelscopeError``
    if there is no store, or if the main writer has it (it would change under the eye).
    """
    Reader.open(config).close()
    lock = WriterLock(Layout.of(config).root)
    lock.acquire()
    try:
        return examine(config)
    finally:
        lock.release()


def examine(config: Config) -> VerifyReport:
    """Do the checks of ``verify`` for a caller that sees to it that nobody writes meanwhile."""
    engine = connect(config, read_only=True)
    try:
        checker = _Checker(config, engine)
        problems = list(checker.problems())
    finally:
        engine.dispose()
    more = len(problems) - MAX_PROBLEMS
    told = (*problems[:MAX_PROBLEMS], f"and {more} more") if more > 0 else tuple(problems)
    return VerifyReport(problems=told, checked=dict(checker.checked))


class _Checker:
    def __init__(self, config: Config, engine: Engine) -> None:
        self.config, self.engine, self.layout = config, engine, Layout.of(config)
        self.checked: Counter[str] = Counter()
        self.living = living(self.layout, engine)

    def problems(self) -> Iterator[str]:
        with self.engine.connect() as connection:
            yield from self._segments_of_evidence(connection)
            yield from self._captures(connection)
            yield from self._record(connection)
            yield from self._indexes(connection)
            yield from self._groups(connection)
            yield from self._reading(connection)
            yield from self._ledgers(connection)

    def _segments_of_evidence(self, connection: Connection) -> Iterator[str]:
        known = mapping(connection, select(evidence.c.name, evidence.c.size))
        growing = set(connection.execute(select(evidence.c.name).where(evidence.c.holder.in_(self.living))).scalars())
        for name, size in sorted(known.items()):
            self.checked["evidence segments"] += 1
            path = self.layout.evidence / name
            found = path.stat().st_size if path.is_file() else 0
            if found < size:
                yield f"evidence: {name} has {found} bytes, {size} were acknowledged"
            elif found > size and name not in growing:
                yield f"evidence: {name} has {found - size} bytes that nobody acknowledged (cut off when next opened)"
        for path in sorted(self.layout.evidence.glob("*.warc.gz")):
            if path.name not in known and writer_of(path.name) not in self.living:
                yield f"evidence: {path.name} is unknown to the database"

    def _captures(self, connection: Connection) -> Iterator[str]:
        limit = max(MAX_BODY_BYTES, self.config.collect.max_mb << 20)
        last = 0
        while rows := connection.execute(
            select(captures).where(captures.c.seq > last).order_by(captures.c.seq).limit(_PAGE)
        ).mappings().all():  # fmt: skip
            last = rows[-1]["seq"]
            for row in rows:
                self.checked["captures"] += 1
                capture = capture_of(row)
                try:
                    place = (capture.segment, row["request_offset"], capture.offset)
                    body = read_exchange(self.layout.evidence, *place, limit).body
                except BadInput as error:
                    yield f"capture {capture.id}: {error}"
                    continue
                if body_hash(body) != capture.body_hash:
                    yield f"capture {capture.id}: the stored body does not have the hash that it was received with"
                elif capture_id(capture.source, capture.url, body) != capture.id:
                    yield f"capture {capture.id}: its id is not that of its source, address and body"

    def _record(self, connection: Connection) -> Iterator[str]:
        listed = connection.execute(select(segments.c.name).where(segments.c.state == "listed")).scalars().all()
        for name in sorted(set(stored_segments(self.layout.record)) - set(listed)):
            yield f"record: segment {name} is not listed in the database"
        seen: set[str] = set()
        for name in sorted(listed):
            self.checked["record segments"] += 1
            if not segment_path(self.layout.record, name).is_file():
                yield f"record: segment {name} is missing"
                continue
            yield from self._segment(connection, name, seen)
        for id_ in sorted(set(connection.execute(select(documents.c.id)).scalars()) - seen):
            yield f"document {id_}: in the database, not in the record"
        query = select(captures.c.document).where(captures.c.state == "kept")
        for id_ in sorted(set(connection.execute(query).scalars()) - seen):
            yield f"document {id_}: its capture was kept, the record does not hold it"

    def _segment(self, connection: Connection, name: str, seen: set[str]) -> Iterator[str]:
        query = select(documents.c.row, documents.c.id).where(documents.c.segment == name)
        places = mapping(connection, query)
        try:
            for at, document in enumerate(read_segment(self.layout.record, name)):
                self.checked["documents"] += 1
                if document.id in seen:
                    yield f"document {document.id}: twice in the record"
                seen.add(document.id)
                if places.get(at) != document.id:
                    yield f"document {document.id}: row {at} of {name} is not its row in the database"
                yield from self._document(connection, document)
        except BadInput as error:
            yield f"record: {error}"

    def _document(self, connection: Connection, document: Document) -> Iterator[str]:
        if document.id != document_id(document.capture):
            yield f"document {document.id}: its id is not that of its capture"
        state = connection.execute(select(captures.c.state).where(captures.c.id == document.capture)).scalar()
        if state != "kept":
            yield f"document {document.id}: its capture {document.capture} is {state or 'unknown'}"
        for problem in anchor_problems(document):
            yield f"document {document.id}: {problem}"
        mentions = document.layers.get("mentions")
        self.checked["anchors"] += len(mentions.items) if isinstance(mentions, Mentions) else 0

    def _indexes(self, connection: Connection) -> Iterator[str]:
        index, vectors = IndexReader(self.layout.index), VectorReader(self.layout.vectors)
        told = {row["month"]: row for row in connection.execute(select(months)).mappings()}
        query = select(documents.c.month, documents.c.id, documents.c.seq, documents.c.embedded)
        ids: dict[str, set[str]] = {}
        keys: dict[str, set[int]] = {}
        for month, id_, seq, embedded in connection.execute(query):
            ids.setdefault(month, set()).add(id_)
            keys.setdefault(month, set()).update([seq] if embedded else [])
        for month in sorted({*told, *ids, *_folders(self.layout)}):
            found, near = index.ids(month), vectors.keys(month)
            self.checked["index entries"] += len(found)
            self.checked["vectors"] += len(near)
            wanted, wanted_near = ids.get(month, set()), keys.get(month, set())
            yield from _difference(f"index {month}", found, wanted)
            yield from _difference(f"vectors {month}", near, wanted_near)
            counted = (told[month]["documents"], told[month]["vectors"]) if month in told else (0, 0)
            if counted != (len(wanted), len(wanted_near)):
                yield f"month {month}: {counted} documents and vectors counted, {len(wanted), len(wanted_near)} found"

    def _groups(self, connection: Connection) -> Iterator[str]:
        self.checked["memberships"] += connection.execute(select(func.count()).select_from(memberships)).scalar_one()
        absent = select(memberships.c.linker, memberships.c.document)
        absent = absent.where(memberships.c.document.not_in(select(documents.c.id)))
        for linker, document in connection.execute(absent):
            yield f"{linker}: document {document} has a group but is not kept"

    def _reading(self, connection: Connection) -> Iterator[str]:
        kept = select(documents.c.id)
        for table in (renderings, wishes, corrections):
            self.checked[table.name] += connection.execute(select(func.count()).select_from(table)).scalar_one()
            for document in connection.execute(select(table.c.document).where(table.c.document.not_in(kept))).scalars():
                yield f"{table.name}: document {document} is not kept"
        for document, data in connection.execute(select(renderings.c.document, renderings.c.translation)):
            if problem := translation_problem(data):
                yield f"renderings: the whole translation of {document} cannot be read: {problem}"

    def _ledgers(self, connection: Connection) -> Iterator[str]:
        at_work = runs.c.holder.in_(self.living) & (runs.c.state == "running")
        for run in connection.execute(select(runs.c.id).where(~at_work).order_by(runs.c.id)).scalars().all():
            self.checked["runs"] += 1
            for problem in ledger.imbalance(ledger.read(connection, run)):
                yield f"run {run}: the ledger does not balance: {problem}"


def anchor_problems(document: Document) -> Iterator[str]:
    """Yield, in words, every mention whose anchored characters are not its surface."""
    mentions = document.layers.get("mentions")
    for mention in mentions.items if isinstance(mentions, Mentions) else ():
        anchor = mention.anchor
        text = document.title if anchor.of == "title" else document.text
        inside = 0 <= anchor.start <= anchor.end <= len(text)
        if not inside or text[anchor.start : anchor.end] != mention.surface:
            yield f"mention {mention.surface!r} is not what stands at {anchor.of} {anchor.start}–{anchor.end}"


def _folders(layout: Layout) -> set[str]:
    return {p.name for base in (layout.index, layout.vectors) if base.is_dir() for p in base.iterdir() if p.is_dir()}


def _difference(where: str, found: set[str] | set[int], wanted: set[str] | set[int]) -> Iterator[str]:
    for lost in sorted(map(str, wanted - found)):
        yield f"{where}: {lost} is missing"
    for extra in sorted(map(str, found - wanted)):
        yield f"{where}: {extra} is not a document of the month"
