"""When a page says that it was last changed: JSON-LD, meta elements, microdata. What it says, not what is true."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from babelscope.extract import dates, jsonld
from babelscope.extract.decode import decode, is_binary

MAX_BODY = 2_000_000
MAX_META = 400
_NAMES = (
    "article:modified_time og:updated_time og:article:modified_time article:modified article.updated datemodified "
    "last-modified lastmod dcterms.modified dc.date.modified modified updated_time cxenseparse:recs:articlemodified"
)
_ORDER = {name: place for place, name in enumerate(_NAMES.split())}


def stated_modification(body: bytes, charset: str = "", seen_at: dt.datetime | None = None) -> dt.datetime | None:
    """Return when the page ``body`` (HTML) says it was last changed, in UTC; None if it does not say.

    ``seen_at`` bounds it: a page cannot have been changed more than two days after it was fetched. Of a body beyond
    ``MAX_BODY`` bytes the beginning is read.
    """
    body = body[:MAX_BODY]
    if is_binary(body):
        return None
    tree = LexborHTMLParser(decode(body, charset))
    for text in _stated(tree):
        found = dates.parse_date(text, seen_at)
        if found is not None:
            return found
    return None


def _stated(tree: LexborHTMLParser) -> Iterator[str]:
    for item in jsonld.article_items(tree)[:1]:
        yield from jsonld.strings(item.get("dateModified"), "")
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:MAX_META]:
        for key in ("property", "name", "itemprop", "http-equiv"):
            name = (node.attributes.get(key) or "").strip().lower()
            if name in _ORDER:
                found.setdefault(name, node.attributes.get("content") or "")
    yield from (found[name] for name in sorted(found, key=_ORDER.__getitem__))
    for node in tree.css("time[itemprop=dateModified]")[:2]:
        yield node.attributes.get("datetime") or node.text()
