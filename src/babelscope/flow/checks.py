"""Configuration and registry files: read, and what their tables may say; complaints name what to write instead."""

from __future__ import annotations

import difflib
import re
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from babelscope.flow.errors import ConfigError
from babelscope.model import Listen, Source

MAX_FILE_BYTES = 4 << 20
MAX_NAME = 200
MAX_URL = 2048
MAX_LISTENS = 200
SOURCE_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""What the id of a source may look like: it stands in addresses, file names and the ledger."""

T = TypeVar("T")

_LISTS: dict[str, type[msgspec.Struct]] = {"source": Source, "listens": Listen}
_SOURCE_ID = re.compile(SOURCE_ID)
_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


def read_toml(path: Path, kind: str, absent: str = "") -> dict[str, Any]:
    """Return the plain data of a file of ``kind``; raises ``ConfigError``, with ``absent`` where there is no such file.

    Nothing is read beyond ``MAX_FILE_BYTES``.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            raise ConfigError(f"{path}: larger than {MAX_FILE_BYTES >> 20} MB; is this a {kind} file?")
        return tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        missing = absent and isinstance(error, FileNotFoundError)
        raise ConfigError(f"{path}: {absent if missing else f'cannot be read: {error.strerror}'}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def refuse_unknown(data: dict[str, Any], kind: type[msgspec.Struct], where: str, prefix: str = "") -> None:
    """Raise ``ConfigError`` for a key that ``kind`` does not have, naming the nearest one, or for single brackets."""
    fields = {f.name: f.type for f in msgspec.structs.fields(kind)}
    for key, value in data.items():
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f"; did you mean {prefix}{near[0]}?" if near else f"; known: {', '.join(fields)}"
            raise ConfigError(f"{where}: unknown key {prefix}{key}{hint}")
        inner = fields[key]
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and isinstance(value, dict):
            refuse_unknown(value, inner, where, f"{prefix}{key}.")
        if key in _LISTS:
            _refuse_unknown_rows(key, value, where, prefix)


def _refuse_unknown_rows(key: str, value: Any, where: str, prefix: str) -> None:
    if key == "source" and isinstance(value, dict):
        raise ConfigError(f"{where}: [source] is one table: write [[source]], with two brackets, for each outlet")
    if key == "listens" and not (isinstance(value, list) and all(isinstance(row, dict) for row in value)):
        raise ConfigError(f'{where}: {prefix}listens is a list of tables: listens = [{{ url = "https://…" }}]')
    for row in value if isinstance(value, list) else ():
        if isinstance(row, dict):
            refuse_unknown(row, _LISTS[key], where, f"{prefix}{key}.")


def convert(data: Any, kind: type[T], where: str) -> T:
    """Return ``data`` as ``kind``; raises ``ConfigError`` with the key and, for one of a closed list, its choices."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{where}: {explain(str(error), kind)}") from None


def explain(message: str, kind: Any) -> str:
    """Return msgspec's ``message`` with the choices of the key that it is about, if there are any."""
    found = _PATH.search(message)
    if not found:
        return message
    path = found.group(1).lstrip(".")
    words = message[: found.start()]
    choices = _choices(kind, re.sub(r"\[[^\]]*\]", "", path).split("."))
    if choices:
        return f"{path}: {words[:1].lower()}{words[1:]}; one of {', '.join(choices)}"
    return f"{path}: {words[:1].lower()}{words[1:]}" if path else message


def _choices(kind: Any, path: list[str]) -> tuple[str, ...]:
    """Return the values of the ``Literal`` at ``path`` below ``kind``; () if there is none."""
    for name in path:
        kind = next((arg for arg in typing.get_args(kind) if arg is not Ellipsis), kind)
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return ()
        kind = next((f.type for f in msgspec.structs.fields(kind) if f.name == name), None)
    if isinstance(kind, types.UnionType):
        return ()
    return tuple(str(value) for value in typing.get_args(kind)) if typing.get_origin(kind) is typing.Literal else ()


def is_source_id(name: str) -> bool:
    """Say whether ``name`` may be the id of a source."""
    return bool(_SOURCE_ID.fullmatch(name))


def check_source(source: Source, where: str) -> None:
    """Raise ``ConfigError`` for an id, country or listened address that cannot be used."""
    if not is_source_id(source.id):
        raise ConfigError(f"{where}: source id {source.id!r}: use letters, digits, '.', '_' and '-', 64 at most")
    if source.country and not re.fullmatch("[A-Z]{2}", source.country):
        raise ConfigError(f"{where}: source {source.id}: country is two capital letters (ISO 3166-1), as IE")
    for listen in source.listens:
        if not listen.url.startswith(("http://", "https://")) or listen.every < 0:
            raise ConfigError(f"{where}: source {source.id}: listens needs an http(s) url, and every of 0 or more")
