"""The API of reading: sentences and their translations, words on the other side, corrections. Read only."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from babelscope.explore.aligned import AlignedView, aligned_view
from babelscope.explore.corrections import CorrectionsView, corrections_view
from babelscope.explore.reading import ReadingView, reading_view
from babelscope.flow.config import Config
from babelscope.store.reader import Reader
from babelscope.web.api import V1, id_of, reply
from babelscope.web.asking import read_page, read_words
from babelscope.web.schema import described


def reading_api_router(config: Config, reader: Callable[[], Reader]) -> APIRouter:
    """Return the routes of the API that are about reading in two languages."""
    router = APIRouter(tags=["read"])

    @router.get(f"{V1}/documents/{{id}}/reading", **described(ReadingView, path_id=True))
    def read_in_two_languages(request: Request) -> Response:
        """The document sentence by sentence with its translation, grades, faults and corrections."""
        id_ = id_of(request)
        return reply(reading_view(reader(), config, id_) if id_ else None, "document")

    asked = ("sentence", "side", "start", "end")

    @router.get(f"{V1}/documents/{{id}}/words", **described(AlignedView, *asked, path_id=True))
    def read_words_of_the_other_side(request: Request) -> Response:
        """Which words of the translation stand for some words of the original, or the other way about."""
        id_, (sentence, side, span) = id_of(request), read_words(request.query_params)
        return reply(aligned_view(reader(), config, id_, sentence, side, span) if id_ else None, "sentence")

    @router.get(f"{V1}/corrections", **described(CorrectionsView, "page"))
    def list_corrections(request: Request) -> Response:
        """Corrections of translations by people, latest first, also undone ones."""
        return reply(corrections_view(reader(), config, read_page(request.query_params)))

    return router
