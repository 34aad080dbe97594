"""verify, rebuild, runs: what is kept."""

from __future__ import annotations

import typer

from babelscope.cli.options import ConfigOption, output, quiet_threads, settings


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    for verb in (verify, rebuild, runs):
        app.command()(verb)


def verify(config: ConfigOption = None) -> None:
    """Check every document down to its bytes, every anchor, and that all stores count the same; exit 1 if not."""
    from babelscope.store.check import verify as check

    report = check(settings(config))
    for name, count in report.checked.items():
        typer.echo(f"{name}: {count} checked")
    for problem in report.problems:
        typer.echo(f"PROBLEM {problem}", err=True)
    if report.problems:
        raise typer.Exit(1)
    typer.echo("clean")


def rebuild(config: ConfigOption = None) -> None:
    """Make the views (full text, vectors, groups) anew from the record."""
    from babelscope.app.maintenance import rebuild as remake

    quiet_threads()
    typer.echo(f"{remake(settings(config))} documents in the views")


def runs(config: ConfigOption = None) -> None:
    """List the latest runs, each with its ledger."""
    from babelscope.cli.tables import ledger_table
    from babelscope.store.reader import Reader

    with Reader.open(settings(config)) as reader:
        for row in reader.runs(5):
            output().print(f"{row.id}  {row.state}" + (f"  by {row.holder}" if row.holder else ""))
            output().print(ledger_table(row.id, reader.ledger(row.id), reader.balanced(row.id)))
