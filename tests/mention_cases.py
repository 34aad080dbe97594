"""What the tests of the stage ``mentions`` share: the stage itself, its layer, and what must hold of every anchor."""

from __future__ import annotations

import itertools

from babelscope.model import Document, Mention, Mentions
from babelscope.understand.mentions import MentionStage, build
from reading_cases import configuration


def mention_stage() -> MentionStage:
    """Return the stage as a worker has it."""
    made = build(configuration())
    made.load()
    assert isinstance(made, MentionStage)
    return made


def mentions(stage: MentionStage, doc: Document) -> Mentions:
    """Return the layer of one document."""
    layer = stage([doc])[0].layers["mentions"]
    assert isinstance(layer, Mentions)
    return layer


def check(doc: Document, items: tuple[Mention, ...]) -> None:
    """Assert that names stand where they are said to stand, in order, and do not overlap."""
    parts = {"title": doc.title, "text": doc.text}
    for m in items:
        assert parts[m.anchor.of][m.anchor.start : m.anchor.end] == m.surface.strip() != ""
        assert 0 < m.score <= 1 and m.by
    spans = [(m.anchor.of != "title", m.anchor.start, m.anchor.end) for m in items]
    assert spans == sorted(spans), "in order of appearance"
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(spans)), "not overlapping"
