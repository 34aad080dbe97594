"""The pool engine: worker processes on this machine, each holding all stages; outcomes come in order.

A worker that dies (a native library that crashes, the out-of-memory killer) takes down one document, not the
run: its batch is halved in fresh processes until the document stands alone.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from babelscope.flow.apply import Outcome, PipelineSpec, apply, check
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.offline import go_offline, is_offline
from babelscope.flow.shapes import Stage
from babelscope.model import Document, Failure, failure_id

AHEAD = 2
"""Batches in flight per worker: enough that nobody waits, few enough to bound memory."""

_stages: list[Stage] = []
_fault: list[BabelscopeError] = []


def run(spec: PipelineSpec, batches: Iterable[Sequence[Document]]) -> Iterator[Outcome]:
    """Yield the outcome of each batch, in order; raises what ``PipelineSpec.open`` raises."""
    check(spec)
    workers = spec.config.run.workers
    pool = _pool(spec, workers)
    waiting: deque[tuple[Sequence[Document], Future[Outcome]]] = deque()
    try:
        for batch in batches:
            waiting.append((batch, pool.submit(_work, batch)))
            while len(waiting) >= workers * AHEAD:
                pool = yield from _take(spec, pool, waiting)
        while waiting:
            pool = yield from _take(spec, pool, waiting)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _take(
    spec: PipelineSpec, pool: ProcessPoolExecutor, waiting: deque[tuple[Sequence[Document], Future[Outcome]]]
) -> Generator[Outcome, None, ProcessPoolExecutor]:
    """Yield the oldest outcome; return the pool to go on with (a new one if a worker died)."""
    batch, future = waiting.popleft()
    try:
        yield future.result()
    except BrokenProcessPool:
        pool.shutdown(wait=True, cancel_futures=True)
        yield _isolate(spec, batch)
        pool = _pool(spec, spec.config.run.workers)
        again = [(later, pool.submit(_work, later)) for later, _ in waiting]
        waiting.clear()
        waiting.extend(again)
    return pool


def _isolate(spec: PipelineSpec, batch: Sequence[Document]) -> Outcome:
    """Run a batch that killed a worker in a process of its own, halving it until one document is to blame."""
    with _pool(spec, 1) as pool:
        try:
            return pool.submit(_work, batch).result()
        except BrokenProcessPool:
            pass
    if len(batch) == 1:
        return Outcome(failed=(_died(batch[0]),))
    middle = len(batch) // 2
    left, right = _isolate(spec, batch[:middle]), _isolate(spec, batch[middle:])
    seconds = {name: left.seconds.get(name, 0.0) + s for name, s in right.seconds.items()}
    return Outcome(
        kept=left.kept + right.kept,
        dropped=left.dropped + right.dropped,
        failed=left.failed + right.failed,
        seconds=left.seconds | seconds,
    )


def _died(document: Document) -> Failure:
    mark = "pool@1"
    return Failure(
        id=failure_id(document.id, mark),
        document=document.id,
        stage=mark,
        error="WorkerDied",
        message="the process that worked on this document ended abruptly",
    )


def _pool(spec: PipelineSpec, workers: int) -> ProcessPoolExecutor:
    # "spawn": models and threads of this process must not be copied into the workers by a fork.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_open, initargs=(spec, is_offline()))


def _open(spec: PipelineSpec, is_cut_off: bool) -> None:
    if is_cut_off:
        go_offline()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends the workers in order
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    try:
        _stages[:] = spec.open()
    except BabelscopeError as error:  # told by the first batch, in words: a failed initialiser only says "broken pool"
        _fault[:] = [error]


def _end_with_parent() -> None:
    """End this worker when the parent was killed: nobody else would, since workers hold each other's pipes open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(batch: Sequence[Document]) -> Outcome:
    if _fault:
        raise _fault[0]
    return apply(_stages, batch)
