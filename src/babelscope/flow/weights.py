"""Where the files of models lie, and whether they are the pinned ones."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
from pathlib import Path
from typing import Literal

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.errors import Unavailable
from babelscope.flow.manifest import ModelEntry

ENVIRONMENT = "BABELSCOPE_MODELS"
Source = Literal["user", "environment", "package", "carrier", "downloaded"]


class ModelDamaged(Unavailable):
    """A model's files are there, but they are not the ones that the manifest pins."""


class Found(msgspec.Struct, frozen=True):
    """A folder that should hold a model, and what kind of place it is."""

    folder: Path
    source: Source


def cache_folder(config: Config) -> Path:
    """Return the folder for assembled models and built indexes (``models.cache``, else the user's cache folder)."""
    if config.models.cache:
        return Path(config.models.cache).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("babelscope", appauthor=False))


def assembled_folder(wanted: ModelEntry, config: Config) -> Path:
    """Return where the files of a carrier are put together."""
    return cache_folder(config) / "models" / f"{wanted.id}-{wanted.mark}"


def downloaded_folder(wanted: ModelEntry, config: Config) -> Path:
    """Return where the files of ``wanted`` are when they were fetched."""
    return cache_folder(config) / "downloaded" / f"{wanted.id}-{wanted.mark}"


def user_roots(config: Config) -> list[tuple[Path, Source]]:
    """Return the user's own folders, in the order in which they are looked through."""
    roots: list[tuple[Path, Source]] = []
    if config.models.directory:
        roots.append((Path(config.models.directory).expanduser(), "user"))
    if os.environ.get(ENVIRONMENT):
        roots.append((Path(os.environ[ENVIRONMENT]).expanduser(), "environment"))
    return roots


def locate(wanted: ModelEntry, config: Config) -> Found | None:
    """Return the first place that has a folder for ``wanted``; its files are not looked at."""
    for root, source in user_roots(config):
        if (root / wanted.id).is_dir():
            return Found(root / wanted.id, source)
    package = package_folder(wanted.package)
    if package is not None and (package / wanted.root).is_dir():
        return Found(package / wanted.root, "carrier" if wanted.layout == "copy" else "package")
    fetched = downloaded_folder(wanted, config)
    return Found(fetched, "downloaded") if fetched.is_dir() else None


def package_folder(package: str) -> Path | None:
    """Return where ``package`` is installed, without importing it."""
    spec = importlib.util.find_spec(package) if package else None
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def absent_modules(wanted: ModelEntry) -> list[str]:
    """Return the libraries that ``wanted`` needs and that are not installed."""
    return [name for name in wanted.modules if importlib.util.find_spec(name) is None]


def remedy(wanted: ModelEntry, config: Config) -> str:
    """Return the one command (or, without package and address, the one act) that brings ``wanted``."""
    if absent_modules(wanted) or (wanted.distribution and not wanted.is_fetchable):
        return f'pip install "{wanted.requirement}"'
    if wanted.is_fetchable:
        return f"babelscope models get {wanted.id}"
    root = config.models.directory or "<models.directory>"
    return f"put its {len(wanted.files)} files into {root}/{wanted.id}/"


def check(wanted: ModelEntry, folder: Path) -> None:
    """Raise ``ModelDamaged`` if ``folder`` does not hold the pinned files."""
    found = problems(wanted, folder)
    if found:
        raise ModelDamaged("\n".join(found))


def problems(wanted: ModelEntry, folder: Path, rehash: bool = True) -> list[str]:
    """Compare ``folder`` with the pins. Hashes are remembered per file state, so a process pays once."""
    told = []
    for file in wanted.files:
        path = folder / file.name
        if not path.is_file():
            told.append(f"{wanted.id}: {path} is missing; remove {folder} or {_again(wanted)}")
        elif path.stat().st_size != file.size or (rehash and sha256(path) != file.sha256):
            told.append(
                f"{wanted.id}: {path} is not the pinned file (sha256 {file.sha256[:12]}…, {file.size} bytes); "
                f"remove it and {_again(wanted)}"
            )
    return told


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, remembered while its size and time of change stay the same."""
    stat = path.stat()
    return _sha256_of(str(path), stat.st_size, stat.st_mtime_ns)


def forget_hashes() -> None:
    """Hash every file anew from now on."""
    _sha256_of.cache_clear()


@functools.lru_cache(maxsize=1024)
def _sha256_of(path: str, _size: int, _modified: int) -> str:
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _again(wanted: ModelEntry) -> str:
    if wanted.distribution:
        return f"install {wanted.distribution}=={wanted.version} again"
    return f"`babelscope models get {wanted.id}` again" if wanted.is_fetchable else "bring it again"
