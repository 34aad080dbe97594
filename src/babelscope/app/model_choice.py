"""Which models a person means, and the entry of a manifest for a folder that he has."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.manifest import ModelEntry
from babelscope.flow.models import available
from babelscope.flow.own_manifest import MAX_FILES, address_fault, is_file_name, is_model_id, known, pair_of
from babelscope.flow.weights import sha256
from babelscope.languages.codes import UNKNOWN, canonical_code

_MAIN = ("model.", "lex.", "vocab.", "srcvocab.", "trgvocab.")


def choose(names: Sequence[str], config: Config) -> list[ModelEntry]:
    """Return the models that ``names`` mean: ids, pairs (``es-en``), or languages (``es``) to the reading language.

    No names mean all that a manifest names addresses for and that are not here. Raises ``BabelscopeError`` for a name
    that means nothing, with what would bring it.
    """
    models = known(config)
    if not names:
        return [e for e in models.values() if e.is_fetchable and not available(e.id, config)]
    chosen: dict[str, ModelEntry] = {}
    for name in names:
        entry = models.get(name) or _of_pair(name, config)
        if entry is None:
            raise BabelscopeError(_unknown(name, config))
        chosen[entry.id] = entry
    return list(chosen.values())


def pin(folder: Path, *, model_id: str = "", pair: str = "", base: str = "") -> str:
    """Return the ``[[model]]`` table of the files in ``folder``: sizes, SHA-256 and, below ``base``, addresses.

    ``pair`` (``es-en``) is guessed from the folder's name. Raises ``ConfigError`` with what is wrong.
    """
    languages = pair_of(pair or folder.name)
    if languages is None:
        raise ConfigError(f"{pair or folder.name!r} is no pair of languages; --pair es-en says which one")
    files = _files(folder)
    if base and (fault := address_fault(base)):
        raise ConfigError(f"--url: {base!r} {fault}")
    name = model_id or f"firefox-{'-'.join(languages)}"
    if not is_model_id(name):
        raise ConfigError(f"--id: {name!r}: letters, digits, '.', '_' and '-', 64 at most")
    rows = [f"  {_row(folder, file, base)},\n" for file in files]
    return (
        f'[[model]]\nid = {json.dumps(name)}\ntask = "translate"\nlanguages = "{"→".join(languages)}"\n'
        f"files = [\n{''.join(rows)}]\n"
    )


def _row(folder: Path, file: str, base: str) -> str:
    path = folder / file
    address = f", url = {json.dumps(base.rstrip('/') + '/' + file)}" if base else ""
    return f'{{ name = {json.dumps(file)}, size = {path.stat().st_size}, sha256 = "{sha256(path)}"{address} }}'


def _files(folder: Path) -> list[str]:
    """Return the names of the files in ``folder``, the model itself first."""
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder")
    names: list[str] = []
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        names += [(Path(root) / f).relative_to(folder).as_posix() for f in files if not f.startswith(".")]
        if len(names) > MAX_FILES:
            raise ConfigError(f"{folder}: more than {MAX_FILES} files; is this the folder of one model?")
    for name in names:
        if not is_file_name(name):
            raise ConfigError(f"{folder}: {name!r}: such a name may not stand in a manifest; rename the file")
        if not (folder / name).stat().st_size:
            raise ConfigError(f"{folder}: {name} is empty")
    if not any(name.startswith("model.") for name in names):
        raise ConfigError(f"{folder}: no model.*.bin in it; is this the folder of a Firefox Translations model?")
    return sorted(names, key=lambda n: (next((i for i, p in enumerate(_MAIN) if n.startswith(p)), len(_MAIN)), n))


def _of_pair(name: str, config: Config) -> ModelEntry | None:
    """Return the model of a pair; one's own wins over a built-in one, as it does for a run."""
    pair = _pair(name, config)
    found = [e for e in known(config).values() if e.pair and e.pair == pair]
    return next((e for e in found if e.kind == "user-supplied"), found[0] if found else None)


def _pair(name: str, config: Config) -> tuple[str, str] | None:
    code = canonical_code(name)
    return pair_of(name) or ((code, config.read.language) if code != UNKNOWN else None)


def _unknown(name: str, config: Config) -> str:
    pair = _pair(name, config)
    if pair is None or pair[0] == pair[1]:
        return f"no model is named {name!r}; `babelscope models list` shows all"
    return (
        f"no manifest names a model {'→'.join(pair)}; `babelscope models pin FOLDER` makes an entry of a model that "
        "you have, docs/models.md says where it goes"
    )
