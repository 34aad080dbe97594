"""Which changed captures say nothing new: dynamic pages differ in bytes at every look, but not in title and text.

They are dropped as "unchanged", so that they make no versions. Their bytes stay in the evidence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from babelscope.flow.errors import BadInput
from babelscope.model import Document
from babelscope.store.database import chunks
from babelscope.store.looks import Same
from babelscope.store.lookup import places
from babelscope.store.parts import Parts
from babelscope.store.tables import captures

UNCHANGED = "unchanged"
_PASSED_OVER = ("dropped", "quarantined")


class OpenCapture(msgspec.Struct, frozen=True, kw_only=True):
    """A capture, as far as its document is judged by it."""

    id: str
    document: str
    source: str
    url: str
    fetched_at: dt.datetime
    replaces: str
    state: str
    seq: int


def open_captures(parts: Parts, ids: Sequence[str]) -> dict[str, OpenCapture]:
    """Return document id → its capture, for those of ``ids`` whose capture still waits for the pipeline."""
    found = _captures(parts, "document", ids)
    return {capture.document: capture for capture in found if capture.state == "new"}


def find_unchanged(parts: Parts, kept: Sequence[Document], opened: Mapping[str, OpenCapture]) -> dict[str, Same]:
    """Return, of the documents to be ``kept``, those with title and text of the document before them of their page."""
    suspects = sorted((opened[d.id] for d in kept if opened[d.id].replaces), key=lambda capture: capture.seq)
    if not suspects:
        return {}
    here = {opened[d.id].id: d for d in kept}
    chain = _chain(parts, suspects)
    before = _stored(parts, [c.document for c in chain.values() if c.state == "kept"])
    same: dict[str, Same] = {}
    for capture in suspects:
        ahead = chain.get(capture.replaces)
        while ahead is not None and _is_passed_over(ahead, here, same):
            ahead = chain.get(ahead.replaces)
        document = here[capture.id]
        other = None if ahead is None else here.get(ahead.id) or before.get(ahead.document)
        if ahead is not None and other is not None and (other.title, other.text) == (document.title, document.text):
            changed_at = ahead.fetched_at if ahead.replaces else None
            same[document.id] = Same(source=capture.source, url=capture.url, capture=capture.id, changed_at=changed_at)
    return same


def _is_passed_over(capture: OpenCapture, here: Mapping[str, Document], same: Mapping[str, Same]) -> bool:
    return capture.document in same or (capture.id not in here and capture.state in _PASSED_OVER)


def _chain(parts: Parts, suspects: Sequence[OpenCapture]) -> dict[str, OpenCapture]:
    """Return the captures before ``suspects``, each chain back to the latest one that has a document."""
    chain = {capture.id: capture for capture in suspects}
    wanted = {capture.replaces for capture in suspects} - chain.keys()
    while wanted:
        found = _captures(parts, "id", sorted(wanted))
        chain.update((capture.id, capture) for capture in found)
        wanted = {c.replaces for c in found if c.replaces and c.state != "kept"} - chain.keys()
    return chain


def _captures(parts: Parts, by: str, values: Sequence[str]) -> list[OpenCapture]:
    columns = [captures.c[name] for name in OpenCapture.__struct_fields__]
    found: list[OpenCapture] = []
    with parts.engine.connect() as connection:
        for some in chunks(values):
            rows = connection.execute(select(*columns).where(captures.c[by].in_(some))).mappings()
            found.extend(OpenCapture(**row) for row in rows)
    return found


def _stored(parts: Parts, ids: Sequence[str]) -> dict[str, Document]:
    """Return document id → document; one that the record cannot give back counts as different."""
    found: dict[str, Document] = {}
    for id_, (segment, row) in sorted(places(parts.engine, ids).items(), key=lambda place: place[1]):
        try:
            found[id_] = parts.records.read(segment, row)
        except BadInput:
            continue
    return found
