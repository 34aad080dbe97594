"""sources list, show, add, check, import, export, status: who can be listened to, and how listening goes."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer

from babelscope.cli.options import DEFAULT, ConfigOption, output, settings
from babelscope.collect.lists.formats import Format
from babelscope.model.source import Standing

if TYPE_CHECKING:
    from babelscope.app.sources import Known
    from babelscope.app.surveying import Proposal

app = typer.Typer(help="Who can be listened to, and how listening goes.", no_args_is_help=True, rich_markup_mode=None)

Scope = Literal["listened", "own", "registry"]
Country = Annotated[str, typer.Option(help="Only of this country (IE, IRL, Ireland).")]
Language = Annotated[str, typer.Option(help="Only in this language (sw, swa).")]
StandingOption = Annotated[Standing | None, typer.Option(help="Only of this standing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_sources(
    config: ConfigOption = None,
    country: Country = "",
    language: Language = "",
    standing: StandingOption = None,
    listened: Annotated[bool, typer.Option("--listened", help="Only those that you listen to.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the sources of the registry and of your configuration."""
    from babelscope.app.sources import Filters, chosen
    from babelscope.cli.tables import folding

    asked = Filters(country=country, language=language, standing=standing or "", listened=listened)
    found = chosen(settings(config), asked)
    if as_json:
        typer.echo(msgspec.json.encode([_plain(one) for one in found]).decode())
        return
    table = folding("id", "name", "country", "languages", "standing", "listens", "listened")
    for one in found:
        source = one.source
        row = (source.id, source.name, source.country, " ".join(source.languages), source.standing)
        table.add_row(*row, str(len(source.listens)), "yes" if one.listened else "")
    output().print(table)
    typer.echo(f"{len(found)} sources, {sum(one.listened for one in found)} of them listened to")


@app.command()
def show(
    source: Annotated[str, typer.Argument(help="Id of a source.")],
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Show everything that is known of one source."""
    from babelscope.app.sources import find
    from babelscope.languages.codes import language_name
    from babelscope.languages.countries import country_name

    one = find(settings(config), source)
    if as_json:
        typer.echo(msgspec.json.encode(_plain(one)).decode())
        return
    known = one.source
    lines = [
        ("id", known.id), ("name", known.name), ("home", known.home), ("country", country_name(known.country)),
        ("languages", ", ".join(language_name(code) for code in known.languages)), ("kind", known.kind),
        ("owner", known.owner), ("standing", known.standing), ("reference", known.reference),
        ("terms", known.terms), ("from", one.place), ("listened", "yes" if one.listened else "no"),
    ]  # fmt: skip
    lines += [("listen", f"{listen.kind} {listen.url} every {listen.every} s") for listen in known.listens]
    for name, value in lines:
        if value:
            output().print(f"{name:<10} {value}", soft_wrap=True)


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Home page or feed of an outlet.")],
    config: ConfigOption = None,
    country: Annotated[str, typer.Option(help="Country (default: found out).")] = "",
    language: Annotated[
        list[str] | None, typer.Option(help="Language; may be given often (default: found out).")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Folder of your own registry to write into.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, write nothing.")] = False,
) -> None:
    """Find feeds, sitemaps, language and country of an outlet, and add it to your configuration."""
    from babelscope.app.surveying import Wish, add_to_config, add_to_registry, propose
    from babelscope.collect.lists.tables import source_table

    wish = Wish(url=url, country=country, languages=tuple(language or ()))
    chosen = settings(config, needed=not (to or dry_run))
    proposal = propose(wish, chosen, lambda address: typer.echo(f"asking {address}", err=True))
    _print_findings(proposal)
    output().print(source_table(proposal.source), soft_wrap=True, end="")
    if dry_run:
        return
    target = add_to_registry(proposal.source, to) if to else (config or DEFAULT)
    if not to:
        add_to_config(proposal.source, target)
    typer.echo(f"added to {target}", err=True)


@app.command()
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Registry files or folders (default: the registry).")
    ] = None,
    config: ConfigOption = None,
    reach: Annotated[bool, typer.Option("--reach", help="Ask for every listened address, politely.")] = False,
    country: Country = "",
    language: Language = "",
    as_json: AsJson = False,
) -> None:
    """Check registry files: form, countries, languages, addresses, duplicates; exit 1 if something is wrong."""
    from babelscope.app import sources as registry
    from babelscope.collect.visitor import Reached
    from babelscope.flow.sources import matches
    from babelscope.model import Source

    report = registry.check(paths or [])
    for problem in report.problems:
        typer.echo(msgspec.json.encode(problem).decode() if as_json else f"PROBLEM {problem}", err=not as_json)

    def tell(source: Source, found: Reached) -> None:
        if as_json:
            told = {"id": source.id, "url": found.url, "reason": found.reason, "detail": found.detail}
            typer.echo(msgspec.json.encode({**told, "items": found.items, "moved": found.moved}).decode())
        else:
            became = f"{found.reason}: {found.detail}" if found.reason else f"{found.items} entries"
            moved = f", moved to {found.moved}" if found.moved else ""
            output().print(f"{source.id:<24} {found.url}  {became}{moved}", soft_wrap=True)

    sources = [entry.source for entry in report.entries]
    failed = 0
    if reach:
        asked = [one for one in sources if matches(one, country=country, language=language)]
        failed = registry.reach(asked, settings(config), tell)
    typer.echo(f"{len(sources)} sources, {len(report.problems)} problems", err=True)
    if reach:
        typer.echo(f"{failed} addresses cannot be listened to", err=True)
    if report.problems or failed:
        raise typer.Exit(1)


@app.command("import")
def import_sources(
    path: Annotated[Path, typer.Argument(help="OPML, CSV, JSON (Media Cloud's too) or TOML.")],
    config: ConfigOption = None,
    to: Annotated[Path | None, typer.Option(help="Folder of your own registry to write into (default: print).")] = None,
    country: Annotated[str, typer.Option(help="Country of those for which the list names none.")] = "",
    language: Annotated[str, typer.Option(help="Language of those for which the list names none.")] = "",
) -> None:
    """Read a list of sources from elsewhere; those that are known already are left out."""
    from babelscope.app.sources import import_list, write_registry
    from babelscope.app.surveying import codes
    from babelscope.collect.lists.tables import write_toml

    code, spoken = codes(country, language)
    done = import_list(path, settings(config), country=code, language="".join(spoken), into=to)
    for note in done.notes:
        typer.echo(f"{note.where}: {note.message}", err=True)
    for home, place in done.known:
        typer.echo(f"{home}: there already, as {place}", err=True)
    if to is None:
        typer.echo(write_toml(done.sources), nl=False)
    elif done.sources:
        for written in write_registry(done.sources, to, path.stem):
            typer.echo(f"wrote {written}", err=True)
    told = f"{len(done.sources)} new sources, {len(done.known)} known already, {len(done.notes)} remarks"
    typer.echo(told, err=True)


@app.command()
def export(
    config: ConfigOption = None,
    of: Annotated[Scope, typer.Option(help="listened, own or registry.")] = "listened",
    form: Annotated[Format, typer.Option("--format", help="opml, csv or toml.")] = "opml",
    to: Annotated[Path | None, typer.Option(help="File to write (default: standard output).")] = None,
    country: Country = "",
    language: Language = "",
) -> None:
    """Write a list of sources that other programs read."""
    from babelscope.app import sources as registry

    asked = registry.Filters(country=country, language=language)
    raw, count = registry.export(settings(config), of, form, asked)
    if to is None:
        sys.stdout.buffer.write(raw)
        sys.stdout.flush()
    else:
        to.write_bytes(raw)
        typer.echo(f"wrote {count} sources to {to}", err=True)


@app.command()
def status(config: ConfigOption = None, as_json: AsJson = False) -> None:
    """Say how listening goes, source by source."""
    from babelscope.cli.tables import folding
    from babelscope.store.reader import Reader

    with Reader.open(settings(config)) as reader:
        health = reader.sources()
    if as_json:
        typer.echo(msgspec.json.encode(health).decode())
        return
    table = folding("source", "last visit (UTC)", "status", "error", "captures", "documents", "not taken")
    for one in health:
        visit = max(one.visits, key=lambda v: v.checked_at, default=None)
        refused = ", ".join(f"{reason} {count}" for reason, count in sorted(one.refused.items()))
        seen = f"{visit.checked_at.astimezone(dt.UTC):%Y-%m-%d %H:%M}" if visit else "never"
        row = (one.id, seen, str(visit.status if visit else ""), visit.error if visit else "")
        table.add_row(*row, str(one.captures), str(one.documents), refused)
    output().print(table)


def _plain(one: Known) -> dict[str, Any]:
    """Return a source as JSON has it, with where it stands."""
    about: dict[str, Any] = msgspec.to_builtins(one.source)
    return {**about, "from": one.place, "listened": one.listened}


def _print_findings(proposal: Proposal) -> None:
    """Print what was found, and how it is known."""
    found = proposal.survey
    console = output()
    console.print(f"name       {found.name.value} ({found.name.how})", soft_wrap=True)
    console.print(f"country    {found.country.value or 'unknown'} ({found.country.how})", soft_wrap=True)
    for language in found.languages:
        console.print(f"language   {language.value} ({language.how})", soft_wrap=True)
    taken = {listen.url for listen in found.listens}
    for one in found.candidates:
        asked = one.reached
        became = f"{asked.reason}: {asked.detail}" if asked.reason else f"{asked.items} entries"
        more = f", names {asked.more} sitemaps" if asked.more else ""
        mark = "listen" if asked.url in taken else "seen"
        console.print(f"{mark:<10} {asked.kind} {asked.url} ({one.how}): {became}{more}", soft_wrap=True)
    console.print()
