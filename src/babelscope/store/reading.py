"""What readers added to documents: whole translations, wishes for them, corrections by people; read from SQL."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Engine, RowMapping, Select, func, select

from babelscope.flow.errors import BabelscopeError
from babelscope.model import Document, Translation
from babelscope.model.layers import Part
from babelscope.store.database import narrowed
from babelscope.store.tables import corrections, renderings, wishes

WishState = Literal["open", "done", "refused"]
CorrectionKind = Literal["wrong", "name", "number", "other"]


class RenderingRow(msgspec.Struct, frozen=True, kw_only=True):
    """The translation of a whole text: ``words`` of the original, ``text_hash`` says of which reading of the page."""

    document: str
    language: str
    text_hash: str
    translation: Translation
    by: str
    words: int
    made_at: dt.datetime


class WishRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reader's wish to have all of a document in ``language``; ``reason`` says why it was refused."""

    document: str
    language: str
    state: WishState
    reason: str
    asked_by: str
    asked_at: dt.datetime
    settled_at: dt.datetime | None = None


class CorrectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a person holds right: code points ``start`` to ``end`` of the document's ``of``, which read ``original``.

    ``machine`` is what stood there in ``target``, ``correction`` what should. An undone one stays, with who undid it.
    """

    id: str
    document: str
    of: Part
    start: int
    end: int
    language: str
    target: str
    original: str
    machine: str
    correction: str
    kind: CorrectionKind
    note: str
    author: str
    at: dt.datetime
    undone_at: dt.datetime | None = None
    undone_by: str = ""


def text_hash(document: Document) -> str:
    """Return the mark of title and text (32 hexadecimal digits): a translation belongs to exactly these."""
    data = f"{document.title}\0{document.text}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:32]


class ReadingShelf:
    """Answers from the three tables; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rendering(self, document: str, language: str) -> RenderingRow | None:
        """Return the whole translation of ``document``; None if there is none."""
        query = select(renderings).where(renderings.c.document == document, renderings.c.language == language)
        row = self._first(query)
        return None if row is None else _rendering(row)

    def wish(self, document: str, language: str) -> WishRow | None:
        """Return the wish for ``document``; None if nobody asked."""
        row = self._first(select(wishes).where(wishes.c.document == document, wishes.c.language == language))
        return None if row is None else _wish(row)

    def open_wishes(self, language: str, limit: int) -> list[WishRow]:
        """Return at most ``limit`` open wishes for ``language``, oldest first."""
        query = select(wishes).where(wishes.c.state == "open", wishes.c.language == language)
        rows = self._all(query.order_by(wishes.c.asked_at, wishes.c.document).limit(limit))
        return [_wish(row) for row in rows]

    def count_open(self) -> int:
        """Return how many wishes are open."""
        with self._engine.connect() as connection:
            query = select(func.count()).select_from(wishes).where(wishes.c.state == "open")
            return int(connection.execute(query).scalar() or 0)

    def corrections_of(self, documents: Collection[str], target: str = "") -> list[CorrectionRow]:
        """Return all corrections of ``documents`` (into ``target``), also undone ones, in order of time."""
        query = select(corrections)
        if target:
            query = query.where(corrections.c.target == target)
        rows = [row for part in narrowed(query, corrections.c.document, documents) for row in self._all(part)]
        return sorted((_correction(row) for row in rows), key=lambda one: (one.at, one.id))

    def corrections(self, limit: int, offset: int = 0) -> list[CorrectionRow]:
        """Return ``limit`` corrections from ``offset`` on, latest first, also undone ones."""
        query = select(corrections).order_by(corrections.c.at.desc(), corrections.c.id)
        return [_correction(row) for row in self._all(query.limit(limit).offset(offset))]

    def count_corrections(self) -> int:
        """Return how many corrections there are, also undone ones."""
        with self._engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(corrections)).scalar() or 0)

    def correction(self, id_: str) -> CorrectionRow | None:
        """Return a correction; None if there is no such."""
        row = self._first(select(corrections).where(corrections.c.id == id_))
        return None if row is None else _correction(row)

    def _first(self, query: Select[Any]) -> RowMapping | None:
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().first()

    def _all(self, query: Select[Any]) -> Sequence[RowMapping]:
        with self._engine.connect() as connection:
            return connection.execute(query).mappings().all()


def _rendering(row: RowMapping) -> RenderingRow:
    try:
        translation = msgspec.json.decode(row["translation"], type=Translation)
    except msgspec.DecodeError as error:
        raise BabelscopeError(f"the whole translation of {row['document']} cannot be read: {error}") from None
    return RenderingRow(**{**row, "translation": translation})


def translation_problem(data: str) -> str:
    """Return why a kept translation cannot be read; "" if it can."""
    try:
        msgspec.json.decode(data, type=Translation)
    except msgspec.DecodeError as error:
        return str(error)
    return ""


def _wish(row: RowMapping) -> WishRow:
    return WishRow(**row)


def _correction(row: RowMapping) -> CorrectionRow:
    return CorrectionRow(**row)
