"""Title, date, authors and lead image of a page: JSON-LD, meta elements, microdata, the visible page, the feed."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from babelscope.extract import dates, jsonld, people
from babelscope.extract.decode import clean
from babelscope.extract.titles import choose_title, tidy
from babelscope.model import Hints

MAX_META = 400
MAX_DATE_SEARCH = 1_000_000
_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title")
_DATE_NAMES = (
    "article:published_time article:published og:published_time og:article:published_time article.published "
    "datepublished publish-date publish_date publishdate published_at published pubdate pub_date publication_date "
    "cxenseparse:recs:publishtime parsely-pub-date sailthru.date article_date_original originalpublicationdate "
    "dc.date.issued dcterms.created dcterms.date dc.date dcterms.issued date.created date"
)
_DATES = _DATE_NAMES.split()
_AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl")
_IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SITES = (
    "og:site_name",
    "application-name",
    "twitter:site",
    "dc.publisher",
    "al:ios:app_name",
    "apple-mobile-web-app-title",
)
_TIMES = (
    "time[itemprop=datePublished],[itemprop=datePublished],time[pubdate],article time[datetime],header time[datetime],"
    "main time[datetime],time[datetime]"
)
_BYLINES = (
    "[itemprop=author] [itemprop=name],[itemprop=author],[rel=author],.author-name,.byline__name,.byline-name,.byline,"
    ".author"
)


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; empty rather than wrong. ``image`` is an absolute http(s) address."""

    title: str = ""
    published_at: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    image: str = ""
    declared: bool = False
    """The page calls itself an article."""
    stated_body: str = ""
    """The article's text as JSON-LD gives it, unless it is said to be behind a paywall."""


def read_metadata(tree: LexborHTMLParser, url: str, hints: Hints, seen_at: dt.datetime | None = None) -> Metadata:
    """Return the metadata of the unpruned page ``tree`` at ``url``; ``hints`` of the feed fill what the page lacks."""
    metas = _metas(tree)
    items = jsonld.article_items(tree)
    item = items[0] if items else {}
    sites = [*_sites(metas, item), urlsplit(url).hostname or ""]
    return Metadata(
        title=choose_title(_titles(tree, metas, item, hints), sites, (h.text() for h in tree.css("h1,h2")[:10])),
        published_at=_published(tree, metas, item, (url, hints, seen_at)),
        authors=_authors(tree, metas, item, sites) or people.names(hints.authors, sites),
        image=_image(metas, item, url),
        declared=bool(item) or metas.get("og:type", "").lower() in ("article", "newsarticle"),
        stated_body=_stated_body(item),
    )


def last_resort_date(markup: str, seen_at: dt.datetime | None = None) -> dt.datetime | None:
    """Return the day that htmldate finds in the markup of a page without dates in its metadata (2 ms), or None."""
    if len(markup) > MAX_DATE_SEARCH:
        return None
    from htmldate import find_date

    latest = (seen_at + dt.timedelta(days=1)).strftime("%Y-%m-%d") if seen_at else "2100-01-01"
    try:
        found = find_date(markup, extensive_search=False, original_date=True, min_date="1990-01-01", max_date=latest)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None
    return dates.parse_date(found or "", seen_at)


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Return name, property or itemprop (lower case) → content of the first ``<meta>`` of each."""
    metas: dict[str, str] = {}
    for node in tree.css("meta[content]")[:MAX_META]:
        attributes = node.attributes
        content = (attributes.get("content") or "").strip()
        if content and len(content) < 5000:
            for key in ("property", "name", "itemprop"):
                name = attributes.get(key)
                if name:
                    metas.setdefault(name.strip().lower(), content)
    return metas


def _sites(metas: dict[str, str], item: jsonld.Item) -> list[str]:
    named = [metas[name].lstrip("@") for name in _SITES if name in metas]
    return [*named, *jsonld.strings(item.get("publisher"))]


def _titles(tree: LexborHTMLParser, metas: dict[str, str], item: jsonld.Item, hints: Hints) -> list[str]:
    headings = tree.css("h1")
    h1 = headings[0].text() if len(headings) == 1 else ""
    title = tree.css_first("title")
    stated = [metas[name] for name in _TITLES if name in metas]
    return [*jsonld.strings(item.get("headline"), ""), *stated, h1, title.text() if title else "", hints.title]


def _published(
    tree: LexborHTMLParser, metas: dict[str, str], item: jsonld.Item, context: tuple[str, Hints, dt.datetime | None]
) -> dt.datetime | None:
    url, hints, seen_at = context
    for text in _date_texts(tree, metas, item):
        found = dates.parse_date(text, seen_at)
        if found is not None:
            return found
    return dates.in_range(hints.published_at, seen_at) or dates.url_date(url, seen_at)


def _date_texts(tree: LexborHTMLParser, metas: dict[str, str], item: jsonld.Item) -> Iterator[str]:
    yield from jsonld.strings(item.get("datePublished"), "")
    yield from (metas[name] for name in _DATES if name in metas)
    yield from jsonld.strings(item.get("dateCreated"), "")
    for node in tree.css(_TIMES)[:5]:
        yield node.attributes.get("datetime") or node.attributes.get("content") or node.text()


def _authors(tree: LexborHTMLParser, metas: dict[str, str], item: jsonld.Item, sites: list[str]) -> tuple[str, ...]:
    # an outlet may be the stated author of its own article; in a byline its name is only decoration
    found = people.names(jsonld.strings(item.get("author")) or jsonld.strings(item.get("creator")), ())
    for name in _AUTHORS:
        if found:
            return found
        found = people.names([metas[name]] if name in metas else [], sites)
    return found or people.names(_bylines(tree.css(_BYLINES)[:1]), sites)


def _bylines(nodes: list[LexborNode]) -> Iterator[str]:
    for node in nodes:
        text = tidy(node.text(separator=" "))
        if 0 < len(text) <= 120:
            yield text


def _image(metas: dict[str, str], item: jsonld.Item, url: str) -> str:
    stated = [*jsonld.strings(item.get("image"), "url"), *(metas[name] for name in _IMAGES if name in metas)]
    for address in stated:
        try:
            absolute = urljoin(url, tidy(address).replace(" ", "%20"))
            parts = urlsplit(absolute)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and len(absolute) < 2000:
            return absolute
    return ""


def _stated_body(item: jsonld.Item) -> str:
    body = item.get("articleBody")
    is_free = item.get("isAccessibleForFree", True) not in (False, "false", "False")
    if not isinstance(body, str) or not is_free or len(body) > MAX_DATE_SEARCH:
        return ""
    plain = clean(body)
    text = LexborHTMLParser(plain).text(separator="\n") if "<" in plain else html.unescape(plain)
    return "\n".join(line for line in map(_one_line, text.splitlines()) if line)


def _one_line(text: str) -> str:
    return clean(" ".join(text.split()))
