"""Fetching a model's files from the addresses of a manifest: bounded, checked, and there as a whole or not at all.

Files grow in ``<folder>.part``; a fetch that was cut off or killed goes on where it ended. Only when every file has its
pinned SHA-256 does the folder get its name, by one rename. A lock lets one process fetch while the others wait.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from babelscope.flow.disk import sync_directory, try_lock
from babelscope.flow.errors import Unavailable
from babelscope.flow.manifest import ModelEntry, ModelFile
from babelscope.flow.offline import is_offline
from babelscope.flow.own_manifest import address_fault

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

Progress = Callable[[str, int, int], None]
"""Called with the file's name, the bytes that are there, and the pinned size."""

MAX_REDIRECTS = 3
TRIES = 3
_CHUNK = 256 << 10
_LOCK_PAUSE = 0.1


class Pace(msgspec.Struct, frozen=True):
    """How long a fetch may take: seconds without a byte; seconds for a file, plus its size at the least rate."""

    silence: float = 30.0
    start: float = 60.0
    bytes_per_second: float = 32_768.0

    def seconds(self, size: int) -> float:
        """Return the longest time for a file of ``size`` bytes."""
        return self.start + size / self.bytes_per_second


class _CutOff(Exception):
    """The connection ended before the file did, or the server was busy: trying again can help."""


def _silent(_name: str, _there: int, _size: int) -> None:
    return None


def fetch(wanted: ModelEntry, target: Path, progress: Progress = _silent, pace: Pace | None = None) -> Path:
    """Bring the files of ``wanted`` into ``target``, which is there and whole when this returns.

    Raises ``Unavailable``: not reachable, another size or hash than pinned, too slow, no room. What came so far stays
    beside ``target`` and is used by the next try; a file with a wrong hash is thrown away.
    """
    if is_offline():
        raise Unavailable(f"{wanted.id}: --offline: nothing is fetched")
    if not wanted.is_fetchable:
        raise Unavailable(f"{wanted.id}: the manifest does not name an address for each of its files")
    pace = pace or Pace()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.parent / f"{target.name}.lock"):
            if not _is_whole(wanted, target):
                _fetch_all(wanted, target, progress, pace)
    except OSError as error:
        raise Unavailable(f"{wanted.id}: {target.parent} cannot be written: {error.strerror or error}") from None
    return target


def _fetch_all(wanted: ModelEntry, target: Path, progress: Progress, pace: Pace) -> None:
    part = target.parent / f"{target.name}.part"
    if target.is_dir():  # damaged: what is right in it need not be fetched again
        shutil.rmtree(part, ignore_errors=True)
        target.rename(part)
    part.mkdir(exist_ok=True)
    missing = [file for file in wanted.files if not _is_pinned(file, part / file.name)]
    needed = sum(file.size - _size(part / f"{file.name}.part") for file in missing)
    if shutil.disk_usage(part).free < needed:
        raise Unavailable(f"{wanted.id}: {target.parent} has no room for {_mb(needed)}; make room, or set models.cache")
    opener = _opener()
    for file in missing:
        (part / file.name).parent.mkdir(parents=True, exist_ok=True)
        _fetch_file(opener, file, part / file.name, progress, pace)
    _remove_others(wanted, part)
    sync_directory(part)
    part.rename(target)
    sync_directory(target.parent)


def _remove_others(wanted: ModelEntry, folder: Path) -> None:
    """Remove what is left of another version: only pinned files may lie in a model's folder."""
    names = {file.name for file in wanted.files}
    for path in [p for p in folder.rglob("*") if p.is_file()]:
        if path.relative_to(folder).as_posix() not in names:
            path.unlink()


def _fetch_file(opener: OpenerDirector, file: ModelFile, path: Path, progress: Progress, pace: Pace) -> None:
    growing = path.parent / f"{path.name}.part"
    if _size(growing) > file.size:
        growing.unlink()
    end = time.monotonic() + pace.seconds(file.size)
    for left in reversed(range(TRIES)):
        try:
            if _size(growing) < file.size:
                _append(opener, file, growing, progress, (pace.silence, end))
            break
        except _CutOff as error:
            if not left:
                raise Unavailable(
                    f"{file.url}: {error}; {_size(growing)} of {file.size} bytes are kept for another try"
                ) from None
            time.sleep(min(0.5 * (TRIES - left), max(0.0, end - time.monotonic())))
    if not _is_pinned(file, growing):
        growing.unlink()
        raise Unavailable(
            f"{file.url}: is not the pinned file (sha256 {file.sha256[:12]}…); what came was thrown away: is the "
            "manifest right, or the address no longer?"
        )
    growing.replace(path)


def _append(
    opener: OpenerDirector, file: ModelFile, growing: Path, progress: Progress, bounds: tuple[float, float]
) -> None:
    """Fetch what ``growing`` lacks of ``file``; ``bounds``: longest silence (s), the moment of the end."""
    there = _size(growing)
    silence, end = bounds
    with _ask(opener, file, growing, silence) as answer:
        if answer.status != 206:
            there = 0
        elif not str(answer.headers.get("Content-Range", "")).startswith(f"bytes {there}-"):
            growing.unlink(missing_ok=True)
            raise _CutOff("the answer is another part of the file than asked for")
        offered = answer.headers.get("Content-Length")
        if offered is not None and offered.isdigit() and there + int(offered) > file.size:
            raise Unavailable(f"{file.url}: {there + int(offered)} bytes are offered, {file.size} are pinned")
        with growing.open("r+b" if growing.exists() and there else "wb") as out:
            out.seek(there)
            for chunk in _chunks(answer):
                there += len(chunk)
                if there > file.size:
                    out.truncate(0)
                    raise Unavailable(f"{file.url}: goes on after {file.size} bytes, which are pinned")
                out.write(chunk)
                progress(file.name, there, file.size)
                if time.monotonic() > end:
                    raise Unavailable(f"{file.url}: too slow: {there} of {file.size} bytes; they are kept")
            out.flush()
            os.fsync(out.fileno())
    if there < file.size:
        raise _CutOff("the connection ended before the file did")


def _ask(opener: OpenerDirector, file: ModelFile, growing: Path, silence: float) -> Any:
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    headers = {"User-Agent": "Babelscope", "Accept-Encoding": "identity"}
    if there := _size(growing):
        headers["Range"] = f"bytes={there}-"
    try:
        return opener.open(Request(file.url, headers=headers), timeout=silence)  # noqa: S310  (checked: https, loopback)
    except HTTPError as error:
        error.close()
        if error.code == 416:  # it has no such part: what we have is of another file
            growing.unlink(missing_ok=True)
        if error.code in (408, 416, 429) or error.code >= 500:
            raise _CutOff(f"the server answers {error.code}") from None
        told = "a redirect too many, or to no web address" if error.code < 400 else f"the server answers {error.code}"
        raise Unavailable(f"{file.url}: {told}") from None
    except (URLError, HTTPException, OSError) as error:
        raise _CutOff(f"cannot be reached: {getattr(error, 'reason', None) or error or type(error).__name__}") from None


def _chunks(answer: Any) -> Iterator[bytes]:
    """Yield what comes as it comes (``read`` would wait for a whole chunk of a server that drips)."""
    from http.client import HTTPException

    while True:
        try:
            chunk = answer.read1(_CHUNK)
        except (OSError, HTTPException, ValueError) as error:
            raise _CutOff(f"the connection broke: {error or type(error).__name__}") from None
        if not chunk:
            return
        yield chunk


def _opener() -> OpenerDirector:
    """Return an opener for http and https only: no file, no proxy of the environment, few and checked redirects."""
    import ssl
    from urllib import request

    import certifi

    class Redirects(request.HTTPRedirectHandler):
        max_redirections = MAX_REDIRECTS
        max_repeats = MAX_REDIRECTS

        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            fault = address_fault(newurl)
            if not fault and urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
                fault = "is not encrypted"
            if fault:
                raise Unavailable(f"{req.full_url}: redirects to {newurl[:200]!r}, which {fault}")
            return super().redirect_request(req, fp, code, msg, headers, newurl)

    opener = request.OpenerDirector()
    context = ssl.create_default_context(cafile=certifi.where())
    for handler in (
        request.HTTPHandler(),
        request.HTTPSHandler(context=context),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        Redirects(),
        request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``, waiting for whoever holds it; the system lets go when a process dies."""
    with path.open("a+") as file:
        while not try_lock(file):
            time.sleep(_LOCK_PAUSE)
        yield


def _is_whole(wanted: ModelEntry, folder: Path) -> bool:
    return folder.is_dir() and all(_is_pinned(file, folder / file.name) for file in wanted.files)


def _is_pinned(file: ModelFile, path: Path) -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
