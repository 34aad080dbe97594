"""The OpenAPI description: schemas come from the views themselves, so that the description cannot drift."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi

from babelscope.explore.aligned import AlignedView
from babelscope.explore.corrections import CorrectionsView
from babelscope.explore.coverage import CoverageView
from babelscope.explore.documents import DocumentView
from babelscope.explore.health import HealthView
from babelscope.explore.reading import ReadingView
from babelscope.explore.runs import QuarantineView, RunsView
from babelscope.explore.search import MAX_QUERY_CHARS, SearchView
from babelscope.explore.source import SourceView
from babelscope.explore.sources import SourcesView
from babelscope.explore.stories import FrontPage
from babelscope.explore.story import StoryView
from babelscope.explore.versions import VersionsView
from babelscope.web.asking import ID_PATTERN, MAX_SIZE, SENTENCE_PATTERN, SOURCE_ID_PATTERN
from babelscope.web.problems import Problem
from babelscope.web.rendering import Pages

TEMPLATE = "#/components/schemas/{name}"
EXAMPLE_ID = "9f2c41d07be85a3360c1f4de92ab7718"
DESCRIPTION = (
    "Stories, documents and searches as the pages show them. Nothing can be written here. Times are UTC (RFC 3339), "
    "languages ISO 639, scripts ISO 15924, countries ISO 3166-1 alpha-2; offsets count Unicode code points of the "
    "original text. Errors are problem+json (RFC 9457). Persons are not listed, ranked or counted."
)


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the server answers and whether there is a store behind it ("ready" or "empty")."""

    status: str
    store: str
    version: str


ANSWERS: tuple[type[msgspec.Struct], ...] = (
    FrontPage,
    StoryView,
    DocumentView,
    VersionsView,
    ReadingView,
    AlignedView,
    CorrectionsView,
    SearchView,
    SourcesView,
    SourceView,
    CoverageView,
    HealthView,
    RunsView,
    QuarantineView,
    Alive,
    Problem,
)


def _query(name: str, description: str, example: Any, many: bool = False, **kind: Any) -> dict[str, Any]:
    one = {"type": "string", **kind}
    schema = {"type": "array", "items": one} if many else one
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema} | {
        "example": [example] if many else example
    }


def _path_id(pattern: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {
        "name": "id", "in": "path", "required": True, "schema": schema, "description": description, "example": example,
    }  # fmt: skip


_PARAMETERS = {
    "q": _query("q", 'Words in any script, "phrases", -excluded words', "إضراب الميناء", maxLength=MAX_QUERY_CHARS),
    "since": _query("since", "First day (UTC)", "2026-11-20", format="date"),
    "until": _query("until", "Last day (UTC), inclusive", "2026-11-24", format="date"),
    "language": _query("language", "Any of these languages", "ar", many=True),
    "country": _query("country", "Sources of any of these countries", "EG", many=True),
    "source": _query("source", "Any of these sources (configured ids)", "harbour-post", many=True),
    "entity": _query("entity", "Naming any of these places or organisations", "Lisbon", many=True),
    "reported in": _query("language", "Only stories with a report in this language", "ar"),
    "reported from": _query("country", "Only stories with a report from this country", "EG"),
    "condition": _query("condition", "Sources in this condition; trouble: any that needs somebody", "silent"),
    "in country": _query("country", "Sources of this country", "EG"),
    "in language": _query("language", "Sources that write in this language", "ar"),
    "standing": _query("standing", "Sources of this standing", "public"),
    "named": _query("q", "Words of the source's name, id or address", "courier", maxLength=200),
    "from": _query("from", "Compare this version (id of its document)", EXAMPLE_ID, pattern=ID_PATTERN),
    "to": _query("to", "with this one", EXAMPLE_ID, pattern=ID_PATTERN),
    "sentence": _query("sentence", "A sentence, by its key", "te120", pattern=SENTENCE_PATTERN),
    "side": _query("side", "Where the words stand: original or reading", "original"),
    "start": _query("start", "First character of the words, counted in the sentence", 4, type="integer", minimum=0),
    "end": _query("end", "Character after the last of the words", 11, type="integer", minimum=1),
    "stage": _query("stage", "Only failures of this stage, with or without version", "extract"),
    "page": _query("page", "Page, from 1", 1, type="integer", minimum=1),
    "size": _query("size", "Rows on a page", 20, type="integer", minimum=1, maximum=MAX_SIZE),
}


def described(
    kind: type[msgspec.Struct] | str, *parameters: str, path_id: bool = False, source_id: bool = False
) -> dict[str, Any]:
    """Return what describes a route: it answers with ``kind`` (a media type if text) or a problem."""
    if isinstance(kind, str):
        content: dict[str, Any] = {kind: {"schema": {"type": "string"}}}
    else:
        content = {"application/json": {"schema": _reference(kind)}}
    errors = {"application/problem+json": {"schema": _reference(Problem)}}
    asked = [_PARAMETERS[name] for name in parameters]
    if path_id:
        asked.append(_path_id(ID_PATTERN, "An id: 32 hexadecimal digits", EXAMPLE_ID))
    if source_id:
        asked.append(_path_id(SOURCE_ID_PATTERN, "The id of a source, as configured", "harbour-post"))
    return {
        "response_class": Response,
        "responses": {
            200: {"description": "Found", "content": content},
            400: {"description": "The question cannot be answered", "content": errors},
            404: {"description": "No such thing", "content": errors},
            503: {"description": "There is no store yet, or it cannot be read", "content": errors},
        },
        "openapi_extra": {"parameters": asked},
    }


def _reference(kind: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": TEMPLATE.format(name=kind.__name__)}


def install_schema(app: FastAPI, pages: Pages) -> None:
    """Serve the description with the views' schemas in it, and a page that lists it without any outside script."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, summary=app.summary, description=DESCRIPTION, routes=app.routes
            )
            _, components = msgspec.json.schema_components(ANSWERS, ref_template=TEMPLATE)
            schema.setdefault("components", {})["schemas"] = components
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

    @app.get("/api", include_in_schema=False)
    def listing() -> Response:
        return pages.page("api.html", here="about", schema=openapi())
