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
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange
from babelscope.model import body_hash
from babelscope.store.cdxj import IndexLine, line_of, read_index, write_index
from babelscope.store.decode import MAX_BODY_BYTES, response_body, split_message
from babelscope.store.files import sync_directory
from babelscope.store.rows import StoredExchange

SEGMENT_PATTERN = re.compile(r"^babelscope-(\d{8})\.warc\.gz$")
_MAX_RECORD = 512 << 20


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """Where an exchange stands: ``offset`` of the response, ``request`` of the request record, ``end`` after both."""

    segment: str
    request: int
    offset: int
    end: int
    payload_digest: str


class EvidenceWriter:
    """Appends exchanges to the current segment; a segment of ``limit`` bytes is closed and the next one begun."""

    def __init__(self, directory: Path, limit: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.limit = limit
        self._file: BinaryIO | None = None
        self._segment = ""
        self._lines: list[IndexLine] = []

    def current(self, candidates: dict[str, int]) -> str:
        """Return the segment to append to next, given acknowledged segments (name → bytes); a full one is closed."""
        if self._segment and self.size < self.limit:
            return self._segment
        self.close()
        last = max(candidates, default="")
        path = self.directory / last
        if last and candidates[last] < self.limit and path.is_file() and path.stat().st_size == candidates[last]:
            return last
        taken = [*candidates, *(p.name for p in self.directory.iterdir())]
        numbers = [int(m.group(1)) for m in map(SEGMENT_PATTERN.match, taken) if m]
        return f"babelscope-{max(numbers, default=0) + 1:08d}.warc.gz"

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
        """Write the request and the response of ``exchange``; it is safe only after ``sync``."""
        request = self.size
        date = warc_date(exchange.capture.fetched_at)
        uri = _one_line(exchange.capture.final_url or exchange.capture.url)
        response_id, request_id = f"<urn:uuid:{uuid.uuid4()}>", f"<urn:uuid:{uuid.uuid4()}>"
        head = [("WARC-Target-URI", uri), ("WARC-Date", date)]
        self._write(_record("request", request_id, [*head, ("WARC-Concurrent-To", response_id)], exchange.request))
        offset = self.size
        digest = f"sha256:{body_hash(split_message(exchange.response)[1])}"
        self._write(_record("response", response_id, head, exchange.response))
        self._lines.append(line_of(exchange.capture, digest, offset, self.size - offset))
        return Location(segment=self._segment, request=request, offset=offset, end=self.size, payload_digest=digest)

    def _write(self, record: Any) -> None:
        from warcio.warcwriter import WARCWriter

        assert self._file is not None  # `start` comes first
        WARCWriter(self._file, gzip=True, warc_version="1.1").write_record(record)

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


def _record(kind: str, record_id: str, headers: list[tuple[str, str]], block: bytes) -> Any:
    """Return a record whose block is written as it is: warcio would parse and rewrite HTTP headers."""
    from warcio.recordbuilder import RecordBuilder
    from warcio.recordloader import ArcWarcRecord
    from warcio.statusandheaders import StatusAndHeaders

    payload = split_message(block)[1] if kind in ("request", "response") else b""
    every = [("WARC-Type", kind), ("WARC-Record-ID", record_id), *headers]
    every.append(("WARC-Block-Digest", f"sha256:{body_hash(block)}"))
    every += [("WARC-Payload-Digest", f"sha256:{body_hash(payload)}")] if kind != "warcinfo" else []
    warc_headers = StatusAndHeaders("", every, protocol="WARC/1.1")
    content_type = RecordBuilder.WARC_RECORDS[kind]
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
    """Return the exchange at ``offset`` (its request at ``request``); ``BadInput`` if the bytes are not as written."""
    sent, _ = read_block(directory / segment, request)
    message, record_id = read_block(directory / segment, offset)
    head, _ = split_message(message)
    return StoredExchange(request=sent, response_head=head, body=response_body(message, limit), record_id=record_id)


def read_members(directory: Path, segment: str, request: int, end: int) -> bytes:
    """Return the gzip members of an exchange as they stand, request and response; raises ``BadInput``."""
    try:
        with (directory / segment).open("rb") as file:
            file.seek(request)
            return file.read(min(max(0, end - request), _MAX_RECORD))
    except OSError as error:
        raise BadInput(f"{segment}: cannot be read: {error.strerror}") from None


def read_block(path: Path, offset: int) -> tuple[bytes, str]:
    """Return the block of the record at ``offset`` and its WARC-Record-ID; its digest is checked (``BadInput``)."""
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
    return block, str(record.rec_headers.get_header("WARC-Record-ID"))


def _records(file: BinaryIO) -> Any:
    from warcio.archiveiterator import ArchiveIterator

    return ArchiveIterator(file, no_record_parse=True)


def scan(path: Path) -> Iterator[tuple[str, str, bytes, int, int]]:
    """Yield (address, WARC-Date, message, offset, length) of every response of a segment, to rebuild its index."""
    with path.open("rb") as file:
        records = _records(file)
        for record in records:
            if record.rec_type == "response":
                message = record.raw_stream.read()
                get = record.rec_headers.get_header
                place = records.get_record_offset(), records.get_record_length()
                yield get("WARC-Target-URI"), get("WARC-Date"), message, *place
