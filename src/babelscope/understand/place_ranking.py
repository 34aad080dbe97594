"""Which of several places of one name a document means.

Ranking (after Leidner 2007 and Gritta et al. 2020): log population, main name before alternate name, countries and
regions that other places of the document vote for, and a following ", Region" or ", Country"; one sense per name.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence

import msgspec

from babelscope.model.layers import Part
from babelscope.understand.gazetteer import Candidate
from babelscope.understand.gazetteer_build import CITY, CONTINENT, COUNTRY, DEMONYM, PRIMARY, REGION
from babelscope.understand.places import Match

CERTAIN = 3.0
_HINT = re.compile(r"\s?[,(،、，]\s?")


class Votes(msgspec.Struct, frozen=True):
    """The share of the document's names that lie in each country and in each region."""

    countries: dict[str, float]
    regions: dict[tuple[str, str], float]


class Decision(msgspec.Struct, frozen=True):
    """Which candidate a match means, and how sure that is (0–1)."""

    match: Match
    chosen: Candidate
    score: float


def decide(matches: Sequence[Match], texts: dict[Part, str]) -> list[Decision]:
    """Choose one candidate for each match, in the order given; a name means the same throughout a document."""
    hints = _hints(matches, texts)
    alone = Votes({}, {})
    first = [_ranked(m, hints.get(i), alone)[0][1] for i, m in enumerate(matches)]
    votes = _votes(zip(matches, first, strict=True), hints)
    senses: dict[str, tuple[Candidate, float]] = {}
    for i in sorted(range(len(matches)), key=lambda i: (i not in hints, i)):
        match = matches[i]
        if match.key not in senses:
            ranked = _ranked(match, hints.get(i), votes)
            margin = ranked[0][0] - ranked[1][0] if len(ranked) > 1 else CERTAIN
            senses[match.key] = ranked[0][1], round(1 / (1 + 10**-margin), 2)
    return [Decision(m, *senses[m.key]) for m in matches]


def _ranked(match: Match, hint: tuple[str, str] | None, votes: Votes) -> list[tuple[float, Candidate]]:
    """Return the match's candidates with their scores, best first; the more populous of equals first."""
    scored = [(_score(c, hint, votes), c) for c in match.candidates]
    return sorted(scored, key=lambda pair: -pair[0])


def _score(c: Candidate, hint: tuple[str, str] | None, votes: Votes) -> float:
    """Weigh a candidate; one point is a factor of ten in population."""
    score = math.log10(c.population + 100)
    score += {COUNTRY: 2.0, REGION: 0.8, CONTINENT: 3.0}.get(c.kind, 0.0)
    score += 1.5 if c.flags & PRIMARY else 0.0
    score += 4.0 * votes.countries.get(c.country, 0.0) + 6.0 * votes.regions.get((c.country, c.region), 0.0)
    if hint and hint[0] == c.country and c.kind != COUNTRY and hint[1] in ("", c.region):
        score += 6.0
    return score


def _hints(matches: Sequence[Match], texts: dict[Part, str]) -> dict[int, tuple[str, str]]:
    """Return for matches with a following ", Region" or ", Country" what it says: (country, region or "")."""
    hints = {}
    ordered = sorted(range(len(matches)), key=lambda i: (matches[i].of, matches[i].start))
    for i, j in itertools.pairwise(ordered):
        a, b = matches[i], matches[j]
        if a.of == b.of and _HINT.fullmatch(texts[a.of][a.end : b.start]):
            wide = [c for c in b.candidates if c.kind in (COUNTRY, REGION) and not c.flags & DEMONYM]
            inside = [c for c in wide if any(c.country == d.country and d.kind != COUNTRY for d in a.candidates)]
            for c in inside[:1]:
                hints[i] = (c.country, c.region if c.kind == REGION else "")
    return hints


def _votes(chosen: Iterable[tuple[Match, Candidate]], hints: dict[int, tuple[str, str]]) -> Votes:
    """Count the countries and regions of the document's names; an unclear city counts half."""
    countries: dict[str, float] = {}
    regions: dict[tuple[str, str], float] = {}
    seen: set[str] = set()
    for i, (match, c) in enumerate(chosen):
        if match.key in seen and i not in hints:
            continue
        seen.add(match.key)
        weight = 1.0 if len(match.candidates) == 1 or c.kind != CITY or i in hints else 0.5
        countries[c.country] = countries.get(c.country, 0.0) + weight
        if c.kind != COUNTRY and c.region:
            regions[c.country, c.region] = regions.get((c.country, c.region), 0.0) + weight
    total = max(sum(countries.values()), 1.0)
    return Votes({k: v / total for k, v in countries.items()}, {k: v / total for k, v in regions.items()})
