"""Names of states, which rule-based pairs spoil: "China" read as an adjective, "Catar" as a verb, "Corea del Sur" half.

They go by the table of Unicode CLDR before the program sees the sentence: a name in the other language passes as an
unknown word, and one that the program would read as a common word waits behind a placeholder.
"""

from __future__ import annotations

import functools
import re
from importlib.metadata import version

PAIRS = frozenset((("es", "pt"), ("gl", "pt")))
"""Pairs that gain by it: of 252 names 182 come out right es→pt→en without it and 218 with it, gl 184 and 218."""
READ_AS_WORDS = {"es": frozenset(("China", "Catar", "Jersey", "Ghana")), "gl": frozenset(("O Salvador", "Ghana"))}
"""Names that the program reads as common words, in either language's form (measured on all names of the table)."""

_MARKS = [f"Zqx{letter}" for letter in "abcdefghijklmnopqrstuvwy"]
_PLAIN = re.compile(r"[^\W\d_][^\W\d_ ’'-]*(?:[ ’'-][^\W\d_]+)*")


def table_version(source: str, target: str) -> str:
    """Return what the table of a pair depends on; "" where there is none."""
    return f"babel {version('babel')}" if names(source, target) else ""


@functools.lru_cache(maxsize=16)
def names(source: str, target: str) -> dict[str, str]:
    """Return the states' names of ``source`` with those of ``target``; none but for ``PAIRS``."""
    if (source, target) not in PAIRS:
        return {}
    from babel import Locale

    left, right = Locale.parse(source).territories, Locale.parse(target).territories
    codes = [c for c in map(str, left) if re.fullmatch(r"[A-Z]{2}", c) and c in right and c not in ("XA", "XB", "ZZ")]
    pairs = {str(left[code]): str(right[code]) for code in codes}
    return {a: b for a, b in pairs.items() if _PLAIN.fullmatch(a) and _PLAIN.fullmatch(b) and a[0].isupper()}


@functools.lru_cache(maxsize=16)
def _pattern(source: str, target: str) -> re.Pattern[str]:
    longest = sorted(names(source, target), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest))})(?![\w-])")


def put_in(sentence: str, source: str, target: str) -> tuple[str, dict[str, str]]:
    """Return ``sentence`` with the states' names of ``target``, and what the placeholders in it stand for."""
    known = names(source, target)
    held: dict[str, str] = {}
    if not known:
        return sentence, held
    words = READ_AS_WORDS.get(source, frozenset())

    def other(match: re.Match[str]) -> str:
        name = match[0]
        if name not in words or len(held) >= len(_MARKS):
            return known[name]
        mark = _MARKS[len(held)]
        held[mark] = known[name]
        return mark

    return _pattern(source, target).sub(other, sentence), held


def put_back(made: str, held: dict[str, str]) -> str:
    """Return ``made`` with the names in the places of their placeholders."""
    for mark, name in held.items():
        made = re.sub(mark, name, made, flags=re.IGNORECASE)
    return made
