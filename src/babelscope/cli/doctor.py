"""doctor: is everything there that the configuration asks for?"""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from babelscope.cli.options import ConfigOption, output, settings


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(doctor)


def doctor(
    config: ConfigOption = None,
    verify: Annotated[bool, typer.Option("--verify", help="Hash every model file again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what works here, in which languages, with which models; exit 1 if a configured capability is missing."""
    from babelscope.app.doctor import examine
    from babelscope.cli.tables import folding

    report = examine(settings(config), verify)
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        models = folding("capability", "languages", "model", "from", "sha256", "weights licence", "state")
        for m in report.models:
            models.add_row(m.capability, m.languages, m.model, m.source, m.sha256, m.weights_licence, m.state)
        output().print(models)
        for check in report.checks:
            typer.echo(f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.detail}")
    if not report.ok:
        raise typer.Exit(1)
