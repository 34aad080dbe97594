"""Numbers in a text with their values: digits of all scripts, separators, words of scale, numbers in words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

import msgspec

from babelscope.languages.names import word_pattern
from babelscope.languages.number_words import cardinals, connectors, loose_words, scales, separators

MAX_DIGITS = 40
"""Digits of one number; a longer run is no quantity."""

_SPACES = " \u00a0\u202f\u2009"
_DIGITS = re.compile(
    rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?!\d)(?:[.,٫]\d+)?"  # 1 200,50
    r"|\d+(?:[.,٫٬'’]\d+)*"
)
_BLANKS = re.compile(r"[\s\u00a0\u202f-]{0,2}")
_GAP = re.compile(r"[\s\u00a0-]*")
_MINUTES = re.compile(r"[:hH]00")
_CLOCK = re.compile(r"\d{1,2}\.\d{2}")  # half past nine may be written 9.30
_SINGLE = frozenset("kmbt")


class Quantity(msgspec.Struct, frozen=True):
    """A number of a text at ``start`` to ``end``: what it may mean, and how sure it is that a number was meant.

    ``sure`` is False for what only may stand for a number ("both", a bare "thousands", "one").
    """

    start: int
    end: int
    values: tuple[Decimal, ...]
    in_words: bool = False
    sure: bool = True


def quantities(text: str, language: str = "") -> list[Quantity]:
    """Return the numbers of ``text`` (in ``language``, ISO 639-1; "" unknown), those in digits first, then in words."""
    found = _in_digits(text, language)
    taken = {place for number in found for place in range(number.start, number.end)}
    return [*found, *_in_words(text, language, taken)]


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold()


def ascii_digits(text: str) -> str:
    """Return ``text`` with the digits of all scripts as 0 to 9; as long as before."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)


def _in_digits(text: str, language: str) -> list[Quantity]:
    found = []
    plain = ascii_digits(text)
    for match in _DIGITS.finditer(plain):
        if len(match[0]) > MAX_DIGITS:
            continue
        values = _read(match[0], *separators(language))
        if len(values) > 1 and match[0].count(".") + match[0].count(",") > 1:  # a list, a date, a version
            found += _components(match)
            continue
        end, factor, other = _scale(plain, match.end(), language)
        scaled = tuple(value * factor for value in values) + (values if other else ())
        minutes = _MINUTES.fullmatch(plain, max(0, match.start() - 1), match.end())
        found.append(Quantity(match.start(), end, scaled, sure=minutes is None))
        if _CLOCK.fullmatch(match[0]):
            found += [msgspec.structs.replace(part, sure=False) for part in _components(match)]
    return found


def _components(match: re.Match[str]) -> list[Quantity]:
    start = match.start()
    return [Quantity(start + m.start(), start + m.end(), (Decimal(m[0]),)) for m in re.finditer(r"\d+", match[0])]


def _read(body: str, decimal: str, group: str) -> tuple[Decimal, ...]:
    """Return what a run of digits and separators may mean; several parts for a run that is no single number."""
    for sign in _SPACES + "'’٬":
        body = body.replace(sign, "")
    body = body.replace("٫", "." if "," in body else ",") if "٫" in body else body
    signs = [c for c in body if c in ".,"]
    if not signs:
        return (Decimal(body),)
    parts = re.split(r"[.,]", body)
    if len(set(signs)) == 2 and signs.count(signs[-1]) == 1:
        return (Decimal("".join(parts[:-1]) + "." + parts[-1]),)
    if len(signs) > 1:
        grouped = all(len(part) in (2, 3) for part in parts[1:]) and len(parts[-1]) == 3 and len(parts[0]) <= 3
        return (Decimal("".join(parts)),) if grouped else tuple(Decimal(part) for part in parts)
    fraction, whole = Decimal(".".join(parts)), Decimal("".join(parts))
    if len(parts[1]) != 3 or len(parts[0]) > 3 or parts[0].startswith("0"):
        return (fraction,)
    if signs[0] == group and signs[0] != decimal:
        return (whole,)
    return (fraction, whole)


def _scale(text: str, end: int, language: str) -> tuple[int, int, bool]:
    """Return where the words of scale after a number end, their product, and whether it may be a unit instead."""
    known, factor, doubtful = scales(language), 1, False
    for _ in range(3):
        blanks = _BLANKS.match(text, end)
        match = word_pattern().match(text, blanks.end() if blanks else end)
        word = _folded(match[0]) if match else ""
        if match and word not in known and word[:1] in known and ord(word[0]) > 0x2E80:
            word = next((word[:n] for n in (2, 1) if word[:n] in known), word)
        if not match or word not in known:
            break
        if word in _SINGLE:
            doubtful = True
        factor *= known[word]
        end = min(match.end(), match.start() + len(word)) if ord(word[0]) > 0x2E80 else match.end()
    return end, factor, doubtful


def _in_words(text: str, language: str, taken: set[int]) -> list[Quantity]:
    if not cardinals(language):
        return []
    found: list[Quantity] = []
    run: list[tuple[int, int, int]] = []
    for match in word_pattern().finditer(text):
        word = _folded(match[0])
        value = None if match.start() in taken else _value(word, language)
        joined = bool(run) and _GAP.fullmatch(text, run[-1][1], match.start()) is not None
        if value is None or not (joined and _continues(run, value, language)):
            if value is None and joined and word in connectors(language):
                run.append((match.start(), match.end(), -1))
                continue
            found += _ended(run, language)
            run = []
        if value is not None:
            run.append((match.start(), match.end(), value))
        elif word in loose_words(language):
            found.append(_loose(match, loose_words(language)[word]))
    return found + _ended(run, language)


def _loose(match: re.Match[str], value: str) -> Quantity:
    return Quantity(match.start(), match.end(), (Decimal(value),), in_words=True, sure=False)


@lru_cache(maxsize=1 << 14)
def _value(word: str, language: str) -> int | None:
    known = cardinals(language)
    if word in known:
        return known[word]
    if len(word) > 2 and word in scales(language):
        return scales(language)[word]
    return _compound(word, known) if language in ("de", "nl") else None


def _compound(word: str, known: dict[str, int]) -> int | None:
    """Return the value of "dreiundzwanzig", "drieëntwintig"."""
    for joint in ("und", "ën", "en"):
        unit, found, ten = word.partition(joint)
        if found and 0 < known.get(unit, 0) < 10 and 20 <= known.get(ten, 0) < 100:
            return known[unit] + known[ten]
    return None


def _continues(run: list[tuple[int, int, int]], value: int, language: str) -> bool:
    """Return whether a number word goes on with the number before it: "twenty three", not "two three"."""
    values = [v for _, _, v in run if v >= 0]
    last = values[-1] if values else 0
    if value >= 1000 or (value == 100 and last < 10):
        return True
    if last >= 1000:
        return True
    if last >= 100:
        return value < 100
    return last >= 20 and value < 10


def _ended(run: list[tuple[int, int, int]], language: str) -> list[Quantity]:
    while run and run[-1][2] < 0:
        run = run[:-1]
    if not run:
        return []
    total = current = 0
    for _, _, value in run:
        if value >= 1000 and not current and total:
            total *= value
        elif value >= 1000:
            total += max(1, current) * value
            current = 0
        elif value == 100 and 0 < current < 10:
            current *= 100
        elif value >= 0:
            current += value
    value = total + current
    sure = value > 2 and any(0 < v < 100 or 100 < v < 1000 for _, _, v in run)
    return [Quantity(run[0][0], run[-1][1], (Decimal(value),), in_words=True, sure=sure)]
