"""One document → its page: text with names marked, translation, copies, and where every piece of it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from babelscope.explore.fates import Fate, fates
from babelscope.explore.highlight import mention_marks, spans
from babelscope.explore.layers import Layer, language_of, layers_of, mentions_of, sheet_starts
from babelscope.explore.naming import Direction, direction, reading_direction
from babelscope.explore.origin import Provenance, Related, copies_of, provenance_of, source_name, versions_of
from babelscope.explore.stories import STORIES
from babelscope.explore.story import count_names
from babelscope.explore.views import Count, Headline, Span, Words, headline, translation_of
from babelscope.flow.config import Config
from babelscope.model import Document, Mention
from babelscope.store.reader import Reader

MARKED_KINDS = ("person", "organisation", "place", "thing")


class Paragraph(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph of the original: ``start`` counts code points from the beginning of the text.

    ``sheets`` are the numbers (from 1) of the pages of a paginated original that begin in it.
    """

    start: int
    spans: tuple[Span, ...]
    sheets: tuple[int, ...] = ()


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """The machine translation of title and lead: its ``grade``, ``route`` and who made it (rule O3)."""

    title: Words
    lead: tuple[Words, ...]
    grade: str
    route: str
    by: str
    covers: int
    reason: str


class DocumentView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a document's page shows."""

    id: str
    source: str
    source_name: str
    country: str
    url: str
    time: dt.datetime
    published_at: dt.datetime | None
    seen_at: dt.datetime | None
    authors: tuple[str, ...]
    language: str
    language_confidence: float
    direction: Direction
    headline: Headline
    title: tuple[Span, ...]
    paragraphs: tuple[Paragraph, ...]
    kinds: tuple[str, ...]
    names_reason: str
    translation: Rendering | None
    places: tuple[Count, ...]
    organisations: tuple[Count, ...]
    layers: tuple[Layer, ...]
    provenance: Provenance | None
    copies: tuple[Related, ...]
    versions: tuple[Related, ...]
    fate: Fate | None
    story: str
    story_documents: int
    story_why: str


def document_view(reader: Reader, config: Config, id_: str) -> DocumentView | None:
    """Return the document ``id_``, or None if the store has no such document."""
    document = reader.document(id_)
    rows = reader.rows([id_])
    if document is None or not rows:
        return None
    row, language = rows[0], language_of(document)
    mentions = mentions_of(document)
    story = reader.membership(STORIES, id_)
    named = mention_marks(mentions.items, "title", len(document.title))
    return DocumentView(
        id=id_,
        source=document.source,
        source_name=source_name(config, document.source),
        country=row.country,
        url=document.url,
        time=document.time,
        published_at=document.published_at,
        seen_at=document.seen_at,
        authors=document.authors,
        language=language.code,
        language_confidence=round(language.confidence, 3),
        direction=direction(language.script),
        headline=headline(row, config.read.language),
        title=spans(document.title, named),
        paragraphs=paragraphs(document.text, mentions.items, sheet_starts(document)),
        kinds=tuple(kind for kind in MARKED_KINDS if any(m.kind == kind for m in mentions.items)),
        names_reason=mentions.reason,
        translation=rendering(document, config.read.language),
        places=count_names([document], "place"),
        organisations=count_names([document], "organisation"),
        layers=layers_of(document),
        provenance=provenance_of(reader, config, document),
        copies=copies_of(reader, config, row),
        versions=versions_of(reader, config, document),
        fate=fates(reader, [row]).get(id_),
        story=story.group if story else "",
        story_documents=len(reader.group(STORIES, story.group)) if story else 0,
        story_why=story.why if story else "",
    )


def paragraphs(text: str, mentions: Sequence[Mention], starts: Sequence[int] = ()) -> tuple[Paragraph, ...]:
    """Return the paragraphs of ``text`` (one a line) with their ``mentions`` marked; offsets stay those of ``text``.

    ``starts`` are the offsets at which pages begin.
    """
    named = mention_marks(mentions, "text", len(text))
    made: list[Paragraph] = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            end = start + len(line)
            sheets = tuple(number for number, at in enumerate(starts, 1) if start <= at <= end)
            made.append(Paragraph(start=start, spans=spans(text, named, start, end), sheets=sheets))
        start += len(line) + 1
    return tuple(made)


def rendering(document: Document, reading: str) -> Rendering | None:
    """Return the translation to show, None if the document already is in the ``reading`` language or has no layer."""
    layer = translation_of(document)
    if layer is None or language_of(document).code == reading:
        return None
    way = reading_direction(layer.to)
    lines = [line for line in layer.lead.split("\n") if line.strip()]
    return Rendering(
        title=Words(text=layer.title, language=layer.to, direction=way),
        lead=tuple(Words(text=line, language=layer.to, direction=way) for line in lines),
        grade=layer.grade,
        route=layer.route,
        by=document.made_by.get("translation", ""),
        covers=layer.lead_end,
        reason=layer.reason,
    )
