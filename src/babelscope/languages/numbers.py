"""Numbers that a translation must keep: an independent check where a model gives no confidence."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\d+(?:[.,٫٬'’\u00a0\u202f ](?=\d{3}(?!\d))\d{3})*(?:[.,٫]\d+)?")
_ENGLISH_WORDS = {
    "1": "one first a an single", "2": "two second both half", "3": "three third", "4": "four fourth quarter",
    "5": "five fifth", "6": "six sixth", "7": "seven seventh", "8": "eight eighth", "9": "nine ninth",
    "10": "ten tenth", "11": "eleven eleventh", "12": "twelve twelfth noon dozen", "0": "zero nil no midnight",
}  # fmt: skip
_NUMBER_WORDS = {digits: frozenset(words.split()) for digits, words in _ENGLISH_WORDS.items()}


def numbers(text: str) -> list[str]:
    """Return the numbers of ``text`` as ASCII digits without separators, in order (any script's digits)."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)
    return [re.sub(r"\D", "", m[0]) for m in _NUMBER.finditer(plain)]


def missing_numbers(source: str, translation: str) -> list[str]:
    """Return the numbers of ``source`` that ``translation`` lacks, as digits, in order.

    Written-out small numbers, twelve-hour times and rounded thousands ("5 mil" → "5,000") count as kept.
    """
    have = set(numbers(translation))
    words = set(re.findall(r"[a-z]+", translation.casefold()))
    return [n for n in dict.fromkeys(numbers(source)) if not _kept(n, have, words)]


def _kept(number: str, have: set[str], words: set[str]) -> bool:
    bare = number.lstrip("0") or "0"
    if number in have or bare in have:
        return True
    if _NUMBER_WORDS.get(bare, frozenset()) & words:
        return True
    if bare.isdigit() and 12 < int(bare[:3]) < 24 and len(bare) == 2 and str(int(bare) - 12) in have:
        return True
    return any(h.startswith(bare) and not h[len(bare) :].strip("0") for h in have)
