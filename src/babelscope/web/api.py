"""The API for programs: the same answers as the pages, as JSON, described by OpenAPI. Read only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from babelscope import __version__
from babelscope.explore.coverage import CoverageView, coverage_view
from babelscope.explore.documents import DocumentView, document_view
from babelscope.explore.health import HealthView, health_view
from babelscope.explore.runs import QuarantineView, RunsView, quarantine_view, runs_view
from babelscope.explore.search import SearchView, search
from babelscope.explore.source import SourceView, source_view
from babelscope.explore.sources import SourcesView, sources_view
from babelscope.explore.stories import FrontPage, front_page
from babelscope.explore.story import StoryView, story_view
from babelscope.explore.versions import VersionsView, versions_view
from babelscope.flow.config import Config
from babelscope.store.reader import Reader
from babelscope.web.asking import (
    is_id,
    is_source_id,
    read_front_question,
    read_question,
    read_sources_question,
    read_versions,
)
from babelscope.web.document_pages import capture_of, original_response, warc_response
from babelscope.web.schema import Alive, described
from babelscope.web.shelf import Shelf

V1 = "/api/v1"
FILTERS = ("since", "until", "language", "country", "source", "entity")


def api_router(config: Config, shelf: Shelf) -> APIRouter:
    """Return the routes of the API and ``/health``."""
    router = APIRouter(tags=["read"])

    reader = reader_of(shelf)
    _add_questions(router, config, reader)
    _add_things(router, config, reader)
    _add_originals(router, shelf)
    _add_sources(router, config, shelf)
    _add_state(router, shelf, reader)
    return router


def reader_of(shelf: Shelf) -> Callable[[], Reader]:
    """Return what gives the reader, or raises 503 as long as there is no store."""

    def reader() -> Reader:
        opened = shelf.reader()
        if opened is None:
            raise HTTPException(503, shelf.why_empty)
        return opened

    return reader


def reply(view: msgspec.Struct | None, what: str = "thing") -> Response:
    """Return ``view`` as JSON; raises 404 for None."""
    if view is None:
        raise HTTPException(404, f"There is no such {what} in this store.")
    return Response(msgspec.json.encode(view), media_type="application/json", headers={"cache-control": "no-store"})


def _add_questions(router: APIRouter, config: Config, reader: Callable[[], Reader]) -> None:
    size = config.serve.page_size

    @router.get(f"{V1}/stories", **described(FrontPage, "reported in", "reported from", "page", "size"))
    def list_stories(request: Request) -> Response:
        """Stories of the last 30 days, best rank first; the rank holds every number that it is made of."""
        question = read_front_question(request.query_params, size)
        return reply(front_page(reader(), config, question, now()))

    @router.get(f"{V1}/search", **described(SearchView, "q", *FILTERS, "page", "size"))
    def search_documents(request: Request) -> Response:
        """Documents by text (BM25) and meaning (vectors), fused by reciprocal rank; facets and a daily histogram."""
        return reply(search(reader(), config, read_question(request.query_params, size)))


def _add_things(router: APIRouter, config: Config, reader: Callable[[], Reader]) -> None:
    @router.get(f"{V1}/stories/{{id}}", **described(StoryView, path_id=True))
    def read_story(request: Request) -> Response:
        """One story: its documents by family of copies, coverage, places and organisations."""
        id_ = id_of(request)
        return reply(story_view(reader(), config, id_) if id_ else None, "story")

    @router.get(f"{V1}/documents/{{id}}", **described(DocumentView, path_id=True))
    def read_document(request: Request) -> Response:
        """One document: text with marked names, translation, layers with their makers, and provenance."""
        id_ = id_of(request)
        return reply(document_view(reader(), config, id_) if id_ else None, "document")

    @router.get(f"{V1}/documents/{{id}}/versions", **described(VersionsView, "from", "to", path_id=True))
    def read_document_versions(request: Request) -> Response:
        """Every version of the document's address, how each came about, and what changed between two of them."""
        id_, asked = id_of(request), read_versions(request.query_params)
        return reply(versions_view(reader(), config, id_, *asked) if id_ else None, "document")


def id_of(request: Request) -> str:
    """Return the id in the path, "" if it has not the form of one."""
    value = str(request.path_params["id"])
    return value if is_id(value) else ""


def _add_originals(router: APIRouter, shelf: Shelf) -> None:
    @router.get(f"{V1}/documents/{{id}}/original", **described("text/plain", path_id=True))
    def read_original(request: Request) -> Response:
        """The preserved body, as plain text."""
        found = capture_of(shelf, id_of(request))
        if found is None:
            raise HTTPException(404, "There is no such document in this store.")
        return original_response(*found)

    @router.get(f"{V1}/documents/{{id}}/original.warc", **described("application/warc", path_id=True))
    def read_warc(request: Request) -> Response:
        """The WARC records of request and response, byte for byte as preserved (gzip)."""
        found = capture_of(shelf, id_of(request))
        if found is None:
            raise HTTPException(404, "There is no such document in this store.")
        return warc_response(*found)


def _add_sources(router: APIRouter, config: Config, shelf: Shelf) -> None:
    asked = ("named", "condition", "in country", "in language", "standing", "page", "size")

    @router.get(f"{V1}/sources", **described(SourcesView, *asked))
    def list_sources(request: Request) -> Response:
        """Sources, those in trouble first: condition, articles expected and received by day."""
        question = read_sources_question(request.query_params, config.serve.page_size)
        return reply(sources_view(shelf.reader(), config, question, now()))

    @router.get(f"{V1}/sources/{{id}}", **described(SourceView, source_id=True))
    def read_source(request: Request) -> Response:
        """One source: what is expected and what came, alarms, listened addresses, refusals, rights signals."""
        id_ = str(request.path_params["id"])
        return reply(source_view(shelf.reader(), config, id_, now()) if is_source_id(id_) else None, "source")

    @router.get(f"{V1}/coverage", **described(CoverageView))
    def read_coverage() -> Response:
        """Country, language and standing: articles expected and received a day; countries without a source."""
        return reply(coverage_view(shelf.reader(), config, now()))

    @router.get(f"{V1}/health", **described(HealthView))
    def read_health() -> Response:
        """Open alarms and notices, those of the last 30 days that are over, and the condition of every source."""
        return reply(health_view(shelf.reader(), config, now()))


def now() -> dt.datetime:
    """Return the moment in UTC."""
    return dt.datetime.now(dt.UTC)


def _add_state(router: APIRouter, shelf: Shelf, reader: Callable[[], Reader]) -> None:
    @router.get(f"{V1}/runs", **described(RunsView))
    def list_runs() -> Response:
        """The latest runs with their ledgers."""
        return reply(runs_view(reader()))

    @router.get(f"{V1}/quarantine", **described(QuarantineView, "stage"))
    def list_quarantine(request: Request) -> Response:
        """Documents that could not pass a stage, and why."""
        return reply(quarantine_view(reader(), request.query_params.get("stage", "")[:200]))

    @router.get("/health", **described(Alive))
    def health() -> Response:
        """Whether the server answers, and whether there is a store."""
        return reply(Alive(status="ok", store="ready" if shelf.reader() else "empty", version=__version__))
