"""Names of languages, scripts and countries in the reading language (CLDR data, by Babel), and writing direction."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

Direction = Literal["ltr", "rtl", "auto"]

RIGHT_TO_LEFT = frozenset(
    {"Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi"}
)
"""Living scripts (ISO 15924) that run from right to left (Unicode Bidi_Class R or AL)."""


@lru_cache(maxsize=16)
def _locale(reading: str) -> Locale:
    try:
        return Locale.parse(reading)
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def language_name(code: str, reading: str = "en") -> str:
    """Return the name of language ``code`` in ``reading``; the code itself if CLDR has no name."""
    if code in {"", "und"}:
        return "Unknown language"
    return str(_locale(reading).languages.get(code) or code)


def country_name(code: str, reading: str = "en") -> str:
    """Return the name of country ``code`` (ISO 3166-1 alpha-2) in ``reading``; the code itself if unknown."""
    if not code:
        return "Unknown country"
    return str(_locale(reading).territories.get(code.upper()) or code)


def direction(script: str) -> Direction:
    """Return the direction of ``script``; "auto" (by the first strong character) if the script is not known."""
    if not script or script in {"Zyyy", "Zzzz", "Zinh"}:
        return "auto"
    return "rtl" if script in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=16)
def reading_direction(reading: str) -> Direction:
    """Return the direction in which the reading language is written."""
    return "rtl" if _locale(reading).text_direction == "rtl" else "ltr"
