"""collect: one of several collectors."""

from __future__ import annotations

from typing import Annotated

import typer

from babelscope.cli.options import ConfigOption, listening, quiet_threads
from babelscope.cli.run import print_ledgers, stop_on_signal


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(collect)


def collect(
    name: Annotated[str, typer.Option(help="Name of this collector; each needs its own.")] = "collector",
    once: Annotated[bool, typer.Option("--once", help="One run, then end.")] = False,
    config: ConfigOption = None,
) -> None:
    """Collect only, as one of several that share the sources; for ever, or --once."""
    from babelscope.app.collecting import collect_for_ever, collect_once
    from babelscope.cli.progress import Bars

    quiet_threads()
    chosen = listening(config)
    stop = stop_on_signal()
    with Bars() as bars:
        if once:
            ids = [collect_once(chosen, name, listener=bars, stop=stop)]
        else:
            collect_for_ever(chosen, name, bars, stop)
            ids = []
    print_ledgers(chosen, ids)
