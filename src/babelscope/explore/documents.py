"""One document → its page: text with names marked, translation, copies, and where every piece of it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec

from babelscope.explore.fates import Fate, fates
from babelscope.explore.highlight import mention_marks, spans
from babelscope.explore.naming import Direction, direction, reading_direction
from babelscope.explore.stories import DUPLICATES, STORIES
from babelscope.explore.story import count_names
from babelscope.explore.views import Count, Headline, Span, Words, headline, translation_of
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Capture, Document, Language, Mention, Mentions, Sheets
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow

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


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer of the document and the stage@version that made it."""

    name: str
    by: str
    says: str


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """Another document: a copy, or another version of the same address."""

    document: str
    source: str
    source_name: str
    language: str
    time: dt.datetime
    headline: Headline
    why: str = ""
    score: float = 1.0


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """Where the document comes from, down to the byte; ``damage`` says what is wrong with the evidence, if anything."""

    capture: Capture
    source: str
    source_name: str
    source_owner: str
    source_standing: str
    record_id: str
    damage: str = ""


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
        provenance=_provenance(reader, config, document),
        copies=_copies(reader, config, row),
        versions=_versions(reader, config, document),
        fate=fates(reader, [row]).get(id_),
        story=story.group if story else "",
        story_documents=len(reader.group(STORIES, story.group)) if story else 0,
        story_why=story.why if story else "",
    )


def language_of(document: Document) -> Language:
    """Return the language layer of ``document``, "und" if it has none."""
    layer = document.layers.get("language")
    return layer if isinstance(layer, Language) else Language(code="und", script="Zyyy", confidence=0.0)


def mentions_of(document: Document) -> Mentions:
    """Return the names layer of ``document``, empty if it has none."""
    layer = document.layers.get("mentions")
    return layer if isinstance(layer, Mentions) else Mentions()


def source_name(config: Config, source: str) -> str:
    """Return the name of ``source``, its id if it is no longer configured."""
    return next((known.name for known in config.source if known.id == source), source)


def sheet_starts(document: Document) -> tuple[int, ...]:
    """Return where the pages of a paginated original begin in its text; () for every other."""
    layer = document.layers.get("sheets")
    return layer.starts if isinstance(layer, Sheets) and len(layer.starts) > 1 else ()


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


def layers_of(document: Document) -> tuple[Layer, ...]:
    """Return every layer with who made it and, in a few words, what it says (never names of persons)."""
    says: dict[str, str] = {}
    for name, layer in document.layers.items():
        says[name] = describe_layer(layer)
    return tuple(Layer(name=name, by=by, says=says.get(name, "")) for name, by in document.made_by.items())


def describe_layer(layer: Any) -> str:
    """Return a few words about a layer: language and confidence, route and grade, sizes."""
    match layer:
        case Language():
            return f"{layer.code}, {layer.script}, confidence {layer.confidence:.2f}"
        case Mentions():
            return layer.reason or f"{sum(m.kind != 'person' for m in layer.items)} names, persons not counted"
        case msgspec.Struct():
            shown = ("grade", "route", "model", "dimensions", "permutations", "shingles", "reason")
            pairs = ((key, getattr(layer, key, "")) for key in shown)
            return ", ".join(f"{key} {value}" for key, value in pairs if value not in ("", None))
        case _:
            return ""


def _provenance(reader: Reader, config: Config, document: Document) -> Provenance | None:
    capture = reader.capture(document.capture)
    if capture is None:
        return None
    source = next((known for known in config.source if known.id == document.source), None)
    record_id, damage = "", ""
    try:
        record_id = reader.original(capture).record_id
    except BadInput as error:  # the page must still show everything else, and that the proof is broken
        damage = str(error)
    return Provenance(
        capture=capture,
        source=document.source,
        source_name=source.name if source else document.source,
        source_owner=source.owner if source else "",
        source_standing=source.standing if source else "unknown",
        record_id=record_id,
        damage=damage,
    )


def _copies(reader: Reader, config: Config, own: DocumentRow) -> tuple[Related, ...]:
    membership = reader.membership(DUPLICATES, own.id)
    if membership is None:
        return ()
    members = {m.document: m for m in reader.group(DUPLICATES, membership.group) if m.document != own.id}
    rows = [row for row in reader.rows(list(members)) if (row.source, row.url) != (own.source, own.url)]
    related = (_related(row, config, members[row.id].why, members[row.id].score) for row in rows)
    return tuple(sorted(related, key=lambda one: (one.time, one.document)))


def _versions(reader: Reader, config: Config, document: Document) -> tuple[Related, ...]:
    rows = reader.versions(document.url)
    others = [row for row in rows if row.id != document.id and row.source == document.source]
    seen = (msgspec.structs.replace(row, time=row.seen_at or row.time) for row in others)
    return tuple(_related(row, config) for row in seen)


def _related(row: DocumentRow, config: Config, why: str = "", score: float = 1.0) -> Related:
    return Related(
        document=row.id,
        source=row.source,
        source_name=source_name(config, row.source),
        language=row.language,
        time=row.time,
        headline=headline(row, config.read.language),
        why=why,
        score=round(score, 3),
    )
