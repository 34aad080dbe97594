"""The command line: one file per group of verbs. A user's mistake ends with a sentence, never a traceback."""

from __future__ import annotations

import os
import sys

import typer
from rich.console import Console

from babelscope.flow.errors import BabelscopeError

app = typer.Typer(
    name="babelscope",
    help="Listen to the world's public media, read it in one language, every fact tied to a preserved original.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _register() -> None:
    """Attach every group of verbs; each module is small and imports what it runs only when it runs."""
    from babelscope.cli import bench, doctor, keep, pipe, quarantine, read, run, serve

    for module in (run, serve, read, pipe, keep, doctor):
        module.register(app)
    app.add_typer(quarantine.app, name="quarantine")
    app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line; exit code 1 for a fault that the message explains, 130 for Ctrl-C."""
    _register()
    try:
        app()
    except BabelscopeError as error:
        Console(stderr=True, highlight=False).print(f"babelscope: {error}", markup=False, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader of our output has gone (``| head``): that is its right
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
