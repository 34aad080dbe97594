"""Take away what is not the article before the article is looked for.

Candidates are found by element, ARIA role and the words of ``class`` and ``id``. None is removed that holds a large
part of the page's prose, because names lie ("sidebar-left content" around everything, "cookie" on a report on cookies).
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Never text of an article, whatever is inside.
_ALWAYS = (
    "script,style,template,svg,iframe,object,embed,applet,canvas,audio,video,map,math,button,select,"
    "textarea,input,datalist,dialog,link,source,track"
)
# Furniture by element or by landmark role (WAI-ARIA 1.2), unless it holds the prose.
_FURNITURE = (
    "nav,aside,footer,menu,noscript,[role=navigation],[role=complementary],[role=contentinfo],[role=search],"
    "[role=banner],[role=dialog],[role=alertdialog],[role=menu],[role=menubar],[role=toolbar],[role=tablist],"
    "[aria-modal=true],[hidden]"
)
_NAMED = "[class],[id],[data-component],[data-testid]"
# Words of class and id values, each at a word boundary ("-", "_", space, or a change to upper case).
_WORDS = (
    # consent
    r"cookies?[-_]?(?:banner|bar|box|consent|law|layer|notice|notification|policy|popup|wall|info|hint|modal|overlay)|"
    r"consent(?:[-_]?(?:banner|manager|layer|box|wall|modal))?|gdpr|onetrust|cookiebot|usercentrics|didomi|borlabs|cmplz|"
    # sharing and following
    r"share|sharing|sharebar|sharetools|social|socials|social[-_]?media|addtoany|addthis|sharedaddy|follow[-_]?us|"
    # other articles
    r"related|relatedposts|recommend(?:ed|ations?)?|recirc(?:ulation)?|read[-_]?(?:more|next|also)|more[-_]?(?:on|news|stories|"
    r"from|articles)|see[-_]?also|also[-_]?read|most[-_]?(?:read|popular|viewed)|popular|trending|up[-_]?next|next[-_]?"
    r"(?:article|post|story)|prev(?:ious)?[-_]?(?:article|post|story)|teasers?|latest[-_]?(?:news|posts|stories)|"
    r"outbrain|taboola|"
    # asking for something
    r"newsletters?|subscribe|subscription|signup|sign[-_]?up|login|signin|promo|promos|promotion|donate|donation|"
    # advertising
    r"ad|ads|advert|adverts|advertising|advertisement|sponsored|"
    # furniture
    r"sidebar|side[-_]?bar|breadcrumbs?|bread[-_]crumbs?|navbar|navigation|nav|menu|footer|pagination|pager|toolbar|"
    r"skip[-_]?(?:link|to)|site[-_]?header|masthead|topbar|"
    # talk
    r"comments?(?:[-_]?(?:list|area|section|form|container|wrapper|box))?|disqus|respond|"
    # about the article, not of it
    r"byline|author[-_]?(?:bio|box|info|card|profile)|about[-_]?author|tags|tag[-_]?list|post[-_]?tags|keywords|"
    r"caption|figcaption|credit|copyright|gallery|slideshow|carousel|print[-_]?only|screen[-_]?reader[-_]?text|"
    r"visually[-_]?hidden|sr[-_]only"
)
_NAME = re.compile(rf"(?:^|[\s_-])(?:{_WORDS})(?:$|[\s_-])", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CONTENT = (
    "h1,[itemprop=articleBody],.entry-content,.post-content,.article-body,.article-content,.article__body,.story-body"
)
_KEPT_TAGS = frozenset({"html", "body", "main", "article", "h1", "head"})
_KEEP_SHARE = 0.4
_ROW_LINKS = 3
_ROW_TAGS = frozenset({"p", "div", "td", "th", "center", "font", "span", "b", "small", "section", "header"})
_WORD = re.compile(r"\w")
MAX_CELLS = 5_000
"""Tables with more cells, all together, are data and not part of an article; rows of many cells cost quadratic time."""
_SPANS = "[colspan],[rowspan]"


def strip_inert(tree: LexborHTMLParser) -> None:
    """Remove from ``tree``, in place, what never is text, and spans of table cells (a bomb in the wrong hands)."""
    _decompose(tree.css(_ALWAYS))
    if len(tree.css("td,th")) > MAX_CELLS:
        _decompose(tree.css("table"))
    for cell in tree.css(_SPANS):
        for name in ("colspan", "rowspan"):
            if name in cell.attrs:
                del cell.attrs[name]


def prune(tree: LexborHTMLParser) -> None:
    """Remove from ``tree``, in place, what is not the article: navigation, banners, teasers, comments.

    An element that holds more than two fifths of the page's running text stays, whatever it is called.
    """
    body = tree.body
    if body is None:
        return
    whole = _prose(body)
    _decompose([n for n in tree.css(_FURNITURE) if _may_go(n, whole)])
    _decompose([n for n in _link_rows(body) if _may_go(n, whole)])
    named = [n for n in tree.css(_NAMED) if _is_named_furniture(n)]
    for node in named:
        if _is_called_comments(node) and node.css_first("h1") is not None:
            _rename(node)
    _decompose([n for n in named if _may_go(n, whole)])


def _link_rows(body: LexborNode) -> list[LexborNode]:
    """Return the elements that are nothing but links and what stands between them ("World | Sport | Opinion")."""
    links: dict[int, list[LexborNode]] = {}
    for link in body.css("a"):
        if link.parent is not None:
            links.setdefault(link.parent.mem_id, []).append(link)
    rows = []
    for children in links.values():
        row = children[0].parent
        if len(children) >= _ROW_LINKS and row is not None and row.tag in _ROW_TAGS:
            rest = row.text()
            for link in children:
                rest = rest.replace(link.text(), " ", 1)
            if not _WORD.search(rest):
                rows.append(row)
    return rows


def _decompose(nodes: list[LexborNode]) -> None:
    # children before parents: a node inside a removed one is gone
    for node in reversed(nodes):
        node.decompose()


def _rename(node: LexborNode) -> None:
    """Take the misleading names off ``node``, which holds the article: trafilatura drops comments without asking."""
    for name in ("class", "id"):
        if name in node.attrs:
            del node.attrs[name]


def _prose(node: LexborNode) -> tuple[int, int]:
    """Return the characters below ``node`` in paragraphs, and those that are not link text."""
    paragraphs = sum(len(p.text()) for p in node.css("p"))
    return paragraphs, len(node.text()) - sum(len(link.text()) for link in node.css("a"))


def _may_go(node: LexborNode, whole: tuple[int, int]) -> bool:
    if node.tag in _KEPT_TAGS or node.css_first(_CONTENT) is not None:
        return False
    return all(own <= _KEEP_SHARE * all_ for own, all_ in zip(_prose(node), whole, strict=True))


def _is_named_furniture(node: LexborNode) -> bool:
    attributes = node.attributes
    for key in ("class", "id", "data-component", "data-testid"):
        value = attributes.get(key)
        if value and _NAME.search(_CAMEL.sub("-", value[:300])):
            return True
    return False


def _is_called_comments(node: LexborNode) -> bool:
    attributes = node.attributes
    return any((attributes.get(key) or "").lower().startswith("comment") for key in ("class", "id"))
