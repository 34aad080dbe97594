"""bench pipeline, search: speed and memory on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from babelscope.cli.options import ConfigOption, quiet_threads, settings
from babelscope.flow.config import Engine

app = typer.Typer(help="Speed and memory on this machine.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def pipeline(
    pages: Annotated[Path | None, typer.Option(help="Folder or tar of HTML pages (default: the demo press).")] = None,
    documents: Annotated[int, typer.Option(min=1, help="Pages at most.")] = 1000,
    engine: Annotated[Engine, typer.Option(help="embedded, pool or ray.")] = "pool",
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the whole path from preserved bytes to grouped documents."""
    from babelscope.bench.pipeline import run

    quiet_threads()
    chosen = settings(config)
    chosen = msgspec.structs.replace(chosen, run=msgspec.structs.replace(chosen.run, engine=engine))
    _print(run(chosen, pages, documents), as_json)


@app.command()
def search(
    documents: Annotated[int, typer.Option(min=1, help="Documents in the index.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure queries over an index of synthetic documents."""
    from babelscope.bench.search import run

    quiet_threads()
    _print(run(documents), as_json)


def _print(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            typer.echo(f"{name}:")
            for key, inner in value.items():
                typer.echo(f"  {key:<28} {inner}")
        else:
            typer.echo(f"{name:<30} {value}")
