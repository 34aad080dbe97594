"""Numbers that a translation lost or invented, by value: "três mil" and "3,000" are the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from babelscope.languages.number_words import cardinals
from babelscope.languages.quantities import Quantity, quantities
from babelscope.model import Fault

_ROMAN = re.compile(r"(?<!\w)(?=[IVXLC]{2,8}(?!\w))C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?!\w)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_CLOCK = re.compile(r"\d{1,2}[.:]\d{2}")
_SMALL = 20
"""Up to it, and for round numbers, a language may well use a word that we do not know."""


def number_faults(original: str, translation: str, source: str, target: str) -> list[Fault]:
    """Return the numbers that ``translation`` lacks, and the ones in digits that only it has.

    Counted as kept: words for numbers where we have the language's, times of twelve hours, years of two digits,
    Roman numerals. A number in words is missed only where both languages' words are known.
    """
    there, here = quantities(original, source), quantities(translation, target)
    faults = []
    for number in there:
        what = original[number.start : number.end]
        if _is_asked(number, target) and not _is_there(number, what, here, translation):
            faults.append(Fault(kind="number", way="lost", what=what))
    for number in here:
        what = translation[number.start : number.end]
        if not number.in_words and _is_asked(number, source) and not _is_there(number, what, there, original):
            faults.append(Fault(kind="number", way="invented", what=what))
    return list(dict.fromkeys(faults))


def _is_asked(number: Quantity, other: str) -> bool:
    """Return whether the side in the language ``other`` can be held to a number."""
    if not number.sure:
        return False
    if cardinals(other):
        return True
    return not number.in_words and not any(v <= _SMALL or _is_round(v) for v in number.values)


def _is_round(value: Decimal) -> bool:
    return len(value.normalize().as_tuple().digits) <= 2


def _is_there(number: Quantity, what: str, others: Iterable[Quantity], text: str) -> bool:
    have = {value for other in others for value in other.values}
    if _CLOCK.fullmatch(what) and all(Decimal(part) in have for part in re.findall(r"\d+", what)):
        return True
    if _is_kept(number, have):
        return True
    return any(_roman(match[0]) in number.values for match in _ROMAN.finditer(text))


def _is_kept(number: Quantity, have: set[Decimal]) -> bool:
    return any(value in have or any(v in have for v in _kin(value)) for value in number.values)


def _kin(value: Decimal) -> list[Decimal]:
    """Return what else a number may have become: hours of twelve, years of two and four digits."""
    if value != value.to_integral_value() or value > 2100:
        return []
    whole = int(value)
    kin = []
    if whole == 0 or 12 < whole < 24:
        kin.append(abs(whole - 12))
    if 0 < whole <= 12:
        kin.append((whole + 12) % 24)
    if whole < 100:
        kin += [1900 + whole, 2000 + whole]
    if 1900 <= whole < 2100:
        kin.append(whole % 100)
    return [Decimal(v) for v in kin]


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[sign] for sign in numeral]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))
