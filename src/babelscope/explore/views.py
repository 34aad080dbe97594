"""The small parts that views are made of: plain frozen data, the same for pages and for the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from babelscope.explore.naming import Direction, direction, reading_direction
from babelscope.model import Document, Translation
from babelscope.store.rows import DocumentRow

READABLE = frozenset({"neural", "pivot"})
"""Grades of translation that may stand as a headline; a gist may not."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text with its language (ISO 639) and direction, so that it is set and spoken correctly."""

    text: str
    language: str = ""
    direction: Direction = "auto"


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """A title to read. ``note`` is "original", "translated" or "not translated"; ``original`` is always kept."""

    read: Words
    original: Words
    note: Literal["original", "translated", "not translated"]
    grade: str = "none"


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How often ``value`` occurs; ``label`` is for reading."""

    value: str
    label: str
    count: int


Blind = Literal["", "before", "off", "failing"]
"""Why a day tells little: before we listened, collection was off, most polls failed; "" where all is well."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of one UTC day (YYYY-MM-DD); ``blind`` says why we could not see what was published on it."""

    date: str
    count: int
    blind: Blind = ""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A run of text with the reason why it is marked ("" for none) and a hint in words."""

    text: str
    mark: str = ""
    hint: str = ""


def headline(row: DocumentRow, reading: str) -> Headline:
    """Return what to read as the title of ``row``: the original if it is in ``reading``, else a good translation."""
    original = Words(text=row.title, language=row.language, direction=direction(row.script))
    if row.language == reading:
        return Headline(read=original, original=original, note="original", grade="none")
    if row.grade in READABLE and row.reading_title:
        read = Words(text=row.reading_title, language=reading, direction=reading_direction(reading))
        return Headline(read=read, original=original, note="translated", grade=row.grade)
    return Headline(read=original, original=original, note="not translated", grade=row.grade)


def lead_words(row: DocumentRow, reading: str) -> Words:
    """Return the lead of ``row`` with the language it is in (the store keeps the translated one where it is good)."""
    if row.language != reading and row.grade in READABLE and row.reading_title:
        return Words(text=row.lead, language=reading, direction=reading_direction(reading))
    return Words(text=row.lead, language=row.language, direction=direction(row.script))


def best_row(rows: Sequence[DocumentRow], reading: str) -> DocumentRow:
    """Return the document that reads best: in the reading language, else neural, else pivot; the earliest of those."""
    order = {"neural": 1, "pivot": 2}

    def place(row: DocumentRow) -> tuple[int, dt.datetime, str]:
        if row.language == reading:
            return (0, row.time, row.id)
        return (order.get(row.grade, 3) if row.reading_title else 3, row.time, row.id)

    return min(rows, key=place)


def tally(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return (value, count), most frequent first, then by value; empty values are left out."""
    counts: dict[str, int] = {}
    for value in values:
        if value:
            counts[value] = counts.get(value, 0) + 1
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def translation_of(document: Document) -> Translation | None:
    """Return the translation layer of ``document``, if it has one."""
    layer = document.layers.get("translation")
    return layer if isinstance(layer, Translation) else None


def moment(value: dt.datetime) -> str:
    """Return a time in UTC to the minute, "24 Nov 2026, 06:37 UTC"."""
    utc = value.astimezone(dt.UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"
