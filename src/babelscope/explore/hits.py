"""Search results as a reader sees them: title, extract with the words found, and why each one is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from babelscope.explore.fates import Fate, fates
from babelscope.explore.highlight import Mark, Terms, find_terms, query_terms, snippet, spans
from babelscope.explore.naming import Direction, direction, reading_direction
from babelscope.explore.stories import STORIES
from babelscope.explore.views import Headline, Span, headline, translation_of
from babelscope.flow.config import Config
from babelscope.model import Document
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One result. ``why`` holds "text", "translation" and "meaning", as far as they apply.

    ``fate`` says whether its address was edited or deleted.
    """

    document: str
    source: str
    source_name: str
    country: str
    language: str
    time: dt.datetime
    headline: Headline
    title: tuple[Span, ...]
    snippet: tuple[Span, ...]
    snippet_language: str
    snippet_direction: Direction
    why: tuple[str, ...]
    grade: str
    story: str
    fate: Fate | None = None


def build_hits(
    reader: Reader, config: Config, ids: Sequence[str], text: str, by_text: frozenset[str], by_meaning: frozenset[str]
) -> tuple[Hit, ...]:
    """Return the hits of ``ids``, in that order; ids that the store no longer has are left out."""
    terms = query_terms(text)
    rows = {row.id: row for row in reader.rows(ids)}
    documents = {document.id: document for document in reader.documents(ids)}
    stories = reader.memberships(STORIES, ids)
    names = {source.id: source.name for source in config.source}
    told = fates(reader, list(rows.values()), judged=False)
    hits = []
    for id_ in ids:
        if id_ in rows and id_ in documents:
            ways = (id_ in by_text and bool(text), id_ in by_meaning)
            story = stories[id_].group if id_ in stories else ""
            name = names.get(rows[id_].source, rows[id_].source)
            hit = _hit(rows[id_], documents[id_], terms, ways, (name, story, config.read.language))
            hits.append(msgspec.structs.replace(hit, fate=told.get(id_)))
    return tuple(hits)


def _hit(
    row: DocumentRow, document: Document, terms: Terms, ways: tuple[bool, bool], about: tuple[str, str, str]
) -> Hit:
    name, story, reading = about
    title, text = find_terms(row.title, terms, row.language), find_terms(document.text, terms, row.language)
    layer = translation_of(document)
    lead = layer.lead if layer and layer.grade != "none" and row.language != reading else ""
    reading_title = row.reading_title if row.language != reading else ""
    lead_marks = find_terms(lead, terms, reading)
    translated = bool(lead_marks or find_terms(reading_title, terms, reading))
    in_translation = translated and not (title or text)
    extract, marks = (lead, lead_marks) if in_translation and lead else (document.text, text)
    shown = headline(row, reading)
    return Hit(
        document=row.id,
        source=row.source,
        source_name=name,
        country=row.country,
        language=row.language,
        time=row.time,
        headline=shown,
        title=spans(shown.read.text, find_terms(shown.read.text, terms, shown.read.language)),
        snippet=snippet(" ".join(extract.split("\n")), marks),
        snippet_language=reading if extract is lead else row.language,
        snippet_direction=reading_direction(reading) if extract is lead else direction(row.script),
        why=reasons(ways[0], ways[1], title + text, translated),
        grade=row.grade,
        story=story,
    )


def reasons(by_text: bool, by_meaning: bool, in_original: Sequence[Mark], in_translation: bool) -> tuple[str, ...]:
    """Return why a document is a hit. A text match whose words we cannot show (an inflected form) counts as text."""
    why: list[str] = []
    if by_text and (in_original or not in_translation):
        why.append("text")
    if by_text and in_translation:
        why.append("translation")
    if by_meaning:
        why.append("meaning")
    return tuple(why)
