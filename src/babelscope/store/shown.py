"""What the views show of a document: its light row and its tokens for the index. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import msgspec
from anyascii import anyascii

from babelscope.languages.analyse import analyse
from babelscope.model import Document, Embedding, Language, Mention, Mentions, Translation
from babelscope.store.name_words import name_words
from babelscope.store.rows import DocumentRow

LEAD_CHARS = 600
MAX_ENTITIES = 50
_MIN_LETTERS = 3
_NAMED = ("organisation", "place")


class IndexDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as the index takes it: token lists of originals and translations, raw filter values, its time, and
    the words that may be ``names`` with their phonetic keys.
    """

    id: str
    time: dt.datetime
    titles: tuple[tuple[str, ...], ...]
    bodies: tuple[tuple[str, ...], ...]
    stems: tuple[str, ...]
    language: str
    country: str
    source: str
    entities: tuple[str, ...]
    names: dict[str, tuple[str, ...]] = {}


def month_of(document: Document) -> str:
    """Return the month ("YYYY-MM", UTC) whose indexes hold the document: when it was seen, which no page can choose."""
    return day_of(document)[:7]


def day_of(document: Document) -> str:
    """Return the day ("YYYY-MM-DD", UTC) of the record segment of a document."""
    at = document.seen_at or document.time
    return (at.astimezone(dt.UTC) if at.tzinfo else at).strftime("%Y-%m-%d")


def entity_names(document: Document) -> tuple[str, ...]:
    """Return the places and organisations that a document names, most frequent first, ``MAX_ENTITIES`` at most.

    A place goes by its gazetteer name, anything else by its English reading (a transliteration is none), else as it is
    written. Persons are left out: nothing lists, counts or ranks them (rules P1 and P4 of responsible use).
    """
    mentions = document.layers.get("mentions")
    if not isinstance(mentions, Mentions):
        return ()
    names = [shown_name(mention) for mention in mentions.items if mention.kind in _NAMED]
    counted = Counter(name for name in names if _is_name(name))
    return tuple(name for name, _ in counted.most_common(MAX_ENTITIES))


def shown_name(mention: Mention) -> str:
    """Return the name by which a place or an organisation is listed; a transliteration is none."""
    reading = "" if mention.reads_as == anyascii(mention.surface) else mention.reads_as
    name = mention.place.name if mention.place else reading
    return " ".join((name or mention.surface).split())


def _is_name(name: str) -> bool:
    """Three letters at least; two are a name where one sign is a syllable or a word (Han, Hangul, Kana …)."""
    letters = sum(map(str.isalpha, name))
    return letters >= _MIN_LETTERS or (letters == _MIN_LETTERS - 1 and min(name) >= "\u2e80")


def index_document(document: Document, country: str, reading: str) -> IndexDocument:
    """Return the tokens of title, text and translation by the shared analyser; ``reading`` is the reading language."""
    language = _language(document)
    title, text = analyse(document.title, language.code), analyse(document.text, language.code)
    translation = _translation(document)
    own = translation.route == "same"
    read_title = analyse("" if own else translation.title, reading)
    read_lead = analyse("" if own else translation.lead, reading)
    return IndexDocument(
        id=document.id,
        time=document.time,
        titles=(title.words, read_title.words),
        bodies=(text.words, read_lead.words),
        stems=(*title.stems, *text.stems, *read_title.stems, *read_lead.stems),
        language=language.code,
        country=country,
        source=document.source,
        entities=entity_names(document),
        names=name_words(document, language.code),
    )


def document_row(document: Document, country: str, words: int) -> DocumentRow:
    """Return the light row of a document; ``words`` is the number of analysed tokens of its text."""
    language, translation = _language(document), _translation(document)
    return DocumentRow(
        id=document.id,
        capture=document.capture,
        source=document.source,
        url=document.url,
        title=document.title,
        reading_title=translation.title,
        lead=translation.lead or document.text[:LEAD_CHARS],
        language=language.code,
        script=language.script,
        grade=translation.grade,
        country=country,
        time=document.time,
        published_at=document.published_at,
        seen_at=document.seen_at,
        image=document.image,
        words=words,
    )


def embedding_of(document: Document) -> Embedding | None:
    """Return the vector layer, if there is one."""
    embedding = document.layers.get("embedding")
    return embedding if isinstance(embedding, Embedding) and embedding.vector else None


def _language(document: Document) -> Language:
    language = document.layers.get("language")
    return language if isinstance(language, Language) else Language(code="und", script="Zyyy", confidence=0.0)


def _translation(document: Document) -> Translation:
    translation = document.layers.get("translation")
    return translation if isinstance(translation, Translation) else Translation(to="", grade="none", route="")
