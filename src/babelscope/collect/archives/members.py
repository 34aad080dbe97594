"""Compressed archives as a stream of members: gzip (RFC 1952), zstd (RFC 8878), or one member that is the plain file.

Nothing is ever held but one buffer. After a broken member the stream goes on at the next place that begins a record.
"""

from __future__ import annotations

import re
import zlib
from contextlib import suppress
from typing import Any, BinaryIO, Protocol

import zstandard

CHUNK = 64 << 10
MAX_SKIP = 8 << 30
"""Most bytes (decompressed) that are passed over in one member, in search of its end."""
MAX_DICTIONARY = 16 << 20
ZSTD_WINDOW = 1 << 27
_ZSTD_STEP = 256
"""Bytes fed to zstd at once: one step makes at most about 8 MB."""
_BACK = 64 << 10
"""How far before the place where a fault showed the next member is looked for."""
GZIP, ZSTD, DICTIONARY = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18"
_RECORD_LINE = re.compile(rb"\n(?:WARC/\d|https?://[^\r\n]{1,2000} \d{14} )")
_OVERLAP = 2_100
RECORD_STARTS = (b"WARC/", b"http://", b"https://", b"filedesc://", b"dns:")


class Broken(Exception):
    """The bytes at hand are no record, or not a whole one; ``str()`` says why."""


class Coder(Protocol):
    """Takes one compression off, up to its end."""

    @property
    def eof(self) -> bool:
        """Whether the end was reached."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What follows the end."""
        ...

    @property
    def unconsumed_tail(self) -> bytes:
        """What was not read yet, since the output was full."""
        ...

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        """Return some of ``data``, decompressed."""
        ...


class _Plain:
    """Passes bytes through: a file without compression is one member."""

    eof = False
    unused_data = unconsumed_tail = b""

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        return data


class _Zstd:
    """zstandard's object with the interface of zlib's."""

    def __init__(self, dictionary: bytes) -> None:
        options: dict[str, Any] = {"dict_data": zstandard.ZstdCompressionDict(dictionary)} if dictionary else {}
        self._frame = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW, **options).decompressobj()
        self.eof = False
        self.unused_data = self.unconsumed_tail = b""

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        out = self._frame.decompress(data[:_ZSTD_STEP])
        self.eof = self._frame.eof
        rest = data[_ZSTD_STEP:]
        self.unused_data = self._frame.unused_data + rest if self.eof else b""
        self.unconsumed_tail = b"" if self.eof else rest
        return out


class Members:
    """The decompressed bytes of a seekable ``file``, member by member; ``offset`` is where the current one begins."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._raw = b""
        self._at = 0  # position in the file of the end of what was read
        self._buffer = b""
        self._pos = 0
        self.offset = 0
        self._dictionary = b""
        self._kind = self._sniff()
        self._coder: Coder = self._new_coder()

    @property
    def is_compressed(self) -> bool:
        """Whether the file has members of its own."""
        return self._kind != "plain"

    def _sniff(self) -> str:
        self._read_more()
        if self._raw.startswith(GZIP):
            return "gzip"
        if self._raw.startswith(DICTIONARY):
            self._dictionary = self._read_dictionary()
        return "zstd" if self._dictionary or self._raw.startswith(ZSTD) else "plain"

    def _read_dictionary(self) -> bytes:
        """Return the dictionary in the skippable frame that begins the file (the WARC/zstd convention)."""
        size = int.from_bytes(self._raw[4:8], "little")
        if size > MAX_DICTIONARY:
            raise Broken(f"a zstd dictionary of {size} bytes")
        while len(self._raw) < 8 + size and self._read_more():
            pass
        raw, self._raw = self._raw[8 : 8 + size], self._raw[8 + size :]
        self.offset = 8 + size
        if not raw.startswith(ZSTD):
            return raw
        try:
            return zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW).decompress(raw, MAX_DICTIONARY)
        except zstandard.ZstdError as error:
            raise Broken(f"the zstd dictionary is broken: {error}") from None

    def _new_coder(self) -> Coder:
        if self._kind == "gzip":
            return zlib.decompressobj(zlib.MAX_WBITS + 16)
        return _Zstd(self._dictionary) if self._kind == "zstd" else _Plain()

    def _read_more(self) -> bool:
        more = self._file.read(CHUNK)
        self._raw += more
        self._at += len(more)
        return bool(more)

    def _fill(self) -> bool:
        """Make the buffer hold something; False at the end of the member. Raises ``Broken``."""
        while self._pos >= len(self._buffer):
            if self._coder.eof:
                return False
            if not self._raw and not self._read_more():
                if self._kind == "plain":
                    return False
                raise Broken("the file ends inside a compressed member")
            try:
                self._buffer = self._coder.decompress(self._raw, CHUNK)
            except (zlib.error, zstandard.ZstdError, MemoryError) as error:
                raise Broken(f"the compression is broken: {error}") from None
            self._pos = 0
            self._raw = self._coder.unused_data if self._coder.eof else self._coder.unconsumed_tail
        return True

    def readline(self, limit: int) -> bytes:
        """Return the next line of the member with its end, b"" at the member's end; ``Broken`` if it is longer."""
        pieces: list[bytes] = []
        length = 0
        while self._fill():
            end = self._buffer.find(b"\n", self._pos, self._pos + limit - length)
            stop = end + 1 if end >= 0 else min(len(self._buffer), self._pos + limit - length)
            pieces.append(self._buffer[self._pos : stop])
            length += stop - self._pos
            self._pos = stop
            if end >= 0:
                break
            if length >= limit:
                raise Broken(f"a line of more than {limit} bytes")
        return b"".join(pieces)

    def read(self, count: int) -> bytes:
        """Return up to ``count`` bytes of the member, fewer only at its end."""
        pieces: list[bytes] = []
        while count > 0 and self._fill():
            piece = self._buffer[self._pos : self._pos + count]
            pieces.append(piece)
            self._pos += len(piece)
            count -= len(piece)
        return b"".join(pieces)

    def skip(self, count: int) -> int:
        """Pass over up to ``count`` bytes of the member; return how many there were."""
        left = count
        if self._kind == "plain" and left > CHUNK:
            left = self._seek_over(left)
        while left > 0 and self._fill():
            step = min(left, len(self._buffer) - self._pos)
            self._pos += step
            left -= step
        return count - left

    def _seek_over(self, count: int) -> int:
        """Seek in a plain file instead of reading it; return how many bytes are still to be passed over."""
        here = self._at - len(self._raw) - (len(self._buffer) - self._pos)
        end = self._file.seek(0, 2)
        target = min(here + count, end)
        self._restart(target)
        return here + count - target

    def _restart(self, position: int) -> None:
        self._at = self._file.seek(position)
        self._raw = self._buffer = b""
        self._pos = 0

    def tell(self) -> int:
        """Return a position that names the current record: of its member, in a plain file of the next byte."""
        if self._kind == "plain":
            return self._at - len(self._raw) - (len(self._buffer) - self._pos)
        return self.offset

    def next_member(self) -> bool:
        """Go to the beginning of the next member; False if there is none. Raises ``Broken``."""
        self.skip(MAX_SKIP)
        if self._kind == "plain":
            return False
        if not self._coder.eof:
            raise Broken(f"a compressed member of more than {MAX_SKIP} bytes")
        if not self._raw and not self._read_more():
            return False
        self.offset = self._at - len(self._raw)
        self._buffer, self._pos = b"", 0
        self._coder = self._new_coder()
        return True

    def resync(self) -> bool:
        """Go to the next place that begins a record, after ``Broken``; False if there is none up to the file's end."""
        if self._kind == "plain":
            return self._resync_plain()
        magic = re.compile(re.escape(GZIP if self._kind == "gzip" else ZSTD))
        position = max(self.offset + 1, self._at - len(self._raw) - _BACK)
        while (found := self._find(magic, position)) >= 0:
            self._restart(found)
            self.offset = found
            self._coder = self._new_coder()
            with suppress(Broken):
                if self._fill() and self._buffer.lstrip().startswith(RECORD_STARTS):
                    return True
            position = found + 1
        return False

    def _resync_plain(self) -> bool:
        found = self._find(_RECORD_LINE, max(0, self.tell() - 1))
        if found < 0:
            return False
        self._restart(found + 1)
        return True

    def _find(self, what: re.Pattern[bytes], position: int) -> int:
        """Return where ``what`` stands in the file at or after ``position``, -1 if it does nowhere."""
        self._file.seek(position)
        window = b""
        while more := self._file.read(1 << 20):
            window += more
            if found := what.search(window):
                return position + found.start()
            position += max(0, len(window) - _OVERLAP)
            window = window[-_OVERLAP:]
        return -1
