"""Linker ``stories``: documents about one event, in any language, online.

Block: the nearest vectors within the window. Score: log-odds of a pair (``pairs``). Judge: the best pair
counts most, the mean over the story's candidates a little, so that one chance likeness does not chain two events
together. Group: the best story, unless it is full; copies follow their family. A story's id is its first document,
for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from babelscope.connect.pairs import Model, Traits, load_model, logits, traits, window_start
from babelscope.connect.window import Window
from babelscope.flow.config import Config
from babelscope.flow.shapes import Linker, LinkMemory
from babelscope.model import Document, Membership

CANDIDATES = 32
FAMILIES = "duplicates"


class Stories:
    """Online story clustering over a sliding window that is restored from ``memory`` at the first document."""

    name = "stories"
    version = "1"
    needs = frozenset({"article", "language", "mentions", "embedding"})

    def __init__(self, config: Config, memory: LinkMemory, model: Model | None = None) -> None:
        self._settings = config.connect
        self._memory = memory
        self._model = model
        self._window: Window | None = None

    def load(self) -> None:
        """Read the coefficients."""
        self._model = self._model or load_model()

    def __call__(self, docs: Sequence[Document]) -> Sequence[Membership]:
        """Return each document's story; ``why`` gives the evidence in words."""
        if not docs:
            return []
        if self._window is None:
            self._window = self._restored(docs[0])
        families = self._memory.groups_of(FAMILIES, [d.id for d in docs])
        return [self._place(d, families.get(d.id, "")) for d in docs]

    def _restored(self, first: Document) -> Window:
        window = Window(self._settings.story_window_hours)
        past = list(self._memory.linked_since(self.name, window_start(first.time, self._settings.story_window_hours)))
        families = self._memory.groups_of(FAMILIES, [d.id for d, _ in past])
        for document, membership in past:
            window.add(traits(document), membership.group, families.get(document.id, ""))
        return window

    def _place(self, document: Document, family: str) -> Membership:
        assert self._window is not None
        one = traits(document)
        story, membership = self._judge(one, family)
        self._window.add(one, story, family)
        return membership

    def _judge(self, one: Traits, family: str) -> tuple[str, Membership]:
        assert self._window is not None and self._model is not None
        twin = self._window.story_of_family(family)
        if twin:
            why = "a copy of a text that is in the story"
            return twin, Membership(document=one.document, group=twin, nearest=family, why=why)
        others, cosines, stories = self._window.nearest(one, CANDIDATES)
        best = (-np.inf, "", "", 0.0)
        if others:
            odds = logits(one, others, cosines, self._model)
            by_story: dict[str, list[int]] = defaultdict(list)
            for position, story in enumerate(stories):
                by_story[story].append(position)
            best = max(self._merit(odds, story, members, others) for story, members in by_story.items())
        merit, story, nearest, top = best
        if merit < self._settings.story_threshold:
            return one.document, Membership(document=one.document, group=one.document, why="nothing like it before")
        score = float(1 / (1 + np.exp(-top)))
        why = f"likeness {score:.2f} to {nearest}"
        return story, Membership(document=one.document, group=story, score=score, nearest=nearest, why=why)

    def _merit(
        self,
        odds: np.ndarray[tuple[int], np.dtype[np.float64]],
        story: str,
        members: list[int],
        others: Sequence[Traits],
    ) -> tuple[float, str, str, float]:
        """Return (merit, story, its nearest document, the best log-odds); a full story has no merit."""
        assert self._window is not None and self._model is not None
        top = max(members, key=lambda m: (odds[m], others[m].document))
        weight = self._model.weight_of_best
        merit = float(weight * odds[top] + (1 - weight) * np.mean(odds[members]))
        if self._window.size(story) >= self._settings.story_max:
            merit = -np.inf
        return merit, story, others[top].document, float(odds[top])


def build(config: Config, memory: LinkMemory) -> Linker:
    """Return the linker over ``memory``."""
    return Stories(config, memory)
