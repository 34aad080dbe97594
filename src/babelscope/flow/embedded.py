"""The embedded engine: everything in this process, one batch after the other, lazily."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from babelscope.flow.apply import Outcome, PipelineSpec, apply
from babelscope.model import Document


def run(spec: PipelineSpec, batches: Iterable[Sequence[Document]]) -> Iterator[Outcome]:
    """Yield the outcome of each batch, in order."""
    stages = spec.open()
    for batch in batches:
        yield apply(stages, batch)
