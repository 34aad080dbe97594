"""serve: the dashboard."""

from __future__ import annotations

import os
import socket
import webbrowser
from typing import Annotated

import typer

from babelscope.cli.options import ConfigOption, quiet_threads, settings
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(serve)


def serve(
    config: ConfigOption = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port (default: serve.port); 0 takes a free one.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser", help="Open a web browser.")] = False,
) -> None:
    """Open the dashboard and the API on what was collected."""
    quiet_threads()
    chosen = settings(config)
    serve_dashboard(chosen, chosen.serve.port if port is None else port, open_browser=browser)


def serve_dashboard(config: Config, port: int, *, open_browser: bool) -> None:
    """Serve until Ctrl-C, which ends it cleanly; raises ``BabelscopeError`` if the port is taken."""
    import uvicorn

    from babelscope.web.application import create_app

    listener = _listen(config.serve.host, port)
    host = f"[{config.serve.host}]" if ":" in config.serve.host else config.serve.host
    address = f"http://{host}:{listener.getsockname()[1]}/"
    typer.echo(f"dashboard: {address}  (Ctrl-C ends it)")
    if open_browser and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt"):
        webbrowser.open(address)
    server = uvicorn.Server(uvicorn.Config(create_app(config), log_level="warning", access_log=False))
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        why = error.strerror if isinstance(error, OSError) else "ports go from 0 to 65535"
        raise BabelscopeError(f"cannot listen on {host}:{port}: {why}; choose another with --port") from None
    return listener
