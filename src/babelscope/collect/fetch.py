"""One address → one exchange.

Every hop passes robots.txt, the queue of its host and the address guard (rules C1, C2, C3, C5 of responsible use).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec

from babelscope.collect.address import Address, parse_address, parse_location
from babelscope.collect.clock import Clock
from babelscope.collect.http import Bounds, Headers, Response, header
from babelscope.collect.manners import PAUSING, parse_retry_after
from babelscope.collect.polite import Ask, PoliteClient
from babelscope.collect.reasons import Refused, reason_of_status
from babelscope.collect.robots import Permission, RobotsKeeper
from babelscope.flow.shapes import Exchange
from babelscope.govern import is_login_address, outcome_of_status, read_rights
from babelscope.model import Capture, Hints, body_hash, capture_id

PAGE_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "text/plain", "application/pdf", "text/xml", "application/xml"}
)
ACCEPT_PAGE = (
    "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.8, application/xml;q=0.7, */*;q=0.1"
)
ACCEPT_FEED = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
MAX_VALIDATOR = 512

_VISIBLE = re.compile(r"[\x20-\x7e]+")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([A-Za-z0-9._:+-]{1,40})", re.IGNORECASE)
_TYPE = re.compile(r"\s*([A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,80})")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to fetch. ``types`` are the media types taken (empty: any); the validators make the GET conditional."""

    source: str
    url: str
    accept: str = ACCEPT_PAGE
    types: frozenset[str] = PAGE_TYPES
    etag: str = ""
    last_modified: str = ""
    hints: Hints = Hints()


class Fetched(msgspec.Struct, frozen=True):
    """An exchange with the validators for the next conditional GET and the full Content-Type."""

    exchange: Exchange
    etag: str
    last_modified: str
    content_type: str


class Fetcher:
    """Follows one address to its page, or to the reason why not."""

    def __init__(
        self, client: PoliteClient, robots: RobotsKeeper, clock: Clock, bounds: Bounds, max_redirects: int
    ) -> None:
        self._client = client
        self._robots = robots
        self._clock = clock
        self._bounds = bounds
        self._max_redirects = max_redirects

    @asynccontextmanager
    async def fetch(self, wanted: Wanted) -> AsyncIterator[Fetched]:
        """Yield what ``wanted`` leads to; while it is being dealt with, it counts as a request in flight.

        Raises ``Refused``; an unchanged address is "not-modified".
        """
        async with AsyncExitStack() as stack:
            try:
                fetched = await self._follow(wanted, stack)
            except (Refused, asyncio.CancelledError):
                raise
            except Exception as error:  # one page must never end the run: it is told as our fault, and tried again
                raise Refused("fault", f"{type(error).__name__}: {error}") from error
            yield fetched

    async def _follow(self, wanted: Wanted, stack: AsyncExitStack) -> Fetched:
        address = parse_address(wanted.url)
        seen: set[str] = set()
        for _ in range(self._max_redirects + 1):
            seen.add(address.url)
            permission = await self._robots.permission(address)
            response = await self._client.send(self._ask(wanted, address, permission), stack)
            outcome = outcome_of_status(response.status)
            if outcome == "take":
                return self._fetched(wanted, address, permission, response)
            await stack.aclose()
            if outcome == "not-modified":
                raise Refused("not-modified")
            if outcome != "redirect":
                raise self._closed(response)
            address = _redirected(response, address, seen)
        raise Refused("redirects", f"more than {self._max_redirects} redirects")

    def _closed(self, response: Response) -> Refused:
        status = response.status
        pause = parse_retry_after(response.header("retry-after"), self._clock.now()) if status in PAUSING else 0.0
        return Refused(reason_of_status(status), f"status {status}", status=status, pause=pause)

    def _ask(self, wanted: Wanted, address: Address, permission: Permission) -> Ask:
        headers: list[tuple[str, str]] = [("Accept", wanted.accept)]
        if wanted.etag:
            headers.append(("If-None-Match", wanted.etag))
        if wanted.last_modified:
            headers.append(("If-Modified-Since", wanted.last_modified))

        def check(status: int, fields: Headers) -> None:
            kind = media_type(header(fields, "content-type"))
            if outcome_of_status(status) == "take" and wanted.types and kind and kind not in wanted.types:
                raise Refused("media-type", kind)

        return Ask(
            address=address,
            bounds=self._bounds,
            headers=tuple(headers),
            check=check,
            crawl_delay=permission.delay,
        )

    def _fetched(self, wanted: Wanted, address: Address, permission: Permission, response: Response) -> Fetched:
        body = response.body
        if not body.strip():
            raise Refused("empty")
        content_type = response.header("content-type")
        kind = media_type(content_type) or sniffed_type(body)
        if wanted.types and kind not in wanted.types:
            raise Refused("media-type", kind or "the server does not say what it is")
        found = _CHARSET.search(content_type)
        capture = Capture(
            id=capture_id(wanted.source, wanted.url, body),
            source=wanted.source,
            url=wanted.url,
            final_url=address.url,
            fetched_at=self._clock.now(),
            status=response.status,
            media_type=kind,
            charset=found.group(1).lower() if found else "",
            body_hash=body_hash(body),
            size=len(body),
            rights=read_rights(permission.robots, permission.hash, response.headers, body, kind),
            hints=wanted.hints,
        )
        return Fetched(
            Exchange(capture=capture, request=response.request, response=response.raw, body=body),
            etag=_validator(response.header("etag")),
            last_modified=_validator(response.header("last-modified")),
            content_type=content_type[:200],
        )


def media_type(content_type: str) -> str:
    """Return type/subtype of a Content-Type header in lower case; "" when it has none."""
    found = _TYPE.match(content_type)
    return found.group(1).lower() if found else ""


def sniffed_type(body: bytes) -> str:
    """Return the media type that the first bytes tell, for servers that do not say (part of WHATWG sniffing)."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf-"):
        return "application/pdf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")):
        return "text/html"
    return "application/xml" if start.startswith(b"<?xml") else ""


def _redirected(response: Response, address: Address, seen: set[str]) -> Address:
    location = next((value for name, value in response.headers if name.lower() == "location"), "")
    if not location.strip():
        raise Refused("redirects", f"status {response.status} without a Location")
    target = parse_location(location, address)
    if target.url in seen:
        raise Refused("redirects", f"a loop at {target.url}")
    if is_login_address(target.url) and not is_login_address(address.url):
        raise Refused("login", target.url)
    return target


def _validator(value: str) -> str:
    """Keep a validator only if it can be sent back as it is."""
    return value if len(value) <= MAX_VALIDATOR and _VISIBLE.fullmatch(value) else ""
