"""Places in a text of any language: whole words (or runs, where no spaces part words) through the gazetteer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import msgspec

from babelscope.languages.names import CASE_ENDINGS, PREFIXES, fold_name, word_pattern
from babelscope.languages.sentences import WIDE, trimmed_sentences
from babelscope.model.layers import Part
from babelscope.understand.gazetteer import Candidate, Gazetteer
from babelscope.understand.gazetteer_build import (
    CAPITALS,
    CITY,
    PRIMARY,
    STEM,
    name_key,
    stem,
)
from babelscope.understand.short_names import long_name
from babelscope.understand.stopnames import COMMON_WORDS

MAX_WORDS = 5
MAX_WIDE = 8
MIN_CITY, MIN_ALTERNATE = 15_000, 100_000
"""Least population of a city that no model vouches for, reached by its main name, by another name."""
MIN_FOREIGN, MIN_FOREIGN_ALTERNATE = 50_000, 150_000
"""The same for one word in a language other than English."""
MIN_INITIAL, MIN_NOUN_CAPITALS = 500_000, 200_000
"""The same for a word that opens a sentence; in German, which writes every noun with a capital."""
MIN_UNCASED, MIN_SHORT, NEVER = 300_000, 1_000_000, 1 << 40
"""The same in scripts without capitals; for a short name in any script."""
SHORT_UNCASED, SHORT_HANGUL, SHORT_WIDE = 5, 2, 2
MIN_STEM_LETTERS = 5

_NUMERAL = re.compile("[IVXLC]+")
_KATAKANA = re.compile("[ァ-ヺー]+")
GAP = re.compile("[ \u00a0]|[-'’‐–]|\\.[ \u00a0]?")
_WIDE_RUN = re.compile(rf"[{WIDE}]+")
_ALIASES = {"tl": "fil", "nb": "no", "iw": "he", "in": "id", "sh": "sr"}


class Token(msgspec.Struct, frozen=True):
    """One word: where it stands, its folded form, and whether it is capitalised or opens a sentence."""

    start: int
    end: int
    key: str
    capital: bool
    cased: bool
    initial: bool


class Match(msgspec.Struct, frozen=True):
    """A span that may name places; ``key`` is its folded form, ``trusted`` that a model already said it is a place."""

    of: Part
    start: int
    end: int
    key: str
    candidates: tuple[Candidate, ...]
    trusted: bool = False


class Span(msgspec.Struct, frozen=True):
    """Words to look up, with all keys they may stand under."""

    start: int
    end: int
    keys: dict[str, tuple[int, int]]
    words: tuple[Token, ...]


def tokens_of(text: str) -> list[Token]:
    """Return the words of ``text`` in order."""
    starts = {start for start, _ in trimmed_sentences(text)}
    tokens = []
    opens = False
    for match in word_pattern().finditer(text):
        word, start = match[0], match.start()
        opens = opens or not starts.isdisjoint(range(max(0, start - 2), start + 1))
        cased = word[0].lower() != word[0].upper()
        tokens.append(Token(start, match.end(), fold_name(word), word[0].isupper(), cased, opens))
        opens = False
    return tokens


def find_places(text: str, of: Part, language: str, gazetteer: Gazetteer) -> list[Match]:
    """Return the longest matches in ``text``, left to right, not overlapping."""
    language = _scope(language, gazetteer)
    tokens = tokens_of(text)
    spans = _spans(text, tokens, language, gazetteer.beginnings)
    found = gazetteer.find(list(dict.fromkeys(key for span in spans for key in span.keys)))
    lower = {t.key for t in tokens if t.cased and not t.capital}
    matches: list[Match] = []
    end = -1
    for span in spans:
        hits = [key for key in span.keys if key in found] if span.start >= end else []
        surface = text[span.start : span.end]
        accepted = _accept([c for key in hits for c in found[key]], surface, span.words, language, lower)
        if accepted:
            lead, tail = span.keys[hits[0]]
            start, end = span.start + lead, span.end - tail
            matches.append(Match(of, start, end, fold_name(text[start:end]), accepted))
    return matches


def _scope(language: str, gazetteer: Gazetteer) -> str:
    """Return under which name the countries of ``language`` stand: its own, or "*" (names in any other script)."""
    language = _ALIASES.get(language, language)
    return language if language in gazetteer.languages else "*"


def candidates_of(surface: str, language: str, gazetteer: Gazetteer) -> tuple[Candidate, ...]:
    """Return all places that ``surface``, which a model called a place, may name."""
    key = name_key(long_name(surface, language) or surface)
    language = _scope(language, gazetteer)
    keys = [f"{language}|{key}", key]
    if key.startswith("the "):
        keys += [f"{language}|{key[4:]}", key[4:]]
    found = gazetteer.find(keys)
    upper = surface.replace(".", "").isupper()
    return tuple(c for k in keys for c in found.get(k, ()) if upper or not c.flags & CAPITALS)


def _spans(text: str, tokens: list[Token], language: str, beginnings: frozenset[str]) -> list[Span]:
    """Return the spans to look up, ordered by start, the longer first."""
    spans: list[Span] = []
    for i, token in enumerate(tokens):
        if _WIDE_RUN.search(token.key):
            spans += _wide_spans(text, token, language, beginnings)
        elif token.capital or not token.cased:
            spans += _spaced_spans(text, tokens, i, language)
    return spans


def _wide_spans(text: str, token: Token, language: str, beginnings: frozenset[str]) -> list[Span]:
    """Every substring of two to eight characters of a run without spaces (sixteen where vowel signs count as well)."""
    spans = []
    for run in _WIDE_RUN.finditer(text, token.start, token.end):
        for start in range(run.start(), run.end() - 1):
            if fold_name(text[start : start + 2]) not in beginnings:
                continue
            longest = MAX_WIDE * 2 if "\u0e00" <= text[start] <= "\u1fff" else MAX_WIDE
            for stop in range(min(start + longest, run.end()), start + 1, -1):
                if _cuts_a_word(text, start, stop):
                    continue
                key = fold_name(text[start:stop])
                spans.append(Span(start, stop, {f"{language}|{key}": (0, 0), key: (0, 0)}, (token,)))
    return spans


def _cuts_a_word(text: str, start: int, stop: int) -> bool:
    """Say whether a span cuts a run of Katakana, or a letter from its vowel sign."""
    before, after = text[start - 1 : start], text[stop : stop + 1]
    if _KATAKANA.fullmatch(text[start]) and before and _KATAKANA.fullmatch(before):
        return True
    if _KATAKANA.fullmatch(text[stop - 1]) and after and _KATAKANA.fullmatch(after):
        return True
    return unicodedata.category(text[start])[0] == "M" or (bool(after) and unicodedata.category(after)[0] == "M")


def _spaced_spans(text: str, tokens: list[Token], at: int, language: str) -> list[Span]:
    spans = []
    last = at
    while last + 1 < len(tokens) and last - at + 1 < MAX_WORDS:
        if not GAP.fullmatch(text[tokens[last].end : tokens[last + 1].start]):
            break
        last += 1
    for stop in range(last, at - 1, -1):
        words = tuple(tokens[at : stop + 1])
        if words[-1].cased and not words[-1].capital:
            continue
        spans.append(Span(tokens[at].start, words[-1].end, _keys(words, language), words))
    return spans


def _keys(words: tuple[Token, ...], language: str) -> dict[str, tuple[int, int]]:
    """Return the keys to try, best first, with how many characters at both ends are prefix or particle, not name."""
    key = " ".join(t.key for t in words)
    keys = {f"{language}|{key}": (0, 0), key: (0, 0)}
    if len(words) <= 2:
        for form, cut in _inflected(words, language):
            keys.setdefault(form, (0, cut))
        for prefix in PREFIXES.get(language, ()):
            if key.startswith(prefix) and len(words[0].key) - len(prefix) >= 3 - (len(words) > 1):
                whole = words[0].end - words[0].start == len(words[0].key)
                lead = len(prefix.removesuffix("ال").removesuffix("ل") if prefix != "ل" else prefix)
                for form in (f"{language}|{key.removeprefix(prefix)}", key.removeprefix(prefix)):
                    keys.setdefault(form, (lead if whole else 0, 0))
    return keys


def _inflected(words: tuple[Token, ...], language: str) -> list[tuple[str, int]]:
    """Return the keys that the words may be case forms of: an ending of the language taken off each.

    Korean particles are not part of the name: how many characters they are is returned with the key.
    """
    endings = CASE_ENDINGS.get(language)
    if endings is None:
        return []
    last = words[-1].key
    if language == "ko":
        cuts = [n for n in (1, 2) if len(last) - n >= 2 and last[-n:] in endings]
        bare = [(" ".join([*(w.key for w in words[:-1]), last[:-n]]), n) for n in cuts]
        return [(f"{scope}{form}", n) for form, n in bare for scope in (f"{language}|", "")]
    forms: list[tuple[str, int]] = []
    for first in [""] if len(words) == 1 else _forms(words[0].key, endings):
        for form in _forms(last, endings):
            joined = f"{first} {form}".strip()
            forms += [(f"~{joined}", 0), (f"{language}~{joined}", 0)]
            if len(words) == 1 and len(form) >= 3:
                forms.append((f"{language}|{form}", 0))
    return forms


def _forms(word: str, endings: frozenset[str]) -> list[str]:
    cuts = [word[:-n] for n in range(1, 5) if len(word) - n >= 4 and word[-n:] in endings]
    return list(dict.fromkeys([stem(word), word, *cuts, *map(stem, cuts)]))


def _accept(
    candidates: Iterable[Candidate], surface: str, words: tuple[Token, ...], language: str, lower: set[str]
) -> tuple[Candidate, ...]:
    """Keep what may be believed without a model: guards against common words, small towns and sentence openings."""
    word = words[0]
    upper = surface.replace(".", "").isupper()
    common = len(words) == 1 and (word.key in COMMON_WORDS or (word.cased and word.key in lower))
    kept: dict[int, Candidate] = {}
    for c in candidates:
        if c.flags & STEM and len(surface) < MIN_STEM_LETTERS:
            continue
        if (common or c.flags & CAPITALS) and not (upper and c.flags & CAPITALS):
            continue
        if c.kind == CITY and not _is_believable(c, surface, words, language):
            continue
        kept.setdefault(c.row, c)
    return tuple(kept.values())


def _is_believable(c: Candidate, surface: str, words: tuple[Token, ...], language: str) -> bool:
    """Say whether a city may be meant by ``surface``, given only its population and how the name was reached."""
    word = words[0]
    if len(words) > 1:
        return c.population >= (MIN_CITY if c.flags & PRIMARY else MIN_ALTERNATE)
    if not word.cased:
        short = SHORT_WIDE if surface[0] > "\u2e80" else SHORT_UNCASED
        if "\uac00" <= surface[0] <= "\ud7a3":
            short = SHORT_HANGUL
        return c.population >= (MIN_SHORT if len(surface) <= short else MIN_UNCASED)
    return c.population >= _least_cased(c, surface, word, language)


def _least_cased(c: Candidate, surface: str, word: Token, language: str) -> int:
    """Return the least population at which a capitalised word is believed to be the city ``c``."""
    if _NUMERAL.fullmatch(surface) or (len(surface) < 4 and not c.flags & PRIMARY):
        return NEVER
    if word.initial and (c.flags & STEM or (len(surface) < 5 and not c.flags & PRIMARY)):
        return NEVER
    least = MIN_CITY if c.flags & PRIMARY else MIN_ALTERNATE
    if language != "en":
        least = MIN_FOREIGN if c.flags & PRIMARY else MIN_FOREIGN_ALTERNATE
    if len(surface) < 4 or (c.flags & STEM and len(surface) < 6):
        least = MIN_SHORT
    if language == "de":
        least = max(least, MIN_NOUN_CAPITALS)
    return max(least, MIN_INITIAL) if word.initial else least
