"""The command line: one file per group of verbs. A user's mistake ends with a sentence, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from babelscope.flow.errors import BabelscopeError, BadInput


class _Verbs(TyperGroup):
    """Typer would end with code 1 when the reader of our output has gone (``| head``): that is its right."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the words of the command line; this is where ``--help`` is printed."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except BrokenPipeError:
            _let_go_of_output()
            raise typer.Exit(0) from None

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _let_go_of_output()
            raise typer.Exit(0) from None


app = typer.Typer(
    name="babelscope",
    cls=_Verbs,
    help="Listen to the world's public media, read it in one language, every fact tied to a preserved original.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from babelscope import __version__

        typer.echo(f"babelscope {__version__}")
        raise typer.Exit


def _offline(asked: bool) -> None:
    if asked:
        from babelscope.flow.offline import go_offline

        go_offline()


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", callback=_offline, help="Open no connection but to this machine.")
    ] = False,
) -> None:
    """What stands before a verb; its options are dealt with by their callbacks."""


def _register() -> None:
    """Attach every group of verbs; each module is small and imports what it runs only when it runs."""
    from babelscope.cli import (
        bench,
        collect,
        doctor,
        health,
        imports,
        keep,
        models,
        pipe,
        quarantine,
        read,
        run,
        search,
        serve,
        sources,
        translate,
    )

    for module in (run, collect, imports, serve, health, search, read, translate, pipe, keep, doctor):
        module.register(app)
    app.add_typer(quarantine.app, name="quarantine")
    app.add_typer(sources.app, name="sources")
    app.add_typer(models.app, name="models")
    app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line; exit code 1 for a fault that the message explains, 130 for Ctrl-C."""
    _register()
    try:
        app()
    except BabelscopeError as error:
        _say(str(error))
        sys.exit(1)
    except BadInput as error:  # of one document it ends in the quarantine: here it is what the store holds
        _say(f"{error}; `babelscope verify` says what is damaged, docs/operations.md what to do")
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be written: the system's words are the message
        _let_go_of_output()
        _say(f"{error.filename or 'stopped'}: {error.strerror or error}")
        sys.exit(1)
    except UnicodeEncodeError:  # an argument of bytes that are no text, where text is needed (a path may be so)
        odd = next((word for word in sys.argv[1:] if not _is_text(word)), None)
        if odd is None:
            raise
        _say(f"{odd!a} is not text in UTF-8")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _is_text(word: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in word)


def _say(words: str) -> None:
    Console(stderr=True, highlight=False).print(f"babelscope: {words}", markup=False, emoji=False, soft_wrap=True)


def _let_go_of_output() -> None:
    """Make what is still buffered go nowhere: the interpreter would stumble over it at its end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
