"""The evidence: WARC 1.1 (ISO 28500:2017) segments, append-only, gzip per record, with the bytes as they were received.

The writer appends, forces to disk and tells where; what is acknowledged is the database's knowledge, and whatever
stands after the last acknowledged byte is cut off when the evidence is opened again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import re
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from babelscope.flow.disk import sync_directory
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange
from babelscope.model import body_hash
from babelscope.store.cdxj import IndexLine, Scanned, line_of, read_index, write_index
from babelscope.store.decode import MAX_BODY_BYTES, response_body, split_message
from babelscope.store.rows import StoredExchange

COLLECTOR_NAME = r"[a-z0-9]{1,24}"
SEGMENT_PATTERN = re.compile(rf"^babelscope-(?:({COLLECTOR_NAME})-)?(\d{{8}})\.warc\.gz$")
"""Name of the collector ("" for the main writer) and number of the segment."""
NO_REQUEST = -1
GZIP_LEVEL = 6
"""warcio packs with 9, which takes a third more time and saves less than half a percent."""
_GZIP = zlib.MAX_WBITS | 16
_MAX_RECORD = 512 << 20
_PLAIN = "application/octet-stream"


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where an exchange stands: ``offset`` of the response or resource, ``request`` of the request record
    (``NO_REQUEST`` if there is none), ``end`` after both.
    """

    segment: str
    request: int
    offset: int
    end: int
    payload_digest: str


class EvidenceWriter:
    """Appends exchanges to the current segment; a segment of ``limit`` bytes is closed and the next one begun.

    Each collector has segments of its own, by ``name``, so that several can write at once.
    """

    def __init__(self, directory: Path, limit: int, name: str = "") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.limit = limit
        self.name = name
        self._file: BinaryIO | None = None
        self._segment = ""
        self._lines: list[IndexLine] = []

    def current(self, candidates: dict[str, int]) -> str:
        """Return the segment to append to next, given acknowledged segments (name → bytes); a full one is closed."""
        if self._segment and self.size < self.limit:
            return self._segment
        self.close()
        last = max((name for name in candidates if writer_of(name) == self.name), default="")
        path = self.directory / last
        if last and candidates[last] < self.limit and path.is_file() and path.stat().st_size == candidates[last]:
            return last
        taken = [*candidates, *(p.name for p in self.directory.iterdir())]
        numbers = [int(m.group(2)) for m in map(SEGMENT_PATTERN.match, taken) if m and (m.group(1) or "") == self.name]
        own = f"{self.name}-" if self.name else ""
        return f"babelscope-{own}{max(numbers, default=0) + 1:08d}.warc.gz"

    def start(self, segment: str) -> None:
        """Open ``segment`` for appending; its name is already known to the database."""
        if segment == self._segment:
            return
        path = self.directory / segment
        is_new = not path.exists()
        self._file = path.open("ab")
        self._segment = segment
        self._lines = [] if is_new else read_index(path, scan)
        if self.size == 0:
            self._write(_warcinfo(segment))
        if is_new:
            sync_directory(self.directory)

    @property
    def size(self) -> int:
        """Bytes in the current segment."""
        return 0 if self._file is None else self._file.tell()

    def append(self, exchange: Exchange) -> Location:
        """Write the request and the response of ``exchange``; it is safe only after ``sync``.

        An exchange without a request has no request record; one of bare bytes becomes a ``resource`` record.
        """
        capture = exchange.capture
        response_id = f"<urn:uuid:{uuid.uuid4()}>"
        uri = _one_line(capture.final_url or capture.url)
        head = [("WARC-Target-URI", uri), ("WARC-Date", warc_date(capture.fetched_at))]
        request = self.size if exchange.request else NO_REQUEST
        if exchange.request:
            request_id = f"<urn:uuid:{uuid.uuid4()}>"
            self._write(_record("request", request_id, [*head, ("WARC-Concurrent-To", response_id)], exchange.request))
        offset = self.size
        kind = "resource" if capture.form == "resource" else "response"
        digest = f"sha256:{body_hash(_payload(kind, exchange.response))}"
        media_type = _one_line(capture.media_type) or _PLAIN
        self._write(_record(kind, response_id, head, exchange.response, media_type))
        self._lines.append(line_of(capture, digest, offset, self.size - offset))
        return Location(segment=self._segment, request=request, offset=offset, end=self.size, payload_digest=digest)

    def _write(self, record: Any) -> None:
        from warcio.warcwriter import WARCWriter

        assert self._file is not None  # `start` comes first
        plain = io.BytesIO()
        WARCWriter(plain, gzip=False, warc_version="1.1").write_record(record)
        packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _GZIP)
        self._file.write(packer.compress(plain.getbuffer()) + packer.flush())

    def sync(self) -> None:
        """Force everything that was appended to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def abandon(self) -> None:
        """Let go of the current segment as it is, after a failed append; the caller cuts it back."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file, self._segment, self._lines = None, "", []

    def close(self) -> None:
        """Force to disk, write the CDXJ index of the current segment, and let go of it."""
        if self._file is None:
            return
        self.sync()
        self._file.close()
        write_index(self.directory / self._segment, self._lines)
        self._file, self._segment, self._lines = None, "", []


def cut(path: Path, size: int) -> None:
    """Cut a segment back to its last acknowledged byte; one without any is removed, with its index."""
    if not path.exists() or path.stat().st_size <= size:
        return
    path.with_name(path.name.removesuffix(".warc.gz") + ".cdxj").unlink(missing_ok=True)
    if size == 0:
        path.unlink()
    else:
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())
    sync_directory(path.parent)


def writer_of(segment: str) -> str:
    """Return the name of the collector that writes ``segment``; "" for the main writer."""
    found = SEGMENT_PATTERN.match(segment)
    return (found.group(1) or "") if found else ""


def _payload(kind: str, block: bytes) -> bytes:
    return split_message(block)[1] if kind in ("request", "response") else block if kind == "resource" else b""


def _record(kind: str, record_id: str, headers: list[tuple[str, str]], block: bytes, media_type: str = _PLAIN) -> Any:
    """Return a record whose block is written as it is: warcio would parse and rewrite HTTP headers."""
    from warcio.recordbuilder import RecordBuilder
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders

    payload = _payload(kind, block)
    every = [("WARC-Type", kind), ("WARC-Record-ID", record_id), *headers]
    every.append(("WARC-Block-Digest", f"sha256:{body_hash(block)}"))
    every += [("WARC-Payload-Digest", f"sha256:{body_hash(payload)}")] if kind != "warcinfo" else []
    warc_headers = StatusAndHeaders("", every, protocol="WARC/1.1")
    content_type = media_type if kind == "resource" else RecordBuilder.WARC_RECORDS[kind]
    record = ArcWarcRecord("warc", kind, warc_headers, io.BytesIO(block), None, content_type, len(block))
    record.payload_length = len(block)
    return record


def _one_line(uri: str) -> str:
    """Return ``uri`` without characters that could end a WARC header line; they are percent-encoded."""
    return re.sub(r"[\x00-\x20\x7f-\x9f]", lambda m: f"%{ord(m.group()):02X}", uri)


def _warcinfo(segment: str) -> Any:
    block = b"software: Babelscope\r\nformat: WARC File Format 1.1\r\nconformsTo: ISO 28500:2017\r\n"
    headers = [("WARC-Filename", segment), ("WARC-Date", warc_date(dt.datetime.now(dt.UTC)))]
    return _record("warcinfo", f"<urn:uuid:{uuid.uuid4()}>", headers, block)


def warc_date(at: dt.datetime) -> str:
    """Return ``at`` as WARC 1.1 writes it: UTC with microseconds."""
    aware = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return aware.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_exchange(
    directory: Path, segment: str, request: int, offset: int, limit: int = MAX_BODY_BYTES
) -> StoredExchange:
    """Return the exchange at ``offset`` (its request at ``request``); ``BadInput`` if the bytes are not as written.

    What was never there is empty: the request of an exchange without one, the head of bare bytes.
    """
    path = directory / segment
    sent = b"" if request < 0 else read_block(path, request).block
    stored = read_block(path, offset)
    if stored.kind == "resource":
        if len(stored.block) > limit:
            raise BadInput(f"{segment}: the resource at {offset} is larger than {limit} bytes")
        return StoredExchange(request=sent, response_head=b"", body=stored.block, record_id=stored.record_id)
    head, _ = split_message(stored.block)
    body = response_body(stored.block, limit)
    return StoredExchange(request=sent, response_head=head, body=body, record_id=stored.record_id)


def read_members(directory: Path, segment: str, start: int, end: int) -> bytes:
    """Return the gzip members of an exchange as they stand, from its first record on; raises ``BadInput``."""
    try:
        with (directory / segment).open("rb") as file:
            file.seek(start)
            return file.read(min(max(0, end - start), _MAX_RECORD))
    except OSError as error:
        raise BadInput(f"{segment}: cannot be read: {error.strerror}") from None


class Block(msgspec.Struct, frozen=True):
    """The block of a record, as it stands; ``kind`` is its WARC-Type, ``record_id`` its WARC-Record-ID."""

    block: bytes
    record_id: str
    kind: str


def read_block(path: Path, offset: int) -> Block:
    """Return the block of the record at ``offset``; its digest is checked (``BadInput``)."""
    from warcio.exceptions import ArchiveLoadFailed

    if not SEGMENT_PATTERN.match(path.name):
        raise BadInput(f"{path.name!r} is not the name of a WARC segment")
    try:
        with path.open("rb") as file:
            file.seek(offset)
            record = next(iter(_records(file)), None)
            if record is None:
                raise BadInput(f"{path.name}: no record at {offset}")
            length = int(record.rec_headers.get_header("Content-Length", "-1"))
            if not 0 <= length <= _MAX_RECORD:
                raise BadInput(f"{path.name}: record at {offset} has length {length}")
            block: bytes = record.raw_stream.read(length)
            while len(block) < length and (more := record.raw_stream.read(length - len(block))):
                block += more
    except (OSError, EOFError, ArchiveLoadFailed, ValueError) as error:
        raise BadInput(f"{path.name}: record at {offset} cannot be read: {error}") from None
    if record.rec_headers.get_header("WARC-Block-Digest") != f"sha256:{body_hash(block)}":
        raise BadInput(f"{path.name}: the bytes of the record at {offset} do not fit their digest")
    return Block(block, str(record.rec_headers.get_header("WARC-Record-ID")), str(record.rec_type))


def _records(file: BinaryIO) -> Any:
    from warcio.archiveiterator import ArchiveIterator

    return ArchiveIterator(file, no_record_parse=True)


def scan(path: Path) -> Iterator[Scanned]:
    """Yield every response and resource of a segment, to rebuild its index."""
    with path.open("rb") as file:
        records = _records(file)
        for record in records:
            if record.rec_type in ("response", "resource"):
                get = record.rec_headers.get_header
                yield Scanned(
                    url=get("WARC-Target-URI"),
                    date=get("WARC-Date"),
                    block=record.raw_stream.read(),
                    media_type=get("Content-Type", "") if record.rec_type == "resource" else None,
                    offset=records.get_record_offset(),
                    length=records.get_record_length(),
                )
