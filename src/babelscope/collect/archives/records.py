"""Records of WARC (ISO 28500:2017, also 1.0 and drafts) and ARC files; headers are parsed by warcio.

The frame of a record is read here, within bounds, so that one broken record is told and the next one read.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO

import msgspec

from babelscope.collect.archives.members import Broken, Members

MAX_LINE = 16 << 10
MAX_HEAD = 128 << 10
MAX_DAMAGE = 500
"""Broken places after which a file is given up."""
_WARC = re.compile(rb"WARC/\d\.\d+\s*$")
_ARC = re.compile(rb"[a-z][a-z0-9+.-]*:\S.* \d{1,14} .*\d+\s*$")
_DIGEST = re.compile(r"(sha1|sha-1|sha256|sha-256|sha512|sha-512|md5):([A-Za-z0-9+/=_-]+)", re.IGNORECASE)
_FULL_TYPES = frozenset({"response", "request", "resource", "conversion"})


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record. ``block`` is None if it was passed over (kind, length); ``headers`` have lower-case names."""

    kind: str
    headers: Mapping[str, str]
    length: int
    offset: int
    block: bytes | None = None


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A place that cannot be read, and the address that it is about, if that much is known."""

    why: str
    offset: int
    url: str = ""


def read_records(file: BinaryIO, limit: int) -> Iterator[Record | Damage]:
    """Yield the records of a WARC or ARC file, compressed or not; blocks of more than ``limit`` bytes stay unread."""
    try:
        members = Members(file)
    except Broken as error:
        yield Damage(why=str(error), offset=0)
        return
    damages = 0
    while True:
        state = _State()
        try:
            record = _next_record(members, limit, state)
            if record is None:
                return
            yield record
        except Broken as error:
            damages += 1
            yield Damage(why=str(error), offset=state.offset, url=state.url)
            if damages >= MAX_DAMAGE:
                yield Damage(why=f"given up after {MAX_DAMAGE} broken places", offset=state.offset)
                return
            if not isinstance(error, _Altered) and not _recover(members):
                return


class _Altered(Broken):
    """A record with its proper length and other bytes: the next one begins right behind it."""


class _State(msgspec.Struct):
    offset: int = 0
    url: str = ""


def _recover(members: Members) -> bool:
    """Go on behind a broken place: in the next member if this one ends, else where a record begins."""
    if members.is_compressed:
        with suppress(Broken):
            return members.next_member()
    return members.resync()


def _next_record(members: Members, limit: int, state: _State) -> Record | None:
    line = _first_line(members, state)
    if not line:
        return None
    if _WARC.match(line):
        kind, headers = _warc_head(members, line)
    elif _ARC.match(line):
        kind, headers = _arc_head(line)
    else:
        raise Broken(f"no record begins here: {line[:60]!r}")
    state.url = headers.get("warc-target-uri", "")
    stated = headers.get("content-length", "")
    if not stated.isascii() or not stated.isdigit() or len(stated) > 15:
        raise Broken(f"Content-Length {stated[:40]!r} is no length")
    length = int(stated)
    wanted = kind in _FULL_TYPES and length <= limit
    block = members.read(length) if wanted else None
    got = len(block) if block is not None else members.skip(length)
    if got < length:
        raise Broken(f"{length} bytes are announced, {got} are there")
    if block is not None and not block_fits(block, headers.get("warc-block-digest", "")):
        ends = not members.readline(MAX_LINE).strip()
        raise (_Altered if ends else Broken)("the block does not have the digest that its record states")
    return Record(kind=kind, headers=headers, length=length, offset=state.offset, block=block)


def _first_line(members: Members, state: _State) -> bytes:
    """Return the first line that is not blank, here or in a later member; b"" at the end of the file."""
    while True:
        state.offset = members.tell()
        line = members.readline(MAX_LINE)
        if line.strip():
            return line
        if not line and not members.next_member():
            return b""


def _warc_head(members: Members, line: bytes) -> tuple[str, dict[str, str]]:
    from warcio.recordloader import ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

    raw = line
    while True:
        line = members.readline(MAX_LINE)
        raw += line
        if not line.strip():
            break
        if len(raw) > MAX_HEAD:
            raise Broken(f"a record header of more than {MAX_HEAD} bytes")
    try:
        found = StatusAndHeadersParser(ArcWarcRecordLoader.WARC_TYPES).parse(io.BytesIO(raw))
    except (StatusAndHeadersParserException, EOFError, ValueError, IndexError) as error:
        raise Broken(f"the record header cannot be read: {error}") from None
    headers: dict[str, str] = {}
    for name, value in found.headers:
        headers.setdefault(name.lower(), value)
    url = headers.get("warc-target-uri", "")
    if url.startswith("<") and url.endswith(">"):  # a habit of Wget
        url = url[1:-1]
    headers["warc-target-uri"] = url.strip().replace(" ", "%20")
    return headers.get("warc-type", "").lower(), headers


def _arc_head(line: bytes) -> tuple[str, dict[str, str]]:
    """Return an ARC record's header under the names of WARC; its first record describes the file."""
    from warcio.recordloader import ARCHeadersParser
    from warcio.statusandheaders import StatusAndHeadersParserException

    try:
        found = ARCHeadersParser().parse(io.BytesIO(), line)
    except (StatusAndHeadersParserException, EOFError, ValueError, IndexError) as error:
        raise Broken(f"the record header cannot be read: {error}") from None
    get = found.get_header
    url = (get("uri") or "").replace(" ", "%20")
    headers = {
        "warc-target-uri": url,
        "warc-date": get("archive-date") or "",
        "content-length": (get("length") or "").strip(),
        "content-type": get("content-type") or "",
    }
    return ("warcinfo" if url.startswith("filedesc:") else "response"), headers


def block_fits(block: bytes, digest: str) -> bool:
    """Say whether ``block`` has the stated ``digest`` ("algorithm:value", base32 or hexadecimal; "" fits all)."""
    match = _DIGEST.fullmatch(digest.strip())
    if match is None:
        return True
    made = hashlib.new(match[1].lower().replace("-", ""), block, usedforsecurity=False)
    stated = match[2]
    forms = (
        made.hexdigest(),
        base64.b32encode(made.digest()).decode().lower(),
        base64.b64encode(made.digest()).decode(),
    )
    return stated.lower() in (forms[0], forms[1], forms[1].rstrip("=")) or stated == forms[2]
