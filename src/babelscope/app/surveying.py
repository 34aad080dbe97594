"""``sources add``: an address becomes a source of the configuration or of an own registry folder."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from babelscope.app.sources import write_registry
from babelscope.collect.address import parse_address
from babelscope.collect.lists.listed import clean, new_id
from babelscope.collect.lists.tables import source_table
from babelscope.collect.reasons import Refused
from babelscope.collect.survey import Survey, survey
from babelscope.collect.visitor import visiting
from babelscope.flow.config import Config, resolve_config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.registry_checks import address_key, faults
from babelscope.flow.sources import load_registry, merge
from babelscope.languages.codes import LANGUAGES, canonical_code
from babelscope.languages.countries import country_code
from babelscope.model import Source


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user says of the source himself; "" leaves it to be found out."""

    url: str
    country: str = ""
    languages: tuple[str, ...] = ()


class Proposal(msgspec.Struct, frozen=True):
    """The source that can be added, and the survey behind it."""

    source: Source
    survey: Survey


def propose(
    wish: Wish,
    config: Config,
    tell: Callable[[str], None] = lambda _: None,
    hosts: Mapping[str, tuple[str, int]] | None = None,
) -> Proposal:
    """Find out what is at an address and return the source that it makes.

    Raises ``ConfigError`` for a wish that means nothing or an outlet that is known already, ``BabelscopeError`` when
    the address is not to be had or nothing there can be listened to.
    """
    wish = _checked(wish)
    known = merge(config.source, load_registry(config.registry.directory))
    try:
        url = parse_address(wish.url).url
        _refuse_known([url], known, config)
        found = asyncio.run(_survey(url, config, tell, hosts))
    except Refused as refused:
        raise BabelscopeError(f"{wish.url}: {refused.reason}: {refused.detail}") from None
    if not found.listens:
        tried = "".join(f"\n  {one.reached.url}: {one.reached.reason or 'nothing in it'}" for one in found.candidates)
        raise BabelscopeError(f"{found.home}: nothing to listen to: no feed, no sitemap, no list of articles{tried}")
    source = _source(wish, found, known)
    _refuse_known([source.home, *(listen.url for listen in source.listens)], known, config)
    return Proposal(source, found)


async def _survey(
    url: str, config: Config, tell: Callable[[str], None], hosts: Mapping[str, tuple[str, int]] | None
) -> Survey:
    async with visiting(config, hosts=hosts) as visitor:
        return await survey(url, visitor, tell)


def _checked(wish: Wish) -> Wish:
    country, languages = codes(wish.country, *wish.languages)
    url = wish.url if "://" in wish.url else f"https://{wish.url}"
    return msgspec.structs.replace(wish, url=url, country=country, languages=languages)


def codes(country: str, *languages: str) -> tuple[str, tuple[str, ...]]:
    """Return the codes that a user means by options; raises ``ConfigError`` for one that means nothing."""
    code = country_code(country) if country else ""
    if country and not code:
        raise ConfigError(f"--country {country!r} is no country; write two letters (ISO 3166-1)")
    spoken = tuple(canonical_code(word) for word in languages if word)
    for word, found in zip((word for word in languages if word), spoken, strict=True):
        if found not in LANGUAGES:
            raise ConfigError(f"--language {word!r} is no language; write its code (ISO 639)")
    return code, spoken


def _source(wish: Wish, found: Survey, known: Sequence[Source]) -> Source:
    source = Source(
        id="",
        name=clean(found.name.value),
        home=found.home,
        listens=found.listens,
        country=wish.country or found.country.value,
        languages=wish.languages or tuple(one.value for one in found.languages),
    )
    return msgspec.structs.replace(source, id=new_id(source, {one.id.lower() for one in known}))


def _refuse_known(urls: Sequence[str], known: Sequence[Source], config: Config) -> None:
    keys = {address_key(url) for url in urls}
    listened = {source.id for source in config.source}
    for source in known:
        if keys & {address_key(url) for url in (source.home, *(listen.url for listen in source.listens))}:
            hint = (
                "you listen to it already" if source.id in listened else f'registry.use = ["{source.id}"] listens to it'
            )
            raise ConfigError(f"{source.home} is known as {source.id} ({source.name}); {hint}")


def add_to_config(source: Source, path: Path) -> None:
    """Append a table to the configuration at ``path``, whose bytes stay as they are otherwise.

    Raises ``ConfigError`` if the file is not there or would not be right with it; then nothing was written.
    """
    try:
        before = path.read_bytes()
        table = source_table(source)
        end = "\r\n" if b"\r\n" in before else "\n"
        gap = "" if not before else end if before.endswith(b"\n") else end * 2
        added = (gap + table.replace("\n", end)).encode("utf-8")
        resolve_config(tomllib.loads((before + added).decode("utf-8")), path.parent, str(path))
        with path.open("ab") as stream:
            stream.write(added)
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: no such file; `babelscope init` writes one, or write into a folder with --to"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: a table cannot be added at its end: {error}") from None


def add_to_registry(source: Source, folder: Path) -> Path:
    """Add a source to an own registry folder; return the file. Raises ``ConfigError``."""
    for key, why in faults(source):
        raise ConfigError(f"{source.home}: {key}: {why}")
    return write_registry([source], folder, "added")[0]
