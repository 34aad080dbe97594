"""Files of a folder → captures of bare bytes: HTML, PDF, mail, saved pages, text, and archives among them.

A file proves nothing about an address: it is kept under a ``file:`` address of its own, relative to the folder, and
under the source that its owner names; what it says of its origin is read later, as a claim of the page.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from babelscope.collect.archives.outcomes import Outcome, Outcomes, Reading, Skipped, damaged
from babelscope.collect.archives.warcs import resource
from babelscope.collect.reasons import Refused
from babelscope.flow.errors import BadInput
from babelscope.flow.mime import Part, parts_of, read_message
from babelscope.flow.shapes import Refusal

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".xht": "application/xhtml+xml",
    ".pdf": "application/pdf",
    ".eml": "message/rfc822",
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/plain",
}
MAX_DEPTH = 32
MAX_ATTACHMENTS = 200
_ATTACHED = frozenset({"application/pdf", "text/html"})


def walk(root: Path) -> Iterator[tuple[str, Path | Skipped]]:
    """Yield (path relative to ``root``, file or why it is passed over), in order of names; links are not followed."""
    if root.is_file():
        yield root.name, root
        return
    waiting: list[tuple[str, Path]] = [("", root)]
    while waiting:
        prefix, folder = waiting.pop()
        below: list[tuple[str, Path]] = []
        for entry in sorted(os.scandir(folder), key=lambda e: os.fsencode(e.name)):
            name = f"{prefix}{entry.name}"
            if entry.name.startswith("."):
                yield name, Skipped("hidden")
            elif entry.is_symlink():
                yield name, Skipped("link")
            elif entry.is_dir(follow_symlinks=False):
                below.append((f"{name}/", Path(entry.path)))
            else:
                yield name, Path(entry.path) if entry.is_file(follow_symlinks=False) else Skipped("file-type")
        if prefix.count("/") < MAX_DEPTH:
            waiting += reversed(below)


def file_address(label: str, relative: str) -> str:
    """Return the address under which a file is kept: ``file:`` with the folder's name and the path below it."""
    return f"file:///{quote(os.fsencode(label))}/{quote(os.fsencode(relative))}"


def read_file(path: Path, address: str, source: str, reading: Reading) -> Outcomes:
    """Yield the capture of one file and, of a mail, those of its attached pages and PDFs."""
    kind = MEDIA_TYPES.get(path.suffix.lower())
    if kind is None:
        yield Skipped("file-type")
        return
    try:
        body = _bytes_of(path, reading.limit)
    except OSError as error:
        yield damaged(source, address, f"cannot be read: {error.strerror or error}")
        return
    moment = dt.datetime.now(dt.UTC)
    yield _capture(body, kind, source, address, moment) if len(body) <= reading.limit else _too_large(source, address)
    if kind == "message/rfc822":
        yield from _attachments(body, source, address, moment)


def _bytes_of(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file, one more than ``limit`` at most; a link put in its place is not followed."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file any more")
        return file.read(limit + 1)


def _capture(body: bytes, kind: str, source: str, address: str, moment: dt.datetime) -> Outcome:
    try:
        return resource(body, kind, source, address, moment)
    except Refused as refused:
        return Refusal(source=source, url=address, reason=refused.reason, detail=refused.detail)


def _too_large(source: str, address: str) -> Refusal:
    return Refusal(source=source, url=address, reason="too-large", detail="larger than collect.max_mb")


def _attachments(body: bytes, source: str, address: str, moment: dt.datetime) -> Outcomes:
    try:
        parts = [part for part in parts_of(read_message(body)) if _is_attachment(part)]
    except BadInput as error:
        yield damaged(source, f"{address}#attachments", str(error))
        return
    for part in parts[:MAX_ATTACHMENTS]:
        if part.media_type in _ATTACHED:
            yield _capture(part.body, part.media_type, source, f"{address}#part-{part.number}", moment)
        else:
            yield Skipped("media-type")


def _is_attachment(part: Part) -> bool:
    return part.attached or part.media_type == "application/pdf" or bool(part.name)
