"""The few requests that change something: where they may come from, how large they may be, what they hold.

The dashboard has no login, so the only guard against another site's page is that a form must come from a page of our
own: browsers say so in ``Sec-Fetch-Site`` (Fetch Metadata, W3C), and where they do not (a plain http address in a local
network), ``Origin`` (RFC 6454) must name the host that was asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from fastapi import Request

from babelscope.flow.errors import BadInput

MAX_FORM_BYTES = 64_000
MAX_FIELDS = 20
WRITABLE = re.compile(r"^/(?:document/[0-9a-f]{32}/(?:translate|corrections)|corrections/[0-9a-f]{32}/undo)$")
"""Paths that take POST; no other does."""


def is_own(headers: Mapping[str, str]) -> bool:
    """Return whether a request with ``headers`` (lower-case names) was sent by a page of this server."""
    said = headers.get("sec-fetch-site", "")
    if said:
        return said == "same-origin"
    origin = urlsplit(headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc.casefold() == headers.get("host", "").strip().casefold()


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of an URL-encoded form, the first of each name; raises ``BadInput`` for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind != "application/x-www-form-urlencoded":
        raise BadInput("Only an ordinary form (application/x-www-form-urlencoded) can be sent here.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_FORM_BYTES:
            raise BadInput(f"The form is larger than {MAX_FORM_BYTES // 1000} kB.")
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError:
        raise BadInput("The form cannot be read.") from None
    return {name: values[0] for name, values in fields.items()}
