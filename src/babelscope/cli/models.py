"""models list, get, verify, path, pin: the weights that everything rests on."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Annotated

import msgspec
import typer

from babelscope.cli.options import ConfigOption, output, settings
from babelscope.flow.config import Config

app = typer.Typer(help="The models: what is here, and bringing more.", no_args_is_help=True, rich_markup_mode=None)

Names = Annotated[list[str] | None, typer.Argument(metavar="[MODELS]...", help="Ids, pairs (es-en) or languages (es).")]


@app.command("list")
def list_models(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every model that a manifest or your own folder names, and whether it is here."""
    from babelscope.cli.tables import folding
    from babelscope.flow.models import inventory

    found = inventory(settings(config))
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    table = folding("model", "capability", "languages", "from", "MB", "sha256", "weights licence", "state")
    for m in found:
        size = f"{m.size / 1e6:.1f}"
        table.add_row(m.model, m.capability, m.languages, m.source, size, m.sha256, m.weights_licence, m.state)
    output().print(table)


@app.command()
def get(models: Names = None, config: ConfigOption = None) -> None:
    """Fetch models from the addresses that your manifest names; none named: all that are not here."""
    from babelscope.app.model_choice import choose
    from babelscope.flow.models import bring

    chosen = settings(config)
    wanted = choose(models or (), chosen)
    with Fetching() as fetching:
        for entry in wanted:
            folder = bring(entry, chosen, fetching)
            fetching.say(f"{entry.id}: {folder.resolve()}")
    if not wanted:
        typer.echo("nothing to fetch: all that a manifest names an address for is here")


@app.command()
def verify(models: Names = None, config: ConfigOption = None) -> None:
    """Hash the files of models again; none named: of all that are here. Exit code 1 if one is wrong or missing."""
    from babelscope.app.model_choice import choose
    from babelscope.flow.models import available
    from babelscope.flow.models import verify as rehash
    from babelscope.flow.own_manifest import known

    chosen = settings(config)
    wanted = choose(models, chosen) if models else [e for e in known(chosen).values() if available(e.id, chosen)]
    told = [problem for entry in wanted for problem in rehash(entry.id, chosen)]
    for problem in told:
        output().print(problem, soft_wrap=True)
    if told:
        raise typer.Exit(1)
    typer.echo(f"{len(wanted)} models are as they should be")


@app.command()
def path(
    model: Annotated[
        str, typer.Argument(help="Id, pair (es-en) or language (es); none: where fetched models are.")
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Print the folder of a model's checked files, for scripts."""
    from babelscope.app.model_choice import choose
    from babelscope.flow.models import cache_folder, resolve, user_pair
    from babelscope.flow.own_manifest import pair_of

    chosen = settings(config)
    if not model:
        typer.echo(str((cache_folder(chosen) / "downloaded").resolve()))
        return
    pair = pair_of(model)
    own = user_pair(*pair, chosen) if pair else None
    folder = own.model.parent if own else resolve(choose([model], chosen)[0].id, chosen)
    typer.echo(str(folder.resolve()))


@app.command()
def pin(
    folder: Annotated[Path, typer.Argument(help="Folder with the files of one translation model.")],
    model_id: Annotated[str, typer.Option("--id", help="Name of the model (default: firefox-es-en).")] = "",
    pair: Annotated[str, typer.Option(help="Languages, as es-en (default: the folder's name).")] = "",
    url: Annotated[str, typer.Option(help="Address of the folder on a server of yours, for `models get`.")] = "",
) -> None:
    """Print the manifest entry of a translation model that you have: sizes, SHA-256 and, with --url, addresses."""
    from babelscope.app.model_choice import pin as entry_of

    typer.echo(entry_of(folder, model_id=model_id, pair=pair, base=url), nl=False)


def fetch_what_is_listed(config: Config) -> None:
    """Before a run: fetch what your manifest lists and is not here, if ``models.download`` is set."""
    from babelscope.flow.models import fetch_listed

    if config.models.download and config.models.manifest:
        with Fetching() as fetching:
            fetch_listed(config, fetching)


class Fetching:
    """Draws how the files of a fetch come in, on standard error; use it as a context manager."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=28),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=Console(stderr=True, markup=False, emoji=False),
        )

    def __enter__(self) -> Fetching:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def __call__(self, name: str, there: int, size: int) -> None:
        """Draw one file's progress."""
        self._bars.start()
        task = next((t.id for t in self._bars.tasks if t.description == name and t.total == size), None)
        if task is None:
            task = self._bars.add_task(name, total=size)
        self._bars.update(task, completed=there)

    def say(self, words: str) -> None:
        """Print a line on standard output, where scripts read it."""
        self._bars.stop()
        typer.echo(words)
