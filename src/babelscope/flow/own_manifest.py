"""The user's own manifest (``models.manifest``): more models, and addresses to fetch them from.

It is a file of the user, but what it says becomes names of files and requests: names stay inside the model's folder,
addresses are https (http only to this machine), sizes are bounded, and every file has a SHA-256.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from babelscope.flow.checks import convert, read_toml
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.manifest import ModelEntry, ModelFile, manifest
from babelscope.flow.offline import is_loopback

MAX_MODELS = 1000
MAX_FILES = 64
MAX_FILE_SIZE = 16 << 30
MAX_ADDRESS = 2048

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+@-]{0,127}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PAIR = re.compile(r"([a-z]{2,3})(?:→|->|-)([a-z]{2,3})")


def known(config: Config) -> dict[str, ModelEntry]:
    """Return all models by id: those of the packaged manifest, then those of ``models.manifest``.

    Raises ``ConfigError`` if that file cannot be read or says something that is not allowed.
    """
    if not config.models.manifest:
        return manifest()
    path = Path(config.models.manifest)
    try:
        stat = path.stat()
    except OSError as error:
        raise ConfigError(f"models.manifest: {path}: cannot be read: {error.strerror}") from None
    return _read(path, stat.st_mtime_ns, stat.st_size)


def own_pairs(config: Config) -> list[ModelEntry]:
    """Return the translation models of the user's manifest, in the order of the file."""
    return [e for e in known(config).values() if e.pair and e.id not in manifest()] if config.models.manifest else []


def find(model_id: str, config: Config) -> ModelEntry:
    """Return the entry of ``model_id`` from both manifests; raises ``BabelscopeError`` if there is none."""
    models = known(config)
    if model_id not in models:
        raise BabelscopeError(f"no model is named {model_id!r}; known: {', '.join(models)}")
    return models[model_id]


def is_model_id(name: str) -> bool:
    """Say whether ``name`` may be the id of a model."""
    return _ID.fullmatch(name) is not None


def is_file_name(name: str) -> bool:
    """Say whether ``name`` may name a file inside a model's folder, on any system (``.part`` is for what grows)."""
    parts = name.split("/")
    return len(parts) <= 8 and all(_PART.fullmatch(part) and not part.endswith((".", ".part")) for part in parts)


def pair_of(languages: str) -> tuple[str, str] | None:
    """Return source and target of ``es→en`` (or ``es->en``, ``es-en``); None if it is no pair."""
    found = _PAIR.fullmatch(languages.strip())
    return (found[1], found[2]) if found else None


def address_fault(url: str) -> str:
    """Return what is wrong with an address to fetch from ("": nothing)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("https", "http") or not host or len(url) > MAX_ADDRESS or not url.isascii():
        return "is no https address"
    if any(c <= " " or c == "\x7f" for c in url):
        return "holds a blank"
    if parts.username is not None or parts.password is not None:
        return "holds a password, which does not belong in a file of addresses"
    if parts.scheme == "http" and not is_loopback(host):
        return "is not encrypted: https, or http to this machine only"
    return ""


@functools.lru_cache(maxsize=4)
def _read(path: Path, _modified: int, _size: int) -> dict[str, ModelEntry]:
    data = read_toml(path, "manifest")
    rows = data.get("model", [])
    where = f"models.manifest: {path}"
    if set(data) - {"model"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ConfigError(f"{where}: it holds [[model]] tables and nothing else")
    if len(rows) > MAX_MODELS:
        raise ConfigError(f"{where}: more than {MAX_MODELS} models")
    models = dict(manifest())
    seen: set[str] = set()
    for row in rows:
        entry = _entry(row, where)
        if entry.id in seen:
            raise ConfigError(f"{where}: {entry.id} is listed twice; ids must be unique")
        seen.add(entry.id)
        models[entry.id] = _with_addresses(models[entry.id], entry, where) if entry.id in models else entry
    return models


def _entry(row: dict[str, Any], where: str) -> ModelEntry:
    name = row.get("id")
    where = f"{where}: {name}" if isinstance(name, str) else where
    entry: ModelEntry = convert(row, ModelEntry, where)
    if not is_model_id(entry.id):
        raise ConfigError(f"{where}: id: letters, digits, '.', '_' and '-', 64 at most")
    if entry.distribution or entry.package or entry.root or entry.modules or entry.extra:
        raise ConfigError(f"{where}: packages belong to the built-in manifest; name files with addresses")
    if not 1 <= len(entry.files) <= MAX_FILES:
        raise ConfigError(f"{where}: files: 1 to {MAX_FILES}")
    for file in entry.files:
        _check_file(file, where)
    names = [file.name.casefold() for file in entry.files]
    if len(set(names)) < len(names):
        raise ConfigError(f"{where}: two files have the same name")
    languages = entry.languages
    if entry.task == "translate":
        pair = pair_of(languages)
        if pair is None:
            raise ConfigError(f'{where}: languages = "{languages}": write it like "es→en"')
        languages = "→".join(pair)
    return msgspec.structs.replace(entry, languages=languages, optional=True, kind="user-supplied")


def _check_file(file: ModelFile, where: str) -> None:
    if not is_file_name(file.name):
        raise ConfigError(f"{where}: {file.name!r} is not the name of a file inside the model's folder")
    if not 0 < file.size <= MAX_FILE_SIZE:
        raise ConfigError(f"{where}: {file.name}: size = {file.size}: bytes, at most {MAX_FILE_SIZE >> 30} GB")
    if not _HASH.fullmatch(file.sha256):
        raise ConfigError(f"{where}: {file.name}: sha256: 64 digits 0-9 a-f")
    fault = address_fault(file.url) if file.url else ""
    if fault:
        raise ConfigError(f"{where}: {file.name}: url: {file.url!r} {fault}")


def _with_addresses(built_in: ModelEntry, own: ModelEntry, where: str) -> ModelEntry:
    """Return the built-in model with the user's addresses; only the very same files may be named."""
    pins = {file.name: (file.size, file.sha256) for file in built_in.files}
    if pins != {file.name: (file.size, file.sha256) for file in own.files}:
        raise ConfigError(f"{where}: {own.id} is a built-in model with other files; give yours another id")
    urls = {file.name: file.url for file in own.files}
    files = tuple(msgspec.structs.replace(file, url=urls[file.name]) for file in built_in.files)
    return msgspec.structs.replace(built_in, files=files)
