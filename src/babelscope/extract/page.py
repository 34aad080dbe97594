"""One page → one article, or None: decode, read what the page says about itself, prune, find the body, judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from babelscope.extract import dates
from babelscope.extract.article import THIN, body_text
from babelscope.extract.bounds import MAX_TEXT, check_size
from babelscope.extract.decode import decode
from babelscope.extract.judge import is_article, weight
from babelscope.extract.links import read_links
from babelscope.extract.metadata import last_resort_date, read_metadata
from babelscope.extract.titles import tidy
from babelscope.flow.errors import BadInput
from babelscope.flow.markup import check_markup
from babelscope.model import Article, Hints, Links

NO_HINTS = Hints()
PARSER_DEPTH = 250
"""Elements nested deeper than this are invisible to libxml2 (its limit is 256)."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What a page offers as its article, before anybody judged it; ``declared``: the page calls itself an article."""

    article: Article
    declared: bool
    links: Links | None = None
    """What the page says about its own addresses."""


def extract_html(
    body: bytes, *, url: str = "", charset: str = "", hints: Hints = NO_HINTS, seen_at: dt.datetime | None = None
) -> Article | None:
    """Return the article of the HTML page ``body``, or None if there is none (consent wall, empty page, list).

    ``charset`` is what the HTTP header declared; ``hints`` are a feed's second witness; a date more than two days
    after ``seen_at`` is not believed. Raises ``BadInput`` if the page is over a bound of ``extract.bounds``
    or ``flow.markup``.
    """
    return read_html(body, url=url, charset=charset, hints=hints, seen_at=seen_at)[0]


def read_html(
    body: bytes, *, url: str = "", charset: str = "", hints: Hints = NO_HINTS, seen_at: dt.datetime | None = None
) -> tuple[Article | None, Links | None]:
    """Return the article as ``extract_html`` does, and what the page says about its own addresses (None: nothing)."""
    found = find_candidate(body, url=url, charset=charset, hints=hints, seen_at=seen_at)
    article = found.article
    accepted = is_article(article.text, article.title, declared=found.declared, announced=hints.title)
    return article if accepted else None, found.links


def find_candidate(
    body: bytes, *, url: str = "", charset: str = "", hints: Hints = NO_HINTS, seen_at: dt.datetime | None = None
) -> Candidate:
    """Return what the page offers as its article, however little that is; parameters and errors as ``extract_html``."""
    check_size(body)
    html = decode(body, charset, hints.language[:2].lower())
    depth = check_markup(html)
    tree = LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS)
    found = read_metadata(tree, url, hints, seen_at)
    links = read_links(tree, url)  # before the page is pruned
    text = _prefer_stated(body_text(tree), found.stated_body)
    if not text and depth > PARSER_DEPTH:
        raise BadInput(f"no text can be reached: tags are nested about {depth} deep")
    article = Article(
        title=found.title,
        text=_without_byline(_without_title(text, found.title), found.authors)[:MAX_TEXT],
        published_at=found.published_at or last_resort_date(html, seen_at),
        authors=found.authors,
        image=found.image,
    )
    return Candidate(article=article, declared=found.declared, links=links)


def extract_text(
    body: bytes, *, charset: str = "", hints: Hints = NO_HINTS, seen_at: dt.datetime | None = None
) -> Article | None:
    """Return the article of the plain-text page ``body``: a short first line is its title. None if it is too short."""
    check_size(body)
    lines = [line.strip() for line in decode(body, charset, hints.language[:2].lower()).splitlines()]
    lines = [line for line in lines if line]
    has_title = len(lines) > 1 and len(lines[0]) <= 200
    title = tidy(lines.pop(0) if has_title else hints.title)
    text = "\n".join(lines)[:MAX_TEXT]
    if not is_article(text, title, declared=False, announced=hints.title):
        return None
    published = dates.in_range(hints.published_at, seen_at)
    return Article(title=title, text=text, published_at=published, authors=hints.authors, method="text")


def _prefer_stated(text: str, stated: str) -> str:
    """Return the body that the page states as data if next to nothing was found in its markup."""
    return stated if weight(stated) > 2 * weight(text) and len(text) < THIN else text


def _without_title(text: str, title: str) -> str:
    """Return ``text`` without a first line that only repeats the title."""
    first, _, rest = text.partition("\n")
    return rest.lstrip("\n") if rest and title and tidy(first).casefold() == title.casefold() else text


def _without_byline(text: str, authors: Sequence[str]) -> str:
    """Return ``text`` without a first line that holds nothing but the names of its authors."""
    first, _, rest = text.partition("\n")
    left = first
    for author in authors:
        left = left.replace(author, "")
    is_byline = rest and left != first and not any(map(str.isalnum, left))
    return rest.lstrip("\n") if is_byline else text
