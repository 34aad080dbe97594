"""Records of an archive → captures: what was answered with a page, with its own bytes, address and moment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.archives.outcomes import Outcome, Outcomes, Reading, Skipped, SkipReason, damaged
from babelscope.collect.archives.records import Damage, Record, block_fits, read_records
from babelscope.collect.fetch import charset_of, media_type, sniffed_type
from babelscope.collect.reasons import Reason, Refused
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange, Refusal
from babelscope.govern import read_rights
from babelscope.model import Capture, body_hash, capture_id

PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/pdf"})
MAX_MESSAGE_HEAD = 128 << 10
_WEB = ("http://", "https://")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?:[ \r\n]|$)")
Headers = tuple[tuple[str, str], ...]


def read_warc(file: BinaryIO, name: str, reading: Reading) -> Outcomes:
    """Yield what the records of the WARC or ARC ``file`` hold, in order; ``name`` names it in what is told."""
    pending: tuple[Record, Exchange] | None = None
    request: Record | None = None
    for record in read_records(file, reading.limit + MAX_MESSAGE_HEAD):
        if pending is not None:
            exchange = pending[1]
            if isinstance(record, Record) and record.kind == "request" and _belong(pending[0], record):
                exchange = msgspec.structs.replace(exchange, request=record.block or b"")
            yield exchange
            pending = None
        if isinstance(record, Damage):
            yield _told(record, name, reading)
        elif record.kind == "request":
            request = record
            yield Skipped("record-type")
            continue
        else:
            outcome = _outcome(record, name, reading)
            if isinstance(outcome, Exchange) and outcome.capture.form == "http":
                if request is not None and _belong(record, request):
                    yield msgspec.structs.replace(outcome, request=request.block or b"")
                else:
                    pending = (record, outcome)
            else:
                yield outcome
        request = None
    if pending is not None:
        yield pending[1]


def _belong(response: Record, request: Record) -> bool:
    """Say whether two neighbouring records are of one exchange."""
    same = response.headers.get("warc-target-uri") == request.headers.get("warc-target-uri")
    ids = response.headers.get("warc-record-id", ""), request.headers.get("warc-record-id", "")
    linked = {response.headers.get("warc-concurrent-to"), request.headers.get("warc-concurrent-to")} - {None}
    return same and (not linked or any(one in linked for one in ids if one))


def _told(damage: Damage, name: str, reading: Reading) -> Refusal:
    place = f"archive:{name}#{damage.offset}"
    if damage.url[:8].lower().startswith(_WEB):
        return damaged(reading.source_of(damage.url), damage.url[:2000], f"{place}: {damage.why}")
    return damaged(reading.source_of(place), place, damage.why)


def _outcome(record: Record, name: str, reading: Reading) -> Outcome:
    reason = _passed_over(record)
    if reason is not None:
        return Skipped(reason)
    url = record.headers["warc-target-uri"]
    try:
        address = parse_address(url).url
    except Refused as refused:
        return _refusal(reading, f"archive:{name}#{record.offset}", refused.reason, refused.detail)
    if record.block is None:
        return _refusal(reading, address, "too-large", f"a record of {record.length} bytes")
    try:
        moment = record_moment(record.headers.get("warc-date", ""))
        if record.kind == "response":
            return _page(record, address, moment, reading)
        stated = record.headers.get("content-type", "")
        kind = media_type(stated) or sniffed_type(record.block)
        return resource(record.block, kind, reading.source_of(address), address, moment, charset_of(stated))
    except BadInput as error:
        return damaged(reading.source_of(address), address, f"archive:{name}#{record.offset}: {error}")
    except Refused as refused:
        return _refusal(reading, address, refused.reason, refused.detail)


def _refusal(reading: Reading, url: str, reason: Reason, detail: str) -> Refusal:
    return Refusal(source=reading.source_of(url), url=url, reason=reason, detail=detail[:300])


def _passed_over(record: Record) -> SkipReason | None:
    if record.kind == "revisit":
        return "revisit"
    if record.kind not in ("response", "resource", "conversion"):
        return "record-type"
    url = record.headers.get("warc-target-uri", "")
    if not url[:8].lower().startswith(_WEB):
        return "not-web"
    if record.kind == "response":
        return _no_page(record.block or b"", url) if record.block is not None else None
    return None if media_type(record.headers.get("content-type", "")) in PAGES else "media-type"


def _no_page(message: bytes, url: str) -> SkipReason | None:
    """Say why a response is no page: its status, its media type, or that it is a robots.txt."""
    match = _STATUS.match(message)
    if match is not None and match[1] not in (b"200", b"203"):
        return "not-a-page-status"
    head, start = message_head(message)
    kind = media_type(field(head, "content-type")) or sniffed_type(message[start : start + 2048])
    if kind not in PAGES:
        return "media-type"
    return "robots-file" if kind == "text/plain" and url.endswith("/robots.txt") else None


def _page(record: Record, url: str, moment: dt.datetime, reading: Reading) -> Exchange:
    message = record.block or b""
    status = _STATUS.match(message)
    if status is None:
        raise BadInput("a response record without an HTTP status line")
    head, start = message_head(message)
    stated = record.headers.get("warc-payload-digest", "")
    if record.headers.get("warc-truncated"):
        raise Refused("truncated", f"the archive kept a part only: {record.headers['warc-truncated'][:40]}")
    content_type = field(head, "content-type")
    kind = media_type(content_type)
    try:
        body = reading.decode(message, reading.limit)
    except BadInput as error:
        return _bare(message[start:], kind, (url, moment, reading), error)
    if not body.strip():
        raise Refused("empty")
    if "warc-block-digest" not in record.headers and not any(block_fits(b, stated) for b in (message[start:], body)):
        raise BadInput("the payload does not have the digest that its record states")
    kind = kind or sniffed_type(body)
    source = reading.source_of(url)
    capture = Capture(
        id=capture_id(source, url, body),
        source=source,
        url=url,
        final_url=url,
        fetched_at=moment,
        status=int(status[1]),
        media_type=kind,
        charset=charset_of(content_type),
        body_hash=body_hash(body),
        size=len(body),
        rights=read_rights("archive", "", head, body, kind),
    )
    return Exchange(capture=capture, request=b"", response=message, body=body)


def _bare(body: bytes, kind: str, context: tuple[str, dt.datetime, Reading], error: BadInput) -> Exchange:
    """Return a page whose archive took codings off and kept the header that names them; its message means nothing."""
    url, moment, reading = context
    if sniffed_type(body) != "text/html" or len(body) > reading.limit:
        raise error
    return resource(body, kind or "text/html", reading.source_of(url), url, moment)


def resource(body: bytes, kind: str, source: str, url: str, moment: dt.datetime, charset: str = "") -> Exchange:
    """Return bare bytes as a capture; raises ``Refused`` if there are none."""
    if not body.strip():
        raise Refused("empty")
    capture = Capture(
        id=capture_id(source, url, body),
        source=source,
        url=url,
        final_url=url,
        fetched_at=moment,
        status=0,
        media_type=kind,
        charset=charset,
        body_hash=body_hash(body),
        size=len(body),
        rights=read_rights("archive", "", (), body, kind),
        form="resource",
    )
    return Exchange(capture=capture, request=b"", response=body, body=body)


def message_head(message: bytes) -> tuple[Headers, int]:
    """Return the header fields of an HTTP message and where its body begins."""
    found = _BLANK_LINE.search(message, 0, MAX_MESSAGE_HEAD)
    end, start = (found.start(), found.end()) if found else (len(message[:MAX_MESSAGE_HEAD]), len(message))
    lines = re.sub(r"\r?\n[ \t]+", " ", message[:end].decode("latin-1")).splitlines()[1:]
    pairs = (line.partition(":") for line in lines)
    return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon), start


def field(headers: Iterable[tuple[str, str]], name: str) -> str:
    """Return the first value of header ``name`` (lower case)."""
    return next((value for key, value in headers if key.lower() == name), "")


def record_moment(text: str) -> dt.datetime:
    """Return a WARC-Date (ISO 8601) or an ARC date (14 digits) in UTC; raises ``BadInput``."""
    try:
        if re.fullmatch(r"\d{14}", text):
            return dt.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
        found = dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.strip()))
        return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"{text[:40]!r} is no date") from None
