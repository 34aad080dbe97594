"""One address → one exchange.

Every hop passes robots.txt, the queue of its host and the address guard (rules C1, C2, C3, C5 of responsible use).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import msgspec

from babelscope.collect.address import Address, parse_address, parse_location
from babelscope.collect.clock import Clock
from babelscope.collect.manners import PAUSING, parse_retry_after
from babelscope.collect.messages import Ask, Bounds, Headers, Response, header
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Refused, reason_of_status
from babelscope.collect.reservations import ReservationKeeper
from babelscope.collect.robots import Permission, RobotsKeeper
from babelscope.flow.shapes import Exchange
from babelscope.govern import UNSET, TdmDeclaration, is_login_address, outcome_of_status, read_rights
from babelscope.model import Capture, Hints, body_hash, capture_id

PAGE_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "text/plain", "application/pdf", "text/xml", "application/xml"}
)
ACCEPT_PAGE = (
    "text/html, application/xhtml+xml, application/pdf;q=0.9, text/plain;q=0.8, application/xml;q=0.7, */*;q=0.1"
)
ACCEPT_SITEMAP = "application/xml, text/xml;q=0.9, text/plain;q=0.5, application/gzip;q=0.5, */*;q=0.1"
ACCEPT_FEED = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
MAX_VALIDATOR = 512
PERMANENT = frozenset({301, 308})

MAX_LINK = 8192

_LINK = re.compile(r"<([^<>]*)>((?:\s*;[^,;<>\"]*(?:\"[^\"]*\")?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
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


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange with the full Content-Type; ``moved`` is where permanent redirects lead, ``hub`` a WebSub hub that
    the header names (Link, rel=hub), ``topic`` the address that it has there (rel=self).
    """

    exchange: Exchange
    content_type: str
    moved: str = ""
    hub: str = ""
    topic: str = ""


class Terms(msgspec.Struct, frozen=True):
    """What was known of an address before it was asked: the permission of robots.txt and the word of tdmrep.json."""

    permission: Permission
    tdm: TdmDeclaration


class Keepers(msgspec.Struct, frozen=True):
    """Who knows what an origin says of all of its pages."""

    robots: RobotsKeeper
    reservations: ReservationKeeper


class Fetcher:
    """Follows one address to its page, or to the reason why not."""

    def __init__(
        self, client: PoliteClient, keepers: Keepers, clock: Clock, bounds: Bounds, max_redirects: int
    ) -> None:
        self._client = client
        self._keepers = keepers
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
        moved, permanent = "", True
        for _ in range(self._max_redirects + 1):
            seen.add(address.url)
            permission = await self._keepers.robots.permission(address)
            tdm = await self._keepers.reservations.declaration(address) if wanted.types else UNSET
            response = await self._client.send(self._ask(wanted, address), stack, permission.delay)
            outcome = outcome_of_status(response.status)
            if outcome == "take":
                terms = Terms(permission, tdm)
                return self._fetched(wanted, address, terms, response, moved)
            await stack.aclose()
            if outcome == "not-modified":
                raise Refused("not-modified", status=response.status)
            if outcome != "redirect":
                raise self._closed(response)
            address = _redirected(response, address, seen)
            permanent = permanent and response.status in PERMANENT
            moved = address.url if permanent else moved
        raise Refused("redirects", f"more than {self._max_redirects} redirects")

    def _closed(self, response: Response) -> Refused:
        status = response.status
        pause = parse_retry_after(response.header("retry-after"), self._clock.now()) if status in PAUSING else 0.0
        return Refused(reason_of_status(status), f"status {status}", status=status, pause=pause)

    def _ask(self, wanted: Wanted, address: Address) -> Ask:
        headers: list[tuple[str, str]] = [("Accept", wanted.accept)]
        if wanted.etag:
            headers.append(("If-None-Match", wanted.etag))
        if wanted.last_modified:
            headers.append(("If-Modified-Since", wanted.last_modified))

        def check(status: int, fields: Headers) -> None:
            kind = media_type(header(fields, "content-type"))
            if outcome_of_status(status) == "take" and wanted.types and kind and kind not in wanted.types:
                raise Refused("media-type", kind)

        return Ask(address=address, bounds=self._bounds, headers=tuple(headers), check=check)

    def _fetched(self, wanted: Wanted, address: Address, terms: Terms, response: Response, moved: str) -> Fetched:
        body = response.body
        if not body.strip():
            raise Refused("empty")
        content_type = response.header("content-type")
        kind = media_type(content_type) or sniffed_type(body)
        if wanted.types and kind not in wanted.types:
            raise Refused("media-type", kind or "the server does not say what it is")
        capture = Capture(
            id=capture_id(wanted.source, wanted.url, body),
            source=wanted.source,
            url=wanted.url,
            final_url=address.url,
            fetched_at=self._clock.now(),
            status=response.status,
            media_type=kind,
            charset=charset_of(content_type),
            body_hash=body_hash(body),
            size=len(body),
            rights=read_rights(terms.permission.robots, terms.permission.hash, response.headers, body, kind, terms.tdm),
            hints=wanted.hints,
        )
        exchange = Exchange(
            capture=capture,
            request=response.request,
            response=response.raw,
            body=body,
            etag=_validator(response.header("etag")),
            last_modified=_validator(response.header("last-modified")),
        )
        hub, topic = hub_links(response.header("link"), address) if not wanted.types else ("", "")
        return Fetched(exchange=exchange, content_type=content_type[:200], moved=moved, hub=hub, topic=topic)


def media_type(content_type: str) -> str:
    """Return type/subtype of a Content-Type header in lower case; "" when it has none."""
    found = _TYPE.match(content_type)
    return found.group(1).lower() if found else ""


def charset_of(content_type: str) -> str:
    """Return the charset of a Content-Type header in lower case; "" when it has none."""
    found = _CHARSET.search(content_type)
    return found.group(1).lower() if found else ""


def sniffed_type(body: bytes) -> str:
    """Return the media type that the first bytes tell, for servers that do not say (part of WHATWG sniffing)."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf-"):
        return "application/pdf"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")):
        return "text/html"
    return "application/xml" if start.startswith(b"<?xml") else ""


def hub_links(link: str, address: Address) -> tuple[str, str]:
    """Return the WebSub hub and the topic that a Link header (RFC 8288) names for ``address``; "" each without one."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(link[:MAX_LINK]):
        for rel in _REL.findall(parameters):
            for name in " ".join(rel).lower().split():
                if name in ("hub", "self") and name not in found:
                    with suppress(Refused):
                        found[name] = parse_location(target, address).url
    return found.get("hub", ""), found.get("self", "")


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
