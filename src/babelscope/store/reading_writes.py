"""Writing down what readers add: beside the main writer, like subscriptions; rows of other tables stay untouched."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec
from sqlalchemy import Connection, Engine, func, select

from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import content_id
from babelscope.store.database import open_state, upsert
from babelscope.store.reading import CorrectionRow, ReadingShelf, RenderingRow, WishRow
from babelscope.store.tables import corrections, renderings, wishes

MAX_CORRECTIONS = 1000
"""Corrections of one document, also undone ones: nothing is deleted, so nothing may grow without end."""
MAX_OPEN = 200
"""Open wishes at a time: a script must not fill the queue without end."""


class ReadingWrites:
    """Keeps renderings, wishes and corrections; safe to share between threads and beside other processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.shelf = ReadingShelf(engine)

    @classmethod
    def open(cls, config: Config) -> ReadingWrites:
        """Open the state of ``config`` beside its writer; raises ``BabelscopeError`` if there is none yet."""
        return cls(open_state(config))

    def ask(self, document: str, language: str, asked_by: str, at: dt.datetime) -> WishRow:
        """Write down a wish and return it; one that is open stays as it is, one that is settled is opened again.

        Raises ``BadInput`` when too many are open.
        """
        known = self.shelf.wish(document, language)
        if known is not None and known.state == "open":
            return known
        if self.shelf.count_open() >= MAX_OPEN:
            raise BadInput(f"{MAX_OPEN} texts wait for translation already; ask again when some are done.")
        wish = WishRow(
            document=document, language=language, state="open", reason="", asked_by=asked_by[:80], asked_at=at
        )
        with self._engine.begin() as connection:
            upsert(connection, wishes, [msgspec.structs.asdict(wish)])
        return wish

    def refuse(self, document: str, language: str, reason: str, at: dt.datetime) -> None:
        """Settle a wish that cannot be granted; ``reason`` is shown to the reader."""
        with self._engine.begin() as connection:
            self._settle(connection, (document, language), "refused", reason[:500], at)

    def settle(self, document: str, language: str, at: dt.datetime) -> None:
        """Settle a wish whose translation is there."""
        with self._engine.begin() as connection:
            self._settle(connection, (document, language), "done", "", at)

    def keep(self, rendering: RenderingRow) -> None:
        """Write a whole translation down, and settle the wish for it, if there was one, in one transaction."""
        row = msgspec.structs.asdict(rendering)
        row["translation"] = msgspec.json.encode(rendering.translation).decode()
        with self._engine.begin() as connection:
            upsert(connection, renderings, [row])
            self._settle(connection, (rendering.document, rendering.language), "done", "", rendering.made_at)

    def correct(self, correction: CorrectionRow) -> CorrectionRow:
        """Write a correction down and return it with its id; the same one again (a form sent twice) is kept once.

        Raises ``BadInput`` when the document has too many.
        """
        c = corrections.c
        parts = ("document", "of", "start", "end", "target", "machine", "correction", "author")
        values = {name: getattr(correction, name) for name in parts}
        with self._engine.begin() as connection:
            same = select(func.count()).select_from(corrections).where(c.undone_at.is_not(None))
            for name, value in values.items():
                same = same.where(c[name] == value)
            undone = int(connection.execute(same).scalar() or 0)
            id_ = content_id("correction", *(str(value) for value in values.values()), str(undone))
            found = connection.execute(select(c.at).where(c.id == id_)).scalar()
            kept = msgspec.structs.replace(correction, id=id_, at=found or correction.at)
            if found is None:
                own = select(func.count()).select_from(corrections).where(c.document == correction.document)
                if int(connection.execute(own).scalar() or 0) >= MAX_CORRECTIONS:
                    raise BadInput(f"This document has {MAX_CORRECTIONS} corrections already; no more are taken.")
                upsert(connection, corrections, [msgspec.structs.asdict(kept)])
        return kept

    def undo(self, id_: str, author: str, at: dt.datetime) -> bool:
        """Take a correction out of use, with who did so; it stays in the list. False if none such is in use."""
        c = corrections.c
        undone = corrections.update().where(c.id == id_, c.undone_at.is_(None))
        with self._engine.begin() as connection:
            return connection.execute(undone.values(undone_at=at, undone_by=author)).rowcount == 1

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @staticmethod
    def _settle(
        connection: Connection, key: tuple[str, str], state: Literal["done", "refused"], reason: str, at: dt.datetime
    ) -> None:
        asked = wishes.update().where(wishes.c.document == key[0], wishes.c.language == key[1])
        connection.execute(asked.values(state=state, reason=reason, settled_at=at))
