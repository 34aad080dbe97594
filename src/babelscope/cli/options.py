"""Options that several verbs share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from babelscope.flow.config import Config, load_config, resolve_config

DEFAULT = Path("babelscope.toml")

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Configuration file (default: babelscope.toml, if it is there).")
]


def settings(path: Path | None, *, needed: bool = False) -> Config:
    """Return the configuration at ``path``, at ``babelscope.toml``, or the defaults where none is ``needed``."""
    if path is not None or needed or DEFAULT.exists():
        return load_config(path or DEFAULT)
    return resolve_config({}, Path.cwd())


def quiet_threads() -> None:
    """Keep numeric libraries to one thread each: two were slower than one, and workers share the cores."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
