"""Corrections by people, laid over the machine's sentences; the machine's own words are never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from babelscope.explore.views import Span
from babelscope.model import Document
from babelscope.model.layers import Part
from babelscope.store.reading import CorrectionRow
from babelscope.store.tables import safe_text


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """A correction as a page shows it. ``fits`` is False when the original reads otherwise by now.

    ``is_applied`` says whether it stands in the text; one that is undone or older than another does not.
    """

    id: str
    of: Part
    start: int
    end: int
    original: str
    machine: str
    correction: str
    kind: str
    note: str
    author: str
    at: dt.datetime
    undone_at: dt.datetime | None = None
    undone_by: str = ""
    fits: bool = True
    is_applied: bool = False


def rejoined(row: CorrectionRow, document: Document) -> Corrected:
    """Return ``row`` for a page; it fits only where ``document`` still reads as it did."""
    text = document.title if row.of == "title" else document.text
    names = Corrected.__struct_fields__
    kept = {name: getattr(row, name) for name in names if hasattr(row, name)}
    return Corrected(**kept, fits=safe_text(text[row.start : row.end]) == row.original)


def apply_corrections(
    machine: str, told: Sequence[Corrected], whole: tuple[int, int]
) -> tuple[tuple[Span, ...], tuple[Corrected, ...]]:
    """Return what to read for the sentence ``whole`` and its corrections, in order of time, the applied ones marked.

    One for the whole sentence takes the place of everything before it; one for some words takes the place of the
    machine's words, wherever they still stand first.
    """
    reading = [Span(text=machine)] if machine else []
    applied: list[str] = []
    for one in told:
        if one.undone_at is not None or not one.fits:
            continue
        made = Span(text=one.correction, mark="corrected", hint=hint(one))
        if (one.start, one.end) == whole:
            reading, applied = [made], [one.id]
        elif (changed := _replaced(reading, one.machine, made)) is not None:
            reading = changed
            applied.append(one.id)
    marked = tuple(msgspec.structs.replace(one, is_applied=one.id in applied) for one in told)
    return tuple(reading), marked


def hint(one: Corrected) -> str:
    """Return who corrected, and what the machine had."""
    said = f"corrected by {one.author}"
    return f"{said}; the machine had: {one.machine}" if one.machine else said


def _replaced(reading: Sequence[Span], words: str, made: Span) -> list[Span] | None:
    for number, span in enumerate(reading):
        at = span.text.find(words) if words and not span.mark else -1
        if at >= 0:
            before, after = Span(text=span.text[:at]), Span(text=span.text[at + len(words) :])
            middle = [part for part in (before, made, after) if part.text]
            return [*reading[:number], *middle, *reading[number + 1 :]]
    return None
