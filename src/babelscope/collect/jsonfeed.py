"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), read into the same rows as XML feeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from babelscope.collect import rows as made
from babelscope.collect.listening import FeedPage
from babelscope.collect.moments import parse_moment
from babelscope.collect.rows import Head, Row
from babelscope.flow.errors import BadInput
from babelscope.model import Enclosure

MAX_ENTRIES = 50_000


def looks_like_json(body: bytes, content_type: str) -> bool:
    """Say whether a feed is JSON: by its first character, since half of the servers send text/html or text/plain."""
    start = body[:64].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"").lstrip()
    return start.startswith(b"{") or (start.startswith(b"[") and "json" in content_type)


def read_json_feed(page: FeedPage) -> tuple[Head, list[Row]]:
    """Return what the feed says of itself, and its entries in order.

    Raises ``BadInput`` when the body is not JSON or not a feed.
    """
    try:
        data = json.loads(page.body.decode(_charset(page.body), "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {type(error).__name__}: {str(error)[:200]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise BadInput("not a JSON Feed: no list of items")
    hubs = [_text(hub, "url") for hub in _list(data, "hubs") if isinstance(hub, dict)]
    head = Head(language=_text(data, "language"), hub=next(filter(None, hubs), ""), topic=_text(data, "feed_url"))
    entries = [item for item in data["items"][:MAX_ENTRIES] if isinstance(item, dict)]
    return head, [_row(item, data, page.url) for item in entries]


def _charset(body: bytes) -> str:
    """Return the encoding of JSON text (RFC 8259 says UTF-8; older senders used UTF-16 and UTF-32)."""
    return json.detect_encoding(body[:4]) if len(body) >= 4 else "utf-8-sig"


def _row(item: dict[str, Any], feed: dict[str, Any], base: str) -> Row:
    enclosures = made.enclosures_of(_attachments(item, base))
    identity = _text(item, "id")
    links = (_text(item, "url"), _text(item, "external_url"), identity if identity.startswith("http") else "")
    language = _text(item, "language")
    published, changed = _text(item, "date_published"), _text(item, "date_modified")
    reading = language or _text(feed, "language")
    return Row(
        links=(*links, *(each.url for each in enclosures)),
        guid=identity,
        title=_text(item, "title"),
        summary=_text(item, "summary") or _text(item, "content_text") or _text(item, "content_html"),
        published=parse_moment(published, reading) or parse_moment(changed, reading),
        changed=changed,
        authors=tuple(_authors(item) or _authors(feed)),
        language=language,
        enclosures=enclosures,
    )


def _attachments(item: dict[str, Any], base: str) -> Iterator[Enclosure | None]:
    for each in _list(item, "attachments"):
        if isinstance(each, dict):
            size, seconds = each.get("size_in_bytes"), each.get("duration_in_seconds")
            yield made.enclosure(
                _text(each, "url"), base, media_type=_text(each, "mime_type"), size=size, seconds=seconds
            )


def _authors(data: dict[str, Any]) -> list[str]:
    several = data.get("authors")
    listed = several if isinstance(several, list) else [data.get("author")]
    return [_text(author, "name") for author in listed[:50] if isinstance(author, dict)]


def _list(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value[:200] if isinstance(value, list) else []


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and key == "id" else ""
