"""The source registry: outlets as data, one folder of TOML files per country, read, checked and selected from.

The built-in registry lies in the package (in a checkout: ``sources`` at its root); own folders have the same form.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import get_args

import msgspec

from babelscope.flow.checks import read_toml
from babelscope.flow.errors import ConfigError
from babelscope.flow.registry_checks import Entry, Problem, Report, address_key, examine_tables, repeated
from babelscope.languages.codes import UNKNOWN, canonical_code, language_name
from babelscope.languages.countries import country_code
from babelscope.model import Source
from babelscope.model.source import Standing

MAX_FILES = 10_000
_HERE = Path(__file__).resolve()


class _File(msgspec.Struct, forbid_unknown_fields=True):
    source: tuple[Source, ...] = ()


def built_in_folder() -> Path:
    """Return the folder of the built-in registry; raises ``ConfigError`` if this installation has none."""
    for folder in (_HERE.parents[1] / "registry", _HERE.parents[3] / "sources"):
        if folder.is_dir():
            return folder
    raise ConfigError("this installation has no source registry; install Babelscope again")


def registry_files(place: Path) -> list[Path]:
    """Return the TOML files of ``place`` (a file or a folder), in order; raises ``ConfigError`` if there is none."""
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise ConfigError(f"{place}: no such file or folder")
    found = sorted(path for path in place.glob("**/*.toml") if path.is_file())
    if len(found) > MAX_FILES:
        raise ConfigError(f"{place}: more than {MAX_FILES} files; is this a registry?")
    return found


def examine(*places: Path) -> Report:
    """Return the sources of ``places`` (files or folders) and everything that is wrong with them."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    for place in places:
        for path in registry_files(place):
            try:
                data = read_toml(path, "registry")
            except ConfigError as error:
                problems.append(Problem(file=str(path), message=str(error).removeprefix(f"{path}: ")))
                continue
            found = examine_tables(data, str(path))
            entries += found.entries
            problems += found.problems
    return Report(tuple(entries), (*problems, *repeated(entries)))


@lru_cache(maxsize=4)
def built_in() -> tuple[Source, ...]:
    """Return all sources of the built-in registry (checked by its tests, so only converted here)."""
    found: list[Source] = []
    for path in registry_files(built_in_folder()):
        try:
            found += msgspec.convert(read_toml(path, "registry"), _File).source
        except msgspec.ValidationError as error:
            raise ConfigError(f"{path}: {error}; `babelscope sources check` says more") from None
    return tuple(found)


def own_sources(directory: str) -> tuple[Source, ...]:
    """Return the sources of a folder of one's own; raises ``ConfigError`` for the first thing wrong in it."""
    if not directory:
        return ()
    report = examine(Path(directory))
    for problem in report.problems:
        more = len(report.problems) - 1
        raise ConfigError(
            f"{problem}" + (f" (and {more} more: `babelscope sources check {directory}`)" if more else "")
        )
    return tuple(entry.source for entry in report.entries)


def load_registry(directory: str = "") -> tuple[Source, ...]:
    """Return the built-in registry with the sources of ``directory``, which stand in for built-in ones they repeat."""
    return merge(own_sources(directory), built_in())


def merge(first: Sequence[Source], second: Iterable[Source]) -> tuple[Source, ...]:
    """Return ``first`` and those of ``second`` that share no id, home or listened address with one of ``first``."""
    ids = {source.id for source in first}
    homes = {address_key(source.home) for source in first}
    listens = {address_key(listen.url) for source in first for listen in source.listens}
    rest = (
        source
        for source in second
        if source.id not in ids
        and address_key(source.home) not in homes
        and not any(address_key(listen.url) in listens for listen in source.listens)
    )
    return (*first, *rest)


def chosen_sources(
    use: Sequence[str], directory: str, own: Sequence[Source], where: str = "configuration"
) -> tuple[Source, ...]:
    """Return ``own`` and what ``use`` selects from the registry; an own table wins over an entry that it repeats."""
    try:
        chosen = select(load_registry(directory), use)
    except ConfigError as error:
        raise ConfigError(f"{where}: registry.use: {error}") from None
    return merge(own, chosen)


def select(registry: Sequence[Source], use: Sequence[str]) -> tuple[Source, ...]:
    """Return the sources that any word of ``use`` means, in the registry's order.

    A word is an id, ``country:IE``, ``language:sw``, ``standing:public`` or ``*``. Raises ``ConfigError`` for one that
    means nothing, with the nearest that does.
    """
    wanted: set[str] = set()
    for word in use:
        wanted.update(_meant(registry, word.strip()))
    return tuple(source for source in registry if source.id in wanted)


def _meant(registry: Sequence[Source], word: str) -> list[str]:
    if word == "*":
        return [source.id for source in registry]
    kind, colon, value = word.partition(":")
    value = value.strip()
    if not colon:
        if any(source.id == word for source in registry):
            return [word]
        raise ConfigError(f"no source {word!r}{_nearest(word, [source.id for source in registry])}")
    if kind not in _FILTERS:
        raise ConfigError(f"{word!r}: country:…, language:… and standing:… can be chosen{_nearest(kind, _FILTERS)}")
    if not value:
        raise ConfigError(f"{word!r} names no {kind}; write {_FILTERS[kind]}, or * for all")
    found = [source.id for source in registry if matches(source, **{kind: value})]
    if not found:
        raise ConfigError(f"no source has {word!r}{_nearest(value, _values(registry, kind))}")
    return found


_FILTERS = {"country": "country:IE", "language": "language:sw", "standing": "standing:public"}


def matches(source: Source, *, country: str = "", language: str = "", standing: str = "") -> bool:
    """Say whether ``source`` has what is asked for; an empty word asks for nothing.

    Countries and languages may be given as any code; raises ``ConfigError`` for one that does not exist.
    """
    if country and source.country != _known_country(country):
        return False
    if language and _known_language(language) not in source.languages:
        return False
    if standing and standing not in get_args(Standing):
        raise ConfigError(f"{standing!r} is no standing; one of {', '.join(get_args(Standing))}")
    return not standing or source.standing == standing


def _known_country(word: str) -> str:
    code = country_code(word)
    if not code:
        raise ConfigError(f"{word!r} is no country; write two letters (ISO 3166-1), as country:IE")
    return code


def _known_language(word: str) -> str:
    code = canonical_code(word)
    if code == UNKNOWN:
        raise ConfigError(f"{word!r} is no language; write its code (ISO 639), as language:sw")
    return code


def _values(registry: Sequence[Source], kind: str) -> list[str]:
    if kind == "country":
        return sorted({source.country for source in registry})
    if kind == "language":
        return sorted({code for source in registry for code in source.languages}, key=language_name)
    return sorted({source.standing for source in registry})


def _nearest(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(known)}" if len(known) < 40 else "; `babelscope sources list` shows them"
