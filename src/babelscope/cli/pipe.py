"""pipe: stages and linkers on NDJSON."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from babelscope.cli.options import ConfigOption, quiet_threads, settings
from babelscope.flow.errors import BabelscopeError


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(pipe)


def pipe(
    parts: Annotated[str, typer.Argument(help="extract, or language,translate,…, or duplicates | stories | entities")],
    config: ConfigOption = None,
) -> None:
    """Run stages or a linker on NDJSON from standard input (docs/pipes.md)."""
    from babelscope.app.pipes import run_pipe

    quiet_threads()
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        raise BabelscopeError("a pipe needs standard input, output and error; one of them is closed")
    bad = run_pipe(parts, settings(config), sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    if bad:
        raise typer.Exit(3)
