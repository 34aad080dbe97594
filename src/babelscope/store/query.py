"""From a typed question to a tantivy query, through the same analyser that made the index."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from babelscope.languages.analyse import analyse, plausible_stems
from babelscope.store.rows import IndexQuery, NamePart, NameWay

MAX_CLAUSES = 32
"""Words and phrases taken from one question; the rest is left out."""
TITLE_BOOST = 2.0
_PARTS = re.compile(r'(?P<no>(?<!\S)-)?(?:["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]|(?P<words>[^\s"“”„«»]+))')


class Clause(msgspec.Struct, frozen=True):
    """One condition: ``words`` in a row (``phrase``) or each (a single word), required or excluded."""

    words: tuple[str, ...]
    phrase: bool
    excluded: bool


class BuiltQuery(msgspec.Struct, frozen=True):
    """A tantivy query; ``scored`` is false where there are only filters, so that time decides the order."""

    query: Any
    scored: bool


def clauses(text: str) -> list[Clause]:
    """Return the conditions of a question: "quoted phrases", -excluded, and words, which must all occur."""
    found: list[Clause] = []
    for match in _PARTS.finditer(text):
        quoted, excluded = match["phrase"] is not None, match["no"] is not None
        words = analyse(match["phrase"] if quoted else match["words"]).words
        if quoted or excluded:
            found += [Clause(words, True, excluded)] if words else []
        else:
            found += [Clause((word,), False, False) for word in words]
    return list(dict.fromkeys(found))[:MAX_CLAUSES]


def build_query(query: IndexQuery, schema: Any) -> BuiltQuery:
    """Return the tantivy query of ``query``."""
    import tantivy

    must, must_not = tantivy.Occur.Must, tantivy.Occur.MustNot
    asked = clauses(query.text)
    parts = [(must_not if c.excluded else must, _clause(c, query.languages, schema)) for c in asked]
    filters = _filters(query, schema)
    scored = any(not clause.excluded for clause in asked)
    if query.text.strip() and not asked:
        return BuiltQuery(tantivy.Query.empty_query(), False)
    if not scored and not filters:
        parts.append((must, tantivy.Query.all_query()))
    parts += [(must, tantivy.Query.const_score_query(f, 0.0)) for f in filters]
    return BuiltQuery(parts[0][1] if len(parts) == 1 else tantivy.Query.boolean_query(parts), scored)


def build_name_query(query: IndexQuery, parts: Sequence[NamePart], schema: Any) -> Any:
    """Return the tantivy query of documents that hold all ``parts`` (as text, by alias or by key), but not as text all.

    Every way has a constant score, a digit of base four for each part, so that the score tells the ways (``ways_of``).
    """
    import tantivy

    make, must = tantivy.Query, tantivy.Occur.Must
    clauses_: list[tuple[Any, Any]] = []
    texts: list[Any] = []
    for place, part in enumerate(parts):
        typed = [_clause(c, query.languages, schema) for c in clauses(part.text)]
        ways = [make.const_score_query(_all(typed), 2.0 * 4**place)] if typed else []
        texts += typed
        if part.keys and all(part.keys):
            keyed = [_any([make.term_query(schema, "keys", key, "basic") for key in keys]) for keys in part.keys]
            ways.append(make.const_score_query(_all(keyed), 1.0 * 4**place))
        spelled = dict.fromkeys(words for name in part.aliases if (words := analyse(name).words))
        aliases = [_clause(Clause(words, True, False), (), schema) for words in spelled]
        if aliases:
            ways.append(make.const_score_query(_any(aliases), 3.0 * 4**place))
        if ways:
            clauses_.append((must, make.disjunction_max_query(ways)))
    if texts:
        clauses_.append((tantivy.Occur.MustNot, _all(texts)))
    clauses_ += [(must, make.const_score_query(f, 0.0)) for f in _filters(query, schema)]
    return make.boolean_query(clauses_) if parts else make.empty_query()


def ways_of(score: float, parts: int) -> tuple[NameWay, ...]:
    """Return how each of ``parts`` was found from a score of ``build_name_query``."""
    digits = round(score)
    names: tuple[NameWay, ...] = ("key", "key", "text", "alias")
    return tuple(names[digits // 4**place % 4] for place in range(parts))


def _all(queries: Sequence[Any]) -> Any:
    import tantivy

    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])


def _any(queries: Sequence[Any]) -> Any:
    import tantivy

    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _clause(clause: Clause, languages: tuple[str, ...], schema: Any) -> Any:
    """Match in title (counting double) or body; a word also by its stem in each language it may be of."""
    import tantivy

    make = tantivy.Query
    words: list[Any] = list(clause.words)
    if len(words) > 1:
        fields = [make.phrase_query(schema, field, words) for field in ("title", "body")]
    else:
        fields = [make.term_query(schema, field, words[0], "freq") for field in ("title", "body")]
    fields[0] = make.boost_query(fields[0], TITLE_BOOST)
    if not clause.phrase:
        stems = plausible_stems(words[0], languages)
        fields += [make.term_query(schema, "stems", stem, "freq") for stem in stems]
    return make.disjunction_max_query(fields, 0.1)


def _filters(query: IndexQuery, schema: Any) -> list[Any]:
    import tantivy

    wanted = (
        ("language", query.languages),
        ("country", query.countries),
        ("source", query.sources),
        ("entity", query.entities),
    )
    filters = [tantivy.Query.term_set_query(schema, field, list(values)) for field, values in wanted if values]
    if query.since or query.until:
        since, until = _utc(query.since), _utc(query.until)
        kind = tantivy.FieldType.Date
        filters.append(tantivy.Query.range_query(schema, "time", kind, since, until, include_upper=until is None))
    return filters


def _utc(at: dt.datetime | None) -> dt.datetime | None:
    if at is None:
        return None
    return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
