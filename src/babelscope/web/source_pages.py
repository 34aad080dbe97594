"""Pages about who we listen to: the list of sources, one source, coverage."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response

from babelscope.explore.conditions import MEANING
from babelscope.explore.coverage import coverage_view
from babelscope.explore.expectation import FALSE_YEARS
from babelscope.explore.source import RIGHTS_OF, source_view
from babelscope.explore.sources import sources_view
from babelscope.flow.config import Config
from babelscope.web.asking import is_source_id, read_sources_question
from babelscope.web.pages import not_found
from babelscope.web.rendering import Pages
from babelscope.web.shelf import Shelf


def source_router(config: Config, shelf: Shelf, pages: Pages) -> APIRouter:
    """Return the routes of the pages about sources."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sources")
    def sources(request: Request) -> Response:
        question = read_sources_question(request.query_params, config.serve.page_size)
        view = sources_view(shelf.reader(), config, question, dt.datetime.now(dt.UTC))
        return pages.page("sources.html", here="sources", view=view, meaning=MEANING)

    @router.get("/sources/{id_}")
    def source(id_: str) -> Response:
        now = dt.datetime.now(dt.UTC)
        view = source_view(shelf.reader(), config, id_, now) if is_source_id(id_) else None
        if view is None:
            return not_found(pages, "source")
        told: dict[str, Any] = {"meaning": MEANING, "years": FALSE_YEARS, "rights_of": RIGHTS_OF}
        return pages.page("source.html", here="sources", view=view, now=now, **told)

    @router.get("/coverage")
    def coverage() -> Response:
        view = coverage_view(shelf.reader(), config, dt.datetime.now(dt.UTC))
        return pages.page("coverage.html", here="coverage", view=view)

    return router
