"""read: one document with everything found in it."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.table import Table

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings
from babelscope.model import Document


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(read)


def read(
    target: Annotated[str, typer.Argument(help="A file, or an http(s) address.")],
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read one file or address and print everything found in it; nothing is kept."""
    from babelscope.app.pipes import describe
    from babelscope.app.reading import read as read_document

    quiet_threads()
    document = read_document(target, settings(config))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(describe(document)), indent=2).decode())
    else:
        _print(document)


def _print(document: Document) -> None:
    console = output()
    language = document.layers.get("language")
    translation = document.layers.get("translation")
    console.rule(document.title or "(no title)", align="left")
    published = document.published_at.isoformat() if document.published_at else "no date"
    console.print(f"{published} · {', '.join(document.authors) or 'no author'} · {document.url}")
    if language:
        console.print(f"language {language.code} ({language.script}, confidence {language.confidence:.2f})")
    if translation:
        console.print(f"translation: {translation.grade} {translation.route} {translation.reason}")
        if translation.title and translation.route != "same":
            console.print(f"[machine] {translation.title}\n{translation.lead}")
    table = Table("name", "kind", "reads as", "place", "where", "by")
    mentions = document.layers.get("mentions")
    for mention in mentions.items if mentions else ():
        place = f"{mention.place.name}, {mention.place.country}" if mention.place else ""
        where = f"{mention.anchor.of} {mention.anchor.start}–{mention.anchor.end}"
        table.add_row(mention.surface, mention.kind, mention.reads_as, place, where, mention.by)
    console.print(table)
    console.print(document.text)
