"""The stage ``extract``: page → article."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from babelscope.extract.decode import is_binary
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Article, Document, Page, Patch

HTML = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml", ""})
TEXT = frozenset({"text/plain"})


class ExtractStage:
    """Reads the article from each page. Drops pages without one ("no-article") and other media ("media-type")."""

    name = "extract"
    version = "1"
    needs = frozenset({"page"})
    provides = frozenset({"article"})
    batch = 32

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
        page = document.layers["page"]
        if not isinstance(page, Page):
            raise BadInput("the layer 'page' holds no page")
        media_type = page.media_type.partition(";")[0].strip().lower()
        if media_type not in HTML | TEXT or is_binary(page.body):
            return Patch(drop="media-type")
        article = self._read(document, page, is_text=media_type in TEXT)
        return Patch(layers={"article": article}) if article is not None else Patch(drop="no-article")

    def _read(self, document: Document, page: Page, *, is_text: bool) -> Article | None:
        from babelscope.extract.page import extract_html, extract_text

        if is_text:
            return extract_text(page.body, charset=page.charset, hints=page.hints, seen_at=document.seen_at)
        return extract_html(
            page.body, url=document.url, charset=page.charset, hints=page.hints, seen_at=document.seen_at
        )


def build(config: Config) -> ExtractStage:
    """Return the stage; it has no settings."""
    return ExtractStage()
