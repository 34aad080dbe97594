"""The fictional press on the loopback interface: one small HTTP server for all hosts."""

from __future__ import annotations

import contextlib
import gzip
import socket
import sys
import threading
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from babelscope.demo.press import Edition, Press, load_press
from babelscope.demo.site import Response, render

ADDRESS = "127.0.0.1"
IDLE_SECONDS = 30.0
"""How long an open connection may be silent before the server closes it."""


class Access(NamedTuple):
    """One line of the access log: the host, the path with its query, and the status that was answered."""

    host: str
    path: str
    status: int


class DemoServer:
    """Serves the press on 127.0.0.1, on a free port, by the Host header; a context manager.

    ``edition`` may be switched while the server runs; ``log`` has an entry for every request, written before the
    answer is sent, so that a client that has its answer finds it there.
    """

    def __init__(self, press: Press | None = None, edition: Edition = 1, port: int = 0) -> None:
        self.press = press or load_press()
        self.edition: Edition = edition
        self.log: list[Access] = []
        self._port = port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> DemoServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Bind the port and answer from now on; raises ``OSError`` if the port is taken."""
        if self._server is None:
            self._server = _Server(self, self._port)
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Close the port and all connections, and wait for the threads to end."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.hang_up()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None

    @property
    def port(self) -> int:
        """The port; raises ``RuntimeError`` when the server is not running."""
        if self._server is None:
            raise RuntimeError("the demo server is not running")
        return int(self._server.server_address[1])

    @property
    def hosts(self) -> Mapping[str, tuple[str, int]]:
        """Where each outlet's host name is really served: ("127.0.0.1", port)."""
        return {outlet.host: (ADDRESS, self.port) for outlet in self.press.outlets}

    def answer(self, host: str, path: str, conditions: Mapping[str, str]) -> Response:
        """Return the answer to one request and log it; ``conditions`` has the request's headers, in lower case."""
        response = render(self.press, host, path, self.edition)
        if response.status == 200 and _unchanged(response, conditions):
            response = Response(304, response.headers, b"")
        self.log.append(Access(host, path, response.status))
        return response


def _unchanged(response: Response, conditions: Mapping[str, str]) -> bool:
    """Say whether the client's copy is current (RFC 9110, 13.1): its entity tag decides, else its date."""
    if tags := conditions.get("if-none-match"):
        held = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in held or response.headers["ETag"].removeprefix("W/") in held
    try:
        since = parsedate_to_datetime(conditions.get("if-modified-since", ""))
        return parsedate_to_datetime(response.headers["Last-Modified"]) <= since
    except (TypeError, ValueError):  # a date that is none, or has no zone, is ignored
        return False


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # server_close waits for them
    request_queue_size = 128

    def __init__(self, demo: DemoServer, port: int) -> None:
        self.demo = demo
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((ADDRESS, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Wake the threads that wait for another request on a connection that is kept open."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the other side was faster
                    connection.shutdown(socket.SHUT_RD)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over clients that went away; anything else is our bug and is printed."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "DemoPress"
    sys_version = ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, with_body: bool) -> None:
        target = urlsplit(self.path)
        host = (target.netloc or self.headers.get("Host") or "").partition(":")[0].lower()
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        response = self.server.demo.answer(host, path, {k.lower(): v for k, v in self.headers.items()})
        body = response.body
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Vary", "Accept-Encoding")
        if body and _takes_gzip(self.headers.get("Accept-Encoding", "")):
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        if response.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it)
        """Keep quiet: the access log is ``DemoServer.log``."""


def _takes_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding header allows gzip."""
    for coding in accepted.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
