"""Places in a text of any language: whole words through the gazetteer, then one decision for each ambiguous name.

Ranking (after Leidner 2007 and Gritta et al. 2020): log population, main name before alternate name, countries and
regions that other places of the document vote for, and a following ", Region" or ", Country"; one sense per name.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from babelscope.languages.names import CASE_ENDINGS, PREFIXES, fold_name, word_pattern
from babelscope.languages.sentences import WIDE, sentence_spans
from babelscope.model.layers import Part
from babelscope.understand.gazetteer import Candidate, Gazetteer
from babelscope.understand.gazetteer_build import (
    CAPITALS,
    CITY,
    CONTINENT,
    COUNTRY,
    DEMONYM,
    PRIMARY,
    REGION,
    STEM,
    name_key,
    stem,
)
from babelscope.understand.stopnames import COMMON_WORDS

MAX_WORDS = 5
MAX_WIDE = 8
MIN_CITY = 15_000
MIN_ALTERNATE = 100_000
MIN_INITIAL = 500_000
MIN_NOUN_CAPITALS = 200_000
"""Least population of a one-word city name in German, which writes every noun with a capital."""
UNCASED_LETTERS = 4

GAP = re.compile("[ \u00a0]|[-'’‐–]|\\.[ \u00a0]?")
_WIDE_RUN = re.compile(rf"[{WIDE}]+")
_ALIASES = {"fil": "tl", "nb": "no", "iw": "he", "in": "id", "sh": "sr"}
_HINT = re.compile(r"\s?[,(،、，]\s?")


class Token(msgspec.Struct, frozen=True):
    """One word: where it stands, its folded form, and whether it is capitalised, opens a sentence, is of a wide script."""

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


class Decision(msgspec.Struct, frozen=True):
    """Which candidate a match means, and how sure that is (0–1)."""

    match: Match
    chosen: Candidate
    score: float


def tokens_of(text: str) -> list[Token]:
    """Return the words of ``text`` in order."""
    starts = {start for start, _ in sentence_spans(text)}
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
    language = _ALIASES.get(language, language)
    tokens = tokens_of(text)
    spans = _spans(text, tokens, language)
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


def candidates_of(surface: str, language: str, gazetteer: Gazetteer) -> tuple[Candidate, ...]:
    """Return all places that ``surface``, which a model called a place, may name."""
    key = name_key(surface)
    keys = [f"{_ALIASES.get(language, language)}|{key}", key]
    if key.startswith("the "):
        keys += [f"{language}|{key[4:]}", key[4:]]
    found = gazetteer.find(keys)
    upper = surface.replace(".", "").isupper()
    return tuple(c for k in keys for c in found.get(k, ()) if upper or not c.flags & CAPITALS)


def decide(matches: Sequence[Match], texts: dict[Part, str]) -> list[Decision]:
    """Choose one candidate for each match, in the order given; a name means the same throughout a document."""
    hints = _hints(matches, texts)
    first = [max(m.candidates, key=lambda c, h=hints.get(i): _score(c, h, {}, {})) for i, m in enumerate(matches)]  # type: ignore[misc]
    countries, regions = _votes(zip(matches, first, strict=True), hints)
    senses: dict[str, tuple[Candidate, float]] = {}
    for i in sorted(range(len(matches)), key=lambda i: (i not in hints, i)):
        match = matches[i]
        if match.key not in senses:
            ranked = sorted(((_score(c, hints.get(i), countries, regions), -n, c) for n, c in enumerate(match.candidates)), reverse=True, key=lambda r: r[:2])
            margin = ranked[0][0] - ranked[1][0] if len(ranked) > 1 else 3.0
            senses[match.key] = ranked[0][2], round(1 / (1 + 10**-margin), 2)
    return [Decision(m, *senses[m.key]) for m in matches]


def _spans(text: str, tokens: list[Token], language: str) -> list[Span]:
    """Return the spans to look up, ordered by start, the longer first."""
    spans: list[Span] = []
    for i, token in enumerate(tokens):
        if _WIDE_RUN.search(token.key):
            spans += _wide_spans(text, token)
        elif token.capital or not token.cased:
            spans += _spaced_spans(text, tokens, i, language)
    return spans


def _wide_spans(text: str, token: Token) -> list[Span]:
    """Every substring of two to eight characters of a run without spaces (sixteen where vowel signs count as well)."""
    spans = []
    for run in _WIDE_RUN.finditer(text, token.start, token.end):
        for start in range(run.start(), run.end() - 1):
            longest = MAX_WIDE * 2 if "\u0e00" <= text[start] <= "\u1fff" else MAX_WIDE
            for stop in range(min(start + longest, run.end()), start + 1, -1):
                spans.append(Span(start, stop, {fold_name(text[start:stop]): (0, 0)}, (token,)))
    return spans


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
                keys.setdefault(key.removeprefix(prefix), (lead if whole else 0, 0))
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
        return [(" ".join([*(w.key for w in words[:-1]), last[:-n]]), n) for n in cuts]
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
        if (common or c.flags & CAPITALS) and not (upper and c.flags & CAPITALS):
            continue
        if c.kind == CITY and not _is_believable(c, surface, words, language):
            continue
        kept.setdefault(c.row, c)
    return tuple(kept.values())


def _is_believable(c: Candidate, surface: str, words: tuple[Token, ...], language: str) -> bool:
    """Say whether a city may be meant by ``surface``, given only its population and how the name was reached."""
    word = words[0]
    least = MIN_CITY if c.flags & PRIMARY else MIN_ALTERNATE
    if c.flags & STEM:
        least = MIN_ALTERNATE
    if len(words) == 1:
        if word.cased and len(surface) < 4:
            least = 1_000_000
        if word.initial and word.cased:
            least = max(least, MIN_INITIAL)
        if language == "de":
            least = max(least, MIN_NOUN_CAPITALS)
        if not word.cased and len(surface) < UNCASED_LETTERS:
            least = max(least, 1_000_000 if len(surface) > 1 else 10**9)
        elif not word.cased:
            least = max(least, MIN_ALTERNATE)
    return c.population >= least


def _score(c: Candidate, hint: tuple[str, str] | None, countries: dict[str, float], regions: dict[tuple[str, str], float]) -> float:
    """Weigh a candidate; one point is a factor of ten in population."""
    score = math.log10(c.population + 100)
    score += {COUNTRY: 2.0, REGION: 0.8, CONTINENT: 3.0}.get(c.kind, 0.0)
    score += 0.7 if c.flags & PRIMARY else 0.0
    score += 2.0 * countries.get(c.country, 0.0) + 2.0 * regions.get((c.country, c.region), 0.0)
    if hint and hint[0] == c.country and c.kind != COUNTRY and hint[1] in ("", c.region):
        score += 6.0
    return score


def _hints(matches: Sequence[Match], texts: dict[Part, str]) -> dict[int, tuple[str, str]]:
    """Return for matches with a following ", Region" or ", Country" what it says: (country, region or "")."""
    hints = {}
    ordered = sorted(range(len(matches)), key=lambda i: (matches[i].of, matches[i].start))
    for i, j in zip(ordered, ordered[1:], strict=False):
        a, b = matches[i], matches[j]
        if a.of == b.of and _HINT.fullmatch(texts[a.of][a.end : b.start]):
            wide = [c for c in b.candidates if c.kind in (COUNTRY, REGION) and not c.flags & DEMONYM]
            inside = [c for c in wide if any(c.country == d.country and d.kind != COUNTRY for d in a.candidates)]
            for c in inside[:1]:
                hints[i] = (c.country, c.region if c.kind == REGION else "")
    return hints


def _votes(
    chosen: Iterable[tuple[Match, Candidate]], hints: dict[int, tuple[str, str]]
) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """Return the share of the document's names that lie in each country and in each region."""
    countries: Counter[str] = Counter()
    regions: Counter[tuple[str, str]] = Counter()
    seen: set[str] = set()
    for i, (match, c) in enumerate(chosen):
        if match.key in seen and i not in hints:
            continue
        seen.add(match.key)
        clear = len(match.candidates) == 1 or c.kind != CITY or i in hints
        countries[c.country] += 1.0 if clear else 0.5  # type: ignore[assignment]
        if c.kind != COUNTRY and c.region:
            regions[c.country, c.region] += 1.0 if clear else 0.5  # type: ignore[assignment]
    total = max(sum(countries.values()), 1.0)
    return {k: v / total for k, v in countries.items()}, {k: v / total for k, v in regions.items()}
