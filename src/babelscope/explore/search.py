"""A question in words → documents: full text (BM25), names in any script and meaning (vectors), fused; with facets
and a histogram.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from babelscope.explore.blindspots import with_blind_spots
from babelscope.explore.fusion import fuse
from babelscope.explore.hits import Found, Hit, build_hits
from babelscope.explore.named import CANDIDATES, AliasesOf, Named, find_named, name_parts
from babelscope.explore.naming import country_name, language_name
from babelscope.explore.timeline import parse_days
from babelscope.explore.views import Count, Day
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, Unavailable
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow, IndexQuery, IndexResult, NamePart

WINDOW = 200
"""Results that are fused and can be paged through."""
NEIGHBOURS = 50
FILTERED = 8
"""So many times as many neighbours are asked for when filters will take some away."""
MAX_QUERY_CHARS = 500
MAX_QUERY_WORDS = 64
LEAST_COSINE = 0.25
"""Neighbours less similar than this are no answer. A cut by eye over twelve queries to the demo press: three queries
without any match there stayed below .25; the same event in another language mostly lay above .27, some at .23."""
FACET_VALUES = 12
NAME_WEIGHT = 0.5
"""Weight of a place among the documents found by names only: the first stands where the 62nd of the text stands."""

_ONE_AT_A_TIME = threading.Lock()  # the model promises nothing about threads
Embed = Callable[[str, Config], bytes]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What may be asked. ``until`` is exclusive; several values of a filter mean any of them; ``page`` is from 1."""

    text: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    page: int = 1
    size: int = 20


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``total`` counts text matches and, beyond them, ``by_name`` documents that hold the names asked for
    in another spelling or script, and ``by_meaning`` neighbours; facets and histogram are of the text matches.
    ``notes`` say what could not be done.
    """

    question: Question
    hits: tuple[Hit, ...]
    total: int
    by_name: int
    by_meaning: int
    pages: int
    facets: dict[str, tuple[Count, ...]]
    histogram: tuple[Day, ...]
    mode: Literal["text and meaning", "text only", "newest first"]
    notes: tuple[str, ...]


def embed_with_model(text: str, config: Config) -> bytes:
    """Return the query vector of ``text``; raises ``Unavailable`` if the model is not there."""
    from babelscope.understand.embed import embed_query

    with _ONE_AT_A_TIME:
        return embed_query(text, config)


def check(question: Question) -> Question:
    """Return ``question`` tidied; raises ``BadInput`` in words for a reader if it cannot be answered."""
    text = " ".join(question.text.split())
    if len(text) > MAX_QUERY_CHARS:
        raise BadInput(f"The question is {len(text):,} characters long; at most {MAX_QUERY_CHARS} can be searched for.")
    if len(text.split()) > MAX_QUERY_WORDS:
        raise BadInput(f"The question has {len(text.split())} words; at most {MAX_QUERY_WORDS} can be searched for.")
    if any(ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise BadInput("The question holds characters that are no text.")
    if question.since and question.until and question.since >= question.until:
        raise BadInput("The first day lies after the last one: nothing can match.")
    return msgspec.structs.replace(question, text=text)


def known_aliases(config: Config) -> AliasesOf:
    """Return the look-up of other names of a name, without aliases where its data are missing."""
    try:
        from babelscope.understand.aliases import open_aliases

        return open_aliases(config).aliases
    except (Unavailable, ImportError, OSError):
        return lambda _name: ()


def search(
    reader: Reader,
    config: Config,
    question: Question,
    embed: Embed = embed_with_model,
    *,
    aliases: AliasesOf | None = None,
) -> SearchView:
    """Answer ``question``; raises ``BadInput`` if it cannot be asked (see ``check``).

    Full-text, name and vector rankings are joined by reciprocal rank fusion, names with half the weight. Without the
    embedding model, for quoted phrases and for excluded words (-word) the answer is full text only, and a note says so.
    """
    question = check(question)
    lexical = reader.search(_index_query(question, limit=WINDOW, facets=True, histogram=True))
    parts = name_parts(question.text, aliases or known_aliases(config)) if question.text else ()
    named = find_named(reader, _index_query(question, limit=CANDIDATES), parts) if parts else []
    near, notes = _neighbours(reader, config, question, embed)
    texts, names = [id_ for id_, _ in lexical.hits], [one.document for one in named]
    order = [id_ for id_, _ in fuse([texts, near, names], weights=(1.0, 1.0, NAME_WEIGHT))] if near or names else texts
    only_near = len(set(near) - {*texts, *names}) if lexical.total <= WINDOW else 0
    first = (question.page - 1) * question.size
    chosen = order[:WINDOW][first : first + question.size]
    mode: Literal["text and meaning", "text only", "newest first"] = "newest first"
    if question.text:
        mode = "text only" if notes else "text and meaning"
    return SearchView(
        question=question,
        hits=build_hits(
            reader, config, chosen, question.text, _found(texts if question.text else (), near, named, parts)
        ),
        total=lexical.total + len(named) + only_near,
        by_name=len(named),
        by_meaning=only_near,
        pages=-(-min(len(order), WINDOW) // question.size),
        facets=_facets(lexical, config),
        histogram=with_blind_spots(reader, parse_days(lexical.histogram), question.sources),
        mode=mode,
        notes=notes,
    )


def _found(texts: Sequence[str], near: Sequence[str], named: Sequence[Named], parts: Sequence[NamePart]) -> Found:
    return Found(
        by_text=frozenset(texts),
        by_meaning=frozenset(near),
        by_name={one.document: one.names for one in named},
        aliases=tuple(alias for part in parts for alias in part.aliases),
    )


def _index_query(question: Question, limit: int, facets: bool = False, histogram: bool = False) -> IndexQuery:
    return IndexQuery(
        text=question.text,
        since=question.since,
        until=question.until,
        languages=question.languages,
        countries=question.countries,
        sources=question.sources,
        entities=question.entities,
        limit=limit,
        facets=facets,
        histogram=histogram,
    )


def _neighbours(reader: Reader, config: Config, question: Question, embed: Embed) -> tuple[list[str], tuple[str, ...]]:
    if not question.text:
        return [], ()
    if '"' in question.text or any(word.startswith("-") for word in question.text.split()):
        return [], ("Quoted phrases and excluded words are searched for in the text only, not by meaning.",)
    try:
        vector = embed(question.text, config)
    except (Unavailable, ImportError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).partition("\n")[0]
        return [], (f"Searched in the text only: the model that compares meanings is not available ({reason}).",)
    is_narrow = question.languages or question.countries or question.sources or question.entities
    wanted = NEIGHBOURS * (FILTERED if is_narrow else 1)
    found = reader.nearest(vector, wanted, question.since, question.until)
    ids = [id_ for id_, cosine in found if cosine >= LEAST_COSINE]
    rows = {row.id: row for row in reader.rows(ids)}
    allowed = _with_entities(reader, question)
    passed = [i for i in ids if i in rows and _passes(rows[i], question) and (allowed is None or i in allowed)]
    return passed[:NEIGHBOURS], ()


def _passes(row: DocumentRow, question: Question) -> bool:
    return (
        (not question.languages or row.language in question.languages)
        and (not question.countries or row.country in question.countries)
        and (not question.sources or row.source in question.sources)
        and (question.since is None or row.time >= question.since)
        and (question.until is None or row.time < question.until)
    )


def _with_entities(reader: Reader, question: Question) -> frozenset[str] | None:
    """Return the newest documents that pass the entity filter (rows do not hold entities), None without that filter."""
    if not question.entities:
        return None
    everything = msgspec.structs.replace(question, text="")
    return frozenset(id_ for id_, _ in reader.search(_index_query(everything, limit=1000)).hits)


def _facets(result: IndexResult, config: Config) -> dict[str, tuple[Count, ...]]:
    reading = config.read.language
    sources = {source.id: source.name for source in config.source}
    label: dict[str, Callable[[str], str]] = {
        "language": lambda code: language_name(code, reading),
        "country": lambda code: country_name(code, reading),
        "source": lambda id_: sources.get(id_, id_),
        "entity": lambda name: name,
    }
    return {name: _counts(result.facets.get(name, ()), label[name]) for name in label}


def _counts(pairs: Sequence[tuple[str, int]], label: Callable[[str], str]) -> tuple[Count, ...]:
    return tuple(Count(value=value, label=label(value), count=n) for value, n in pairs[:FACET_VALUES] if value)
