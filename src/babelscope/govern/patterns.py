"""Path patterns with ``*`` and ``$``, as robots.txt (RFC 9309 §2.2.2, §2.2.3) and TDMRep files use them."""

from __future__ import annotations

import re

import msgspec

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_QUERY_DATA = _UNRESERVED | frozenset(b":/@!'(),;")
_KEEP = frozenset(range(0x21, 0x7F))


class PathPattern(msgspec.Struct, frozen=True):
    """A pattern in canonical form, split at ``*``; ``length`` is what the longest-match rule compares."""

    parts: tuple[str, ...]
    anchored: bool
    length: int


def path_pattern(value: str) -> PathPattern:
    """Return the pattern of a rule; one that begins with neither ``/`` nor ``*`` gets its ``/``."""
    anchored = value.endswith("$")
    pattern = canonical(value.removesuffix("$") if anchored else value, pattern=True)
    if not pattern.startswith(("/", "*")):
        pattern = f"/{pattern}"
    return PathPattern(tuple(pattern.split("*")), anchored, len(pattern) + anchored)


def canonical_path(path: str) -> str:
    """Return a path with its query in the form that ``matches`` takes."""
    return canonical(path or "/", pattern=False)


def matches(pattern: PathPattern, target: str) -> bool:
    """Match greedily from the left, in O(pattern × target): a regular expression could be made to backtrack."""
    first, *rest = pattern.parts
    if not target.startswith(first):
        return False
    if not rest:
        return not pattern.anchored or len(target) == len(first)
    position = len(first)
    last = rest.pop() if pattern.anchored else None
    for part in rest:
        found = target.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return last is None or (len(target) - len(last) >= position and target.endswith(last))


def canonical(value: str, *, pattern: bool) -> str:
    """Bring a path or pattern to the form in which RFC 9309 §2.2.2 compares them.

    Percent-encoded unreserved octets are decoded, all others get capital digits, octets outside ASCII are encoded.
    In the query, reserved characters that are mere data there compare equal encoded or not (second row of the RFC's
    table). A literal ``*`` or ``$`` is encoded in paths, since in patterns it is special.
    """
    raw = value.encode("utf-8", "surrogatepass")
    path, mark, query = raw.partition(b"?")
    special = b"" if pattern else b"*$"
    head = _encode(path, _UNRESERVED, special)
    return f"{head}?{_encode(query, _QUERY_DATA, special)}" if mark else head


def _encode(raw: bytes, decode: frozenset[int], special: bytes) -> str:
    def plain(found: re.Match[bytes]) -> bytes:
        octet = int(found.group(1), 16)
        return bytes((octet,)) if octet in decode else found.group(0).upper()

    decoded = _ESCAPE.sub(plain, raw)
    if decoded.isascii() and decoded.isalnum():
        return decoded.decode("ascii")
    return "".join(chr(o) if o in _KEEP and o not in special else f"%{o:02X}" for o in decoded)
