"""What each path of an import is, found out before anything is written: a wrong one ends it with a sentence."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from babelscope.collect.archives.addresses import looks_like_list
from babelscope.collect.archives.files import MEDIA_TYPES, file_address, read_file, walk
from babelscope.collect.archives.members import DICTIONARY, GZIP, ZSTD
from babelscope.collect.archives.outcomes import Outcomes, Reading, Skipped, damaged
from babelscope.collect.archives.wacz import WARC_ENDINGS, read_wacz
from babelscope.collect.archives.warcs import read_warc
from babelscope.flow.errors import ConfigError

Kind = Literal["warc", "wacz", "folder", "file", "addresses"]
_WARC_STARTS = (b"WARC/", b"filedesc://", GZIP, ZSTD, DICTIONARY)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A path to import and what it is. ``label`` names it in addresses and in what is told."""

    path: Path
    kind: Kind

    @property
    def label(self) -> str:
        """The last part of the path, never the folders of this machine."""
        return self.path.resolve().name or "root"


def plan(paths: list[Path]) -> list[Target]:
    """Return what ``paths`` are; raises ``ConfigError`` for one that is missing, unreadable or of no known kind."""
    return [Target(path=path, kind=_kind(path)) for path in paths]


def _kind(path: Path) -> Kind:
    try:
        if path.is_dir():
            os.scandir(path).close()
            return "folder"
        if path.exists() and not path.is_file():
            raise ConfigError(f"{path}: neither a file nor a folder")  # A pipe would be waited for without end
        with path.open("rb") as file:
            head = file.read(16)
        return _kind_of_file(path, head)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None


def _kind_of_file(path: Path, head: bytes) -> Kind:
    name = path.name.lower()
    if name.endswith(WARC_ENDINGS) or head.startswith(_WARC_STARTS):
        return "warc"
    if name.endswith(".wacz") or (head.startswith(b"PK\x03\x04") and _is_wacz(path)):
        return "wacz"
    if looks_like_list(path):
        return "addresses"
    if path.suffix.lower() in MEDIA_TYPES:
        return "file"
    raise ConfigError(
        f"{path}: not a WARC, ARC or WACZ, no HTML, PDF, EML, MHTML or text file, and no list of addresses"
    )


def _is_wacz(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("archive/") for name in archive.namelist()[:1000])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def read_target(target: Target, reading: Reading) -> Outcomes:
    """Yield what a target holds, in order; ``addresses`` are none of these: they are for the collector."""
    if target.kind == "folder" or target.kind == "file":
        yield from _read_folder(target, reading)
    else:
        yield from _read_archive(target.path, target.label, reading)


def _read_folder(target: Target, reading: Reading) -> Outcomes:
    label = target.label if target.kind == "folder" else "file"
    for relative, found in _walked(target, reading):
        if isinstance(found, Skipped):
            yield found
        elif found.name.lower().endswith((*WARC_ENDINGS, ".wacz")):
            yield from _read_archive(found, f"{label}/{relative}", reading)
        else:
            address = file_address(label, relative)
            yield from read_file(found, address, reading.source_of(address), reading)


def _walked(target: Target, reading: Reading) -> Iterator[tuple[str, Path | Skipped]]:
    try:
        yield from walk(target.path)
    except OSError as error:
        raise ConfigError(f"{error.filename or target.path}: cannot be read: {error.strerror or error}") from None


def _read_archive(path: Path, label: str, reading: Reading) -> Outcomes:
    place = f"archive:{label}"
    if path.name.lower().endswith(".wacz") or zipfile.is_zipfile(path):
        yield from read_wacz(path, reading)
        return
    try:
        with path.open("rb") as file:
            yield from read_warc(file, label, reading)
    except OSError as error:
        yield damaged(reading.source_of(place), place, f"cannot be read: {error.strerror or error}")
