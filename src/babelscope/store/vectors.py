"""The vector index: usearch (HNSW, Malkov and Yashunin 2016), one graph a month, cosine, float16.

A commit adds a small file of plain vectors, which readers compare one by one; when those of a month are many, they are
folded into its graph. A manifest, replaced in one step, says which files count: a reader always sees a whole state.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from babelscope.flow.errors import BabelscopeError
from babelscope.store.files import publish, write_atomic

FOLD_AT = 4096
"""Plain vectors of a month at which they are folded into the graph."""
_CONNECTIVITY = 16
_EXPANSION_ADD = 96
_EXPANSION_SEARCH = 96

Vectors = NDArray[np.float16]
Keys = NDArray[np.int64]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Files of a month: ``graph`` ("" if none yet), ``parts`` by the record segment they belong to, and how many."""

    model: str
    dimensions: int
    graph: str = ""
    folded: int = 0
    parts: dict[str, int] = {}

    @property
    def count(self) -> int:
        """Vectors of the month."""
        return self.folded + sum(self.parts.values())


def read_manifest(folder: Path) -> Manifest | None:
    """Return what counts in the folder of a month; None if there is nothing (readable)."""
    try:
        return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def _part_file(segment: str) -> str:
    return f"part-{segment.replace('/', '_').replace('=', '-')}.npz"


class VectorWriter:
    """Adds vectors; keys are the ``seq`` of the documents' rows."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory

    def add(self, month: str, segment: str, model: str, keys: Sequence[int], vectors: Sequence[bytes]) -> None:
        """Add the vectors (little-endian float16) of one record segment, replacing any from an earlier try.

        Raises ``BabelscopeError`` if the month holds vectors of another model: those cannot be compared.
        """
        matrix = np.stack([np.frombuffer(raw, dtype="<f2") for raw in vectors])
        folder = self.directory / month
        folder.mkdir(parents=True, exist_ok=True)
        before = read_manifest(folder) or Manifest(model=model, dimensions=matrix.shape[1])
        if (before.model, before.dimensions) != (model, matrix.shape[1]):
            raise BabelscopeError(
                f"the vectors of {month} were made by {before.model} ({before.dimensions} dimensions), these "
                f"by {model} ({matrix.shape[1]}): run `babelscope process --again` to make all of them anew"
            )
        temporary = folder / ".part.tmp"
        with temporary.open("wb") as file:
            np.savez(file, keys=np.asarray(keys, dtype=np.int64), vectors=matrix)
        publish(temporary, folder / _part_file(segment))
        self._write(folder, msgspec.structs.replace(before, parts={**before.parts, segment: len(keys)}))

    def remove(self, segment: str) -> None:
        """Remove the vectors of a segment that was never acknowledged (it is not folded before it is)."""
        for month in self.months():
            folder = self.directory / month
            manifest = read_manifest(folder)
            if manifest is not None and segment in manifest.parts:
                parts = {name: count for name, count in manifest.parts.items() if name != segment}
                self._write(folder, msgspec.structs.replace(manifest, parts=parts))
            (folder / _part_file(segment)).unlink(missing_ok=True)

    def fold(self, month: str, at_least: int = FOLD_AT) -> None:
        """Fold the plain vectors of ``month`` into its graph if there are ``at_least`` so many."""
        folder = self.directory / month
        manifest = read_manifest(folder)
        if manifest is None or not manifest.parts or sum(manifest.parts.values()) < at_least:
            return
        graph = new_graph(manifest.dimensions)
        if manifest.graph:
            graph.load(str(folder / manifest.graph))
        for segment in manifest.parts:
            keys, vectors = _read_part(folder / _part_file(segment))
            graph.add(keys.astype(np.uint64), vectors, threads=1)  # in parallel the graph, and its recall, vary
        name = f"graph-{manifest.count:09d}.usearch"
        temporary = folder / ".graph.tmp"
        graph.save(str(temporary))
        publish(temporary, folder / name)
        self._write(folder, msgspec.structs.replace(manifest, graph=name, folded=manifest.count, parts={}))
        for old in folder.iterdir():
            if old.name not in (name, "manifest.json"):
                old.unlink()

    def count(self, month: str) -> int:
        """Return the vectors of a month; -1 if its files are not all there."""
        folder = self.directory / month
        manifest = read_manifest(folder)
        if manifest is None:
            return -1 if folder.exists() else 0
        wanted = [*([manifest.graph] if manifest.graph else []), *map(_part_file, manifest.parts)]
        return manifest.count if all((folder / name).is_file() for name in wanted) else -1

    def months(self) -> list[str]:
        """Return the months that have a folder, in order."""
        return sorted(path.name for path in self.directory.iterdir() if path.is_dir())

    def drop(self, month: str) -> None:
        """Delete the vectors of a month."""
        shutil.rmtree(self.directory / month, ignore_errors=True)

    def _write(self, folder: Path, manifest: Manifest) -> None:
        write_atomic(folder / "manifest.json", msgspec.json.encode(manifest))


def new_graph(dimensions: int) -> Any:
    """Return an empty graph."""
    return _graph_class()(
        ndim=dimensions,
        metric="cos",
        dtype="f16",
        connectivity=_CONNECTIVITY,
        expansion_add=_EXPANSION_ADD,
        expansion_search=_EXPANSION_SEARCH,
    )


def _graph_class() -> Any:
    """Return usearch's index. pyarrow goes first: loaded after usearch, its first Parquet read ends the process."""
    import pyarrow.parquet  # noqa: F401
    from usearch.index import Index

    return Index


def _read_part(path: Path) -> tuple[Keys, Vectors]:
    with np.load(path, allow_pickle=False) as data:
        return data["keys"], data["vectors"]


class _Month(msgspec.Struct, frozen=True):
    """A loaded state of one month: the mapped graph, and the plain vectors as unit rows of float32."""

    manifest: Manifest
    graph: Any
    keys: Keys
    plain: NDArray[np.float32]


class VectorReader:
    """Finds the nearest vectors; a commit of the writer, also in another process, is seen by the next search."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._open: dict[str, tuple[tuple[int, int], _Month]] = {}

    def nearest(self, vector: NDArray[Any], k: int, months: Sequence[str]) -> list[tuple[int, float]]:
        """Return the ``k`` nearest (key, cosine −1…1) of ``months``, nearest first.

        Raises ``BabelscopeError`` if ``vector`` has another number of dimensions than the index.
        """
        query = np.asarray(vector, dtype=np.float32).ravel()
        norm = float(np.linalg.norm(query))
        if not norm or k < 1:
            return []
        found: list[tuple[int, float]] = []
        for month in months:
            state = self._month(month)
            if state is None:
                continue
            if state.manifest.dimensions != query.size:
                raise BabelscopeError(f"a vector of {query.size} dimensions was asked of {state.manifest.dimensions}")
            found += _search(state, query / norm, k)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]

    def keys(self, month: str) -> set[int]:
        """Return the keys of every vector of a month (for checking)."""
        state = self._month(month)
        if state is None:
            return set()
        graph = () if state.graph is None else map(int, np.asarray(state.graph.keys))
        return {*graph, *map(int, state.keys)}

    def _month(self, month: str) -> _Month | None:
        path = self.directory / month / "manifest.json"
        for _ in range(5):
            try:
                stat = path.stat()
                version = (stat.st_mtime_ns, stat.st_ino)
                with self._lock:
                    if month in self._open and self._open[month][0] == version:
                        return self._open[month][1]
                state = _load(path.parent)
            except FileNotFoundError:
                continue  # the writer replaced the files between two looks
            if state is not None:
                with self._lock:
                    self._open[month] = (version, state)
            return state
        return None


def _load(folder: Path) -> _Month | None:
    manifest = read_manifest(folder)
    if manifest is None:
        return None
    graph = _graph_class().restore(str(folder / manifest.graph), view=True) if manifest.graph else None
    if manifest.graph and graph is None:
        raise FileNotFoundError(folder / manifest.graph)
    parts = [_read_part(folder / _part_file(segment)) for segment in manifest.parts]
    keys = np.concatenate([k for k, _ in parts]) if parts else np.empty(0, dtype=np.int64)
    plain = np.empty((0, manifest.dimensions), dtype=np.float32)
    if parts:
        plain = np.concatenate([v for _, v in parts]).astype(np.float32)
        plain /= np.maximum(np.linalg.norm(plain, axis=1, keepdims=True), 1e-12)
    return _Month(manifest, graph, keys, plain)


def _search(state: _Month, query: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    if state.graph is not None and len(state.graph):
        matches = state.graph.search(query.astype(np.float16), min(k, len(state.graph)), threads=1)
        found += [
            (int(key), 1.0 - float(distance)) for key, distance in zip(matches.keys, matches.distances, strict=True)
        ]
    if len(state.keys):
        # not `@`: a threaded BLAS waits for all cores, 16 ms instead of 0.1 on a busy machine
        cosines = np.einsum("ij,j->i", state.plain, query)
        best = np.argsort(-cosines, kind="stable")[:k]
        found += [(int(state.keys[i]), float(cosines[i])) for i in best]
    return found
