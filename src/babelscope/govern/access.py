"""Which answers and addresses end a request, as pure decisions (rule C1 of responsible use)."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

StatusOutcome = Literal["take", "not-modified", "redirect", "refuse", "later"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REDIRECTS = frozenset({301, 302, 303, 307, 308})
LATER = frozenset({408, 425, 429})

_CLOSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OPEN_V6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # IETF assignments, with Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
_LOGIN = frozenset(
    (
        "login",
        "log-in",
        "log_in",
        "logon",
        "signin",
        "sign-in",
        "sign_in",
        "sso",
        "auth",
        "oauth",
        "oauth2",
        "authorize",
        "authenticate",
        "wp-login",
        "subscribe",
        "subscription",
        "register",
        "registration",
        "paywall",
    )
)
_SUFFIX = re.compile(r"\.(php|aspx?|jsp|html?|do|cgi)$")


def outcome_of_status(status: int) -> StatusOutcome:
    """Say what an HTTP status means for a capture.

    ``take``: the body may be kept; ``refuse``: closed to the public or gone, not asked again; ``later``: may work in a
    later run. 401, 402, 403 and 407 are refusals for good: there is no login and no way round a block.
    """
    if status in (200, 203):
        return "take"
    if status == 304:
        return "not-modified"
    if status in REDIRECTS:
        return "redirect"
    return "later" if status in LATER or status >= 500 else "refuse"


def is_public_address(ip: str | Address) -> bool:
    """Say whether ``ip`` is a globally reachable unicast address (IANA special-purpose registries, RFC 6890).

    Private, loopback, link-local, CGNAT, multicast, reserved and unspecified addresses are not, nor is any IPv6 form
    that carries an IPv4 address inside (mapped, compatible, 6to4, Teredo, NAT64): it could hide a private one.
    What is not an address is not public.
    """
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.scope_id or address not in _OPEN_V6:
        return False
    return not any(address in network for network in _CLOSED_V6)


def is_login_address(url: str) -> bool:
    """Say whether the path of ``url`` looks like a login, registration or paywall page."""
    try:
        segments = urlsplit(url).path.lower().split("/")
    except ValueError:
        return False
    return any(_SUFFIX.sub("", segment) in _LOGIN for segment in segments)
