"""The source registry at work: what is known and what is listened to, checks, lists in and out."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from babelscope.collect.collection import host_of
from babelscope.collect.lists.formats import WRITERS, Format, read_list
from babelscope.collect.lists.listed import Gathered, Note, gather
from babelscope.collect.lists.tables import write_toml
from babelscope.collect.visitor import Reached, Visitor, visiting
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, ConfigError
from babelscope.flow.registry_checks import Report, address_key, faults
from babelscope.flow.sources import built_in_folder, examine, load_registry, matches, merge, own_sources
from babelscope.model import Source

Place = Literal["configuration", "own registry", "registry"]
Scope = Literal["listened", "own", "registry"]
MAX_LIST_BYTES = 32 << 20
AT_ONCE = 64
"""Hosts that are asked at once when addresses are checked."""


class Known(msgspec.Struct, frozen=True):
    """A source, where it stands, and whether it is listened to."""

    source: Source
    place: Place
    listened: bool


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; an empty word asks for nothing."""

    country: str = ""
    language: str = ""
    standing: str = ""
    listened: bool = False


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a list: ``sources`` are new, ``known`` (home page, where it stands already) are not."""

    sources: tuple[Source, ...]
    known: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]


def known_sources(config: Config) -> list[Known]:
    """Return every source of configuration and registry, own tables first."""
    own = set(own_sources(config.registry.directory))
    registry = load_registry(config.registry.directory)
    listened = {source.id for source in config.source}
    in_registry = set(registry)

    def place(source: Source) -> Place:
        if source in own:
            return "own registry"
        return "registry" if source in in_registry else "configuration"

    everything = merge(config.source, registry)
    found = [Known(source, place(source), source.id in listened) for source in everything]
    return sorted(found, key=lambda one: one.place != "configuration")


def chosen(config: Config, filters: Filters) -> list[Known]:
    """Return the sources that ``filters`` ask for; raises ``ConfigError`` for a word that means nothing."""
    return [
        one
        for one in known_sources(config)
        if matches(one.source, country=filters.country, language=filters.language, standing=filters.standing)
        and (one.listened or not filters.listened)
    ]


def find(config: Config, id_: str) -> Known:
    """Return one source; raises ``ConfigError`` with the nearest id for one that there is not."""
    everything = known_sources(config)
    for one in everything:
        if one.source.id == id_:
            return one
    near = difflib.get_close_matches(id_, [one.source.id for one in everything], n=1, cutoff=0.5)
    raise ConfigError(
        f"no source {id_!r}" + (f"; did you mean {near[0]!r}?" if near else "; see `babelscope sources list`")
    )


def check(paths: Sequence[Path]) -> Report:
    """Return the sources of registry files or folders (none given: the built-in registry) and what is wrong."""
    return examine(*(paths or [built_in_folder()]))


def reach(
    sources: Iterable[Source],
    config: Config,
    tell: Callable[[Source, Reached], None],
    hosts: Mapping[str, tuple[str, int]] | None = None,
) -> int:
    """Ask for every listened address, politely; ``tell`` hears of each. Return how many cannot be read."""
    return asyncio.run(_reach(list(sources), config, tell, hosts))


async def _reach(
    sources: Sequence[Source],
    config: Config,
    tell: Callable[[Source, Reached], None],
    hosts: Mapping[str, tuple[str, int]] | None,
) -> int:
    by_host: dict[str, list[tuple[Source, int]]] = {}
    for source in sources:
        for number, listen in enumerate(source.listens):
            by_host.setdefault(host_of(listen.url), []).append((source, number))
    permits = asyncio.Semaphore(AT_ONCE)
    failed = 0

    async def ask(visitor: Visitor, jobs: Sequence[tuple[Source, int]]) -> None:
        nonlocal failed
        async with permits:
            for source, number in jobs:
                found = await visitor.reach(source.listens[number])
                failed += bool(found.reason)
                tell(source, found)

    async with visiting(config, hosts=hosts) as visitor, asyncio.TaskGroup() as group:
        for jobs in by_host.values():
            group.create_task(ask(visitor, jobs))
    return failed


def import_list(
    path: Path, config: Config, *, country: str = "", language: str = "", into: Path | None = None
) -> Imported:
    """Read a list of sources; those that are not known already are new.

    Known are the configuration, the registry, and the folder ``into``. Raises ``ConfigError`` for a file that cannot be
    read as a list.
    """
    here = own_sources(str(into)) if into and into.exists() else ()
    there = merge(config.source, load_registry(config.registry.directory))
    gathered = read_sources(path, country=country, language=language, taken=[s.id for s in (*here, *there)])
    places = {**_keys(there, "the registry or the configuration"), **_keys(here, str(into))}
    new: list[Source] = []
    known: list[tuple[str, str]] = []
    notes = list(gathered.notes)
    for source in gathered.sources:
        before = next((places[key] for key in _keys([source], "") if key in places), None)
        wrong = [f"{key}: {why}" for key, why in faults(source)]
        if before:
            known.append((source.home, before))
        elif wrong:
            notes.append(Note(source.home, "; ".join(wrong)))
        else:
            new.append(source)
            places |= _keys([source], "this list")
    return Imported(sources=tuple(new), known=tuple(known), notes=tuple(notes))


def read_sources(path: Path, *, country: str = "", language: str = "", taken: Sequence[str] = ()) -> Gathered:
    """Return the sources of a list in any format that is known; raises ``ConfigError``."""
    if path.suffix.lower() == ".toml":
        report = examine(path)
        notes = tuple(Note(f"table {problem.table}", f"{problem.key} {problem.message}") for problem in report.problems)
        return Gathered(tuple(entry.source for entry in report.entries), notes)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_LIST_BYTES + 1)
        return gather(read_list(raw), country=country, language=language, taken=taken)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    except BadInput as error:
        raise ConfigError(f"{path}: {error}; OPML, CSV, JSON and TOML are read") from None


def _keys(sources: Iterable[Source], place: str) -> dict[str, str]:
    """Return what makes two sources the same one → where it stands."""
    found: dict[str, str] = {}
    for source in sources:
        told = f"{source.id} in {place}"
        found[f"id {source.id.lower()}"] = found[f"home {address_key(source.home)}"] = told
        found |= {f"listen {address_key(listen.url)}": told for listen in source.listens}
    return found


def write_registry(sources: Sequence[Source], folder: Path, stem: str) -> list[Path]:
    """Add ``sources`` to the registry ``folder``, one file for each country; return the files.

    What stands in a file already stays as it is, byte for byte. Raises ``ConfigError`` if a file would not be right;
    then nothing was written.
    """
    by_country: dict[str, list[Source]] = {}
    for source in sources:
        by_country.setdefault(source.country.lower() or "unknown", []).append(source)
    fresh: dict[Path, Path] = {}
    for country, group in sorted(by_country.items()):
        path = folder / country / f"{stem}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
        fresh[path] = path.with_name(f".{path.name}.new")
        fresh[path].write_bytes(before + gap + write_toml(group))
    problems = examine(*fresh.values()).problems
    for path, new in fresh.items():
        if problems:
            new.unlink()
        else:
            new.replace(path)
    if problems:
        path = next(path for path, new in fresh.items() if str(new) == problems[0].file)
        raise ConfigError(str(msgspec.structs.replace(problems[0], file=str(path))))
    return list(fresh)


def export(config: Config, scope: Scope, form: Format, filters: Filters) -> tuple[bytes, int]:
    """Return a list of sources as a file's bytes, and how many there are."""
    places: Mapping[Scope, Callable[[Known], bool]] = {
        "listened": lambda one: one.listened,
        "own": lambda one: one.place != "registry",
        "registry": lambda one: one.place == "registry" or one.place == "own registry",
    }
    sources = [one.source for one in chosen(config, filters) if places[scope](one)]
    return WRITERS[form](sources), len(sources)
