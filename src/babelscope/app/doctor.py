"""What works on this machine with this configuration, and what to do about the rest."""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec

from babelscope.app.linking import open_linkers
from babelscope.app.memory import PipeMemory
from babelscope.app.translation_routes import route_states
from babelscope.flow import models
from babelscope.flow.apply import PipelineSpec, check
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.manifest import ModelState
from babelscope.languages.segmenters import SEGMENTERS, Segmenter

LEAST_FREE = 1 << 30


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The doctor's findings; ``ok`` is False if something configured cannot work."""

    ok: bool
    models: tuple[ModelState, ...]
    checks: tuple[Check, ...]


def examine(config: Config, verify: bool = False) -> Report:
    """Look at models, pipeline, engine, folders and the dashboard's files; ``verify`` hashes every model again."""
    states = (*models.inventory(config, verify), *route_states(config))
    checks = (
        Check(name="python", ok=sys.version_info >= (3, 11), detail=sys.version.split()[0]),
        _pipeline(config),
        _linkers(config),
        _engine(config),
        _folder(Path(config.store.directory)),
        _dashboard(),
        *map(_segmenter, SEGMENTERS),
    )
    return Report(ok=all(c.ok for c in checks) and all(m.ok for m in states), models=states, checks=checks)


def _pipeline(config: Config) -> Check:
    """Load every configured stage: the only proof that its models are there and sound."""
    spec = PipelineSpec(stages=config.run.stages, config=config)
    try:
        for stage in check(spec):
            stage.load()
    except BabelscopeError as error:
        return Check(name="pipeline", ok=False, detail=str(error))
    return Check(name="pipeline", ok=True, detail=" → ".join(config.run.stages))


def _linkers(config: Config) -> Check:
    try:
        open_linkers(config, PipeMemory())
    except BabelscopeError as error:
        return Check(name="linkers", ok=False, detail=str(error))
    return Check(name="linkers", ok=True, detail=", ".join(config.run.linkers) or "none")


def _engine(config: Config) -> Check:
    engine = config.run.engine
    if engine == "ray" and find_spec("ray") is None:
        return Check(name="engine", ok=False, detail='ray is not installed: pip install "babelscope[ray]"')
    return Check(name="engine", ok=True, detail=f"{engine}, {os.cpu_count()} cores")


def _folder(directory: Path) -> Check:
    there = next(p for p in (directory, *directory.parents) if p.exists())
    free = shutil.disk_usage(there).free
    if not there.is_dir() or not os.access(there, os.W_OK):
        return Check(name="store", ok=False, detail=f"{there} is not a folder that can be written to")
    detail = f"{directory}, {free >> 30} GB free"
    return Check(name="store", ok=free >= LEAST_FREE, detail=detail if free >= LEAST_FREE else f"{detail}: too little")


def _segmenter(one: Segmenter) -> Check:
    """Name an optional library for words without spaces; the built-in rule serves without it, so nothing is wrong."""
    what = f"words of {', '.join(one.languages)}"
    absent = f"absent, optional ({what}; {one.weight}, {one.licence}): {one.install}"
    return Check(name=f"segmenter {one.name}", ok=True, detail=f"present, {what}" if one.present else absent)


def _dashboard() -> Check:
    static = Path(__file__).resolve().parent.parent / "web" / "static"
    built = static.is_dir() and any(static.iterdir())
    return Check(name="dashboard", ok=built, detail="built" if built else "not built: pip install . builds it")
