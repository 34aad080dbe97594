"""Search results as a reader sees them: title, extract with the words found, and why each one is there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from babelscope.explore.fates import Fate, fates
from babelscope.explore.highlight import (
    Mark,
    Terms,
    find_names,
    find_terms,
    query_terms,
    snippet,
    spans,
    without_overlap,
)
from babelscope.explore.naming import Direction, direction, reading_direction
from babelscope.explore.stories import STORIES
from babelscope.explore.views import Headline, Span, headline, translation_of
from babelscope.flow.config import Config
from babelscope.model import Document
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow

MAX_NAMES = 5


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One result. ``why`` holds "text", "translation", "name" and "meaning", as far as they apply; ``names`` are the
    words of the document that stand for a name asked for in another spelling or script.

    ``snippet`` is of the original or, where the words are only there, of the translation; where they are in both,
    ``read_snippet`` holds the translation. ``original_title`` is marked, too, where ``title`` is a translation.
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
    read_snippet: tuple[Span, ...] = ()
    original_title: tuple[Span, ...] = ()
    why: tuple[str, ...]
    names: tuple[str, ...] = ()
    grade: str
    story: str
    fate: Fate | None = None


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """In which ways documents were found: ids by text and by meaning, by name with the names in them; all ``aliases``
    that were looked for.
    """

    by_text: frozenset[str] = frozenset()
    by_meaning: frozenset[str] = frozenset()
    by_name: dict[str, tuple[str, ...]] = {}
    aliases: tuple[str, ...] = ()


def build_hits(reader: Reader, config: Config, ids: Sequence[str], text: str, found: Found) -> tuple[Hit, ...]:
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
            story = stories[id_].group if id_ in stories else ""
            name = names.get(rows[id_].source, rows[id_].source)
            hit = _hit(rows[id_], documents[id_], terms, found, (name, story, config.read.language))
            hits.append(msgspec.structs.replace(hit, fate=told.get(id_)))
    return tuple(hits)


class _Side(msgspec.Struct, frozen=True):
    """Title and text of a document in one language, with the marks of the words and of the names asked for."""

    text: str
    title_words: list[Mark]
    words: list[Mark]
    title_names: list[Mark]
    names: list[Mark]

    def has_words(self) -> bool:
        return bool(self.title_words or self.words)

    def title_marks(self) -> list[Mark]:
        return without_overlap([*self.title_words, *self.title_names])

    def marks(self) -> list[Mark]:
        return without_overlap([*self.words, *self.names])


def _side(title: str, text: str, language: str, terms: Terms, names: Sequence[str]) -> _Side:
    return _Side(
        text,
        find_terms(title, terms, language),
        find_terms(text, terms, language),
        find_names(title, names),
        find_names(text, names),
    )


def _sides(row: DocumentRow, document: Document, terms: Terms, names: Sequence[str], reading: str) -> list[_Side]:
    """Return the original and the translation; the latter is empty where there is none to read."""
    layer = translation_of(document)
    is_foreign = row.language != reading
    lead = layer.lead if layer and layer.grade != "none" and is_foreign else ""
    return [
        _side(row.title, document.text, row.language, terms, names),
        _side(row.reading_title if is_foreign else "", lead, reading, terms, names),
    ]


def _hit(row: DocumentRow, document: Document, terms: Terms, found: Found, about: tuple[str, str, str]) -> Hit:
    source_name, story, reading = about
    by_name = found.by_name.get(row.id)
    own, read = _sides(row, document, terms, () if by_name is None else (*by_name, *found.aliases), reading)
    in_own, in_read = own.has_words(), read.has_words()
    is_read = bool(in_read and not in_own and read.text)
    shown = headline(row, reading)
    return Hit(
        document=row.id,
        source=row.source,
        source_name=source_name,
        country=row.country,
        language=row.language,
        time=row.time,
        headline=shown,
        title=spans(shown.read.text, (read if shown.note == "translated" else own).title_marks()),
        original_title=spans(row.title, own.title_marks()) if shown.note == "translated" else (),
        snippet=_extract(read if is_read else own),
        snippet_language=reading if is_read else row.language,
        snippet_direction=reading_direction(reading) if is_read else direction(row.script),
        read_snippet=_extract(read) if own.marks() and read.marks() and not is_read else (),
        why=reasons((row.id in found.by_text, by_name is not None, row.id in found.by_meaning), in_own, in_read),
        names=_names(own, row.title, by_name or ()),
        grade=row.grade,
        story=story,
    )


def _extract(side: _Side) -> tuple[Span, ...]:
    return snippet(" ".join(side.text.split("\n")), side.marks())


def _names(own: _Side, title: str, by_name: Sequence[str]) -> tuple[str, ...]:
    """Return the names found, as the document writes them."""
    written = [title[m.start : m.end] for m in own.title_names] + [own.text[m.start : m.end] for m in own.names]
    return tuple(dict.fromkeys((*by_name, *written)))[:MAX_NAMES]


def reasons(ways: tuple[bool, bool, bool], in_original: bool, in_translation: bool) -> tuple[str, ...]:
    """Return why a document is a hit, from the ``ways`` it was found: by text, by name, by meaning.

    A text match whose words we cannot show (an inflected form) counts as text.
    """
    by_text, by_name, by_meaning = ways
    told = {
        "text": by_text and (in_original or not in_translation),
        "translation": by_text and in_translation,
        "name": by_name,
        "meaning": by_meaning,
    }
    return tuple(way for way, holds in told.items() if holds)
