"""The documents that a story may still grow by: vectors in one matrix, dropped when they fall out of the window."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from babelscope.connect.pairs import Traits

FIRST_ROWS = 1024


class Window:
    """Holds what was seen in the last ``hours`` before the latest document; memory is bounded by the window."""

    def __init__(self, hours: int) -> None:
        self._hours = hours
        self._vectors: NDArray[np.float32] = np.zeros((0, 0), dtype=np.float32)
        self._times: NDArray[np.float64] = np.zeros(0)
        self._traits: list[Traits] = []
        self._stories: list[str] = []
        self._families: dict[str, str] = {}
        self._sizes: Counter[str] = Counter()
        self._latest = -np.inf

    def __len__(self) -> int:
        return len(self._traits)

    def add(self, one: Traits, story: str, family: str) -> None:
        """Take in a document that was placed in ``story``."""
        self._make_room(one.vector.shape[0])
        row = len(self._traits)
        width = min(one.vector.shape[0], self._vectors.shape[1])
        self._vectors[row] = 0
        self._vectors[row, :width] = one.vector[:width]
        self._times[row] = one.hours
        self._traits.append(one)
        self._stories.append(story)
        self._sizes[story] += 1
        if family:
            self._families.setdefault(family, story)
        self._latest = max(self._latest, one.hours)

    def size(self, story: str) -> int:
        """Return how many documents of ``story`` were seen."""
        return self._sizes[story]

    def story_of_family(self, family: str) -> str:
        """Return the story of a family of copies, "" if none of it was seen."""
        return self._families.get(family, "")

    def nearest(self, one: Traits, most: int) -> tuple[list[Traits], list[float], list[str]]:
        """Return the ``most`` nearest documents within the window around ``one``: traits, cosines, stories."""
        count = len(self._traits)
        if not count or one.vector.shape[0] != self._vectors.shape[1]:
            return [], [], []
        cosines = self._vectors[:count] @ one.vector
        near = np.abs(self._times[:count] - one.hours) <= self._hours
        cosines = np.where(near, cosines, -2.0)
        some = np.argpartition(-cosines, min(most, count) - 1)[:most] if count > most else np.arange(count)
        # Equal cosines are put in the order of arrival: the answer must not depend on how a partition falls.
        rows = sorted((int(r) for r in some if cosines[r] > -2.0), key=lambda r: (-cosines[r], r))
        return [self._traits[r] for r in rows], [float(cosines[r]) for r in rows], [self._stories[r] for r in rows]

    def _make_room(self, width: int) -> None:
        if self._vectors.shape[1] < width:
            grown = np.zeros((max(self._vectors.shape[0], FIRST_ROWS), width), dtype=np.float32)
            grown[: self._vectors.shape[0], : self._vectors.shape[1]] = self._vectors
            self._vectors = grown
            self._times = np.resize(self._times, grown.shape[0]) if len(self._times) else np.zeros(grown.shape[0])
        if len(self._traits) < self._vectors.shape[0]:
            return
        self._forget()
        if len(self._traits) * 2 > self._vectors.shape[0]:
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._times = np.concatenate([self._times, np.zeros_like(self._times)])

    def _forget(self) -> None:
        """Drop what lies outside of the window before the latest document."""
        keep = [r for r in range(len(self._traits)) if self._latest - self._times[r] <= self._hours]
        self._vectors[: len(keep)] = self._vectors[keep]
        self._times[: len(keep)] = self._times[keep]
        self._traits = [self._traits[r] for r in keep]
        self._stories = [self._stories[r] for r in keep]
        alive = set(self._stories)
        self._sizes = Counter({s: n for s, n in self._sizes.items() if s in alive})
        self._families = {f: s for f, s in self._families.items() if s in alive}
