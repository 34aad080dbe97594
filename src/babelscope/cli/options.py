"""Options that several verbs share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from babelscope.flow.config import Config, load_config, resolve_config
from babelscope.flow.errors import ConfigError
from babelscope.flow.offline import is_offline, offline

DEFAULT = Path("babelscope.toml")

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration file (default: babelscope.toml, if it is there).")
]


def settings(path: Path | None, *, needed: bool = False) -> Config:
    """Return the configuration at ``path``, at ``babelscope.toml``, or the defaults where none is ``needed``.

    With ``--offline`` it is without what would reach out.
    """
    there = path is not None or needed or DEFAULT.exists()
    chosen = load_config(path or DEFAULT) if there else resolve_config({}, Path.cwd())
    return offline(chosen) if is_offline() else chosen


def listening(path: Path | None) -> Config:
    """Return the configuration at ``path`` or ``babelscope.toml``; ``ConfigError`` if it names nobody to listen to."""
    if is_offline():
        raise ConfigError("--offline: nothing is collected; `babelscope --offline process` reads what is there")
    chosen = settings(path, needed=True)
    if not chosen.source:
        raise ConfigError("the configuration names nobody to listen to; `babelscope sources add URL` adds a source")
    return chosen


class _Output(Console):
    """Rich ends the program with code 1 when the reader of a pipe has gone; here ``main`` decides."""

    def on_broken_pipe(self) -> None:
        """Raise the error again."""
        raise BrokenPipeError


def output() -> Console:
    """Return the console for words that others wrote: printed as they are, brackets and colons mean nothing."""
    return _Output(markup=False, emoji=False)


def quiet_threads() -> None:
    """Keep numeric libraries to one thread each: two were slower than one, and workers share the cores."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
