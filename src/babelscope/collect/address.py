"""Addresses: one normal form (RFC 3986 §6), http and https only, never with credentials."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urljoin, urlsplit

import msgspec

from babelscope.collect.reasons import Refused

MAX_URL = 4096
DEFAULT_PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_.-])?")
_UNSEEN = re.compile(r"[\x00-\x20\x7f\u200b-\u200f\ufeff]+")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Address(msgspec.Struct, frozen=True):
    """An http(s) address in parts; ``target`` is the path and query as they stand in the request line."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Host, with the port where it is not the scheme's own; the value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority (RFC 6454): the scope of one robots.txt."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The whole address in normal form."""
        return f"{self.origin}{self.target}"


def parse_address(url: str, base: str = "") -> Address:
    """Return ``url`` (relative to ``base`` where given) in normal form, without its fragment.

    Raises ``Refused`` with reason "credentials" when it carries a user name or password, "bad-address" when it is not
    a usable http(s) address; no detail ever repeats a password.
    """
    if len(url) > MAX_URL:
        raise Refused("bad-address", f"longer than {MAX_URL} characters")
    cleaned = url.strip().replace("\t", "").replace("\n", "").replace("\r", "")
    try:
        parts = urlsplit(urljoin(base, cleaned) if base else cleaned)
        port = parts.port
    except ValueError as error:
        raise Refused("bad-address", str(error)) from None
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not parts.netloc:
        raise Refused("bad-address", f"scheme {scheme[:20]!r} is not http or https" if scheme else "no scheme")
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise Refused("bad-address", "an IP literal of the future")
    if "@" in parts.netloc:
        raise Refused("credentials")
    if port == 0:
        raise Refused("bad-address", "port 0")
    path = _dots(_quoted(parts.path, "/")) or "/"
    target = f"{path}?{_quoted(parts.query, '/?')}" if parts.query else path
    address = Address(scheme, _host(parts.hostname or ""), port or DEFAULT_PORTS[scheme], target)
    if len(address.url) > MAX_URL:  # quoting makes it longer
        raise Refused("bad-address", f"longer than {MAX_URL} characters in normal form")
    return address


def parse_location(location: str, origin: Address) -> Address:
    """Return the target of a Location header (text as latin-1, as HTTP headers are read) relative to ``origin``.

    Raises ``Refused`` like ``parse_address``.
    """
    return parse_address(location.encode("latin-1", "replace").decode("utf-8", "replace"), origin.url)


def _host(name: str) -> str:
    name = name.lower().rstrip(".")
    if ":" in name:
        try:
            if "%" not in name:
                return ipaddress.IPv6Address(name).compressed
        except ValueError:
            pass
        raise Refused("bad-address", "not an IPv6 address")
    try:
        ascii_name = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise Refused("bad-address", "the host name is not valid") from None
    if not _HOST.fullmatch(ascii_name) or ".." in ascii_name:
        raise Refused("bad-address", "the host name is not valid")
    return ascii_name


def _quoted(text: str, safe: str) -> str:
    """Percent-encode what may not stand in a request line; existing escapes stay as they are."""
    escaped = _ESCAPE.sub("%25", text)
    return quote(_UNSEEN.sub(lambda m: quote(m.group()), escaped), safe=f"{safe}%:@!$&'()*+,;=~[]|", errors="replace")


def _dots(path: str) -> str:
    """Remove dot segments (RFC 3986 §5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
