"""The Ray engine: the same stages on a cluster. The only file that knows Ray.

A row is always ``(id, body, failed)``: blocks keep one schema, and an exception in user code, which would abort the
dataset, never leaves the actor. Actors get the small specification and build their stages themselves.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from babelscope.flow.apply import Outcome, PipelineSpec, apply, check
from babelscope.flow.errors import BabelscopeError, Unavailable
from babelscope.model import Document

BATCHES_AT_ONCE = 64
"""Batches in one dataset: bounds what the driver holds while the cluster works."""


def run(spec: PipelineSpec, batches: Iterable[Sequence[Document]]) -> Iterator[Outcome]:
    """Yield the outcome of each batch, in order; raises ``Unavailable`` where Ray is not installed."""
    try:
        import ray
        import ray.data
    except ImportError:
        raise Unavailable('engine "ray" needs Ray: pip install "babelscope[ray]"') from None
    check(spec)
    if not ray.is_initialized():
        ray.init(num_cpus=spec.config.run.workers, include_dashboard=False, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    feed = iter(batches)
    while some := list(islice(feed, BATCHES_AT_ONCE)):
        yield from _dataset(ray.data, spec, some)


def _dataset(data: Any, spec: PipelineSpec, batches: list[Sequence[Document]]) -> Iterator[Outcome]:
    rows = [{"id": f"{n:09d}", "body": pickle.dumps(batch), "failed": ""} for n, batch in enumerate(batches)]
    dataset = data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        _Actor,
        fn_constructor_args=(spec,),
        batch_size=1,
        compute=data.ActorPoolStrategy(size=spec.config.run.workers),
    )
    # Both directions carry pickles made by this program for itself; nothing from outside is ever unpickled.
    for row in sorted(dataset.take_all(), key=lambda row: str(row["id"])):
        if row["failed"]:
            raise Unavailable(row["failed"])
        yield pickle.loads(row["body"])  # noqa: S301


class _Actor:
    def __init__(self, spec: PipelineSpec) -> None:
        self._fault = ""
        try:
            self._stages = spec.open()
        except BabelscopeError as error:  # told by the first row: an exception here would abort the dataset
            self._fault = str(error)

    def __call__(self, rows: dict[str, Any]) -> dict[str, Any]:
        bodies, failed = [], []
        for body in rows["body"]:
            if self._fault:
                bodies.append(b"")
                failed.append(self._fault)
                continue
            try:
                bodies.append(pickle.dumps(apply(self._stages, pickle.loads(body))))  # noqa: S301
                failed.append("")
            except Exception as error:  # told to the driver as data; an exception here would abort the dataset
                bodies.append(b"")
                failed.append(f"{type(error).__name__}: {error}")
        return {"id": list(rows["id"]), "body": bodies, "failed": failed}
