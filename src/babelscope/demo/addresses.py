"""Where things are on the outlets' sites."""

from __future__ import annotations

import re
import unicodedata
import zlib

from babelscope.demo import labels
from babelscope.demo.press import Article, FeedFormat, Outlet

FEED_PATHS: dict[FeedFormat, str] = {
    "rss": "/rss.xml",
    "atom": "/atom.xml",
    "json": "/feed.json",
    "rdf": "/index.rdf",
}
FEED_TYPES: dict[FeedFormat, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
    "rdf": "application/rdf+xml",
}


def path_of(article: Article) -> str:
    """Return the path of an article's page."""
    return f"{section_path(article.section)}{article.slug}.html"


def url_of(outlet: Outlet, article: Article) -> str:
    """Return the absolute address of an article's page."""
    return f"http://{outlet.host}{path_of(article)}"


def section_path(section: str) -> str:
    """Return the path of a section's page, in ASCII; a name in another script has its slug in the labels."""
    plain = unicodedata.normalize("NFKD", section.lower()).encode("ascii", "ignore").decode()
    slug = labels.section_slugs().get(section) or re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return f"/{slug or format(zlib.crc32(section.encode()), 'x')}/"


def feed_path(outlet: Outlet) -> str:
    """Return the path of the outlet's feed."""
    return FEED_PATHS[outlet.feed]


def picture_path(article: Article) -> str:
    """Return the path of an article's lead picture."""
    return f"/media/{article.slug}.svg"
