"""The stage ``extract``: page, PDF, mail or saved page → article."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from babelscope.extract.decode import is_binary
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Article, Document, Links, Page, Patch

if TYPE_CHECKING:
    from babelscope.extract.pdf import PdfReader

HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", ""})
TEXT = frozenset({"text/plain"})
PDF = frozenset({"application/pdf", "application/x-pdf"})
MESSAGE = frozenset({"message/rfc822", "multipart/related", "application/x-mimearchive"})


class ExtractStage:
    """Reads the article from each page.

    Drops pages without one ("no-article"), PDFs that are only pictures ("no-text") and other media ("media-type").
    """

    name = "extract"
    version = "2"
    needs = frozenset({"page"})
    provides = frozenset({"article", "links", "sheets"})
    batch = 32

    def __init__(self) -> None:
        self._pdf: PdfReader | None = None

    def load(self) -> None:
        """Import the parsers; nothing is read from disk but code."""
        import babelscope.extract.page  # noqa: F401 (heavy: paid once per worker)

        # a page without an article is our decision and counted in the ledger, not a line in the log
        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
        logging.getLogger("htmldate").setLevel(logging.CRITICAL)
        logging.getLogger("charset_normalizer").setLevel(logging.CRITICAL)

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one patch per document; raises ``BadInput`` for a page that is over a bound or not a page."""
        return [self._patch(document) for document in docs]

    def _patch(self, document: Document) -> Patch:
        if "page" not in document.layers and "article" in document.made_by:
            return Patch()  # a pipe gave the article itself
        page = document.layers["page"]
        if not isinstance(page, Page):
            raise BadInput("the layer 'page' holds no page")
        media_type = page.media_type.partition(";")[0].strip().lower()
        if media_type in PDF:
            return self._read_pdf(document, page)
        if media_type not in HTML | TEXT | MESSAGE or is_binary(page.body):
            return Patch(drop="media-type")
        article, links = self._read(document, page, media_type)
        if article is None:
            return Patch(drop="no-article")
        return Patch(layers={"article": article} if links is None else {"article": article, "links": links})

    def _read(self, document: Document, page: Page, media_type: str) -> tuple[Article | None, Links | None]:
        from babelscope.extract.mail import extract_message
        from babelscope.extract.page import extract_text, read_html

        url, hints, seen_at = document.url, page.hints, document.seen_at
        if media_type in MESSAGE:
            return extract_message(page.body, url=url, hints=hints, seen_at=seen_at, media_type=media_type)
        if media_type in TEXT:
            return extract_text(page.body, charset=page.charset, hints=hints, seen_at=seen_at), None
        return read_html(page.body, url=url, charset=page.charset, hints=hints, seen_at=seen_at)

    def _read_pdf(self, document: Document, page: Page) -> Patch:
        from babelscope.extract.pdf import PdfReader, has_text, pdf_article

        self._pdf = self._pdf or PdfReader()
        found = self._pdf.read(page.body)
        if not has_text(found):
            return Patch(drop="no-text")
        article, sheets = pdf_article(found, page.hints, document.seen_at)
        return Patch(layers={"article": article, "sheets": sheets})


def build(config: Config) -> ExtractStage:
    """Return the stage; it has no settings."""
    return ExtractStage()
