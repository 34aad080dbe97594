"""From which part of the world the spelling of a name is, in any of the scripts that have a table.

A Japanese name in Hangul and a Japanese name in Latin letters are likelier one person's than a Japanese and a Hungarian
name are, even where one side has the family name and the other the given name. Parts of the world are told by letter
after letter (sign after sign), as languages are (Dunning 1994); the tables are made by ``scripts/fit_origins.py`` from
GeoNames (CC BY 4.0) and japanese-personal-name-dataset (MIT).
"""

from __future__ import annotations

import functools
import gzip
import json
import math
from collections.abc import Iterator, Mapping
from importlib import resources

from babelscope.languages.name_units import units
from babelscope.languages.script import dominant_script

MAX_SIGNS = 24
CERTAINTY = 0.7
"""How much of what the letters say is believed: neighbouring letters say the same thing twice."""
DOUBT = 0.03
"""Share of a belief that is left to chance: families move, names travel."""
_SMOOTHING = 4.0
_TWO_BEFORE = frozenset(("Latn", "Kore", "Cyrl"))
Belief = Mapping[str, float]


def signs_of(word: str) -> Iterator[tuple[str, str]]:
    """Yield the sign or signs before each sign of a word and it: two letters, one sign of longer alphabets."""
    signs = units(word)[:MAX_SIGNS]
    size = 2 if dominant_script(word) in _TWO_BEFORE else 1
    edged = ("^",) * size + signs + ("$",)
    for at in range(size, len(edged)):
        yield "".join(edged[at - size : at]), edged[at]


@functools.cache
def _tables() -> dict[str, dict[str, dict[str, dict[str, int]]]]:
    raw = resources.files("babelscope.languages").joinpath("name_origins.json.gz").read_bytes()
    found: dict[str, dict[str, dict[str, dict[str, int]]]] = json.loads(gzip.decompress(raw))
    return found


@functools.lru_cache(maxsize=1_024)
def _signs(script: str, part: str) -> tuple[dict[str, int], int]:
    """Return how often each sign occurs in names of a part of the world, and all signs together."""
    total: dict[str, int] = {}
    for row in _tables()[script][part].values():
        for sign, count in row.items():
            total[sign] = total.get(sign, 0) + count
    return total, sum(total.values())


def _log_likelihood(script: str, part: str, signs: tuple[tuple[str, str], ...]) -> float:
    alone, total = _signs(script, part)
    table = _tables()[script][part]
    found = 0.0
    for before, sign in signs:
        row = table.get(before, {})
        share = (alone.get(sign, 0) + 0.2) / (total + 100)
        found += math.log((row.get(sign, 0) + _SMOOTHING * share) / (sum(row.values()) + _SMOOTHING))
    return found


@functools.lru_cache(maxsize=65_536)
def origins(word: str) -> Belief:
    """Return part of the world → probability that the spelling of ``word`` is of there (equal prior); {} if unknown."""
    script = dominant_script(word)
    parts = _tables().get(script)
    signs = tuple(signs_of(word))
    if not parts or len(signs) < 2:
        return {}
    logs = {part: CERTAINTY * _log_likelihood(script, part, signs) for part in parts}
    most = max(logs.values())
    mass = {part: math.exp(log - most) for part, log in logs.items()}
    total = sum(mass.values())
    return {part: (1 - DOUBT) * share / total + DOUBT / len(mass) for part, share in mass.items()}


def same_origin(one: str, other: str) -> float:
    """Return how much likelier two words are of one part of the world than by chance, in nats; 0.0 if unknown."""
    first, second = origins(one), origins(other)
    shared = first.keys() & second.keys()
    if not shared:
        return 0.0
    return math.log(len(shared) * sum(first[part] * second[part] for part in shared) + 1e-3)
