"""import: archives, folders and lists of addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings
from babelscope.cli.run import print_ledgers, stop_on_signal
from babelscope.flow.errors import ConfigError


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
    from babelscope.app.importing import Order, damages_told, import_paths, sources_named
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
    for words in (damages_told(done), sources_named(done.named)):
        if words:
            output().print(words)
