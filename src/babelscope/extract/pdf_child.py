"""The process that reads PDFs: pdfium is C++, and no crafted file may take a run down with it, or hold it up.

A frame (``flow.child``) brings the bytes of a file in, one takes a ``Reply`` in MessagePack out.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from babelscope.extract.bounds import MAX_TEXT
from babelscope.extract.pdf_glyphs import page_runs
from babelscope.extract.pdf_layout import Line, page_lines
from babelscope.extract.pdf_text import Paragraph, paragraphs
from babelscope.flow import child
from babelscope.flow.errors import BadInput

MAX_PAGES = 400
"""Pages read of one file."""
_FAULTS = {2: "the file cannot be opened", 3: "not a PDF, or broken", 4: "encrypted: it needs a password", 5: "locked"}


class PdfText(msgspec.Struct, frozen=True, kw_only=True):
    """What a PDF says: its paragraphs, how many pages it has, and what it states about itself (as it stands there)."""

    paragraphs: tuple[Paragraph, ...]
    pages: int
    stated: dict[str, str] = {}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one file: its text, or why there is none."""

    text: PdfText | None = None
    error: str = ""


def read_pdf(body: bytes) -> PdfText:
    """Return the text of the PDF ``body``; raises ``BadInput`` if it is broken, encrypted or over a bound."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        raise BadInput(_reason(error)) from None
    try:
        pages: list[list[Line]] = []
        letters = 0
        count = len(document)
        for number in range(min(count, MAX_PAGES)):
            lines = _lines(document, number)
            pages.append(lines)
            letters += sum(len(line.text) for line in lines)
            if letters > MAX_TEXT:  # what follows would be cut off
                break
        stated = {key: _clean(value)[:500] for key, value in document.get_metadata_dict(skip_empty=True).items()}
        return PdfText(paragraphs=tuple(paragraphs(pages)), pages=len(pages), stated=stated)
    finally:
        document.close()


def _lines(document: Any, number: int) -> list[Line]:
    """Return the lines of one page; one that pdfium cannot load has none: the others still count."""
    import pypdfium2 as pdfium

    try:
        page = document[number]
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        return []
    try:
        return page_lines(page_runs(page, textpage), number)
    finally:
        textpage.close()
        page.close()


def _reason(error: Exception) -> str:
    code = getattr(error, "err_code", None)
    if code in _FAULTS:
        return f"PDF: {_FAULTS[code]}"
    return f"PDF: {_clean(str(error))[:200]}"


def _clean(text: str) -> str:
    return re.sub(r"[\ud800-\udfff\x00-\x1f\x7f-\x9f]", " ", text).strip()


def _prepare() -> None:
    import pypdfium2  # noqa: F401  # paid before the first clock runs


def _answer(body: bytes) -> bytes:
    try:
        reply = Reply(text=read_pdf(body))
    except BadInput as error:
        reply = Reply(error=str(error))
    except Exception as error:  # whatever a reader raises on hostile bytes is the file's fault
        reply = Reply(error=f"PDF: {type(error).__name__}: {_clean(str(error))[:200]}")
    return msgspec.msgpack.encode(reply)


if __name__ == "__main__":
    child.run(_prepare, _answer)
