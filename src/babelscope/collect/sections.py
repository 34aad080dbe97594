"""Section or front page → links to articles, for sources without a feed.

Three witnesses are weighed for each link: the form of its address, its text, and where on the page it stands. What
the page's links have in common is learned on the page itself: addresses made alike whose texts read like headlines
are articles, even where one of them has a short text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import msgspec

from babelscope.collect.charset import decoded
from babelscope.collect.domains import registrable
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.packing import unpacked
from babelscope.collect.paths import Shape, is_apart, shape_of, without_tracking
from babelscope.collect.plaintext import plain_text
from babelscope.collect.rows import MAX_TITLE, absolute
from babelscope.flow.errors import BadInput
from babelscope.flow.markup import check_markup
from babelscope.flow.shapes import Item
from babelscope.languages.codes import language_tag
from babelscope.model import Hints

MAX_BYTES = 10 << 20
MAX_LINKS = 5_000
MAX_CLIMB = 30
"""Ancestors of a link that are looked at."""
ENOUGH = 3
"""Least weight of an article's link: the address alone, or text and place together."""
MIN_ALIKE = 3
MAX_CARD_LINKS = 3
"""Addresses in one card: the article, its author, its tag; a box with more is a list."""

_OTHER_KIND = re.compile(r"<(?:[a-z0-9]+:)?(?:rss|feed|RDF|urlset|sitemapindex)[\s>]")
_OPEN = re.compile(r"<[a-zA-Z]")
_APART_TAGS = frozenset({"nav", "footer", "form", "menu", "dialog", "select", "template", "noscript"})
_APART_ROLES = frozenset({"navigation", "menu", "menubar", "contentinfo", "banner", "search", "dialog", "tablist"})
_APART_NAMES = re.compile(
    r"(?:^|[\s_-])(nav|navbar|navigation|menu|submenu|mainmenu|megamenu|footer|breadcrumbs?|social|share|sharing|cookies?|"
    r"consent|pagination|pager|paging|login|toolbar|topbar|tags?|tagcloud|sponsored|advert|advertisement|ad|promo|"
    r"newsletter|byline|author|authors|langs?|languages?|language-switcher)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_CARDS = frozenset({"article", "li", "section", "div", "tr", "td"})
_NOT_FOLLOWED = frozenset({"author", "tag", "sponsored", "license", "help", "search", "prev", "next"})
_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_NEXT = re.compile(
    r"next( page)?|older( posts| articles)?|nächste( seite)?|weiter|suivante?|page suivante|siguiente|próxim[ao]|"
    r"successiv[ao]|volgende|następna|další|sonraki|следующая|далее|наступна|التالي|بعدی|अगला|下一页|下一頁|次へ|次のページ|"
    r"다음|berikutnya|trang sau|[»›→>]+",
    re.IGNORECASE,
)


class _Link(msgspec.Struct):
    """What the page says of one address, from all links to it together."""

    url: str
    shape: Shape
    text: str = ""
    rank: tuple[bool, bool, float] = (False, False, 0.0)
    """How good a headline the text is: in a heading, not a link into the page (#comments), its length."""
    weight: int = 0
    apart: bool = True


def parse_section(page: FeedPage) -> ParsedFeed:
    """Return the articles that an HTML page links to, in its order, and its next page as ``more``.

    Only links within the site (its registrable domain) count; the text of a link is a hint of the article's title.
    Raises ``BadInput`` for what is no HTML page or is over a bound.
    """
    from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

    html = _checked(page)
    tree = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS)
    base = base_of(tree, page.url)
    links = _links(tree, base, page.url)
    learned = _learned(links)
    chosen = [link for link in links if _is_article(link, learned)]
    root = tree.root
    language = language_tag((root.attributes.get("lang") if root else "") or "")
    items = tuple(_item(link, language, page) for link in chosen[: page.limit])
    return ParsedFeed(items=items, entries=len(chosen), more=_more(tree, base, page.url))


def _checked(page: FeedPage) -> str:
    body = unpacked(page.body)
    if len(body) > MAX_BYTES:
        raise BadInput(f"a page of {len(body)} bytes; at most {MAX_BYTES}")
    html = decoded(body, page.content_type)
    if not _OPEN.search(html):
        raise BadInput("not an HTML page: no tags")
    if _OTHER_KIND.search(html[:4096]):
        raise BadInput("a feed or a sitemap, not a page of links: its kind in `listens` is wrong")
    check_markup(html)
    return html


def base_of(tree: Any, url: str) -> str:
    """Return the address against which the links of a page at ``url`` are resolved."""
    node = tree.css_first("base[href]")
    return (node and absolute(node.attributes.get("href") or "", url)) or url


def _links(tree: Any, base: str, own: str) -> list[_Link]:
    """Return the links of the site that may be articles, each address once, in order of appearance."""
    site = registrable(urlsplit(own).hostname or "")
    here = {without_tracking(own), without_tracking(base)}
    found: dict[str, _Link] = {}
    cards: dict[int, str | None] = {}
    for node in tree.css("a[href]")[:MAX_LINKS]:
        relations = set((node.attributes.get("rel") or "").lower().split())
        url = absolute(node.attributes.get("href") or "", base)
        if not url or relations & _NOT_FOLLOWED or (node.attributes.get("href") or "").startswith("#"):
            continue
        url = without_tracking(url)
        if url in here or registrable(urlsplit(url).hostname or "") != site or is_apart(url):
            continue
        link = found.setdefault(url, _Link(url, shape_of(url)))
        _witness(link, node, cards)
    return list(found.values())


def _witness(link: _Link, node: Any, cards: dict[int, str | None]) -> None:
    """Add what one link says: its best text and its best place count; one place in the open makes the link open."""
    above = list(_ancestors(node))
    if any(_sets_apart(each) for each in above):
        return
    link.apart = False
    heading = next((each for each in above if each.tag in _HEADINGS), None) or node.css_first("h1,h2,h3,h4,h5")
    text = _text(heading if heading is not None else node)
    if _length(text) < 3:
        text = max(text, _text_of_picture(node), key=_length)
        if _length(text) < 3 and not heading and (card := _card_heading(above, cards)):
            text = heading = card
    link.weight = max(link.weight, bool(heading) + any(each.tag == "article" for each in above[:6]))
    rank = (bool(heading), "#" not in (node.attributes.get("href") or ""), _length(text))
    if text and rank > link.rank:
        link.text, link.rank = text, rank


def _ancestors(node: Any) -> Iterator[Any]:
    parent = node.parent
    for _ in range(MAX_CLIMB):
        if parent is None or parent.tag in ("body", "html", "-undef"):
            return
        yield parent
        parent = parent.parent


def _sets_apart(node: Any) -> bool:
    if node.tag in _APART_TAGS:
        return True
    attributes = node.attributes
    if (attributes.get("role") or "").lower() in _APART_ROLES:
        return True
    names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".strip()
    return bool(names) and bool(_APART_NAMES.search(names[:300])) and node.tag not in ("article", "main")


def _card_heading(above: list[Any], cards: dict[int, str | None]) -> str:
    """Return the one heading of the card around a link such as "Read more"; each box of the page is read once."""
    for each in above[:4]:
        if each.tag in _CARDS:
            if each.mem_id not in cards:
                cards[each.mem_id] = _heading_of(each)
            found = cards[each.mem_id]
            if found is not None:
                return found
    return ""


def _heading_of(card: Any) -> str | None:
    """Return the heading of a box, "" if it has several or is a list, None if it has none."""
    headings = card.css("h1,h2,h3,h4,h5")
    if not headings:
        return None
    targets = {link.attributes.get("href") for link in card.css("a[href]")}
    return _text(headings[0]) if len(headings) == 1 and len(targets) <= MAX_CARD_LINKS else ""


def _text_of_picture(node: Any) -> str:
    title = node.attributes.get("title") or node.attributes.get("aria-label") or ""
    picture = node.css_first("img[alt]")
    return plain_text(title or (picture.attributes.get("alt") or "" if picture else ""), MAX_TITLE)


def _text(node: Any) -> str:
    return plain_text(node.text(separator=" ")[: MAX_TITLE * 2], MAX_TITLE)


def _length(text: str) -> float:
    """Return how long a text is in words; three letters of a script without spaces count as one."""
    return len(_WIDE.findall(text)) / 3 + len(_WIDE.sub("", text).split())


def _weight(link: _Link) -> int:
    words = _length(link.text)
    said = 2 if words >= 5 else 1 if words >= 3 else 0
    return min(link.shape.score, 4) + said + link.weight


def _learned(links: list[_Link]) -> dict[str, int]:
    """Return form of address → what it adds: alike addresses whose links mostly are articles lift the others."""
    alike: dict[str, list[bool]] = defaultdict(list)
    for link in links:
        if not link.apart:
            alike[link.shape.key].append(_weight(link) >= ENOUGH)
    return {
        key: 1 if sum(good) >= 0.6 * len(good) else -1 if sum(good) <= 0.2 * len(good) else 0
        for key, good in alike.items()
        if len(good) >= MIN_ALIKE
    }


def _is_article(link: _Link, learned: dict[str, int]) -> bool:
    return not link.apart and _weight(link) + learned.get(link.shape.key, 0) >= ENOUGH


def _item(link: _Link, language: str, page: FeedPage) -> Item:
    hints = Hints(title=link.text if _length(link.text) >= 3 else "", language=language)
    return Item(source=page.source, url=link.url, feed=page.listen, hints=hints)


def _more(tree: Any, base: str, own: str) -> tuple[str, ...]:
    """Return the next page of a list that goes on: what is marked rel=next, or a link in the page that says so."""
    host = urlsplit(own).hostname
    marked = tree.css("link[rel~=next][href],a[rel~=next][href]")[:5]
    said = [node for node in tree.css("a[href]")[:MAX_LINKS] if _NEXT.fullmatch(node.text().strip()[:40])]
    for node in [*marked, *said[:20]]:
        url = absolute(node.attributes.get("href") or "", base)
        is_list = node in marked or is_apart(url) if url else False
        if is_list and urlsplit(url).hostname == host and url != absolute(own, ""):
            return (url,)
    return ()
