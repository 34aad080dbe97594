"""Files that an origin keeps for all of its pages (robots.txt, tdmrep.json): asked for once a day, before the pages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from babelscope.collect.address import Address, parse_location
from babelscope.collect.messages import Ask, Bounds, Response
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Busy, Refused
from babelscope.govern import outcome_of_status

KEEP_SECONDS = 24 * 3600.0
"""The longest that rules may be kept (RFC 9309 §2.4)."""
LEAST_SECONDS = 3600.0
"""The shortest: a site that forbids caching is not asked for its rules before each page."""
RETRY_SECONDS = 600.0
"""A file that could not be had is asked for again after this long."""
MAX_REDIRECTS = 5
MAX_ORIGINS = 5000
READ_BYTES = 1 << 20

Permit = Callable[[Address], Awaitable[object]]

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.IGNORECASE)


def kept_for(response: Response) -> float:
    """Return the seconds for which an answer may be kept: its Cache-Control, within our bounds; a day without one."""
    control = response.header("cache-control")
    age = _MAX_AGE.search(control)
    wanted = 0.0 if _NOT_KEPT.search(control) else float(age.group(1)) if age else KEEP_SECONDS
    return min(max(wanted, LEAST_SECONDS), KEEP_SECONDS)


async def follow(
    client: PoliteClient, address: Address, bounds: Bounds, permit: Permit | None = None
) -> Response | None:
    """Return the answer after redirects; None when they do not end, which counts as "no file" (RFC 9309 §2.3.1.2).

    ``permit`` is asked before each request and may raise ``Refused``. A redirect that leads nowhere is "redirects",
    whatever the fault is there.
    """
    for hop in range(MAX_REDIRECTS + 1):
        async with AsyncExitStack() as stack:
            try:
                if permit is not None:
                    await permit(address)
                response = await client.send(Ask(address=address, bounds=bounds), stack, None)
            except Busy:
                raise
            except Refused as refused:
                if hop:
                    raise Refused("redirects", f"redirected to {address.url}: {refused.detail}") from None
                raise
        location = response.header("location")
        if outcome_of_status(response.status) != "redirect" or not location:
            return response
        address = parse_location(location, address)
    return None
