"""What a reader of listened addresses is given, and what it gives back."""

from __future__ import annotations

import msgspec

from babelscope.flow.shapes import Item
from babelscope.model.source import ListenKind


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a listened address: ``url`` is where it came from after redirects, ``listen`` what is polled."""

    body: bytes
    url: str
    listen: str
    source: str
    content_type: str = ""
    limit: int = 200
    kind: ListenKind = "feed"


class ParsedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """What was read. ``items`` come in the order of the page, each address once.

    ``entries`` counts all entries, with or without an address. ``hub`` and ``topic`` are the WebSub hub and the
    canonical address (rel=self) of a feed; ``more`` are addresses of the same kind to be read too (nested sitemaps,
    newest first; the next page of a section), bounded; ``moved`` is the new address that a feed gives for itself.
    """

    items: tuple[Item, ...]
    entries: int
    hub: str = ""
    topic: str = ""
    more: tuple[str, ...] = ()
    moved: str = ""
