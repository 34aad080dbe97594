"""The outlets' feeds: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1 and RSS 1.0 (RDF), in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime

from babelscope.demo import addresses, pages
from babelscope.demo.press import BEFORE, Article, Outlet


def render(outlet: Outlet, articles: Sequence[Article]) -> bytes:
    """Return the outlet's feed of ``articles`` (newest first) in the format that the outlet offers."""
    if outlet.feed == "json":
        return _json_feed(outlet, articles)
    text = pages.ENVIRONMENT.get_template(f"feed.{outlet.feed}.xml").render(
        outlet=outlet,
        articles=articles,
        changed=max((article.changed for article in articles), default=BEFORE),
        home=f"http://{outlet.host}/",
        feed_url=f"http://{outlet.host}{addresses.feed_path(outlet)}",
        url_of=addresses.url_of,
        picture_path=addresses.picture_path,
        guid=_guid,
        rfc822=format_datetime,
    )
    return (_damaged(text) if "malformed-feed" in outlet.quirks else text).encode()


def _guid(outlet: Outlet, article: Article) -> str:
    """Return a tag URI (RFC 4151), which stays the same when the article is edited."""
    return f"tag:{outlet.host},{article.published:%Y-%m-%d}:{article.slug}"


def _json_feed(outlet: Outlet, articles: Sequence[Article]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"http://{outlet.host}/",
        "feed_url": f"http://{outlet.host}{addresses.feed_path(outlet)}",
        "language": outlet.languages[0],
        "items": [_json_item(outlet, article) for article in articles],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(outlet: Outlet, article: Article) -> dict[str, object]:
    item: dict[str, object] = {
        "id": _guid(outlet, article),
        "url": addresses.url_of(outlet, article),
        "title": article.title,
        "summary": article.summary,
        "content_text": article.summary,
        "image": f"http://{outlet.host}{addresses.picture_path(article)}",
        "date_published": article.published.isoformat(),
        "language": article.language,
        "tags": [article.section],
    }
    if article.updated:
        item["date_modified"] = article.updated.isoformat()
    if article.authors:
        item["authors"] = [{"name": author} for author in article.authors]
    return item


def _damaged(text: str) -> str:
    """Return a feed as careless software writes it: no XML any more, but every entry can be recovered.

    A warning stands before the XML declaration, ampersands are bare, ``&nbsp;`` is not known to XML, and one
    element is never closed.
    """
    warning = "\n<br />\n<b>Notice</b>: Undefined index: cache in feed.php on line 12<br />\n"
    text = text.replace("</description>", "&nbsp;</description>")
    text = text.replace("</guid>", "</guid>\n      <comments>/comments?sort=new&page=1</comments>")
    first, closing, rest = text.partition("</category>")
    return f"{warning}{first}{rest}" if closing else f"{warning}{text}"
