"""Reciprocal rank fusion of ranked lists."""

from __future__ import annotations

from collections.abc import Sequence

RRF_K = 60


def fuse(
    rankings: Sequence[Sequence[str]], k: int = RRF_K, weights: Sequence[float] | None = None
) -> list[tuple[str, float]]:
    """Return (id, score) over all ``rankings`` (best first), best first; ties by id.

    The score of an id is Σ weight / (k + its place, from 1) over the rankings that hold it (Cormack, Clarke and
    Büttcher, SIGIR 2009, who set k = 60, and every weight 1 as it is here by default). Only places count, so scores of
    different scales need no calibration.
    """
    scores: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for place, id_ in enumerate(dict.fromkeys(ranking), 1):
            scores[id_] = scores.get(id_, 0.0) + weight / (k + place)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
