"""One ``babelscope.toml``: every key with its meaning and default; an unknown key names the nearest known one."""

from __future__ import annotations

import ipaddress
import math
from pathlib import Path
from typing import Any, Literal

import msgspec

from babelscope.flow.checks import check_source, convert, read_toml, refuse_unknown
from babelscope.flow.errors import ConfigError
from babelscope.model import Source

Engine = Literal["embedded", "pool", "ray"]


class StoreConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where things are kept."""

    directory: str = "babelscope-data"
    """Folder of evidence, record and views; relative to the configuration file."""
    database: str = ""
    """SQLAlchemy address of the state; empty: SQLite in ``directory``."""
    segment_mb: int = 256
    """A WARC segment is closed when it reaches this size (MB)."""


class RunConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How documents move."""

    engine: Engine = "embedded"
    """embedded (one process), pool (processes on this machine) or ray (a cluster; extra ``ray``)."""
    workers: int = 2
    """Processes of the pool or actors of Ray."""
    batch: int = 64
    """Documents that travel together."""
    commit_every: int = 512
    """Documents in one record segment and one index commit."""
    max_failure_share: float = 0.05
    """The run stops when more than this share of at least 100 documents is quarantined."""
    stages: tuple[str, ...] = ("extract", "language", "fingerprint", "translate", "mentions", "embed")
    """Stages, in order; names are entry points of ``babelscope.stages``."""
    linkers: tuple[str, ...] = ("duplicates", "stories")
    """Linkers, in order; names are entry points of ``babelscope.linkers``."""


class CollectConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How we listen."""

    user_agent: str = "Babelscope/0.1 (+https://babelscope.example/bot)"
    """Sent with every request; put an address in it where a webmaster reaches you."""
    delay: float = 5.0
    """Least seconds between two requests to one host (a longer Crawl-delay wins)."""
    concurrency: int = 32
    """Requests in flight at once, over all hosts."""
    timeout: float = 30.0
    """Seconds for one exchange from connect to last byte."""
    max_mb: int = 10
    """Largest body, after decompression (MB)."""
    max_redirects: int = 5
    """Redirects followed; each target is checked like a first address."""
    max_items: int = 200
    """Items taken from one feed at one poll."""
    look_again_days: int = 30
    """Days after its first capture in which an article is looked at again for changes, ever more seldom; 0: never."""
    callback: str = ""
    """Public address of the dashboard (https://…) for WebSub hubs to push to; empty: feeds are only polled."""
    allow_private: tuple[str, ...] = ()
    """Host names or addresses that may resolve to private networks (your own intranet); empty: none."""


class RegistryConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Which outlets of the source registry are listened to, besides your own ``[[source]]`` tables."""

    use: tuple[str, ...] = ()
    """Ids (ie-rte), countries (country:IE), languages (language:sw), standings (standing:public), or "*" for all."""
    directory: str = ""
    """Folder of your own registry files (<country>/*.toml), read after the built-in one."""


class ReadConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How we read."""

    language: str = "en"
    """The reading language (ISO 639-1)."""
    translators: tuple[str, ...] = ("firefox", "apertium")
    """Translators to use, best first; names are entry points of ``babelscope.translators``; empty: none."""
    lead_chars: int = 600
    """Characters of the text that are translated with the title, at once."""
    full_words: int = 20000
    """Words of whole texts, asked for by readers, that one run translates in the background at most."""
    glossary: str = ""
    """File of your own terms (tab-separated: language, term, language, translation); they win over every model."""
    endpoint: str = ""
    """Address of a translation service for the translators ``libretranslate`` and ``openai``; empty: none is asked."""
    endpoint_model: str = ""
    """Name of the model to ask an OpenAI-compatible service for."""
    endpoint_requests: int = 200
    """Requests to the service in one run at most."""
    mention_words: int = 250
    """Words of the text that are searched for names by a model."""


class ConnectConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How documents are grouped."""

    story_window_hours: int = 96
    """A story takes in new documents this long after its latest one."""
    story_threshold: float = 0.0
    """Log-odds at which a document joins a story: 0 is the measured balance, more makes stories stricter."""
    story_max: int = 2000
    """Documents in one story at most."""
    copy_threshold: float = 0.35
    """Jaccard similarity of shingles at which two texts are copies."""


class ModelsConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Where weights come from."""

    directory: str = ""
    """Folder of your own model files, looked at first."""
    cache: str = ""
    """Folder where carriers are unpacked and fetched models lie; empty: the user's cache folder."""
    manifest: str = ""
    """Your own list of models (TOML, like the built-in one) with the address and the SHA-256 of each file."""
    download: bool = False
    """Whether weights may be fetched from the addresses that a manifest names; their hashes are always checked."""


class ServeConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The dashboard."""

    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8710
    """Port to listen on."""
    page_size: int = 20
    """Rows on one page."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a run depends on. Each run keeps its resolved configuration."""

    store: StoreConfig = StoreConfig()
    run: RunConfig = RunConfig()
    collect: CollectConfig = CollectConfig()
    registry: RegistryConfig = RegistryConfig()
    read: ReadConfig = ReadConfig()
    connect: ConnectConfig = ConnectConfig()
    models: ModelsConfig = ModelsConfig()
    serve: ServeConfig = ServeConfig()
    source: tuple[Source, ...] = ()
    """``[[source]]`` tables: who we listen to."""


def load_config(path: Path) -> Config:
    """Read ``path``; relative folders count from it. Raises ``ConfigError`` with the key and what to write instead."""
    data = read_toml(path, "configuration", "no such file; `babelscope init` writes one")
    return _with_registry(resolve_config(data, path.parent, str(path)), str(path))


def resolve_config(data: dict[str, Any], base: Path, where: str = "configuration") -> Config:
    """Return the typed configuration of plain ``data``; ``base`` anchors relative folders."""
    refuse_unknown(data, Config, where)
    config = convert(data, Config, where)
    _check_ranges(config, where)
    _check_paths(config, where)
    store = msgspec.structs.replace(config.store, directory=str((base / config.store.directory).resolve()))
    registry = msgspec.structs.replace(config.registry, directory=_beside(base, config.registry.directory))
    read = msgspec.structs.replace(config.read, glossary=_beside(base, config.read.glossary))
    models = msgspec.structs.replace(config.models, manifest=_beside(base, config.models.manifest))
    return msgspec.structs.replace(config, store=store, registry=registry, read=read, models=models)


def _beside(base: Path, name: str) -> str:
    """Return a path of the configuration, which counts from the configuration's folder ("" stays "")."""
    try:
        return str((base / Path(name).expanduser()).resolve()) if name else ""
    except RuntimeError:
        raise ConfigError(f"{name!r}: there is no such user whose home that could be") from None


def _with_registry(config: Config, where: str) -> Config:
    """Return ``config`` with the outlets that ``registry.use`` names; the registry is not read if it names none."""
    if not config.registry.use:
        return config
    from babelscope.flow.sources import chosen_sources

    found = chosen_sources(config.registry.use, config.registry.directory, config.source, where)
    return msgspec.structs.replace(config, source=found)


def _check_ranges(config: Config, where: str) -> None:
    least = {
        "run.workers": (config.run.workers, 1),
        "run.batch": (config.run.batch, 1),
        "run.commit_every": (config.run.commit_every, 1),
        "collect.concurrency": (config.collect.concurrency, 1),
        "collect.timeout": (config.collect.timeout, 0.1),
        "collect.max_mb": (config.collect.max_mb, 1),
        "collect.delay": (config.collect.delay, 0.0),
        "read.lead_chars": (config.read.lead_chars, 0),
        "read.full_words": (config.read.full_words, 0),
        "read.endpoint_requests": (config.read.endpoint_requests, 0),
        "serve.page_size": (config.serve.page_size, 1),
        "store.segment_mb": (config.store.segment_mb, 1),
        "collect.max_items": (config.collect.max_items, 1),
        "collect.max_redirects": (config.collect.max_redirects, 0),
        "collect.look_again_days": (config.collect.look_again_days, 0),
        "connect.story_window_hours": (config.connect.story_window_hours, 1),
        "connect.story_max": (config.connect.story_max, 1),
    }
    for key, (value, low) in least.items():
        if not (value >= low and math.isfinite(value)):
            raise ConfigError(f"{where}: {key} = {value} is out of range; at least {low}")
    if not 0 <= config.run.max_failure_share <= 1:
        raise ConfigError(f"{where}: run.max_failure_share must lie between 0 and 1")
    if not 0 < config.connect.copy_threshold <= 1:
        raise ConfigError(f"{where}: connect.copy_threshold must lie above 0 and be at most 1")
    if not 0 <= config.serve.port <= 65535:
        raise ConfigError(f"{where}: serve.port = {config.serve.port}; ports go from 0 to 65535")
    for name in config.collect.allow_private:
        if "/" in name or (":" in name and not _is_address(name)):
            raise ConfigError(f"{where}: collect.allow_private: {name!r}: a host name or an address, without a port")
    _check_sources(config, where)


def _check_paths(config: Config, where: str) -> None:
    paths = {
        "store.directory": config.store.directory,
        "registry.directory": config.registry.directory,
        "read.glossary": config.read.glossary,
        "models.manifest": config.models.manifest,
        "models.directory": config.models.directory,
        "models.cache": config.models.cache,
    }
    for key, path in paths.items():
        if "\0" in path:
            raise ConfigError(f"{where}: {key} = {path!r}: no path can hold the sign U+0000")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_sources(config: Config, where: str) -> None:
    for source in config.source:
        check_source(source, where)
    ids = [s.id for s in config.source]
    for twice in {i for i in ids if ids.count(i) > 1}:
        raise ConfigError(f"{where}: source {twice!r} is listed twice; ids must be unique")
