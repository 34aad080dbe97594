"""Names → engines: the same stages give the same documents on all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module

from babelscope.flow.apply import Outcome, PipelineSpec
from babelscope.model import Document


def run(spec: PipelineSpec, batches: Iterable[Sequence[Document]]) -> Iterator[Outcome]:
    """Run ``batches`` on the engine that the configuration names; yield one outcome per batch, in order."""
    engine = import_module(f"babelscope.flow.{spec.config.run.engine}")
    outcomes: Iterator[Outcome] = engine.run(spec, batches)
    return outcomes
