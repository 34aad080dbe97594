"""Why an address was not taken: a closed list, so that a ledger can be counted and every reason be explained."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

Reason = Literal[
    "already-seen",
    "bad-address",
    "bad-encoding",
    "busy",
    "connection",
    "credentials",
    "damaged",
    "dns",
    "empty",
    "fault",
    "login",
    "media-type",
    "not-a-feed",
    "not-modified",
    "private-address",
    "protocol",
    "redirects",
    "robots",
    "robots-unreachable",
    "status-401",
    "status-402",
    "status-403",
    "status-404",
    "status-410",
    "status-429",
    "status-451",
    "status-4xx",
    "status-503",
    "status-5xx",
    "status-other",
    "tls",
    "too-large",
    "too-slow",
    "truncated",
    "unchanged",
]


class Meaning(msgspec.Struct, frozen=True):
    """What a reason means, in words, and whether it is the last word on this version of the item."""

    text: str
    final: bool


REASONS: Mapping[Reason, Meaning] = MappingProxyType(
    {
        "already-seen": Meaning("the same version of this address was taken before", True),
        "bad-address": Meaning("not a usable http or https address", True),
        "bad-encoding": Meaning("the body cannot be decoded as its Content-Encoding says", True),
        "busy": Meaning("the site asks for a longer pause than a run waits, or another collector asks it", False),
        "connection": Meaning("no connection, or it was closed without an answer", False),
        "credentials": Meaning("the address carries a user name or password", True),
        "damaged": Meaning("a file, or a record of an archive, that cannot be read or does not fit its digest", True),
        "dns": Meaning("the host name has no address", False),
        "empty": Meaning("the answer has no body", True),
        "fault": Meaning("an error of ours while fetching; please report it", False),
        "login": Meaning("the address leads to a login, registration or paywall page", True),
        "media-type": Meaning("not HTML, XHTML, XML, plain text or PDF", True),
        "not-a-feed": Meaning("the answer cannot be read as the feed, sitemap or section it should be", False),
        "not-modified": Meaning("unchanged since the last visit", True),
        "private-address": Meaning("the host leads into a private, local or reserved network", True),
        "protocol": Meaning("the answer is not valid HTTP", False),
        "redirects": Meaning("too many redirects, a loop, or a redirect without a target", True),
        "robots": Meaning("robots.txt forbids it", True),
        "robots-unreachable": Meaning("robots.txt cannot be had, so nothing may be fetched (RFC 9309)", False),
        "status-401": Meaning("a login is asked for", True),
        "status-402": Meaning("payment is asked for", True),
        "status-403": Meaning("access is refused", True),
        "status-404": Meaning("not found", True),
        "status-410": Meaning("gone", True),
        "status-429": Meaning("too many requests; the host gets a pause", False),
        "status-451": Meaning("unavailable for legal reasons", True),
        "status-4xx": Meaning("another client error", True),
        "status-503": Meaning("the service is unavailable for now; the host gets a pause", False),
        "status-5xx": Meaning("a server error", False),
        "status-other": Meaning("a status that carries no page", True),
        "tls": Meaning("the certificate or the TLS handshake is not valid", False),
        "too-large": Meaning("larger than collect.max_mb, as sent or after decompression", True),
        "too-slow": Meaning("not complete within collect.timeout", False),
        "truncated": Meaning("the answer ended before it was complete", False),
        "unchanged": Meaning("looked at again: the same bytes as before", True),
    }
)

_EXACT: Mapping[str, Reason] = {reason: reason for reason in get_args(Reason) if reason.startswith("status-")}


class Refused(Exception):
    """An address ends here; ``reason`` is one of the closed list, ``detail`` says more in words.

    ``status`` is the HTTP status behind it, ``pause`` the seconds that the site asks to be left alone (0: neither).
    """

    def __init__(self, reason: Reason, detail: str = "", *, status: int = 0, pause: float = 0.0) -> None:
        super().__init__(reason, detail)
        self.status = status
        self.pause = pause
        self.reason: Reason = reason
        self.detail = (detail or REASONS[reason].text)[:300]

    @property
    def final(self) -> bool:
        """Whether a later run need not try again."""
        return REASONS[self.reason].final


class Busy(Refused):
    """``host`` is to be left alone for longer than a run waits (``pause`` seconds), or another collector has it."""

    def __init__(self, host: str, pause: float, detail: str = "") -> None:
        super().__init__("busy", detail or f"{host} is to be left alone for {pause:.0f} s more", pause=pause)
        self.host = host


def reason_of_status(status: int) -> Reason:
    """Return the reason for a status that does not carry a page (see ``govern.outcome_of_status``)."""
    exact = _EXACT.get(f"status-{status}")
    if exact:
        return exact
    return {4: "status-4xx", 5: "status-5xx"}.get(status // 100, "status-other")  # type: ignore[return-value]
