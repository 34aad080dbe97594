"""The order of the front page: pure functions, every number of which is shown to the reader."""

from __future__ import annotations

import datetime as dt
import math
from collections import deque
from collections.abc import Iterable

import msgspec

HALF_LIFE_HOURS = 48.0
"""A story whose latest document is this much older than the newest one in the store counts half."""


class Rank(msgspec.Struct, frozen=True, kw_only=True):
    """Why a story stands where it stands: ``score`` = ``breadth`` × ``novelty``.

    ``breadth`` = log2(1 + ``independent``) + ½ log2(``languages``), ``novelty`` = 2^(−``age_hours`` / 48).
    """

    independent: int
    languages: int
    age_hours: float
    breadth: float
    novelty: float
    score: float


def rank(independent: int, languages: int, latest: dt.datetime, newest: dt.datetime) -> Rank:
    """Return the rank of a story.

    Doubling the independent sources adds about one point, doubling the languages half a point; the sum halves with
    every 48 hours between the story's ``latest`` document and the ``newest`` one of the store (so the order does not
    depend on when the page is opened). All numbers are non-negative.
    """
    age = max((newest - latest).total_seconds() / 3600, 0.0)
    breadth = math.log2(1 + independent) + 0.5 * math.log2(max(languages, 1))
    novelty = 2.0 ** (-age / HALF_LIFE_HOURS)
    return Rank(
        independent=independent,
        languages=languages,
        age_hours=round(age, 1),
        breadth=round(breadth, 3),
        novelty=round(novelty, 3),
        score=round(breadth * novelty, 3),
    )


def upper_bound(documents: int, latest: dt.datetime, newest: dt.datetime) -> float:
    """Return a score that a story of ``documents`` cannot exceed: as if all were independent, each in a language."""
    return rank(documents, documents, latest, newest).score


def independent_sources(published: Iterable[tuple[str, str]]) -> int:
    """Return how many independent sources stand behind documents given as (copy family, owner).

    It is the largest number of documents that can be picked so that no two are copies of one text and no two belong
    to one owner. Forty reprints of one wire report count once, ten reports of one owner count once. That number is
    the size of a maximum matching between families and owners (augmenting paths; Berge 1957), so it does not depend
    on any order.
    """
    owners_of: dict[str, list[str]] = {}
    for family, owner in dict.fromkeys(published):
        owners_of.setdefault(family, []).append(owner)
    family_of: dict[str, str] = {}  # owner → family it is matched with
    return sum(_augment(family, owners_of, family_of) for family in owners_of)


def _augment(start: str, owners_of: dict[str, list[str]], family_of: dict[str, str]) -> bool:
    """Match ``start`` by a shortest augmenting path; breadth first, so that no depth limit applies."""
    came_from: dict[str, str] = {}  # owner → family from which it was reached
    queue = deque([start])
    while queue:
        family = queue.popleft()
        for owner in owners_of[family]:
            if owner in came_from:
                continue
            came_from[owner] = family
            if owner in family_of:
                queue.append(family_of[owner])
                continue
            _flip(owner, came_from, family_of, start)
            return True
    return False


def _flip(owner: str, came_from: dict[str, str], family_of: dict[str, str], start: str) -> None:
    held = {family: matched for matched, family in family_of.items()}
    while True:
        family = came_from[owner]
        before = held.get(family, "")
        family_of[owner] = family
        if family == start:
            return
        owner = before
