"""Errors as answers: problem+json (RFC 9457) for programs, a page in words for people."""

from __future__ import annotations

import logging
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.web.rendering import Pages
from babelscope.web.security import HEADERS

log = logging.getLogger(__name__)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error for a program (RFC 9457): ``title`` names the kind, ``detail`` says what is wrong here."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem(status: int, detail: str) -> Response:
    """Return a problem+json answer."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return Response(msgspec.json.encode(body), status, media_type="application/problem+json")


def install_problems(app: FastAPI, pages: Pages) -> None:
    """Make every error of ``app`` an answer in the form that the asker reads."""

    def answer(request: Request, status: int, detail: str, hint: str = "") -> Response:
        if request.url.path.startswith("/api/") or request.url.path == "/health":
            return problem(status, detail)
        title = HTTPStatus(status).phrase
        return pages.page("error.html", status, here="", title=title, words=detail, hint=hint)

    @app.exception_handler(BadInput)
    async def bad_input(request: Request, error: BadInput) -> Response:
        return answer(request, 400, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        parts = [f"{one['loc'][-1]}: {one['msg']}" for one in error.errors()[:5]]
        return answer(request, 400, "; ".join(parts))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        detail = "There is nothing at this address." if error.detail == "Not Found" else str(error.detail)
        return answer(request, error.status_code, detail)

    @app.exception_handler(BabelscopeError)
    async def fault(request: Request, error: BabelscopeError) -> Response:
        return answer(request, 503, str(error))

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("%s failed", request.url.path, exc_info=error)
        hint = "This is a fault of Babelscope; its log holds the details."
        response = answer(request, 500, "Something went wrong while answering.", hint)
        response.headers.update(HEADERS)  # this answer is made outside of the guard
        return response
