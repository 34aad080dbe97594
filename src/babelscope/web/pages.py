"""Pages for people: stories, search, sources, quarantine, runs, about."""

from __future__ import annotations

import datetime as dt
import re

from fastapi import APIRouter, Request, Response

from babelscope.explore.rank import HALF_LIFE_HOURS
from babelscope.explore.runs import quarantine_view, runs_view
from babelscope.explore.search import Question, search
from babelscope.explore.stories import front_page
from babelscope.explore.story import story_view
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.web.asking import is_id, read_front_question, read_question
from babelscope.web.rendering import Pages
from babelscope.web.shelf import Shelf

_STAGE = re.compile(r"^[\w@.\-]{0,100}$")


def pages_router(config: Config, shelf: Shelf, pages: Pages) -> APIRouter:
    """Return the routes of all pages but those of one document (and of the API's description)."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def front(request: Request) -> Response:
        question = read_front_question(request.query_params, config.serve.page_size)
        reader = shelf.reader()
        if reader is None:
            return pages.page("empty.html", here="stories", why=shelf.why_empty)
        view = front_page(reader, config, question, dt.datetime.now(dt.UTC))
        return pages.page("front.html", here="stories", view=view, counts=reader.counts(), half_life=HALF_LIFE_HOURS)

    @router.get("/story/{id_}")
    def story(id_: str) -> Response:
        reader = shelf.reader()
        view = story_view(reader, config, id_) if reader and is_id(id_) else None
        if view is None:
            return not_found(pages, "story")
        return pages.page("story.html", here="stories", view=view)

    @router.get("/search")
    def find(request: Request) -> Response:
        reader = shelf.reader()
        if reader is None:
            return pages.page("empty.html", here="search", why=shelf.why_empty)
        asked = bool(request.query_params)
        try:
            question = read_question(request.query_params, config.serve.page_size)
            view = search(reader, config, question)
        except BadInput as error:
            kept = Question(text=request.query_params.get("q", "")[:200])
            return pages.page("search.html", 400, here="search", question=kept, view=None, error=str(error), asked=True)
        return pages.page("search.html", here="search", question=view.question, view=view, error="", asked=asked)

    _add_state_pages(router, config, shelf, pages)
    return router


def _add_state_pages(router: APIRouter, config: Config, shelf: Shelf, pages: Pages) -> None:
    @router.get("/quarantine")
    def quarantine(request: Request) -> Response:
        reader = shelf.reader()
        stage = request.query_params.get("stage", "")
        if not _STAGE.match(stage):
            raise BadInput("stage: letters, digits, dots, dashes and @ only.")
        view = quarantine_view(reader, stage) if reader else None
        return pages.page("quarantine.html", here="quarantine", view=view, stage=stage, why=shelf.why_empty)

    @router.get("/runs")
    def runs() -> Response:
        reader = shelf.reader()
        return pages.page("runs.html", here="runs", view=runs_view(reader) if reader else None, why=shelf.why_empty)

    @router.get("/about")
    def about() -> Response:
        return pages.page("about.html", here="about", config=config, half_life=HALF_LIFE_HOURS)


def not_found(pages: Pages, what: str) -> Response:
    """Return the page that says that there is no such ``what``."""
    words = f"There is no such {what} in this store."
    hint = "It may have been in another store, or the store was emptied since."
    return pages.page("error.html", 404, here="", title=f"No such {what}", words=words, hint=hint)
