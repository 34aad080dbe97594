"""JSON Feed 1.1 (jsonfeed.org/version/1.1), read into the same rows as XML feeds."""

from __future__ import annotations

import json
from typing import Any

from babelscope.flow.errors import BadInput


def read_json_feed(body: bytes, limit: int) -> tuple[str, list[dict[str, Any]]]:
    """Return the feed's language and at most ``limit`` rows (link, guid, title, summary, published, updated, …).

    Raises ``BadInput`` when ``body`` is not JSON or not a feed.
    """
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON: {type(error).__name__}: {str(error)[:200]}") from None
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise BadInput("not a JSON Feed: no list of items")
    rows = [_row(item, data) for item in data["items"][: limit * 4] if isinstance(item, dict)]
    return _text(data, "language"), rows


def _row(item: dict[str, Any], feed: dict[str, Any]) -> dict[str, Any]:
    link = next((value for key in ("url", "external_url", "id") if (value := _text(item, key)).startswith("http")), "")
    return {
        "link": link,
        "guid": _text(item, "id"),
        "title": _text(item, "title"),
        "summary": _text(item, "summary") or _text(item, "content_text") or _text(item, "content_html"),
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
        "authors": _authors(item) or _authors(feed),
        "language": _text(item, "language"),
    }


def _authors(data: dict[str, Any]) -> list[str]:
    several = data.get("authors")
    listed = several if isinstance(several, list) else [data.get("author")]
    return [_text(author, "name") for author in listed[:50] if isinstance(author, dict)]


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and key == "id" else ""
