"""Requests and answers as the HTTP client takes and gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from babelscope.collect.address import Address

Headers = tuple[tuple[str, str], ...]
HeadCheck = Callable[[int, Headers], None]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of one exchange: ``wire`` and ``decoded`` in bytes, ``seconds`` from connect to last byte.

    With ``truncate`` a body over a limit is cut there (as robots.txt may be), otherwise it is refused.
    """

    wire: int
    decoded: int
    seconds: float
    truncate: bool = False


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request, a POST of a form if it has a ``body``, else a GET: where, within which bounds, with which headers.

    ``sent`` is called when the request has gone out; ``check`` sees status and headers before the body is read and
    may raise ``Refused``.
    """

    address: Address
    bounds: Bounds
    headers: Headers = ()
    check: HeadCheck | None = None
    sent: Callable[[], None] | None = None
    body: bytes | None = None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """One exchange: ``request`` and ``raw`` as sent and received, ``body`` decoded; headers in order, as text."""

    status: int
    headers: Headers
    request: bytes
    raw: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return the values of header ``name`` (lower case), joined as RFC 9110 §5.3 says; "" without it."""
        return header(self.headers, name)


def header(headers: Sequence[tuple[str, str]], name: str) -> str:
    """Return the values of header ``name`` (lower case), joined with commas; "" without it."""
    return ", ".join(value for key, value in headers if key.lower() == name)
