"""Reading a document in two languages, and what a reader may do there: ask for all of it, correct it, undo that."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from babelscope.app.correcting import KINDS, Proposal, correct, undo
from babelscope.explore.corrections import CorrectionsView, corrections_view
from babelscope.explore.documents import document_view
from babelscope.explore.reading import ReadingView, find_sentence, reading_view
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.store.reader import Reader
from babelscope.web.asking import is_id, read_page
from babelscope.web.desk import Desk
from babelscope.web.forms import read_form
from babelscope.web.pages import not_found
from babelscope.web.rendering import Pages
from babelscope.web.shelf import Shelf

VIEWS = {"side": "Side by side", "lines": "Sentence by sentence", "original": "Original only"}
KIND_WORDS = {
    "wrong": "The meaning is wrong",
    "name": "A name is wrong",
    "number": "A number or date is wrong",
    "other": "Something else",
}
OWN_FORMS = {"referrer-policy": "same-origin"}
"""Under "no-referrer" a browser sends forms with the origin "null", and we could not tell that they are ours."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of a form that could not be kept, to be mended, and the ``error``; all empty for a new form."""

    error: str = ""
    correction: str = ""
    words: str = ""
    machine: str = ""
    kind: str = ""
    author: str = ""
    note: str = ""


UNSAID = Said()


def reading_router(config: Config, shelf: Shelf, pages: Pages, desk: Desk) -> APIRouter:
    """Return the routes of documents as they are read, and of corrections."""
    router = APIRouter(include_in_schema=False)

    @router.get("/document/{id_}")
    def document(request: Request, id_: str) -> Response:
        reader = shelf.reader()
        if reader is None or not is_id(id_):
            return not_found(pages, "document")
        params = request.query_params
        return _document(config, reader, pages, desk, (id_, params.get("view", ""), params.get("report", "")))

    @router.post("/document/{id_}/translate")
    async def translate(request: Request, id_: str) -> Response:
        fields = await read_form(request)
        if not await run_in_threadpool(_is_known, shelf, id_):
            return not_found(pages, "document")
        await run_in_threadpool(desk.ask, id_)
        return _back(id_, fields.get("view", ""), "reading")

    @router.post("/document/{id_}/corrections")
    async def report(request: Request, id_: str) -> Response:
        fields = await read_form(request)
        return await run_in_threadpool(_corrected, config, shelf, pages, desk, (id_, fields))

    _add_corrections(router, config, shelf, pages, desk)
    return router


def _add_corrections(router: APIRouter, config: Config, shelf: Shelf, pages: Pages, desk: Desk) -> None:
    @router.post("/corrections/{id_}/undo")
    async def take_back(request: Request, id_: str) -> Response:
        fields = await read_form(request)
        undone = await run_in_threadpool(lambda: undo(desk.writes(), id_, fields.get("author", "")))
        if fields.get("back") == "list":
            return RedirectResponse("/corrections", 303)
        return _back(undone.document, fields.get("view", ""), "reading")

    @router.get("/corrections")
    def corrections(request: Request) -> Response:
        reader = shelf.reader()
        page = read_page(request.query_params)
        view = corrections_view(reader, config, page) if reader else CorrectionsView()
        answer = pages.page("corrections.html", here="", view=view, why=shelf.why_empty, kinds=KIND_WORDS)
        answer.headers.update(OWN_FORMS)
        return answer


def _is_known(shelf: Shelf, id_: str) -> bool:
    reader = shelf.reader()
    return reader is not None and bool(reader.rows([id_]))


def _document(
    config: Config, reader: Reader, pages: Pages, desk: Desk, asked: tuple[str, str, str], said: Said = UNSAID
) -> Response:
    """Return the page for (document, way to read, sentence to report)."""
    id_, way, report = asked
    view = document_view(reader, config, id_)
    reading = reading_view(reader, config, id_)
    if view is None or reading is None:
        return not_found(pages, "document")
    if reading.wish is not None and reading.wish.state == "open":
        desk.wake()  # a wish that an earlier dashboard or run left open
    ways = _ways(reading)
    answer = pages.page(
        "document.html",
        400 if said.error else 200,
        here="stories",
        view=view,
        reading=reading,
        way=way if way in ways else "side" if "side" in ways else "original",
        ways=ways,
        reported=find_sentence(reading, report) if report else None,
        said=said,
        kinds={kind: KIND_WORDS[kind] for kind in KINDS},
        most_words=config.read.full_words,
    )
    answer.headers.update(OWN_FORMS)
    return answer


def _ways(reading: ReadingView) -> dict[str, str]:
    """Return the ways in which a document can be read: there is no other side where nothing is translated."""
    if reading.extent == "same":
        return {}
    if reading.extent == "none" and not reading.corrected:
        return {name: label for name, label in VIEWS.items() if name != "side"}
    return VIEWS


def _corrected(config: Config, shelf: Shelf, pages: Pages, desk: Desk, sent: tuple[str, dict[str, str]]) -> Response:
    id_, fields = sent
    reader = shelf.reader()
    if reader is None or not reader.rows([id_]):
        return not_found(pages, "document")
    names = [name for name in Proposal.__struct_fields__ if name != "document"]
    given = {name: fields.get(name, "") for name in names}
    try:
        correct(config, reader, desk.writes(), Proposal(document=id_, **given))
    except BadInput as error:
        asked = (id_, fields.get("view", ""), given["sentence"])
        kept = {name: given[name] for name in Said.__struct_fields__ if name in given}
        return _document(config, reader, pages, desk, asked, Said(**kept, error=str(error)))
    return _back(id_, fields.get("view", ""), given["sentence"])


def _back(id_: str, way: str, place: str) -> Response:
    """Return to the document after a form: a reload then asks for nothing again."""
    query = f"?{urlencode({'view': way})}" if way in VIEWS and way != "side" else ""
    anchor = place if place.isalnum() else "reading"
    return RedirectResponse(f"/document/{id_}{query}#{anchor}", 303)
