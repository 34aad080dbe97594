"""WACZ (Web Archive Collection Zipped 1.1.1): the WARC files inside, each held against the hash that is stated for it.

Nothing is unpacked to the disk: names inside the archive only name what is told.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, cast

from babelscope.collect.archives.outcomes import Outcome, Outcomes, Reading, Skipped, damaged
from babelscope.collect.archives.warcs import read_warc
from babelscope.flow.errors import BadInput

MAX_MEMBERS = 100_000
MAX_PACKAGE = 16 << 20
MAX_RATIO = 200
"""Most that a member may grow when it is inflated; WARC files inside are compressed already."""
RATIO_FREE = 64 << 20
"""Members up to this size (bytes) may grow as they like."""
_FAULTS = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError, EOFError, ValueError, RuntimeError)
WARC_ENDINGS = (".warc", ".warc.gz", ".arc", ".arc.gz", ".warc.zst")


def read_wacz(path: Path, reading: Reading) -> Outcomes:
    """Yield what the WARC files of the WACZ at ``path`` hold; what is broken or does not fit its hash is told."""
    name = path.name
    place = f"archive:{name}"
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise BadInput(f"more than {MAX_MEMBERS} members")
            hashes = _stated_hashes(archive)
            for member in members:
                yield from _read_member(archive, member, (name, hashes), reading)
            for missing in sorted(set(hashes) - {member.filename for member in members}):
                yield damaged(reading.source_of(place), f"{place}!{missing[:200]}", "listed, but not in the archive")
    except (BadInput, *_FAULTS) as error:
        yield damaged(reading.source_of(place), place, f"not a whole WACZ: {error}")


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, context: tuple[str, Mapping[str, str]], reading: Reading
) -> Iterator[Outcome]:
    name, hashes = context
    inner = member.filename
    if not inner.lower().endswith(WARC_ENDINGS):
        if inner.lower().endswith(".wacz"):
            yield Skipped("nested-archive")
        return
    label = f"{name}!{inner[:200]}"
    source = reading.source_of(f"archive:{label}")
    if member.file_size > max(RATIO_FREE, MAX_RATIO * member.compress_size):
        yield damaged(source, f"archive:{label}", f"{member.compress_size} bytes would become {member.file_size}")
        return
    try:
        stated = hashes.get(inner, "")
        if stated and not _fits(archive, member, stated):
            yield damaged(source, f"archive:{label}", "its bytes do not have the hash that datapackage.json states")
            return
        with archive.open(member) as file:
            yield from read_warc(cast(Any, file), label, reading)
    except _FAULTS as error:
        yield damaged(source, f"archive:{label}", f"cannot be read: {error}")


def _stated_hashes(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return path → hash as datapackage.json lists them, itself held against datapackage-digest.json if it is there."""
    raw = _small(archive, "datapackage.json")
    if raw is None:
        return {}
    digest = _small(archive, "datapackage-digest.json")
    if digest is not None:
        stated = str(_object(digest).get("hash", ""))
        if stated and stated != f"sha256:{hashlib.sha256(raw).hexdigest()}":
            raise BadInput("datapackage.json does not have the hash that datapackage-digest.json states")
    resources = _object(raw).get("resources")
    rows = [row for row in resources if isinstance(row, dict)] if isinstance(resources, list) else []
    return {str(row["path"]): str(row["hash"]) for row in rows if row.get("path") and row.get("hash")}


def _small(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        member = archive.getinfo(name)
    except KeyError:
        return None
    with archive.open(member) as file:
        raw = file.read(MAX_PACKAGE + 1)
    if len(raw) > MAX_PACKAGE:
        raise BadInput(f"{name} is larger than {MAX_PACKAGE} bytes")
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"its description is not JSON: {error}") from None
    return found if isinstance(found, dict) else {}


def _fits(archive: zipfile.ZipFile, member: zipfile.ZipInfo, stated: str) -> bool:
    algorithm, _, value = stated.partition(":")
    if algorithm not in ("sha256", "sha512", "md5", "sha1"):
        return True
    made = hashlib.new(algorithm, usedforsecurity=False)
    with archive.open(member) as file:
        _feed(made, file)
    return made.hexdigest() == value.lower()


def _feed(made: Any, file: IO[bytes]) -> None:
    while piece := file.read(1 << 20):
        made.update(piece)
