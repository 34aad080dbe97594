"""Feeds of the wild: what any reader finds in them (entries, titles, links, dates), do we find it too?

A file counts for a field if at least one other reader (feedparser, a lenient walk of libxml2, a JSON reader, or the
file's own Expect line) reads that field in at least one entry; it is read if we read the field in every entry in which
another reader does, with an equal value where the file claims one. All other files must be refused with a reason.
The figures of each run are printed (pytest -s); docs/benchmarks.md has those of the last release.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from babelscope.collect.address import parse_address
from babelscope.collect.listening import FeedPage
from babelscope.collect.plaintext import plain_text
from babelscope.collect.reasons import Refused
from babelscope.collect.rows import Row, absolute
from babelscope.collect.syndication import parse_feed, read_feed
from babelscope.flow.errors import BadInput
from feed_readers import PLACE, READERS, Seen, claims, expected_entries, place_of, readings, visible
from reading_cases import evaluation_set

FIELDS = ("entries", "title", "link", "date")
PARTS = {
    "feedparser, well-formed": ("feeds_feedparser", ("wellformed/", "json/")),
    "feedparser, ill-formed": ("feeds_feedparser", ("illformed/",)),
    "feedparser, encodings and entities": ("feeds_feedparser", ("encoding/", "entities/")),
    "feedjira": ("feeds_feedjira", ("",)),
}
WITHOUT_DATES = {"feedparser, ill-formed", "feedparser, encodings and entities"}
"""Parts in which no reader finds a date in any file."""
READ = [(part, field) for part in PARTS for field in FIELDS if field != "date" or part not in WITHOUT_DATES]


@cache
def rows(name: str) -> list[dict[str, Any]]:
    return list(evaluation_set(name))


def ours(data: bytes) -> tuple[list[Row], str]:
    page = FeedPage(body=data, url=place_of(data), listen=PLACE, source="x", limit=10_000)
    try:
        return read_feed(page)[1], ""
    except BadInput as error:
        return [], str(error) or "no reason"


def usable(links: list[str]) -> list[str]:
    good = []
    for link in links:
        try:
            good.append(parse_address(link).url)
        except Refused:
            continue
    return good


def verdicts(data: bytes, expect: str | None) -> Iterator[tuple[str, str, bool]]:
    """Yield (field, reader, read) for each field that any reader reads in this file; our own reader is "babelscope"."""
    found, _ = ours(data)
    others = readings(data)
    most = max([len(seen) for seen in others.values()] + [expected_entries(expect)])
    if most:
        yield "entries", "babelscope", len(found) >= most
        yield from (("entries", name, len(seen) >= most) for name, seen in others.items())
    for field in FIELDS[1:]:
        theirs = {name: _has(field, seen) for name, seen in others.items()}
        count = max(len(seen) for seen in theirs.values())
        needed = {n for n in range(count) if any(n < len(seen) and seen[n] for seen in theirs.values())}
        claimed = [(n, value) for kind, n, value in claims(expect) if kind == field]
        if needed or claimed:
            mine = {n for n, row in enumerate(found) if _own(field, row)}
            equal = all(n < len(found) and _meets(field, found[n], value) for n, value in claimed)
            yield field, "babelscope", needed <= mine and equal
            yield from ((field, name, all(n < len(has) and has[n] for n in needed)) for name, has in theirs.items())


def _has(name: str, seen: list[Seen]) -> list[bool]:
    if name == "link":
        return [bool(usable(each.links)) for each in seen]
    return [bool(getattr(each, name)) for each in seen]


def _own(name: str, row: Row) -> object:
    if name == "title":
        return plain_text(row.title, 500)
    return row.published if name == "date" else any(absolute(link, PLACE) for link in row.links)


def _meets(name: str, row: Row, value: Any) -> bool:
    if name == "title":
        return plain_text(row.title, 500) == visible(str(value))
    if name == "link":
        return not usable([str(value)]) or usable([str(value)])[0] in [absolute(link, PLACE) for link in row.links]
    moment = dt.datetime.fromtimestamp(calendar.timegm(tuple(value)), dt.UTC)
    return row.published == moment


@cache
def outcome(part: str) -> dict[tuple[str, str], dict[str, bool]]:
    """Return (field, reader) → file → read."""
    name, starts = PARTS[part]
    result: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
    for row in rows(name):
        if row["name"].startswith(starts):
            for field, reader, good in verdicts(row["data"], row.get("expect")):
                result[field, reader][row["name"]] = good
    return result


@pytest.mark.parametrize(("part", "field"), READ)
def test_share_of_files_in_which_we_read_what_any_reader_reads(part: str, field: str) -> None:
    assert {read for read, _ in outcome(part)} == {read for own, read in READ if own == part}
    found = outcome(part)[field, "babelscope"]
    others = [f"{name} {sum(outcome(part)[field, name].values())}" for name in READERS]
    print(f"{part}: {field} read in {sum(found.values())} of {len(found)} files ({', '.join(others)})")
    assert sum(found.values()) >= 0.99 * len(found), sorted(name for name, good in found.items() if not good)[:60]


@pytest.mark.parametrize("name", ["feeds_feedparser", "feeds_feedjira"])
def test_what_nobody_reads_is_refused_with_a_reason_and_nothing_unclean_comes_out(name: str) -> None:
    refused = 0
    for row in rows(name):
        found, reason = ours(row["data"])
        refused += bool(reason)
        assert found or reason or b"<" in row["data"] or b"<\0" in row["data"]
        page = FeedPage(body=row["data"], url=PLACE, listen=PLACE, source="x")
        for item in () if reason else parse_feed(page).items:
            assert item.url.startswith(("http://", "https://")) and "#" not in item.url
            hints = item.hints
            assert "\n" not in hints.title and not re.search(r"<[a-zA-Z/!]", hints.title + hints.summary)
            assert all(each.url.startswith("http") for each in hints.enclosures)
    print(f"{name}: {refused} of {len(rows(name))} files refused with a reason")
