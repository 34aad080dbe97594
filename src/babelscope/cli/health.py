"""health: which sources are in trouble, and since when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from babelscope.cli.options import ConfigOption, output, settings

if TYPE_CHECKING:
    from babelscope.explore.health import HealthView


def register(app: typer.Typer) -> None:
    """Attach the verbs of this file."""
    app.command()(health)


def health(
    config: ConfigOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is over, and the sources that are well.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell which sources are dead, blocked, silent … and since when; exit code 1 while an alarm is open."""
    from babelscope.explore.health import health_view
    from babelscope.store.reader import Reader

    chosen = settings(config)
    with Reader.open(chosen) as reader:
        view = health_view(reader, chosen, dt.datetime.now(dt.UTC))
    if as_json:
        shown = view if everything else msgspec.structs.replace(view, over=(), sources=())
        typer.echo(msgspec.json.encode(shown).decode())
    else:
        _print(view, everything)
    if any(alarm.level == "alarm" for alarm in view.alarms):
        raise typer.Exit(1)


def _print(view: HealthView, everything: bool) -> None:
    from babelscope.cli.tables import folding

    alarms = (*view.alarms, *view.over) if everything else view.alarms
    table = folding("source", "kind", "since", "over", "what")
    for alarm in alarms:
        over = f"{alarm.cleared_at:%Y-%m-%d %H:%M}" if alarm.cleared_at else ""
        kind = alarm.kind.upper() if alarm.level == "alarm" and not over else alarm.kind
        table.add_row(alarm.source, kind, f"{alarm.raised_at:%Y-%m-%d %H:%M}", over, alarm.detail)
    output().print(table if alarms else "no alarm and no notice is open")
    if everything:
        states = folding("source", "name", "condition")
        for one in view.sources:
            states.add_row(one.id, one.name, one.condition)
        output().print(states)
    counted = ", ".join(f"{many} {name}" for name, many in view.conditions) or "no source is configured"
    when = f"{view.checked_at:%Y-%m-%d %H:%M} UTC" if view.checked_at else "never: `babelscope run` does"
    output().print(f"{counted}; last looked over {when}")
