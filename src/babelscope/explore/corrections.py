"""Everything that people corrected, latest first."""

from __future__ import annotations

import msgspec

from babelscope.explore.views import Headline, headline
from babelscope.flow.config import Config
from babelscope.store.reader import Reader
from babelscope.store.reading import CorrectionRow


class CorrectionOf(msgspec.Struct, frozen=True, kw_only=True):
    """A correction and the document that it is of; ``headline`` is None where the document is not kept any more."""

    correction: CorrectionRow
    headline: Headline | None


class CorrectionsView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of corrections, also undone ones; ``total`` counts all."""

    items: tuple[CorrectionOf, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 1


def corrections_view(reader: Reader, config: Config, page: int = 1, size: int = 50) -> CorrectionsView:
    """Return the ``page`` (from 1) of corrections."""
    total = reader.reading.count_corrections()
    rows = reader.reading.corrections(size, (page - 1) * size)
    known = {row.id: row for row in reader.rows([row.document for row in rows])}
    items = tuple(
        CorrectionOf(
            correction=row,
            headline=headline(known[row.document], config.read.language) if row.document in known else None,
        )
        for row in rows
    )
    return CorrectionsView(items=items, total=total, page=page, pages=max(-(-total // size), 1))
