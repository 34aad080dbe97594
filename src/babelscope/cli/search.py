"""search: documents in any language, by words, names and meaning, each with the reason why it was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.languages.codes import UNKNOWN, canonical_code
from babelscope.languages.marks import drawn

if TYPE_CHECKING:
    from babelscope.explore.hits import Hit
    from babelscope.explore.search import SearchView


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(search)


def search(
    words: Annotated[str, typer.Argument(help="What to look for, in any language.")],
    language: Annotated[list[str] | None, typer.Option("--language", help="Only documents in this language.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=200, help="Most documents shown.")] = 10,
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search what was collected, and say why each document was found."""
    import pyarrow.parquet  # noqa: F401  # before usearch, or the first Parquet read ends the process

    from babelscope.explore.search import Question
    from babelscope.explore.search import search as answer
    from babelscope.store.reader import Reader

    quiet_threads()
    chosen = settings(config)
    question = Question(text=words, languages=tuple(_code(one) for one in language or ()), size=count)
    with Reader.open(chosen) as reader:
        try:
            view = answer(reader, chosen, question)
        except BadInput as error:
            raise BabelscopeError(str(error)) from error
    if as_json:
        typer.echo(msgspec.json.encode(view).decode())
    else:
        _print(view)


def _code(language: str) -> str:
    """Return the code under which documents in ``language`` are kept ("por" is "pt"), "und" for those of none."""
    code = canonical_code(language)
    if code == UNKNOWN and language != UNKNOWN:
        raise BabelscopeError(f"--language: {language!r} is not a known language code")
    return code


def _print(view: SearchView) -> None:
    console = output()
    for note in view.notes:
        console.print(note)
    for hit in view.hits:
        console.print(drawn(hit.headline.read.text), style="bold")
        if hit.headline.note == "translated":
            console.print(f"  {drawn(hit.headline.original.text)} (above: machine translation, {hit.headline.grade})")
        console.print(f"  {hit.source_name} · {hit.language} · {hit.time:%Y-%m-%d %H:%M} · {reasons(hit)}")
        made = "machine translation: " if hit.snippet_language != hit.language else ""
        console.print(f"  {made}{drawn(''.join(span.text for span in hit.snippet))}")
    documents = "document" if view.total == 1 else "documents"
    console.print(f"{view.total} {documents}, {view.by_name} by name, {view.by_meaning} by meaning only")


def reasons(hit: Hit) -> str:
    """Return why ``hit`` was found, in words: "text, name: Путин"."""
    return ", ".join(f"name: {', '.join(hit.names)}" if way == "name" and hit.names else way for way in hit.why)
