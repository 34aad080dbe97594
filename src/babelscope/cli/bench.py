"""bench pipeline, search, translate, language, collect, import: speed and memory on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from babelscope.cli.options import ConfigOption, quiet_threads, settings
from babelscope.flow.config import Engine
from babelscope.flow.errors import ConfigError

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


@app.command()
def translate(
    words: Annotated[int, typer.Option(min=100, max=1_000_000, help="Words to translate by each route.")] = 6_000,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure translation: words a second by the neural route and by a pivot, and copies from the memory."""
    from babelscope.bench.translate import run

    quiet_threads()
    _print(run(settings(config), words), as_json)


@app.command()
def collect(
    pages: Annotated[int, typer.Option(min=0, max=1_000_000, help="Pages to collect.")] = 4000,
    hosts: Annotated[int, typer.Option(min=1, max=9999, help="Hosts that have them, on loopback.")] = 40,
    feeds: Annotated[int, typer.Option(min=0, max=99_999, help="Feeds to poll twice, each on a host of its own.")] = 0,
    delay: Annotated[float, typer.Option(min=0.0, max=60.0, help="Seconds between requests to one host.")] = 0.15,
    latency: Annotated[float, typer.Option(min=0.0, max=10.0, help="Seconds until a host answers.")] = 0.05,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure collecting: pages into the evidence, spacing as the hosts saw it, memory, polls of feeds."""
    from babelscope.bench.collect import Load, run
    from babelscope.flow.config import Config

    _print(run(Config(), Load(pages=pages, hosts=hosts, feeds=feeds, delay=delay, latency=latency)), as_json)


@app.command(name="import")
def import_(
    records: Annotated[int, typer.Option(min=1, max=1_000_000, help="Pages in the segment.")] = 10_000,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the import of a segment as Common Crawl News writes them, without reading what came."""
    from babelscope.bench.imports import run

    quiet_threads()
    _print(run(settings(config), records), as_json)


@app.command()
def names(
    count: Annotated[int, typer.Option("--names", min=1, max=10_000_000, help="Names in the list.")] = 20_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure comparisons of names across scripts: pair by pair, and one name with a list."""
    from babelscope.bench.names import run

    quiet_threads()
    _print(run(count), as_json)


@app.command()
def language(
    texts: Annotated[Path, typer.Argument(help="A document a line: title, tab, text (line breaks as \\n).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how fast the language of documents is found."""
    from babelscope.bench.language import run

    try:
        figures = run(texts)
    except OSError as error:
        raise ConfigError(f"cannot read {texts}: {error}") from None
    _print(figures, as_json)


def _print(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for line in _lines(figures, ""):
        typer.echo(line)


def _lines(figures: dict[str, Any], indent: str) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _lines(value, f"{indent}  ")
        else:
            yield f"{indent}{name:<{30 - len(indent)}} {value}"
