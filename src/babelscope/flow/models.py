"""The model resolver: from a name in a manifest to a folder of verified files, never by a silent download.

Lookup, the first hit wins: the folder of ``models.directory``, the folder of ``BABELSCOPE_MODELS``, the installed
carrier package (in place, or assembled into the cache once), what was fetched before; then, only with
``models.download = true``, the addresses of the user's manifest. A file that is there but does not have the pinned
SHA-256 is fatal: it never falls through to the next place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from babelscope.flow.config import Config
from babelscope.flow.download import Progress, fetch
from babelscope.flow.errors import ModelMissing, Unavailable
from babelscope.flow.manifest import ModelEntry, ModelState
from babelscope.flow.offline import is_offline
from babelscope.flow.own_manifest import find, known
from babelscope.flow.pairs import folder_states, user_pair, user_pairs
from babelscope.flow.weights import (
    ENVIRONMENT,
    Found,
    ModelDamaged,
    absent_modules,
    assembled_folder,
    cache_folder,
    check,
    downloaded_folder,
    forget_hashes,
    locate,
    package_folder,
    problems,
    remedy,
)

__all__ = [
    "ENVIRONMENT",
    "ModelDamaged",
    "available",
    "bring",
    "cache_folder",
    "fetch_listed",
    "inventory",
    "resolve",
    "user_pair",
    "user_pairs",
    "verify",
]


def resolve(model_id: str, config: Config) -> Path:
    """Return a folder that holds the verified files of ``model_id``.

    Raises ``ModelMissing`` if no configured place has them, ``ModelDamaged`` if a file's hash differs from the pin,
    ``Unavailable`` if they may be fetched but cannot be.
    """
    wanted = find(model_id, config)
    if absent_modules(wanted):
        raise ModelMissing(_missing_message(wanted, config))
    found = locate(wanted, config)
    if found is None:
        if not (config.models.download and wanted.is_fetchable) or is_offline():
            raise ModelMissing(_missing_message(wanted, config))
        found = Found(fetch(wanted, downloaded_folder(wanted, config)), "downloaded")
    check(wanted, found.folder)
    return _assemble(wanted, found.folder, config) if found.source == "carrier" else found.folder


def built_folder(config: Config, kind: str, model_id: str, mark: str, build: Callable[[Path, Path], object]) -> Path:
    """Return the folder of what ``build`` (model folder, new folder) makes of a model's files, in the cache, made once.

    Several processes may build at once: the first to rename wins, and all are the same. ``mark`` names the version of
    what is built. Raises ``ModelMissing``, and ``Unavailable`` if the cache folder cannot be written.
    """
    target = cache_folder(config) / kind / mark
    if target.is_dir():
        return target
    source = resolve(model_id, config)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".build-", dir=target.parent))
        try:
            build(source, scratch)
            with contextlib.suppress(OSError):
                scratch.rename(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        raise Unavailable(f"{model_id}: the cache folder {target.parent} cannot be written: {error}") from None
    return target


def available(model_id: str, config: Config) -> bool:
    """Say whether ``model_id`` is installed: its folder and its libraries are there. Nothing is imported or hashed."""
    wanted = find(model_id, config)
    return not absent_modules(wanted) and locate(wanted, config) is not None


def bring(wanted: ModelEntry, config: Config, progress: Progress) -> Path:
    """Return the folder of ``wanted``, fetched if it is nowhere (whatever ``models.download`` says), or mended.

    Raises ``ModelMissing`` if no manifest names an address, ``Unavailable`` if the fetch fails.
    """
    found = locate(wanted, config)
    fetchable = wanted.is_fetchable and not absent_modules(wanted)
    if fetchable and (found is None or (found.source == "downloaded" and problems(wanted, found.folder))):
        forget_hashes()
        fetch(wanted, downloaded_folder(wanted, config), progress)
    return resolve(wanted.id, config)


def fetch_listed(config: Config, progress: Progress) -> list[ModelEntry]:
    """Fetch what the user's manifest lists and is nowhere, if ``models.download`` is set; return what came.

    Raises ``Unavailable`` if a fetch fails: a run must not begin with fewer models than were asked for.
    """
    if not config.models.download or is_offline():
        return []
    wanted = [e for e in known(config).values() if e.is_fetchable and not absent_modules(e)]
    missing = [entry for entry in wanted if locate(entry, config) is None]
    for entry in missing:
        fetch(entry, downloaded_folder(entry, config), progress)
    return missing


def verify(model_id: str, config: Config) -> list[str]:
    """Rehash every file of ``model_id`` and return the problems in words (none: all is well)."""
    forget_hashes()
    wanted = find(model_id, config)
    found = locate(wanted, config)
    if found is None:
        return [_missing_message(wanted, config)]
    folders = [found.folder]
    if found.source == "carrier" and assembled_folder(wanted, config).is_dir():
        folders.append(assembled_folder(wanted, config))
    return [problem for folder in folders for problem in problems(wanted, folder)]


def inventory(config: Config, rehash: bool = False) -> list[ModelState]:
    """Return the state of every model of both manifests and of the user's folders, for ``babelscope doctor``.

    Sizes are always compared; hashes only with ``rehash`` (``--verify``).
    """
    if rehash:
        forget_hashes()
    return [_state(e, config, rehash) for e in known(config).values()] + folder_states(config)


def _assemble(wanted: ModelEntry, carrier: Path, config: Config) -> Path:
    """Copy the carrier's files into the cache under a temporary name, then rename: two processes cannot collide."""
    target = assembled_folder(wanted, config)
    if not target.is_dir():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            scratch = Path(tempfile.mkdtemp(prefix=".assemble-", dir=target.parent))
            try:
                for file in wanted.files:
                    (scratch / file.name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(carrier / file.name, scratch / file.name)
                check(wanted, scratch)
                with contextlib.suppress(FileExistsError, OSError):  # another process was faster: its copy is the same
                    scratch.rename(target)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError as error:
            raise Unavailable(f"{wanted.id}: the cache folder {target.parent} cannot be written: {error}") from None
    check(wanted, target)
    return target


def _missing_message(wanted: ModelEntry, config: Config) -> str:
    directory = config.models.directory or "unset"
    environment = os.environ.get(ENVIRONMENT) or "unset"
    if not config.models.download:
        download = "download (off)"
    elif is_offline() or wanted.is_fetchable:
        download = "download (--offline)" if is_offline() else "download (on)"
    else:
        download = "download (on, but no manifest names an address of this model)"
    package = f"package {_absence(wanted)}; " if wanted.distribution else ""
    return (
        f'{wanted.task} {wanted.languages} needs "{wanted.id}"\n'
        f"  looked in  [models] directory ({directory}); {ENVIRONMENT} ({environment});\n"
        f"             {package}{download}\n"
        f"  install    {remedy(wanted, config)}"
    )


def _absence(wanted: ModelEntry) -> str:
    """Say which package is not installed: the carrier, or a library that the model needs."""
    modules = absent_modules(wanted) if package_folder(wanted.package) else []
    return f"{', '.join(modules) or wanted.distribution} (not installed)"


def _installed_version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _state(wanted: ModelEntry, config: Config, rehash: bool) -> ModelState:
    found = None if absent_modules(wanted) else locate(wanted, config)
    told: Sequence[str] = problems(wanted, found.folder, rehash) if found else ()
    absent = "missing" if not wanted.optional else "not installed" if wanted.distribution else "not here"
    state = "ok" if found else f"{absent}: {remedy(wanted, config)}"
    if found and told:
        installed = _installed_version(wanted.distribution) if wanted.distribution else ""
        state = f"damaged: {told[0]}"
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
        ok=wanted.optional if found is None else not told,
        folder=str(found.folder) if found else "",
        size=wanted.size,
    )
