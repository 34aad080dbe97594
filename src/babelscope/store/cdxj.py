"""The CDXJ index of a WARC segment (https://specs.webrecorder.net/cdxj/0.1.0/): replay tools find a page by it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from babelscope.model import Capture, body_hash
from babelscope.store.decode import split_message
from babelscope.store.files import write_atomic

_STATUS = re.compile(rb"^HTTP/\d(?:\.\d)? +(\d{3})")
_TYPE = re.compile(rb"^content-type:[ \t]*([^;\r\n]*)", re.IGNORECASE | re.MULTILINE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class IndexLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line: ``key`` is the address in SURT order, ``timestamp`` 14 digits; numbers are text, as usual."""

    key: str
    timestamp: str
    url: str
    mime: str
    status: str
    digest: str
    length: str
    offset: str


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it was found in a segment. ``media_type`` is that of bare bytes, None for an HTTP message."""

    url: str
    date: str
    block: bytes
    media_type: str | None
    offset: int
    length: int


Scan = Callable[[Path], Iterator[Scanned]]


def surt(url: str) -> str:
    """Return the sort-friendly form of ``url``: host reversed, without "www.", path and sorted query in lower case."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url.lower().replace(" ", "%20")
    host = (parts.hostname or "").removeprefix("www.")
    reversed_host = ",".join(reversed(host.split(".")))
    mark = "" if port is None or _DEFAULT_PORTS.get(parts.scheme) == port else f":{port}"
    query = "&".join(sorted(parts.query.lower().split("&"))) if parts.query else ""
    path = parts.path.lower().rstrip("/") or "/"
    return f"{reversed_host}{mark}){path}{'?' + query if query else ''}".replace(" ", "%20")


def line_of(capture: Capture, digest: str, offset: int, length: int) -> IndexLine:
    """Return the line of a capture whose response record stands at ``offset`` and is ``length`` bytes long.

    Bare bytes have the status "200", as other tools write it.
    """
    url = capture.final_url or capture.url
    return IndexLine(
        key=surt(url),
        timestamp=capture.fetched_at.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S"),
        url=url,
        mime=capture.media_type,
        status="200" if capture.form == "resource" else str(capture.status),
        digest=digest,
        length=str(length),
        offset=str(offset),
    )


def index_path(segment: Path) -> Path:
    """Return where the index of ``segment`` stands."""
    return segment.with_name(segment.name.removesuffix(".warc.gz") + ".cdxj")


def write_index(segment: Path, lines: Iterable[IndexLine]) -> None:
    """Write the index of ``segment``, sorted, in one step."""
    rows = []
    for line in lines:
        fields = {
            name: value for name, value in msgspec.structs.asdict(line).items() if name not in ("key", "timestamp")
        }
        rows.append(
            f"{line.key} {line.timestamp} {msgspec.json.encode({**fields, 'filename': segment.name}).decode()}\n"
        )
    write_atomic(index_path(segment), "".join(sorted(rows)).encode("utf-8", "replace"))


def read_index(segment: Path, scan: Scan) -> list[IndexLine]:
    """Return the lines of ``segment``: those of its index if it covers all bytes, else made anew from the records."""
    try:
        lines = list(_parse(index_path(segment).read_text("utf-8")))
    except (OSError, ValueError, msgspec.MsgspecError):
        lines = []
    covered = max((int(line.offset) + int(line.length) for line in lines), default=0)
    if covered == segment.stat().st_size:
        return lines
    return [_line_of_record(found) for found in scan(segment)]


def _parse(text: str) -> Iterator[IndexLine]:
    for row in text.splitlines():
        key, timestamp, fields = row.split(" ", 2)
        yield msgspec.convert({**msgspec.json.decode(fields), "key": key, "timestamp": timestamp}, IndexLine)


def _line_of_record(found: Scanned) -> IndexLine:
    mime, status, payload = found.media_type or "", "200", found.block
    if found.media_type is None:
        head, payload = split_message(found.block)
        told, media_type = _STATUS.match(head), _TYPE.search(head)
        mime = media_type.group(1).decode("latin-1").strip() if media_type else ""
        status = told.group(1).decode() if told else "0"
    return IndexLine(
        key=surt(found.url),
        timestamp=re.sub(r"\D", "", found.date)[:14],
        url=found.url,
        mime=mime,
        status=status,
        digest=f"sha256:{body_hash(payload)}",
        length=str(found.length),
        offset=str(found.offset),
    )
