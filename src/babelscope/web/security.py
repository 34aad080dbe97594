"""What every answer must carry and every request must pass, as pure ASGI middleware.

The dashboard has no login: it is reached over the loopback by default. So only requests that name this host are
answered (DNS rebinding), and no page may run or load anything that is not ours. Only GET and HEAD exist, but for the
forms of readers (``web.forms``), which must come from a page of ours. Where hubs push news to us
(``collect.callback``), its host name opens the callback's path and no other, and there is POST, too.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from babelscope.collect.websub import PLACE
from babelscope.web.forms import WRITABLE, is_own

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "x-frame-options": "DENY",
}
MAX_ADDRESS_BYTES = 8192


def host_name(header: str) -> str:
    """Return the host of a Host header without its port, lower case; "" if it is malformed."""
    header = header.strip().casefold()
    if header.startswith("["):
        inside, bracket, rest = header[1:].partition("]")
        return inside if bracket and (not rest or rest.startswith(":")) else ""
    name, _, port = header.partition(":")
    return name.removesuffix(".") if not port or port.isdigit() else ""


def is_trusted(header: str, names: Iterable[str]) -> bool:
    """Return whether a Host ``header`` names this server: one of ``names``, or an address literal.

    A page of another site can make a browser send its own *name* here (DNS rebinding), never an address literal:
    that would be another origin already.
    """
    host = host_name(header)
    if host in names:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Guard:
    """Refuses foreign hosts and forms, methods that are not served and over-long addresses; adds the safety headers."""

    def __init__(self, app: ASGIApp, names: Iterable[str] = (), callback: str = "") -> None:
        self.app = app
        self.names = LOOPBACK_NAMES | {name.casefold() for name in names if name}
        self.callback = (urlsplit(callback).hostname or "").casefold()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        answer = _with_headers(send)
        if refusal is not None:
            await refusal(scope, receive, answer)
        elif scope["method"] == "HEAD":
            await self.app({**scope, "method": "GET"}, receive, _without_body(answer))
        else:
            await self.app(scope, receive, answer)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        pushed = bool(self.callback) and scope["path"].startswith(PLACE)
        if len(hosts) != 1 or not is_trusted(hosts[0], {*self.names, self.callback} if pushed else self.names):
            names = ", ".join(sorted(self.names))
            return PlainTextResponse(f"This server does not answer to that host name; it is known as {names}.\n", 421)
        form = scope["method"] == "POST" and WRITABLE.match(scope["path"]) is not None
        if form and not is_own({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}):
            return PlainTextResponse("This form was not sent from a page of Babelscope.\n", 403)
        if scope["method"] not in ("GET", "HEAD") and not form and not (pushed and scope["method"] == "POST"):
            return PlainTextResponse("Only GET and HEAD: nothing can be changed here.\n", 405, {"allow": "GET, HEAD"})
        if len(scope.get("query_string", b"")) + len(scope.get("raw_path") or b"") > MAX_ADDRESS_BYTES:
            return PlainTextResponse(f"The address is longer than {MAX_ADDRESS_BYTES} bytes.\n", 414)
        return None


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in present]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return answer


def _without_body(send: Send) -> Send:
    async def answer(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return answer
