"""Answer of a listened address → items, whatever its kind: feed, sitemap or section page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from babelscope.collect.listening import FeedPage as FeedPage
from babelscope.collect.listening import ParsedFeed as ParsedFeed
from babelscope.collect.sections import parse_section as parse_section
from babelscope.collect.sitemaps import parse_sitemap as parse_sitemap
from babelscope.collect.syndication import parse_feed as parse_feed
from babelscope.model.source import ListenKind

READERS: Mapping[ListenKind, Callable[[FeedPage], ParsedFeed]] = {
    "feed": parse_feed,
    "sitemap": parse_sitemap,
    "page": parse_section,
}


def parse(page: FeedPage) -> ParsedFeed:
    """Return what the reader of ``page.kind`` finds; raises ``BadInput`` when the page is nothing of that kind."""
    return READERS[page.kind](page)
