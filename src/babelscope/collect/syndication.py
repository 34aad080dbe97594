"""Feed → items: RSS 0.9x, 1.0 (RDF) and 2.0, Atom, CDF and JSON Feed.

Pure, but it may be slow on hostile input: ``sandbox`` runs it in a process that can be killed.
"""

from __future__ import annotations

import msgspec

from babelscope.collect.jsonfeed import looks_like_json, read_json_feed
from babelscope.collect.listening import FeedPage, ParsedFeed
from babelscope.collect.packing import unpacked
from babelscope.collect.rows import Head, Row, absolute, items_of
from babelscope.collect.xmlfeed import read_xml_feed


def parse_feed(page: FeedPage) -> ParsedFeed:
    """Return the items of a feed, at most ``limit`` (the newest, when all are dated and there are more).

    Raises ``BadInput`` for an entity bomb and for what is no feed at all; malformed feeds are read as far as they go.
    """
    head, rows = read_feed(page)
    hub, topic, moved = (absolute(link, page.url) for link in (head.hub, head.topic, head.moved))
    return ParsedFeed(
        items=items_of(rows, head, page),
        entries=len(rows),
        hub=hub,
        topic=topic,
        moved=moved if moved != absolute(page.url, "") else "",
    )


def read_feed(page: FeedPage) -> tuple[Head, list[Row]]:
    """Return the entries of a feed as they stand, with or without an address; raises ``BadInput`` as ``parse_feed``."""
    page = msgspec.structs.replace(page, body=unpacked(page.body))
    return read_json_feed(page) if looks_like_json(page.body, page.content_type) else read_xml_feed(page)
