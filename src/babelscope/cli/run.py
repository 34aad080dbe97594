"""init, run, process, demo: the main job."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from babelscope.cli.models import fetch_what_is_listed
from babelscope.cli.options import ConfigOption, listening, output, quiet_threads, settings
from babelscope.flow.config import Config, Engine
from babelscope.flow.errors import ConfigError


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    for verb in (init, run, process, demo):
        app.command()(verb)


def init(directory: Annotated[Path, typer.Argument(help="Folder for the configuration.")] = Path()) -> None:
    """Write a babelscope.toml with every key, its meaning and its default."""
    from babelscope.app.example import example_config

    target = directory / "babelscope.toml"
    if target.exists():
        raise ConfigError(f"{target} is there already; delete it or choose another folder")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        target.write_text(example_config(), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{target}: cannot be written: {error.strerror}; choose another folder") from None
    typer.echo(f"wrote {target}; add your sources to it, then: babelscope run")


def run(
    config: ConfigOption = None,
    once: Annotated[bool, typer.Option("--once", help="One cycle, then end.")] = False,
) -> None:
    """Collect from your sources, read, group; for ever, or --once."""
    from babelscope.app.cycle import run_for_ever, run_once
    from babelscope.cli.progress import Bars

    quiet_threads()
    chosen = listening(config)
    fetch_what_is_listed(chosen)
    stop = stop_on_signal()
    with Bars() as bars:
        if once:
            ids = [run_once(chosen, listener=bars, stop=stop)]
        else:
            run_for_ever(chosen, bars, stop)
            ids = []
    print_ledgers(chosen, ids)


def process(
    config: ConfigOption = None,
    again: Annotated[bool, typer.Option("--again", help="All captures anew, from the evidence.")] = False,
) -> None:
    """Read captures that are not read yet, or --again everything from the evidence."""
    from babelscope.app.cycle import process_pending
    from babelscope.app.maintenance import need_store
    from babelscope.cli.progress import Bars

    quiet_threads()
    chosen = settings(config)
    need_store(chosen)
    fetch_what_is_listed(chosen)
    with Bars() as bars:
        done = process_pending(chosen, again=again, listener=bars)
    print_ledgers(chosen, [done])


def demo(
    directory: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path("babelscope-demo"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Open the dashboard at the end.")] = True,
    engine: Annotated[Engine, typer.Option(help="embedded, pool or ray.")] = "embedded",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the dashboard; 0 takes a free one.")] = 8710,
) -> None:
    """Collect and read a fictional press in many languages on this machine, score it, open the dashboard."""
    from babelscope.cli.progress import Bars
    from babelscope.cli.serve import serve_dashboard
    from babelscope.cli.tables import score_table
    from babelscope.demo.runner import demo_config, run_demo

    quiet_threads()
    chosen = demo_config(directory, engine)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    stop = stop_on_signal()
    with Bars() as bars:
        result = run_demo(chosen, listener=bars, stop=stop)
    print_ledgers(chosen, list(result.runs))
    output().print(score_table(result.scores))
    if serve and not stop.is_set():
        signal.signal(signal.SIGINT, before[0])  # nothing is in hand any more
        signal.signal(signal.SIGTERM, before[1])
        serve_dashboard(chosen, port, open_browser=True)


def stop_on_signal() -> threading.Event:
    """Return an event that the first Ctrl-C or SIGTERM sets: the run ends in order; a second one ends it at once."""
    stop = threading.Event()

    def handle(number: int, _: object) -> None:
        if stop.is_set():  # at once, and not as an exception in whatever is just being written: the store is crash-safe
            Console(stderr=True).show_cursor(True)
            os._exit(130)
        stop.set()
        typer.echo("\nending: what is in hand is finished and kept; once more to end at once", err=True)

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)
    return stop


def print_ledgers(config: Config, runs: list[str]) -> None:
    """Print the ledger of each of ``runs``."""
    from babelscope.cli.tables import ledger_table
    from babelscope.store.reader import Reader

    with Reader.open(config) as reader:
        for done in runs:
            output().print(ledger_table(done, reader.ledger(done), reader.balanced(done)))
