"""Names that each language has of its own for the same thing: countries, languages, months and days (Unicode CLDR)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from babelscope.languages.names import fold_name, word_pattern
from babelscope.languages.sentences import WIDE

MAX_TEXT = 20_000
MAX_WORDS = 5
"""Words of the longest name that is looked for."""
_SIGNS = 10
"""Signs of the longest name in a script without spaces."""
_WIDE = re.compile(f"[{WIDE}]")
_LEAST = 4
"""Letters that a country and its people share: Fran-ce, Fran-ch; Scot-land, Scot-tish."""


def concepts(text: str, language: str, kinds: str = "TLMD") -> list[tuple[int, int, str]]:
    """Return what ``text`` names of the things of CLDR: (start, end, id), longest names first come, without overlap.

    An id is a kind and a code: territory ``T:DE``, language ``L:de``, month ``M:3``, day of the week ``D:0`` (Monday).
    ``kinds`` are the letters asked for. Nothing is found in a language that CLDR does not have.
    """
    known, text = _names(language), text[:MAX_TEXT]
    if not known:
        return []
    found = _unspaced(text, known) if _WIDE.search(text) else []
    spans = [match.span() for match in word_pattern().finditer(text)]
    folded = [fold_name(text[start:end]) for start, end in spans]
    at = 0
    while at < len(spans):
        longest = min(MAX_WORDS, len(spans) - at)
        size = next((n for n in range(longest, 0, -1) if " ".join(folded[at : at + n]) in known), 0)
        if size:
            found.append((spans[at][0], spans[at + size - 1][1], " ".join(folded[at : at + size])))
        at += size or 1
    named = [(start, end, concept) for start, end, name in sorted(set(found)) for concept in known[name]]
    return [item for item in named if item[2][0] in kinds]


def _unspaced(text: str, known: dict[str, tuple[str, ...]]) -> list[tuple[int, int, str]]:
    """Return the names of two signs and more in a script without spaces, the longest at each place."""
    found, at = [], 0
    while at < len(text):
        sizes = range(min(_SIGNS, len(text) - at), 1, -1) if _WIDE.match(text, at) else range(0)
        size = next((n for n in sizes if fold_name(text[at : at + n]) in known), 0)
        if size:
            found.append((at, at + size, fold_name(text[at : at + size])))
        at += size or 1
    return found


def has_names(language: str) -> bool:
    """Return whether CLDR has the names of a language."""
    return bool(_names(language))


@lru_cache(maxsize=4096)
def names_of(concept: str, language: str) -> tuple[str, ...]:
    """Return the folded names of a concept in a language, () where CLDR has none."""
    return tuple(name for name, ids in _names(language).items() if concept in ids)


def name_of(concept: str, language: str) -> str:
    """Return the name of a concept in a language as CLDR writes it; "" where it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return ""
    known = locale.territories if concept[0] == "T" else locale.languages
    return str(known.get(concept[2:], "")) if concept[0] in "TL" else ""


@lru_cache(maxsize=1 << 14)
def kin_of(word: str, language: str) -> frozenset[str]:
    """Return the territories and languages that a word may be derived from: those whose name begins as it does.

    "Scottish" and "escocesa" both lead to Scotland; so do a few words that have nothing to do with it.
    """
    return _stems(language).get(fold_name(word)[:_LEAST], frozenset())


@lru_cache(maxsize=64)
def _stems(language: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, ids in _names(language).items():
        for word in name.split():
            if len(word) >= _LEAST:
                found.setdefault(word[:_LEAST], set()).update(i for i in ids if i[0] in "TL")
    return {stem: frozenset(ids) for stem, ids in found.items()}


@lru_cache(maxsize=64)
def _names(language: str) -> dict[str, tuple[str, ...]]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    known: dict[str, dict[str, None]] = {}
    for name, code in _entries(locale):
        key = " ".join(fold_name(match[0]) for match in word_pattern().finditer(name))
        if key and not key.isdigit():
            known.setdefault(key, {})[code] = None
    for name, code in _SHORT.get("", {}).items() | _SHORT.get(language, {}).items():
        known.setdefault(fold_name(name), {})[f"T:{code}"] = None
    return {key: tuple(ids) for key, ids in known.items()}


_SHORT: dict[str, dict[str, str]] = {
    "": {"usa": "US", "eua": "US", "ee uu": "US", "eeuu": "US", "сша": "US"},
    "en": {
        "us": "US",
        "u s": "US",
        "america": "US",
        "britain": "GB",
        "uk": "GB",
        "burma": "MM",
        "scotland": "SCT",
        "turkey": "TR",
        "england": "ENG",
        "wales": "WLS",
        "holland": "NL",
    },
    "pt": {"grã bretanha": "GB", "holanda": "NL", "escócia": "SCT", "inglaterra": "ENG", "país de gales": "WLS"},
    "es": {"gran bretaña": "GB", "holanda": "NL", "escocia": "SCT", "inglaterra": "ENG", "gales": "WLS"},
    "fr": {"grande bretagne": "GB", "hollande": "NL", "écosse": "SCT", "angleterre": "ENG", "pays de galles": "WLS"},
    "de": {"grossbritannien": "GB", "holland": "NL", "schottland": "SCT", "england": "ENG", "wales": "WLS"},
    "it": {"gran bretagna": "GB", "olanda": "NL", "scozia": "SCT", "inghilterra": "ENG", "galles": "WLS"},
    "ru": {"великобритания": "GB", "голландия": "NL", "шотландия": "SCT", "англия": "ENG", "уэльс": "WLS"},
}
"""Names in daily use that CLDR leaves out, or that babel does not read."""


def _entries(locale: Any) -> Iterator[tuple[str, str]]:
    for code, name in locale.territories.items():
        yield name, f"T:{code.partition('-')[0]}"
    for code, name in locale.languages.items():
        yield name, f"L:{code}"
    for context in ("format", "stand-alone"):
        for month, name in locale.months[context]["wide"].items():
            yield name, f"M:{month}"
        for day, name in locale.days[context]["wide"].items():
            yield name, f"D:{day}"
