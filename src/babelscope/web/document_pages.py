"""Versions of one document, and its preserved original, which is only ever shown as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request, Response
from starlette.responses import PlainTextResponse

from babelscope.explore.originals import original_text
from babelscope.explore.versions import versions_view
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.model import Capture
from babelscope.store.reader import Reader
from babelscope.web.asking import is_id, read_versions
from babelscope.web.pages import not_found
from babelscope.web.rendering import Pages
from babelscope.web.shelf import Shelf

SANDBOX = {
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cache-control": "no-store",
}


def document_router(config: Config, shelf: Shelf, pages: Pages) -> APIRouter:
    """Return the routes below ``/document``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/document/{id_}/versions")
    def versions(request: Request, id_: str) -> Response:
        reader = shelf.reader()
        asked = read_versions(request.query_params)
        view = versions_view(reader, config, id_, *asked) if reader and is_id(id_) else None
        if view is None:
            return not_found(pages, "document")
        return pages.page("versions.html", here="stories", view=view)

    @router.get("/document/{id_}/original")
    def original(id_: str) -> Response:
        found = capture_of(shelf, id_)
        return original_response(*found) if found else not_found(pages, "document")

    @router.get("/document/{id_}/original.warc")
    def original_warc(id_: str) -> Response:
        found = capture_of(shelf, id_)
        return warc_response(*found) if found else not_found(pages, "document")

    return router


@contextmanager
def _said_in_words() -> Iterator[None]:
    """Turn damaged evidence into a fault of the store: it is not the reader's question that is wrong."""
    try:
        yield
    except BadInput as error:
        raise BabelscopeError(f"The preserved original cannot be read: {error}. Run `babelscope verify`.") from error


def capture_of(shelf: Shelf, id_: str) -> tuple[Reader, Capture] | None:
    """Return the reader and the capture of document ``id_``, None if there is no such document."""
    reader = shelf.reader()
    rows = reader.rows([id_]) if reader and is_id(id_) else []
    capture = reader.capture(rows[0].capture) if reader and rows else None
    return (reader, capture) if reader and capture else None


def original_response(reader: Reader, capture: Capture) -> Response:
    """Return the preserved body as plain text that no browser will run."""
    with _said_in_words():
        text = original_text(reader, capture).text
    return PlainTextResponse(text.encode("utf-8", "replace"), headers=SANDBOX, media_type="text/plain; charset=utf-8")


def warc_response(reader: Reader, capture: Capture) -> Response:
    """Return the request and response records as they stand in the evidence, as a download."""
    headers = {**SANDBOX, "content-disposition": f'attachment; filename="{capture.id}.warc.gz"'}
    with _said_in_words():
        record = reader.record(capture)
    return Response(record, headers=headers, media_type="application/warc")
