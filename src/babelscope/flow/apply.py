"""The only ``try`` around a stage: a batch that fails is halved until the bad document stands alone."""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, Unavailable
from babelscope.flow.registry import build_stages, check_pipeline
from babelscope.flow.shapes import Stage, stamp
from babelscope.model import Document, Failure, Patch, failure_id

GIVEN = frozenset({"page"})
GIVEN_BY = "given"
"""Maker of a layer that came with the input (a pipe's ``language``): it is respected, not computed again."""
MAX_MESSAGE = 500


class Drop(msgspec.Struct, frozen=True, kw_only=True):
    """A document that a stage decided not to keep, and why."""

    document: str
    stage: str
    reason: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one batch: every document that went in is in exactly one of the three.

    ``seconds`` is the wall time by stage; it is measured, so it takes no part in comparisons of engines.
    """

    kept: tuple[Document, ...] = ()
    dropped: tuple[Drop, ...] = ()
    failed: tuple[Failure, ...] = ()
    seconds: dict[str, float] = {}

    @property
    def received(self) -> int:
        """How many documents went in."""
        return len(self.kept) + len(self.dropped) + len(self.failed)


class PipelineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A pipeline as small data, so that another process can build it: never a live stage."""

    stages: tuple[str, ...]
    config: Config

    def open(self, given: frozenset[str] = GIVEN) -> list[Stage]:
        """Build, check and load the stages; raises ``ConfigError`` or ``Unavailable``."""
        stages = check(self, given)
        for stage in stages:
            stage.load()
        return stages


def check(spec: PipelineSpec, given: frozenset[str] = GIVEN) -> list[Stage]:
    """Build the stages without loading them and refuse a pipeline that cannot work (``ConfigError``)."""
    stages = build_stages(spec.stages, spec.config)
    check_pipeline(stages, given)
    return stages


def apply(stages: Sequence[Stage], docs: Sequence[Document]) -> Outcome:
    """Run ``docs`` through ``stages``; raises ``Unavailable`` when no document is to blame."""
    alive: list[Document] = list(docs)
    dropped: list[Drop] = []
    failed: list[Failure] = []
    seconds: dict[str, float] = {}
    for stage in stages:
        started = time.perf_counter()
        survivors: list[Document] = []
        for at in range(0, len(alive), stage.batch):
            step = _apply_stage(stage, alive[at : at + stage.batch])
            survivors += step.kept
            dropped += step.dropped
            failed += step.failed
        alive = survivors
        seconds[stage.name] = time.perf_counter() - started
    kept = tuple(document.without_transient() for document in alive)
    return Outcome(kept=kept, dropped=tuple(dropped), failed=tuple(failed), seconds=seconds)


def _apply_stage(stage: Stage, docs: Sequence[Document]) -> Outcome:
    """Run one batch through one stage, in order; documents that carry the layers already are passed on as they are."""
    mark = stamp(stage)
    todo = [d for d in docs if not all(d.made_by.get(name) in (mark, GIVEN_BY) for name in stage.provides)]
    done, failed = _halve(stage, todo)
    kept: list[Document] = []
    dropped: list[Drop] = []
    for document in docs:
        if document.id in failed:
            continue
        patch = done.get(document.id)
        if patch is None:
            kept.append(document)
        elif patch.drop:
            dropped.append(Drop(document=document.id, stage=stage.name, reason=patch.drop))
        else:
            kept.append(document.with_layers(patch.layers, mark))
    return Outcome(kept=tuple(kept), dropped=tuple(dropped), failed=tuple(failed.values()))


def _halve(stage: Stage, docs: Sequence[Document]) -> tuple[dict[str, Patch], dict[str, Failure]]:
    """Call the stage; on an error call it on each half, down to the one document to blame."""
    if not docs:
        return {}, {}
    try:
        return dict(zip((d.id for d in docs), _call(stage, docs), strict=True)), {}
    except (BabelscopeError, AssertionError):
        raise
    except MemoryError:
        if len(docs) == 1:
            raise Unavailable(f"stage {stage.name!r} ran out of memory; use fewer workers or a smaller batch") from None
    except Exception as error:  # the stage's own fault or the document's: find out which document
        if len(docs) == 1:
            return {}, {docs[0].id: _failure(docs[0], stage, error)}
    middle = len(docs) // 2
    done, failed = _halve(stage, docs[:middle])
    more, worse = _halve(stage, docs[middle:])
    return done | more, failed | worse


def _call(stage: Stage, docs: Sequence[Document]) -> Sequence[Patch]:
    patches = stage(docs)
    if len(patches) != len(docs):
        raise BabelscopeError(f"stage {stage.name!r} returned {len(patches)} patches for {len(docs)} documents")
    for patch in patches:
        undeclared = set(patch.layers) - stage.provides
        if undeclared:
            raise BabelscopeError(f"stage {stage.name!r} made {', '.join(sorted(undeclared))} without declaring it")
    return patches


def _failure(document: Document, stage: Stage, error: Exception) -> Failure:
    mark = stamp(stage)
    return Failure(
        id=failure_id(document.id, mark),
        document=document.id,
        stage=mark,
        error=type(error).__name__,
        message=str(error)[:MAX_MESSAGE],
        where=_innermost(error),
    )


def _innermost(error: Exception) -> str:
    """Return the deepest frame as file:line, without the folders of this machine."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    last = frames[-1]
    return f"{Path(last.filename).name}:{last.lineno} in {last.name}"
