"""The model resolver: from a name in the manifest to a folder of verified files, never by a silent download.

Lookup, the first hit wins: the folder of ``models.directory``, the folder of ``BABELSCOPE_MODELS``, the installed
carrier package (in place, or assembled into the cache once). A file that is there but does not have the pinned
SHA-256 is fatal: it never falls through to the next place.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import ModelMissing, Unavailable
from babelscope.flow.manifest import HASH_PREFIX, ModelEntry, ModelState, UserPair, entry, manifest

ENVIRONMENT = "BABELSCOPE_MODELS"
Source = Literal["user", "environment", "package", "carrier"]


class ModelDamaged(Unavailable):
    """A model's files are there, but they are not the ones that the manifest pins."""


class _Found(msgspec.Struct, frozen=True):
    folder: Path
    source: Source


def cache_folder(config: Config) -> Path:
    """Return the folder for assembled models and built indexes (``models.cache``, else the user's cache folder)."""
    if config.models.cache:
        return Path(config.models.cache).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("babelscope", appauthor=False))


def resolve(model_id: str, config: Config) -> Path:
    """Return a folder that holds the verified files of ``model_id``.

    Raises ``ModelMissing`` if no configured place has them, ``ModelDamaged`` if a file's hash differs from the pin.
    """
    wanted = entry(model_id)
    found = _locate(wanted, config)
    if found is None or _absent_modules(wanted):
        raise ModelMissing(_missing_message(wanted, config))
    _check(wanted, found.folder)
    return _assemble(wanted, found.folder, config) if found.source == "carrier" else found.folder


def available(model_id: str, config: Config) -> bool:
    """Say whether ``model_id`` is installed: its folder and its libraries are there. Nothing is imported or hashed."""
    wanted = entry(model_id)
    return not _absent_modules(wanted) and _locate(wanted, config) is not None


def verify(model_id: str, config: Config) -> list[str]:
    """Rehash every file of ``model_id`` and return the problems in words (none: all is well)."""
    _sha256_of.cache_clear()
    wanted = entry(model_id)
    found = _locate(wanted, config)
    if found is None:
        return [_missing_message(wanted, config)]
    folders = [found.folder]
    if found.source == "carrier" and _cached(wanted, config).is_dir():
        folders.append(_cached(wanted, config))
    return [problem for folder in folders for problem in _problems(wanted, folder)]


def inventory(config: Config, rehash: bool = False) -> list[ModelState]:
    """Return the state of every model of the manifest and of the user's own pairs, for ``babelscope doctor``.

    Sizes are always compared; hashes only with ``rehash`` (``--verify``).
    """
    if rehash:
        _sha256_of.cache_clear()
    return [_state(e, config, rehash) for e in manifest().values()] + [_pair_state(p) for p in user_pairs(config)]


def user_pair(source: str, target: str, config: Config) -> UserPair | None:
    """Return the user's own translation model from ``source`` to ``target``, if a complete folder is there."""
    for root, _ in _user_roots(config):
        folder = root / f"{source}-{target}"
        if folder.is_dir() and (pair := _read_pair(folder, source, target)):
            return pair
    return None


def user_pairs(config: Config) -> list[UserPair]:
    """Return all of the user's own translation models, sorted by folder name."""
    names = {f.name for root, _ in _user_roots(config) if root.is_dir() for f in root.iterdir() if f.is_dir()}
    parts = sorted(tuple(name.split("-", 1)) for name in names if _is_pair(name))
    return [pair for source, target in parts if (pair := user_pair(source, target, config))]


def _is_pair(name: str) -> bool:
    source, dash, target = name.partition("-")
    return bool(dash) and all(p.isascii() and p.isalpha() and 2 <= len(p) <= 3 for p in (source, target))


def _read_pair(folder: Path, source: str, target: str) -> UserPair | None:
    model, lexicon, shared = (sorted(folder.glob(p)) for p in ("model.*.bin", "lex.*.bin", "vocab.*.spm"))
    split = (sorted(folder.glob("srcvocab.*.spm")), sorted(folder.glob("trgvocab.*.spm")))
    vocabularies = (shared[0], shared[0]) if shared else (split[0][0], split[1][0]) if all(split) else None
    if not model or vocabularies is None:
        return None
    return UserPair(
        source=source,
        target=target,
        model=model[0],
        lexicon=lexicon[0] if lexicon else None,
        source_vocabulary=vocabularies[0],
        target_vocabulary=vocabularies[1],
        mark=_sha256(model[0])[:HASH_PREFIX],
    )


def _user_roots(config: Config) -> list[tuple[Path, Source]]:
    roots: list[tuple[Path, Source]] = []
    if config.models.directory:
        roots.append((Path(config.models.directory).expanduser(), "user"))
    if os.environ.get(ENVIRONMENT):
        roots.append((Path(os.environ[ENVIRONMENT]).expanduser(), "environment"))
    return roots


def _locate(wanted: ModelEntry, config: Config) -> _Found | None:
    for root, source in _user_roots(config):
        if (root / wanted.id).is_dir():
            return _Found(root / wanted.id, source)
    package = _package_folder(wanted.package)
    if package is None or not (package / wanted.root).is_dir():
        return None
    return _Found(package / wanted.root, "carrier" if wanted.layout == "copy" else "package")


def _package_folder(package: str) -> Path | None:
    """Return where ``package`` is installed, without importing it."""
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def _absent_modules(wanted: ModelEntry) -> list[str]:
    return [name for name in wanted.modules if importlib.util.find_spec(name) is None]


def _cached(wanted: ModelEntry, config: Config) -> Path:
    return cache_folder(config) / "models" / f"{wanted.id}-{wanted.mark}"


def _assemble(wanted: ModelEntry, carrier: Path, config: Config) -> Path:
    """Copy the carrier's files into the cache under a temporary name, then rename: two processes cannot collide."""
    target = _cached(wanted, config)
    if not target.is_dir():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(prefix=".assemble-", dir=target.parent))
            try:
                for file in wanted.files:
                    (scratch / file.name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(carrier / file.name, scratch / file.name)
                _check(wanted, scratch)
                with contextlib.suppress(FileExistsError, OSError):  # another process was faster: its copy is the same
                    scratch.rename(target)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError as error:
            raise Unavailable(f"{wanted.id}: the cache folder {target.parent} cannot be written: {error}") from None
    _check(wanted, target)
    return target


def _check(wanted: ModelEntry, folder: Path) -> None:
    problems = _problems(wanted, folder)
    if problems:
        raise ModelDamaged("\n".join(problems))


def _problems(wanted: ModelEntry, folder: Path, rehash: bool = True) -> list[str]:
    """Compare ``folder`` with the pins. Hashes are remembered per file state, so a process pays once."""
    problems = []
    for file in wanted.files:
        path = folder / file.name
        if not path.is_file():
            problems.append(f"{wanted.id}: {path} is missing; remove {folder} or install {_pin(wanted)} again")
        elif path.stat().st_size != file.size or (rehash and _sha256(path) != file.sha256):
            problems.append(
                f"{wanted.id}: {path} is not the pinned file (sha256 {file.sha256[:12]}…, {file.size} bytes); "
                f"remove it and install {_pin(wanted)} again"
            )
    return problems


def _sha256(path: Path) -> str:
    stat = path.stat()
    return _sha256_of(str(path), stat.st_size, stat.st_mtime_ns)


@functools.lru_cache(maxsize=256)
def _sha256_of(path: str, _size: int, _modified: int) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _pin(wanted: ModelEntry) -> str:
    return f"{wanted.distribution}=={wanted.version}"


def _missing_message(wanted: ModelEntry, config: Config) -> str:
    directory = config.models.directory or "unset"
    environment = os.environ.get(ENVIRONMENT) or "unset"
    download = "download (on, but no hub is known for this model)" if config.models.download else "download (off)"
    return (
        f'{wanted.task} {wanted.languages} needs "{wanted.id}"\n'
        f"  looked in  [models] directory ({directory}); {ENVIRONMENT} ({environment});\n"
        f"             package {_absence(wanted)}; {download}\n"
        f'  install    pip install "{wanted.requirement}"'
    )


def _absence(wanted: ModelEntry) -> str:
    """Say which package is not installed: the carrier, or a library that the model needs."""
    modules = _absent_modules(wanted) if _package_folder(wanted.package) else []
    return f"{', '.join(modules) or wanted.distribution} (not installed)"


def _installed_version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _state(wanted: ModelEntry, config: Config, rehash: bool) -> ModelState:
    found = None if _absent_modules(wanted) else _locate(wanted, config)
    problems: Sequence[str] = _problems(wanted, found.folder, rehash) if found else ()
    absent = "not installed" if wanted.optional else "missing"
    state = "ok" if found else f'{absent}: pip install "{wanted.requirement}"'
    if found and problems:
        installed = _installed_version(wanted.distribution)
        state = f"damaged: {problems[0]}"
        if found.source in ("package", "carrier") and installed != wanted.version:
            state = f"wrong version: {wanted.distribution} {installed}, needs {wanted.version}"
    licence = wanted.weights_licence if wanted.weights_status != "declared" else f"{wanted.weights_licence} (declared)"
    return ModelState(
        capability=wanted.task,
        languages=wanted.languages,
        model=wanted.id,
        source=found.source if found else "–",
        sha256=wanted.mark,
        weights_licence=licence,
        state=state,
        ok=wanted.optional if found is None else not problems,
    )


def _pair_state(pair: UserPair) -> ModelState:
    return ModelState(
        capability="translate",
        languages=f"{pair.source}→{pair.target}",
        model=f"{pair.source}-{pair.target}",
        source="user",
        sha256=pair.mark,
        weights_licence="unknown (user-supplied)",
        state="ok",
        ok=True,
    )
