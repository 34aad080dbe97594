"""Names in a question: their aliases and phonetic keys, and the documents that hold them in another script."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence

import msgspec

from babelscope.languages.name_matching import DECISION, match_names
from babelscope.languages.readings import name_keys
from babelscope.store.name_words import bare_forms, is_syllabic
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery, NameHit, NamePart

MAX_WORDS = 8
"""A longer question is a sentence; then only words with a capital are taken for names."""
MAX_SPAN = 4
MAX_ALIASES = 64
CANDIDATES = 100
"""Documents with the keys of a question whose names are compared with it."""
LEAST_LETTERS = 3
LEAST_SMALL_LETTERS = 4
"""Of words without a capital, where signs are no syllables: shorter ones sound like other languages' words."""
LEAST_LIKENESS = 0.25
"""Of a word with the same key that a capital or Katakana marks as a name; others need ``DECISION``. On 70 English names
in NTREX documents of eight scripts that finds 48 % with a precision of .92; ``DECISION`` for all 37 % with .94.
"""
_QUOTES = '"“”„«»'
_EDGES = ".,;:!?()[]{}'’‘…·、。，！？「」『』"

AliasesOf = Callable[[str], tuple[str, ...]]


class Named(msgspec.Struct, frozen=True):
    """A document found by its names: which ``names`` in it stand for those asked for, and how alike they are (0–1)."""

    document: str
    names: tuple[str, ...]
    score: float


def name_parts(text: str, aliases: AliasesOf) -> tuple[NamePart, ...]:
    """Return the words of a question, those that may be names with keys and aliases; () if none may.

    Quoted phrases and excluded words are meant to the letter: such a question has no names.
    """
    words = [word for piece in text.split() if (word := piece.strip(_EDGES))]
    if any(quote in text for quote in _QUOTES) or any(piece.startswith("-") for piece in text.split()):
        return ()
    parts: list[NamePart] = []
    at = 0
    while at < len(words):
        part = _longest(words, at, aliases)
        parts.append(part)
        at += len(part.text.split())
    return tuple(parts) if any(part.keys or part.aliases for part in parts) else ()


def _longest(words: Sequence[str], at: int, aliases: AliasesOf) -> NamePart:
    """Return the part that begins at ``at``: the longest run of words that is a known name, else one word."""
    is_small = not any(word[0].isupper() for word in words) and len(words) <= MAX_WORDS
    for length in range(min(MAX_SPAN, len(words) - at), 0, -1):
        span = words[at : at + length]
        if not all(_may_be_name(word, is_small) for word in span) and not (length > 1 and span[0][0].isupper()):
            continue
        name = " ".join(span)
        known = tuple(other for other in aliases(name) if other.casefold() != name.casefold())[:MAX_ALIASES]
        if known or length == 1:
            return NamePart(text=name, keys=tuple(name_keys(word) for word in span), aliases=known)
    return NamePart(text=words[at])


def _may_be_name(word: str, is_small: bool) -> bool:
    if not any(map(str.isalpha, word)):
        return False
    if word[0].isupper():
        return len(word) >= LEAST_LETTERS
    if word[0].islower():
        return is_small and len(word) >= LEAST_SMALL_LETTERS
    return len(word) >= (2 if is_syllabic(word) else LEAST_SMALL_LETTERS)


def find_named(reader: Reader, query: IndexQuery, parts: Sequence[NamePart]) -> list[Named]:
    """Return the documents that hold all ``parts`` but not as typed, the most alike first.

    A name found by its key counts when the names also match in full (``languages.name_matching``); one typed without a
    capital only counts in another script, where it cannot have been written in another way.
    """
    found = [named for hit in reader.named(query, parts) if (named := _judge(hit, parts)) is not None]
    return sorted(found, key=lambda named: -named.score)


def _judge(hit: NameHit, parts: Sequence[NamePart]) -> Named | None:
    names: list[str] = []
    score = 1.0
    for part, way in zip(parts, hit.ways, strict=True):
        if way != "key":
            continue
        for word, keys in zip(part.text.split(), part.keys, strict=True):
            best, likeness = _most_alike(word, frozenset(keys), hit)
            if not best:
                return None
            names.append(best)
            score = min(score, likeness)
    return Named(hit.document, tuple(dict.fromkeys(names)), score)


def _most_alike(word: str, keys: frozenset[str], hit: NameHit) -> tuple[str, float]:
    best, likeness = "", 0.0
    for other, its in hit.words.items():
        if keys.intersection(its) and (word[0].isupper() or script(word) != script(other)):
            score = max(match_names(word, form).score for form in bare_forms(other, hit.language))
            if score >= (LEAST_LIKENESS if _is_marked(other) else DECISION) and score > likeness:
                best, likeness = other, score
    return best, likeness


def _is_marked(word: str) -> bool:
    """Say whether the way ``word`` is written tells a name: a capital letter, or Katakana."""
    return word[0].isupper() or "\u30a1" <= word[0] <= "\u30fa"


def script(word: str) -> str:
    """Return the name of the script of the first letter of ``word`` as Unicode names letters ("LATIN", "CJK" …)."""
    letter = next(filter(str.isalpha, word), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""
