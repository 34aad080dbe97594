"""Months and days of the week that a translation lost or invented, by their names in Unicode CLDR."""

from __future__ import annotations

import re

from babelscope.languages.exonyms import concepts, has_names, names_of
from babelscope.languages.names import fold_name, word_pattern
from babelscope.languages.quantities import ascii_digits
from babelscope.model import Fault

_DOUBTFUL = frozenset({"may", "march", "mars", "sun", "sat", "mart", "maj", "mai", "marco"})
"""Names of months and days that are other words, or names, as well."""
_STEM = 3
MAX_TEXT = 20_000


def date_faults(original: str, translation: str, source: str, target: str) -> list[Fault]:
    """Return the months and days of the week that only one of the two texts has.

    A month is kept as a number or as an abbreviation, too. A month or day that may be another word is not missed.
    """
    if not (has_names(source) and has_names(target)) or max(len(original), len(translation)) > MAX_TEXT:
        return []
    lost = _only(original, translation, source, target)
    new = _only(translation, original, target, source)
    return [Fault(kind="date", way="lost", what=what) for what in lost] + [
        Fault(kind="date", way="invented", what=what) for what in new
    ]


def _only(text: str, other: str, language: str, target: str) -> list[str]:
    """Return the dates that ``text`` has and ``other`` (in ``target``) has not."""
    asked = [span for span in concepts(text, language) if span[2][0] in "MD"]
    if not asked:
        return []
    there = {i for _, _, i in concepts(other, target)}
    stems = {fold_name(match[0])[:_STEM] for match in word_pattern().finditer(other)}
    numbers = {int(n) for n in re.findall(r"\d{1,2}", ascii_digits(other))}
    missing = []
    for start, end, concept in asked:
        what = text[start:end]
        is_number = concept[0] == "M" and int(concept[2:]) in numbers
        if what.casefold() in _DOUBTFUL or what in other or concept in there or is_number:
            continue
        if not any(name[:_STEM] in stems for name in names_of(concept, target)):
            missing.append(what)
    return missing
