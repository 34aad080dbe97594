"""A home page → what it says of its outlet: name, language, country, feeds, sitemaps. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from babelscope.collect.charset import decoded
from babelscope.collect.domains import registrable
from babelscope.collect.plaintext import plain_text
from babelscope.collect.rows import absolute
from babelscope.collect.sections import base_of
from babelscope.flow.errors import BadInput
from babelscope.flow.markup import check_markup
from babelscope.languages.codes import UNKNOWN, canonical_code, language_tag
from babelscope.languages.countries import countries, country_of_host

MAX_BYTES = 4 << 20
"""Bytes of the page that are read: what describes it stands at its head."""
MAX_FEEDS = 40
MAX_LINKS = 5_000
FEW_LINKS = 15
"""A page with a password field and fewer links than this is a login, not a front page."""

_FEED_TYPES = re.compile(
    r"application/(rss|atom|rdf|feed)\+(xml|json)|(text|application)/(xml|rss)|application/json", re.I
)
_NOT_NEWS = re.compile(r"comment|kommentar|commentaire|comentario|oembed|wp-json|\bsearch\b", re.IGNORECASE)
_FEED_LINK = re.compile(r"(^|[/._-])(rss|atom|feed)s?([/._-]|$)|\.rdf$", re.IGNORECASE)
_SPLIT = re.compile(r"\s+[|–—·•»:-]+\s+")
_REGION = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})(?![A-Za-z0-9])")


class Stated(msgspec.Struct, frozen=True):
    """A value, and how it is known, in words."""

    value: str
    how: str


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """What the page says. ``feeds`` it declares in its head, ``links`` are links in its body that look like feeds.

    ``tags`` are the language tags that it gives for itself; ``login``: it is nothing but a login.
    """

    url: str
    names: tuple[Stated, ...] = ()
    tags: tuple[Stated, ...] = ()
    feeds: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    login: bool = False


def read_home_page(body: bytes, url: str, content_type: str = "") -> HomePage:
    """Return what the HTML at ``url`` says of its outlet; one that says nothing, or is over a bound, gives nothing."""
    from selectolax.lexbor import LexborHTMLParser

    html = decoded(body[:MAX_BYTES], content_type)
    try:
        check_markup(html)
    except BadInput:
        return HomePage(url=url)
    tree = LexborHTMLParser(html)
    base = base_of(tree, url)
    anchors = tree.css("a[href]")[:MAX_LINKS]
    return HomePage(
        url=url,
        names=tuple(_names(tree)),
        tags=tuple(_tags(tree)),
        feeds=_feeds(tree, base),
        links=_feed_links(anchors, base),
        sitemaps=_addresses(tree.css("link[rel~=sitemap][href]"), base)[:MAX_FEEDS],
        login=tree.css_first("input[type=password]") is not None and len(anchors) < FEW_LINKS,
    )


def name_of(page: HomePage | None, url: str) -> Stated:
    """Return the outlet's name: what the page says first, else its host."""
    if page and page.names:
        return page.names[0]
    return Stated((urlsplit(url).hostname or url).removeprefix("www."), "the host name")


def languages_of(page: HomePage | None, of_items: Iterable[str]) -> tuple[Stated, ...]:
    """Return the languages (ISO 639) that the page gives for itself and those of most items of its feeds."""
    told = list(page.tags) if page else []
    told += [Stated(tag, "its feed") for tag, _ in Counter(tag for tag in of_items if tag).most_common(1)]
    found: dict[str, Stated] = {}
    for tag in told:
        code = canonical_code(tag.value)
        if code != UNKNOWN:
            before = found.get(code)
            how = tag.how if before is None else f"{before.how}, {tag.how}"
            found[code] = Stated(code, how)
    return tuple(found.values())


def country_of(page: HomePage | None, url: str, of_items: Iterable[str]) -> Stated:
    """Return the country: of the domain, else the region in the language tags of page and feeds; "" if none says it.

    American English is what software is delivered with: ``en-US`` counts only where nothing else is said.
    """
    host = urlsplit(url).hostname or ""
    if code := country_of_host(host):
        return Stated(code, f"the domain .{host.rpartition('.')[2]}")
    told = list(page.tags) if page else []
    told += [Stated(tag, "its feed") for tag in dict.fromkeys(of_items) if tag]
    regions = [
        Stated(match[1].upper(), f"{tag.how} ({tag.value})")
        for tag in told
        if (match := _REGION.match(tag.value)) and match[1].upper() in countries()
    ]
    default = [one for one in regions if one.value == "US"]
    better = [one for one in regions if one.value != "US"]
    return (better or default or [Stated("", "nothing says it")])[0]


def _names(tree: Any) -> Iterable[Stated]:
    for attribute, name in (("property", "og:site_name"), ("name", "application-name")):
        if text := _meta(tree, attribute, name):
            yield Stated(text, name)
    title = plain_text((node.text() if (node := tree.css_first("head title")) else "")[:2_000], 300)
    parts = [part for part in _SPLIT.split(title) if part.strip()]
    if parts:  # the outlet's own name is the short part
        yield Stated(min(parts, key=len).strip(), "the page's title")


def _tags(tree: Any) -> Iterable[Stated]:
    root = tree.root
    lang = language_tag((root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root else "")
    if lang:
        yield Stated(lang, "html lang")
    for attribute, name in (("property", "og:locale"), ("http-equiv", "content-language"), ("name", "language")):
        if tag := language_tag(_meta(tree, attribute, name).partition(",")[0]):
            yield Stated(tag, name)


def _meta(tree: Any, attribute: str, name: str) -> str:
    for node in tree.css(f"meta[{attribute}]")[:500]:
        if (node.attributes.get(attribute) or "").lower() == name:
            return plain_text((node.attributes.get("content") or "")[:2_000], 200)
    return ""


def _feeds(tree: Any, base: str) -> tuple[str, ...]:
    declared = [
        node
        for node in tree.css("link[rel~=alternate][href]")[:500]
        if _FEED_TYPES.fullmatch((node.attributes.get("type") or "").partition(";")[0].strip())
        and not _NOT_NEWS.search(f"{node.attributes.get('title') or ''} {node.attributes.get('href') or ''}")
    ]
    return _addresses(declared, base)[:MAX_FEEDS]


def _feed_links(anchors: Sequence[Any], base: str) -> tuple[str, ...]:
    site = registrable(urlsplit(base).hostname or "")
    return tuple(
        url
        for url in _addresses([node for node in anchors if _FEED_LINK.search(node.attributes.get("href") or "")], base)
        if registrable(urlsplit(url).hostname or "") == site and not _NOT_NEWS.search(url)
    )[:MAX_FEEDS]


def _addresses(nodes: Iterable[Any], base: str) -> tuple[str, ...]:
    found = (absolute(node.attributes.get("href") or "", base) for node in nodes)
    return tuple(dict.fromkeys(url for url in found if url))
