"""What readers other than ours find in a feed file: feedparser as it is, a lenient walk of libxml2, and the file's own
claim ("Expect:"). Their union says what "any reader can read"."""

from __future__ import annotations

import ast
import calendar
import datetime as dt
import json
import re
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import msgspec
from lxml import etree, html

PLACE = "http://feeds.test/feed.xml"
SUITE = "http://127.0.0.1:8097/"
"""Where feedparser's own tests serve their files."""
PAGE_LINKS = frozenset({"alternate", "canonical", "related", "via", "enclosure"})
"""Relations of links that lead to what the entry is about; a licence, a picture or a reply is something else."""
_LOCATION = re.compile(rb"^Header:\s+Content-Location:\s+(\S+)", re.MULTILINE)
_CUT_CDATA = re.compile(r"<?!\[C?D?A?T?A?\[?$")
ENTRY = frozenset({"item", "entry"})
DATES = ("pubdate", "published", "issued", "created", "updated", "modified", "date", "lastmod")


class Seen(msgspec.Struct):
    """What one reader found in one entry; a title is visible text, links are all addresses it could be known by."""

    title: str = ""
    links: list[str] = []
    date: dt.datetime | None = None


def visible(markup: str) -> str:
    """Return the text that a browser would show for a title, white space as one blank."""
    for _ in range(3):
        if not re.search(r"<[A-Za-z/!?]|&[#A-Za-z]", markup):
            break
        try:
            markup = "".join(html.fromstring(f"<div>{markup}</div>").itertext())
        except (ValueError, etree.ParserError):
            break
    markup = _CUT_CDATA.sub("", markup)
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ufeff]", " ", markup).split())


def place_of(data: bytes) -> str:
    """Return where a file says it came from: a line "Header: Content-Location:", or the suite's own server."""
    found = _LOCATION.search(data)
    place = SUITE if SUITE.encode() in data else PLACE
    return urljoin(place, found[1].decode()) if found else place


def by_feedparser(data: bytes) -> list[Seen]:
    try:
        found = feedparser.parse(
            data, response_headers={"content-location": place_of(data), "content-type": "application/xml"}
        )
    except Exception:
        return []
    return [_seen_by_feedparser(entry) for entry in found.entries]


def _seen_by_feedparser(entry: Any) -> Seen:
    stamp = entry.get("published_parsed") or dict.get(entry, "updated_parsed") or entry.get("created_parsed")
    links = [entry.get("link"), *(link.get("href") for link in entry.get("links", ()) if link.get("rel") in PAGE_LINKS)]
    return Seen(
        title=visible(entry.get("title") or ""),
        links=[link for link in links if str(link).startswith("http")],
        date=dt.datetime.fromtimestamp(calendar.timegm(stamp), dt.UTC) if stamp else None,
    )


def by_libxml2(data: bytes) -> list[Seen]:
    start = data.find(b"<")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(data[max(start, 0) :], parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    found = [] if root is None else [node for node in root.iter() if _name(node) in ENTRY]
    return [_seen_by_libxml2(node) for node in found]


def _name(node: Any) -> str:
    return node.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(node.tag, str) else ""


def _seen_by_libxml2(node: Any) -> Seen:
    seen = Seen()
    for child in node.iterchildren("*"):
        name, text = _name(child), " ".join("".join(child.itertext()).split())
        if name == "title" and not seen.title:
            seen.title = visible(text)
        elif name in ("link", "guid", "id") and child.get("rel", "alternate") in PAGE_LINKS:
            seen.links += [each for each in (child.get("href") or "", text) if re.match(r"https?://\w", each)]
        elif name in DATES and seen.date is None:
            seen.date = _any_date(text)
    return seen


def _any_date(text: str) -> dt.datetime | None:
    for read in (dt.datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return moment.astimezone(dt.UTC) if 1900 < moment.year < 2200 else None
    return None


def by_json(data: bytes) -> list[Seen]:
    try:
        items = json.loads(data)["items"]
    except (ValueError, KeyError, TypeError):
        return []
    seen = []
    for item in items:
        links = [link for link in (item.get("url"), item.get("external_url"), item.get("id")) if link]
        date = _any_date(item.get("date_published") or item.get("date_modified") or "")
        seen.append(Seen(visible(item.get("title") or ""), [link for link in links if link.startswith("http")], date))
    return seen


READERS = {"feedparser": by_feedparser, "libxml2": by_libxml2, "json": by_json}


def readings(data: bytes) -> dict[str, list[Seen]]:
    """Return what each of the other readers found."""
    return {name: read(data) for name, read in READERS.items()}


def claims(expect: str | None) -> list[tuple[str, int, Any]]:
    """Return (what, entry, value) for what an Expect line says of titles, links and dates; never evaluated."""
    try:
        tree = ast.parse(expect or "", mode="eval")
    except (SyntaxError, ValueError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            path = _path(node.left)
            if len(path) in (3, 4) and path[0] == "entries" and isinstance(path[1], int):
                found.append((".".join(map(str, path[2:])), path[1], _literal(node.comparators[0])))
    return [(KINDS[name], entry, value) for name, entry, value in found if name in KINDS and value is not None]


KINDS = {
    "title": "title",
    "title_detail.value": "title",
    "link": "link",
    "published_parsed": "date",
    "updated_parsed": "date",
    "created_parsed": "date",
}


def _path(node: ast.expr) -> list[str | int]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return [*_path(node.value), node.slice.value]
    if isinstance(node, ast.Attribute):
        return [*_path(node.value), node.attr]
    return []


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def expected_entries(expect: str | None) -> int:
    """Return how many entries an Expect line speaks of at least."""
    numbers = [int(number) for number in re.findall(r"entries\[(\d+)\]", expect or "")]
    return max(numbers, default=-1) + 1
