"""Where a document comes from, down to the byte, and the documents that are the same or were at its address."""

from __future__ import annotations

import datetime as dt

import msgspec

from babelscope.explore.stories import DUPLICATES
from babelscope.explore.views import Headline, headline
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Capture, Document
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """Another document: a copy, or another version of the same address."""

    document: str
    source: str
    source_name: str
    language: str
    time: dt.datetime
    headline: Headline
    why: str = ""
    score: float = 1.0


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where the document comes from, down to the byte; ``damage`` says what is wrong with the evidence, if anything."""

    capture: Capture
    source: str
    source_name: str
    source_owner: str
    source_standing: str
    record_id: str
    damage: str = ""


def source_name(config: Config, source: str) -> str:
    """Return the name of ``source``, its id if it is no longer configured."""
    return next((known.name for known in config.source if known.id == source), source)


def provenance_of(reader: Reader, config: Config, document: Document) -> Provenance | None:
    """Return where ``document`` comes from; None if its capture is not in the evidence any more."""
    capture = reader.capture(document.capture)
    if capture is None:
        return None
    source = next((known for known in config.source if known.id == document.source), None)
    record_id, damage = "", ""
    try:
        record_id = reader.original(capture).record_id
    except BadInput as error:  # the page must still show everything else, and that the proof is broken
        damage = str(error)
    return Provenance(
        capture=capture,
        source=document.source,
        source_name=source.name if source else document.source,
        source_owner=source.owner if source else "",
        source_standing=source.standing if source else "unknown",
        record_id=record_id,
        damage=damage,
    )


def copies_of(reader: Reader, config: Config, own: DocumentRow) -> tuple[Related, ...]:
    """Return the other documents with the text of ``own``, oldest first."""
    membership = reader.membership(DUPLICATES, own.id)
    if membership is None:
        return ()
    members = {m.document: m for m in reader.group(DUPLICATES, membership.group) if m.document != own.id}
    rows = [row for row in reader.rows(list(members)) if (row.source, row.url) != (own.source, own.url)]
    related = (_related(row, config, members[row.id].why, members[row.id].score) for row in rows)
    return tuple(sorted(related, key=lambda one: (one.time, one.document)))


def versions_of(reader: Reader, config: Config, document: Document) -> tuple[Related, ...]:
    """Return the other documents of the address of ``document``, by when they were seen."""
    rows = reader.versions(document.url)
    others = [row for row in rows if row.id != document.id and row.source == document.source]
    seen = (msgspec.structs.replace(row, time=row.seen_at or row.time) for row in others)
    return tuple(_related(row, config) for row in seen)


def _related(row: DocumentRow, config: Config, why: str = "", score: float = 1.0) -> Related:
    return Related(
        document=row.id,
        source=row.source,
        source_name=source_name(config, row.source),
        language=row.language,
        time=row.time,
        headline=headline(row, config.read.language),
        why=why,
        score=round(score, 3),
    )
