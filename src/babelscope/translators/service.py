"""A small client for a service that answers JSON with JSON: bounded, without redirects, proxies or cookies."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

from babelscope.flow.errors import ConfigError, Unavailable
from babelscope.flow.offline import is_loopback

MAX_ANSWER = 1_000_000
"""Bytes of an answer."""
SECONDS = 60.0
"""For one exchange, from connect to last byte."""
PATIENCE = 3
"""Failures in a row after which a service is left in peace for the rest of the run."""
_NOT_THIS_TEXT = (400, 413, 414, 422)


class Service:
    """One service at one address, asked at most ``budget`` times; counts for all threads together."""

    def __init__(self, address: str, key: str, budget: int) -> None:
        """Raises ``ConfigError`` for an address that is not http(s), or that would carry ``key`` in the open."""
        self._parts = _checked(address, key)
        self._key = key
        self._left = budget
        self._lock = threading.Lock()
        self._failures = 0
        self._has_answered = False

    @property
    def host(self) -> str:
        """The host that is asked."""
        return self._parts.hostname or ""

    def post(self, path: str, payload: Any) -> Any:
        """Return the JSON that ``path`` (below the service's own) answers; None if it gives none.

        Raises ``Unavailable`` if the very first exchange fails in a way that no other text would change.
        """
        with self._lock:
            if self._left <= 0 or self._failures >= PATIENCE:
                return None
            self._left -= 1
        try:
            status, body = self._exchange(path, json.dumps(payload).encode())
        except (OSError, http.client.HTTPException, ValueError) as error:
            return self._failed(str(error) or type(error).__name__)
        if status in _NOT_THIS_TEXT:
            return None
        if status != 200:
            return self._failed(f"it answers {status}")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            return self._failed("it does not answer in JSON")
        with self._lock:
            self._failures, self._has_answered = 0, True
        return answer

    def _failed(self, why: str) -> None:
        with self._lock:
            self._failures += 1
            if self._has_answered:
                return
        raise Unavailable(f"read.endpoint: the service at {self.host} cannot be used: {why}")

    def _exchange(self, path: str, body: bytes) -> tuple[int, bytes]:
        end = time.monotonic() + SECONDS
        connection = self._connect()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Babelscope",
        }
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        late: list[threading.Timer] = []
        try:
            connection.request("POST", self._parts.path.rstrip("/") + path, body, headers)
            late.append(_hang_up_at(end, connection))
            answer = connection.getresponse()
            return answer.status, _read(answer, connection, end)
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() < end:
                raise
            raise TimeoutError(f"it timed out: no whole answer within {SECONDS:g} s") from error
        finally:
            for timer in late:
                timer.cancel()
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=SECONDS)
        import certifi

        context = ssl.create_default_context(cafile=certifi.where())
        return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)


def _hang_up_at(end: float, connection: http.client.HTTPConnection) -> threading.Timer:
    """Break off at ``end`` what comes byte by byte: the time limit of a socket begins anew with each of them."""
    held = connection.sock

    def hang_up() -> None:
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, end - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    return timer


def _read(answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, end: float) -> bytes:
    body = bytearray()
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("it is late")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        chunk = answer.read1(65_536)
        if not chunk:
            return bytes(body)
        body += chunk
        if len(body) > MAX_ANSWER:
            raise ValueError(f"it answers more than {MAX_ANSWER} bytes")


def _checked(address: str, key: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"read.endpoint: {address!r} is not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConfigError(f"read.endpoint: {address!r}: write it as https://host/path")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("read.endpoint: an address without user, password, query and fragment")
    if key and parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigError("read.endpoint: a key is sent over https only, or to this machine")
    return parts
