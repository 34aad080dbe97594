"""The web application: configuration → FastAPI app."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from babelscope import __version__
from babelscope.flow.config import Config
from babelscope.web.api import api_router, reader_of
from babelscope.web.desk import Desk
from babelscope.web.document_pages import document_router
from babelscope.web.pages import pages_router
from babelscope.web.problems import install_problems
from babelscope.web.reading_api import reading_api_router
from babelscope.web.reading_pages import reading_router
from babelscope.web.rendering import BUILD_COMMAND, STATIC, Pages, missing_static
from babelscope.web.schema import install_schema
from babelscope.web.security import Guard
from babelscope.web.shelf import Shelf
from babelscope.web.source_pages import source_router
from babelscope.web.websub import Door, websub_router

log = logging.getLogger(__name__)


class Static(StaticFiles):
    """Built files; their addresses change with their bytes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, to be kept for ever where its version was named."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope.get("query_string", b""):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create_app(config: Config) -> FastAPI:
    """Return the dashboard over the store of ``config``; the store may still be empty, or not be there yet."""
    shelf, pages, door, desk = Shelf(config), Pages(config), Door(config), Desk(config)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()
        shelf.close()
        door.close()

    app = FastAPI(
        title="Babelscope",
        version=__version__,
        summary="The world's public media in one language, every fact tied to a preserved original",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
    )
    app.include_router(pages_router(config, shelf, pages))
    app.include_router(source_router(config, shelf, pages))
    app.include_router(reading_router(config, shelf, pages, desk))
    app.include_router(document_router(config, shelf, pages))
    app.include_router(api_router(config, shelf))
    app.include_router(reading_api_router(config, reader_of(shelf)))
    if config.collect.callback:
        app.include_router(websub_router(config, door))
    app.mount("/static", Static(directory=STATIC, check_dir=False), name="static")
    install_schema(app, pages)
    install_problems(app, pages)
    app.add_middleware(Guard, names=(config.serve.host,), callback=config.collect.callback)
    if missing_static():
        log.warning("browser files are missing (%s): run `%s`", ", ".join(missing_static()), BUILD_COMMAND)
    return app
