"""What a page says about its own addresses: the canonical one (RFC 6596) and the same article in other languages.

Recorded as stated and never followed here; the address that the page was fetched from stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from babelscope.extract.decode import clean
from babelscope.languages.codes import language_tag
from babelscope.model import Links, Sibling

MAX_SIBLINGS = 60
MAX_LINKS = 400
MAX_URL = 2000


def read_links(tree: LexborHTMLParser, url: str) -> Links | None:
    """Return the stated addresses of the unpruned page ``tree`` at ``url``; None when it states neither kind.

    Only http(s) addresses are kept, relative ones made absolute; "x-default" is no language. At most 60 siblings.
    """
    found = [(set(relation.lower().split()), node) for relation, node in _stated(tree)]
    base = _absolute(_base(tree), url) or url
    canonical = next((link for kinds, node in found if "canonical" in kinds and (link := _target(node, base))), "")
    siblings = dict.fromkeys(
        sibling
        for kinds, node in found
        if "alternate" in kinds and node.attributes.get("hreflang") and (sibling := _sibling(node, base)) is not None
    )
    kept = tuple(siblings)[:MAX_SIBLINGS]
    return Links(canonical=canonical, siblings=kept) if canonical or kept else None


def _stated(tree: LexborHTMLParser) -> Iterator[tuple[str, LexborNode]]:
    for node in tree.css("link[rel][href]")[:MAX_LINKS]:
        yield node.attributes.get("rel") or "", node


def _base(tree: LexborHTMLParser) -> str:
    node = tree.css_first("base[href]")
    return (node.attributes.get("href") or "") if node else ""


def _sibling(node: LexborNode, base: str) -> Sibling | None:
    language, link = language_tag(node.attributes.get("hreflang")), _target(node, base)
    return Sibling(language=language, url=link) if link and language else None


def _target(node: LexborNode, base: str) -> str:
    return _absolute(node.attributes.get("href") or "", base)


def _absolute(link: str, base: str) -> str:
    """Return ``link`` as an absolute address; "" if it is empty, too long, not http(s) or carries a password."""
    link = clean(link).strip()
    if not link or len(link) > MAX_URL:
        return ""
    try:
        absolute = urljoin(base, link.replace(" ", "%20"))
        parts = urlsplit(absolute)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return absolute if good and len(absolute) <= MAX_URL else ""
