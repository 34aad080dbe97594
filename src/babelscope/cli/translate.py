"""translate: whole texts. glossary, corrections: what people made better."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings
from babelscope.flow.errors import BabelscopeError
from babelscope.languages.marks import drawn

glossary = typer.Typer(help="Terms that people corrected.", no_args_is_help=True, rich_markup_mode=None)
corrections = typer.Typer(help="Corrections of translations.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(translate)
    app.add_typer(glossary, name="glossary")
    app.add_typer(corrections, name="corrections")


def translate(
    documents: Annotated[list[str] | None, typer.Argument(help="Ids of documents.")] = None,
    config: ConfigOption = None,
    story: Annotated[str, typer.Option(help="All documents of this story.")] = "",
    wishes: Annotated[bool, typer.Option("--wishes", help="What readers of the dashboard asked for.")] = False,
    words: Annotated[int | None, typer.Option(min=1, help="Words at most (default: read.full_words).")] = None,
    again: Annotated[bool, typer.Option("--again", help="Also what is translated already.")] = False,
) -> None:
    """Translate whole texts, not only title and lead; they are kept and shown by the dashboard."""
    import threading

    from babelscope.app.translating import story_documents, translate_documents, work_off

    if bool(documents) + bool(story) + wishes != 1:
        raise BabelscopeError("name documents, or --story ID, or --wishes: exactly one of the three")
    quiet_threads()
    chosen = settings(config)
    if wishes:
        done = work_off(chosen, threading.Event(), words)
    else:
        asked = story_documents(chosen, story) if story else list(documents or ())
        done = list(translate_documents(chosen, asked, budget=words, again=again))
    for one in done:
        typer.echo(f"{one.document}  {one.state}  {one.words} words" + (f": {one.reason}" if one.reason else ""))
    if any(one.state == "waiting" for one in done):
        typer.echo("what waits is translated by the next `babelscope run`, or: babelscope translate --wishes")
    if not done:
        typer.echo("nothing to translate")
    if any(one.state == "refused" for one in done):
        raise typer.Exit(1)


@glossary.command("export")
def export(config: ConfigOption = None) -> None:
    """Print what people corrected as a glossary (tab-separated), ready for read.glossary."""
    from babelscope.app.correcting import glossary_text

    typer.echo(glossary_text(settings(config)), nl=False)


@corrections.command("list")
def list_corrections(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, with everything kept.")] = False,
) -> None:
    """List all corrections, latest first, also those that were undone."""
    from babelscope.app.correcting import all_corrections
    from babelscope.cli.tables import folding

    table, count = folding("id", "document", "was", "should read", "kind", "author", "state"), 0
    for one in all_corrections(settings(config)):
        count += 1
        if as_json:
            typer.echo(msgspec.json.encode(one).decode())
            continue
        state = f"undone by {one.undone_by}" if one.undone_at else "in use"
        shown = map(drawn, (one.machine, one.correction, one.kind, one.author, state))
        table.add_row(one.id, one.document, *shown)
    if not as_json:
        output().print(table if count else "nobody has corrected a translation yet")


@corrections.command("undo")
def undo(
    correction: Annotated[str, typer.Argument(help="Id of the correction.")],
    author: Annotated[str, typer.Option(help="Who takes it back.")],
    config: ConfigOption = None,
) -> None:
    """Take a correction out of use; it stays in the list."""
    from babelscope.app.correcting import undo_correction

    undo_correction(settings(config), correction, author)
    typer.echo(f"{correction} is undone")
