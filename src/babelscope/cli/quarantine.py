"""quarantine list, show, retry: what could not be read, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings
from babelscope.flow.errors import BabelscopeError

app = typer.Typer(help="What could not be read, and why.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_failures(config: ConfigOption = None) -> None:
    """List the documents in the quarantine."""
    from babelscope.cli.tables import folding
    from babelscope.store.reader import Reader

    with Reader.open(settings(config)) as reader:
        failures = reader.failures()
    table = folding("document", "stage", "error", "message", "attempt")
    for failure in failures:
        table.add_row(failure.document, failure.stage, failure.error, failure.message, str(failure.attempt))
    output().print(table if failures else "the quarantine is empty")


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="Document id, or its beginning.")], config: ConfigOption = None
) -> None:
    """Show one failure in full, with the address and the place of the bytes."""
    from babelscope.store.reader import Reader

    with Reader.open(settings(config)) as reader:
        found = [f for f in reader.failures() if f.document.startswith(document)]
        captures = [reader.capture_behind(f.document) for f in found]
    for failure, capture in zip(found, captures, strict=True):
        typer.echo(f"document  {failure.document}\nstage     {failure.stage}\nattempt   {failure.attempt}")
        typer.echo(f"error     {failure.error}: {failure.message}\nwhere     {failure.where}")
        if capture is not None:
            typer.echo(f"address   {capture.url}\nbytes     {capture.segment} at {capture.offset}")
    if not found:
        raise BabelscopeError(f"no document in the quarantine begins with {document!r}")


@app.command()
def retry(
    documents: Annotated[list[str] | None, typer.Argument(help="Document ids; none: all.")] = None,
    config: ConfigOption = None,
) -> None:
    """Take documents out of the quarantine and read them again."""
    from babelscope.app.cycle import process_pending
    from babelscope.app.maintenance import need_store
    from babelscope.store.library import Library

    quiet_threads()
    chosen = settings(config)
    need_store(chosen)
    with Library.open(chosen) as library:
        count = library.retry(documents or None)
    if documents and not count:
        raise BabelscopeError("none of these is in the quarantine; `babelscope quarantine list` shows what is")
    if count:
        process_pending(chosen)
    with Library.open(chosen) as library:
        left = len(library.failures())
    typer.echo(f"{count} tried again; {left} in the quarantine")
