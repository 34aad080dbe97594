"""import: archives, folders and lists of addresses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings
from babelscope.cli.run import print_ledgers, stop_on_signal
from babelscope.flow.errors import ConfigError

if TYPE_CHECKING:
    from babelscope.app.importing import Imports


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command(name="import")(import_)


def import_(
    paths: Annotated[
        list[str], typer.Argument(help="WARC, ARC or WACZ files, folders of HTML, PDF, EML, MHTML and text, lists.")
    ],
    source: Annotated[str, typer.Option(help="Id of the source that everything belongs to.")] = "",
    process: Annotated[bool, typer.Option("--process/--no-process", help="Read what came, and group it.")] = True,
    config: ConfigOption = None,
) -> None:
    """Take in archives, folders and lists of addresses; what is there already is not taken twice."""
    from babelscope.app.importing import Order, import_paths
    from babelscope.cli.progress import Bars

    quiet_threads()
    chosen = settings(config)
    if not all(paths):
        raise ConfigError("an empty path: is a variable of your shell unset?")
    order = Order(paths=tuple(map(Path, paths)), source=source, process=process)
    stop = stop_on_signal()
    with Bars() as bars:
        done = import_paths(chosen, order, listener=bars, stop=stop)
    print_ledgers(chosen, list(done.runs))
    for words in (_damages_told(done), _sources_named(done.named)):
        if words:
            output().print(words)


def _sources_named(named: Sequence[str], most: int = 8) -> str:
    """Return a sentence about the sources that an import named itself, "" if there are none."""
    if not named:
        return ""
    rest = f" and {len(named) - most} more" if len(named) > most else ""
    return (
        f"no [[source]] and no registry entry for {', '.join(named[:most])}{rest}: "
        "kept under these names; add tables for them to give them a country and a standing"
    )


def _damages_told(done: Imports) -> str:
    """Return in words which places could not be read, "" if all could."""
    if not done.damages:
        return ""
    rest = done.damages - len(done.damaged)
    lines = [*done.damaged, *([f"and {rest} more"] if rest else [])]
    return "damaged, left out:\n" + "\n".join(f"  {line}" for line in lines)
