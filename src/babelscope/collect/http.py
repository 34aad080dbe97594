"""A small HTTP/1.1 client that keeps the messages exactly as sent and received, for the evidence.

Framing is h11's (RFC 9112). Everything a server says is bounded: header, body as sent, body decoded, total time.
Redirects are not followed here, no cookie is ever kept, no proxy is used.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress

import certifi
import h11
import msgspec

from babelscope.collect.address import Address
from babelscope.collect.coding import decode_body
from babelscope.collect.guard import AddressGuard, Endpoint
from babelscope.collect.messages import Ask, Bounds, HeadCheck, Headers, Response, header
from babelscope.collect.reasons import Refused

MAX_HEADER = 64 << 10
"""Bytes of status line and header fields."""
MAX_IDLE = 64
"""Connections kept open for later requests."""
FORM = "application/x-www-form-urlencoded"
_CHUNK = 64 << 10


class _Received(msgspec.Struct):
    """What has come in so far; ``start`` is where the final response begins, after interim ones."""

    raw: bytearray
    parts: list[bytes]
    size: int = 0
    start: int = 0
    head: h11.Response | None = None
    cut: bool = False


class Route(msgspec.Struct, frozen=True):
    """Where a request will go: the judged endpoints and, unless the caller chose it, the shared IP address ("")."""

    endpoints: tuple[Endpoint, ...]
    ip: str = ""


class _Connection:
    """One open connection with its protocol state."""

    def __init__(self, endpoint: Endpoint, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.endpoint = endpoint
        self.reader = reader
        self.writer = writer
        self.state = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER)

    def abort(self) -> None:
        self.writer.transport.abort()


class HttpClient:
    """Sends requests; keeps at most one idle connection per origin. Belongs to one event loop."""

    def __init__(self, guard: AddressGuard, user_agent: str, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._user_agent = user_agent
        self._tls = tls
        self._idle: dict[str, _Connection] = {}

    async def route(self, address: Address, seconds: float) -> Route:
        """Return where ``address`` will be asked: an open connection, or what its host resolves to and may be asked.

        Raises ``Refused`` "dns", "private-address" or, after ``seconds``, "too-slow".
        """
        idle = self._idle.get(address.origin)
        if idle is not None:
            endpoints: tuple[Endpoint, ...] = (idle.endpoint,)
        else:
            try:
                async with asyncio.timeout(seconds):
                    endpoints = await self._guard.endpoints(address)
            except TimeoutError:
                raise Refused("too-slow", f"no address of {address.host} within {seconds:g} s") from None
        return Route(endpoints, "" if self._guard.chosen(address.host) else endpoints[0].ip)

    async def exchange(self, ask: Ask, route: Route | None = None) -> Response:
        """Send one request and return the answer; ``route`` is where to connect, if it is known already.

        Raises ``Refused`` with reason dns, private-address, connection, tls, protocol, truncated, too-slow, too-large
        or bad-encoding, or what ``ask.check`` raises.
        """
        route = route or await self.route(ask.address, ask.bounds.seconds)
        try:
            async with asyncio.timeout(ask.bounds.seconds):
                return await self._exchange(ask, route)
        except TimeoutError:
            raise Refused("too-slow", f"not complete within {ask.bounds.seconds:g} s") from None

    async def close(self) -> None:
        """Close all idle connections."""
        while self._idle:
            _, connection = self._idle.popitem()
            connection.abort()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await connection.writer.wait_closed()

    async def _exchange(self, ask: Ask, route: Route) -> Response:
        reused = self._idle.pop(ask.address.origin, None)
        if reused is not None:
            with suppress(_Stale):
                return await self._on(reused, ask)
        connection = await self._connect(ask.address, route)
        try:
            return await self._on(connection, ask)
        except _Stale:
            raise Refused("connection", "closed without an answer") from None

    async def _on(self, connection: _Connection, ask: Ask) -> Response:
        got = _Received(bytearray(), [])
        kept = False
        try:
            request = self._request(connection, ask)
            connection.writer.write(request)
            await connection.writer.drain()
            if ask.sent is not None:
                ask.sent()
            await _receive(connection, ask, got)
            response = _response(request, got, ask.bounds)
            kept = self._keep(ask.address, connection, got)
            return response
        except h11.RemoteProtocolError as error:
            if not got.raw:
                raise _Stale from None
            cut = got.head is not None and "without sending complete" in str(error)
            raise Refused("truncated" if cut else "protocol", str(error)) from None
        except TimeoutError:
            raise
        except OSError as error:
            if not got.raw:
                raise _Stale from None
            raise Refused("truncated", f"the connection broke: {error}") from None
        finally:
            if not kept:
                connection.abort()

    def _request(self, connection: _Connection, ask: Ask) -> bytes:
        fields = [
            ("Host", ask.address.authority),
            ("User-Agent", self._user_agent),
            ("Accept-Encoding", "gzip, deflate, br, zstd"),
            *ask.headers,
        ]
        if ask.body is not None:
            fields += [("Content-Type", FORM), ("Content-Length", str(len(ask.body)))]
        method = "GET" if ask.body is None else "POST"
        parts = [connection.state.send(h11.Request(method=method, target=ask.address.target, headers=fields))]
        if ask.body:
            parts.append(connection.state.send(h11.Data(data=ask.body)))
        parts.append(connection.state.send(h11.EndOfMessage()))
        return b"".join(part or b"" for part in parts)

    def _keep(self, address: Address, connection: _Connection, got: _Received) -> bool:
        state = connection.state
        if got.cut or state.our_state is not h11.DONE or state.their_state is not h11.DONE or state.trailing_data[0]:
            return False
        state.start_next_cycle()
        before = self._idle.pop(address.origin, None) or (
            self._idle.pop(next(iter(self._idle))) if len(self._idle) >= MAX_IDLE else None
        )
        if before is not None:
            before.abort()
        self._idle[address.origin] = connection
        return True

    async def _connect(self, address: Address, route: Route) -> _Connection:
        failed: Exception | None = None
        for endpoint in route.endpoints:
            try:
                return await self._open(address, endpoint)
            except ssl.SSLError as error:
                raise Refused("tls", getattr(error, "verify_message", "") or str(error.reason or error)) from None
            except OSError as error:
                failed = error
        raise Refused("connection", str(failed)) from None

    async def _open(self, address: Address, endpoint: Endpoint) -> _Connection:
        tls: dict[str, object] = {}
        if address.scheme == "https":
            if self._tls is None:
                self._tls = ssl.create_default_context(cafile=certifi.where())
            tls = {"ssl": self._tls, "server_hostname": address.host}
        reader, writer = await asyncio.open_connection(endpoint.ip, endpoint.port, limit=_CHUNK, **tls)  # type: ignore[arg-type]
        return _Connection(endpoint, reader, writer)


class _Stale(Exception):
    """The connection was closed before a byte of the answer came."""


async def _receive(connection: _Connection, ask: Ask, got: _Received) -> None:
    state, bounds = connection.state, ask.bounds
    while True:
        event = state.next_event()
        if event is h11.NEED_DATA:
            data = await connection.reader.read(_CHUNK)
            got.raw += data
            state.receive_data(data)
            if len(got.raw) > bounds.wire + 2 * MAX_HEADER and not bounds.truncate:
                raise Refused("too-large", f"more than {bounds.wire} bytes were sent")
        elif isinstance(event, h11.InformationalResponse):
            got.start = len(got.raw) - len(state.trailing_data[0])
            if got.start > MAX_HEADER:
                raise Refused("protocol", "endless interim answers")
        elif isinstance(event, h11.Response):
            got.head = event
            _check_head(event, bounds, ask.check)
        elif isinstance(event, h11.Data):
            got.parts.append(bytes(event.data))
            got.size += len(event.data)
            if got.size > bounds.wire:
                if not bounds.truncate:
                    raise Refused("too-large", f"more than {bounds.wire} bytes were sent")
                got.cut = True
                return
        elif isinstance(event, h11.EndOfMessage):
            return
        else:
            raise Refused("protocol", "the server changed the protocol or said nothing")


def _check_head(head: h11.Response, bounds: Bounds, check: HeadCheck | None) -> None:
    fields = _fields(head)
    if check is not None:
        check(head.status_code, fields)
    length = header(fields, "content-length")
    if length.isdigit() and int(length[:20]) > bounds.wire and not bounds.truncate:
        raise Refused("too-large", f"{length[:20]} bytes are announced, {bounds.wire} are allowed")


def _response(request: bytes, got: _Received, bounds: Bounds) -> Response:
    if got.head is None:
        raise Refused("protocol", "no final answer")
    fields = _fields(got.head)
    coding = header(fields, "content-encoding")
    body = decode_body(b"".join(got.parts), coding, bounds.decoded, truncate=bounds.truncate, cut=got.cut)
    return Response(
        status=got.head.status_code, headers=fields, request=request, raw=bytes(got.raw[got.start :]), body=body
    )


def _fields(head: h11.Response) -> Headers:
    return tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
