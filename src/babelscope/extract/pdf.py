"""PDF → article and where its pages begin; the file is parsed in a process of its own, bounded in time and memory.

A worker that crashes or takes too long takes down one document, on every engine; it is started when first needed.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import threading
from contextlib import suppress

import msgspec

from babelscope.extract.bounds import MAX_TEXT, check_size
from babelscope.extract.decode import clean
from babelscope.extract.pdf_child import PdfText, Reply
from babelscope.extract.pdf_stated import stated_authors, stated_date, title_of
from babelscope.extract.pdf_text import Paragraph
from babelscope.flow.child import READY, command, environment, frame
from babelscope.flow.errors import BadInput, Unavailable
from babelscope.model import Article, Hints, Sheets

SECONDS = 30.0
"""Wall time for one file."""
MIN_LETTERS = 40
"""Letters below which a PDF counts as one without text (a scan)."""


class PdfReader:
    """Reads PDFs, one at a time, in a child process that is started again after it had to be killed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, body: bytes) -> PdfText:
        """Return the text of ``body``; raises ``BadInput`` if it is broken, encrypted or over a bound."""
        check_size(body)
        if b"%PDF-" not in body[:1024]:
            raise BadInput("PDF: it does not begin like one")
        child = self._child or self._start()
        timer = threading.Timer(self._seconds, child.kill)
        timer.start()
        try:
            reply = _ask(child, body)
        except (OSError, EOFError, msgspec.DecodeError):
            late = not timer.is_alive()
            self.close()
            why = f"took longer than {self._seconds:g} s" if late else "crashed, or needed too much memory"
            raise BadInput(f"PDF: reading it {why}") from None
        finally:
            timer.cancel()
        if reply.text is None:
            raise BadInput(reply.error)
        return reply.text

    def close(self) -> None:
        """End the child process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with suppress(OSError):
                child.communicate()

    def __del__(self) -> None:
        self.close()

    def _start(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        try:
            child = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                command("babelscope.extract.pdf_child"),
                stdin=pipe,
                stdout=pipe,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        except OSError as error:
            raise Unavailable(f"the process that reads PDFs cannot be started: {error}") from None
        self._child = child
        if child.stdout is None or child.stdout.read(1) != READY:
            self.close()
            raise Unavailable("the process that reads PDFs ended at once; is the package pypdfium2 whole?")
        return child


def _ask(child: subprocess.Popen[bytes], body: bytes) -> Reply:
    if child.stdin is None or child.stdout is None:
        raise EOFError
    child.stdin.write(frame(body))
    child.stdin.flush()
    head = child.stdout.read(4)
    size = int.from_bytes(head, "big")
    raw = child.stdout.read(size)
    if len(head) < 4 or len(raw) < size:
        raise EOFError
    return msgspec.msgpack.decode(raw, type=Reply)


def has_text(found: PdfText) -> bool:
    """Say whether a PDF has text: a scan has none, or only a stamp."""
    return sum(sum(c.isalpha() for c in p.text) for p in found.paragraphs) >= MIN_LETTERS


def pdf_article(found: PdfText, hints: Hints, seen_at: dt.datetime | None = None) -> tuple[Article, Sheets]:
    """Return the article that a PDF holds, and the code point of its text at which each page begins."""
    title, spent = title_of(found, hints)
    text, sheets = _assemble(found.paragraphs[spent:], found.pages)
    article = Article(
        title=title,
        text=text,
        published_at=stated_date(found, hints, seen_at),
        authors=stated_authors(found) or hints.authors,
        method="pdf",
    )
    return article, sheets


def _assemble(parts: tuple[Paragraph, ...], pages: int) -> tuple[str, Sheets]:
    """Return the text, one paragraph a line, and the code points at which pages begin (of an empty one: the next's)."""
    pieces: list[str] = []
    starts: dict[int, int] = {}
    at = 0
    for part in parts:
        text = clean(part.text)
        if not text:
            continue
        starts.setdefault(part.page, at)
        for page, offset in part.turns:
            starts.setdefault(page, at + len(clean(part.text[:offset])))
        pieces.append(text)
        at += len(text) + 1
        if at > MAX_TEXT:
            break
    whole = "\n".join(pieces)[:MAX_TEXT]
    made: list[int] = []
    following = len(whole)
    for page in reversed(range(pages)):
        following = min(starts.get(page, following), following)
        made.append(following)
    return whole, Sheets(starts=tuple(reversed(made)))
