"""The fictional outlets as web sites: a pure function from (press, host, path, edition) to a response."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from email.utils import format_datetime

from babelscope.demo import addresses, feeds, pages, pictures
from babelscope.demo.press import BEFORE, Article, Edition, Outlet, Press

HTML = "text/html"
SVG = "image/svg+xml"
TEXT = "text/plain"


@dataclasses.dataclass(frozen=True)
class Response:
    """An HTTP response; ``headers`` hold no framing (Content-Length, Date), which is the server's business."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def render(press: Press, host: str, path: str, edition: Edition = 1) -> Response:
    """Return what the site at ``host`` answers to GET ``path`` (a query is ignored) in ``edition`` 1 or 2.

    Unknown hosts and paths are 404. The same arguments always give the same bytes.
    """
    outlet = press.at_host(host)
    if outlet is None:
        return _plain(404, f"No site is served for {host}.\n")
    path = path.partition("?")[0].partition("#")[0]
    articles = press.of(outlet, edition)
    if path == addresses.feed_path(outlet):
        return _feed(outlet, articles)
    if path == "/robots.txt":
        return _found(TEXT, pages.robots(outlet, articles).encode(), _oldest(articles))
    if path in ("/favicon.ico", "/favicon.svg"):
        return _found(SVG, pictures.favicon(outlet).encode(), _oldest(articles))
    if path.startswith("/media/"):
        return _picture(outlet, articles, path)
    return _page(press, outlet, path, edition)


def declared_charset(outlet: Outlet) -> str:
    """Return the charset that header and page declare: the true one, but UTF-8 for a "wrong-charset" outlet."""
    return "utf-8" if "wrong-charset" in outlet.quirks else outlet.charset


def _page(press: Press, outlet: Outlet, path: str, edition: Edition) -> Response:
    site = pages.Site(outlet, press.of(outlet, 1), press.of(outlet, edition), declared_charset(outlet))
    if path == "/":
        return _html(outlet, pages.front(site), _newest(site.articles))
    for article in site.articles:
        if path == addresses.path_of(article):
            return _html(outlet, pages.article(site, article), article.changed)
    for section in site.sections:
        if path == addresses.section_path(section):
            listed = [article for article in site.articles if article.section == section]
            return _html(outlet, pages.section(site, section), _newest(listed))
    gone = _html(outlet, pages.missing(site), _oldest(site.articles))
    return Response(404, {"Content-Type": gone.headers["Content-Type"]}, gone.body)


def _html(outlet: Outlet, text: str, changed: dt.datetime) -> Response:
    body = text.encode(outlet.charset, errors="xmlcharrefreplace")
    return _found(f"{HTML}; charset={declared_charset(outlet)}", body, changed)


def _feed(outlet: Outlet, articles: Sequence[Article]) -> Response:
    if "dead-feed" in outlet.quirks:
        return _plain(500, "Internal Server Error\n")
    return _found(addresses.FEED_TYPES[outlet.feed], feeds.render(outlet, articles), _newest(articles))


def _picture(outlet: Outlet, articles: Sequence[Article], path: str) -> Response:
    for article in articles:
        if path == addresses.picture_path(article):
            return _found(SVG, pictures.lead(outlet, article).encode(), article.published)
    return _plain(404, "Not found\n")


def _found(content_type: str, body: bytes, changed: dt.datetime) -> Response:
    headers = {
        "Content-Type": content_type if "charset=" in content_type else f"{content_type}; charset=utf-8",
        "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:24]}"',
        "Last-Modified": format_datetime(changed.astimezone(dt.UTC), usegmt=True),
        "Cache-Control": "max-age=0, must-revalidate",
    }
    return Response(200, headers, body)


def _plain(status: int, text: str) -> Response:
    return Response(status, {"Content-Type": f"{TEXT}; charset=utf-8"}, text.encode())


def _newest(articles: Sequence[Article]) -> dt.datetime:
    return max((article.changed for article in articles), default=BEFORE)


def _oldest(articles: Sequence[Article]) -> dt.datetime:
    return min((article.published for article in articles), default=BEFORE)
