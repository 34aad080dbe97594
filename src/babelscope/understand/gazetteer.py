"""The gazetteer: names in any script → places, from memory-mapped arrays that all workers share."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec
import numpy as np

from babelscope.flow.config import Config
from babelscope.flow.manifest import entry
from babelscope.flow.models import built_folder
from babelscope.model import Place
from babelscope.understand.gazetteer_build import build_gazetteer, key_hash

MODEL = "geonames-cities500"
FORMAT = 1
MAX_CANDIDATES = 40
_DATA = ("countries.tsv", "regions.tsv", "country_names.json.gz")


class Candidate(msgspec.Struct, frozen=True):
    """A place that a name may mean: its row, what kind of key led to it (flags), and what ranking needs."""

    row: int
    flags: int
    kind: int
    population: int
    country: str
    region: str


class Gazetteer:
    """Read-only look-up over one built folder."""

    def __init__(self, folder: Path) -> None:
        self._keys = np.load(folder / "keys.npy", mmap_mode="r")
        self._rows = np.load(folder / "rows.npy", mmap_mode="r")
        self._flags = np.load(folder / "flags.npy", mmap_mode="r")
        self._places = np.load(folder / "places.npy", mmap_mode="r")
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.languages: frozenset[str] = frozenset(index["languages"])
        self.beginnings: frozenset[str] = frozenset(index["beginnings"])
        self._names = np.memmap(folder / "names.bin", dtype=np.uint8, mode="r")

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self._places)

    def find(self, keys: Sequence[str]) -> dict[str, tuple[Candidate, ...]]:
        """Return the candidates of each of ``keys`` (folded names) that is known, most populous first."""
        if not keys:
            return {}
        wanted = np.fromiter((key_hash(key) for key in keys), dtype=np.uint64, count=len(keys))
        at = np.searchsorted(self._keys, wanted)
        found = np.flatnonzero(self._keys[np.minimum(at, len(self._keys) - 1)] == wanted)
        return {keys[i]: self._candidates(int(at[i]), wanted[i]) for i in found.tolist()}

    def place(self, row: int) -> Place:
        """Return the place of ``row``."""
        found = self._places[row]
        start, length = int(found["name"]), int(found["name_length"])
        return Place(
            id=found["id"].decode(),
            name=bytes(self._names[start : start + length]).decode("utf-8"),
            country=found["country"].decode(),
            latitude=round(float(found["latitude"]), 5),
            longitude=round(float(found["longitude"]), 5),
            is_area=bool(found["kind"]),
            population=int(found["population"]),
        )

    def _candidates(self, start: int, wanted: np.uint64) -> tuple[Candidate, ...]:
        found = []
        for i in range(start, min(start + MAX_CANDIDATES, len(self._keys))):
            if self._keys[i] != wanted:
                break
            row = int(self._rows[i])
            place = self._places[row]
            country, region = place["country"].decode(), place["region"].decode()
            size = int(place["population"])
            found.append(Candidate(row, int(self._flags[i]), int(place["kind"]), size, country, region))
        return tuple(found)


def open_gazetteer(config: Config) -> Gazetteer:
    """Return the gazetteer, built in the cache folder at the first use (about 15 s, then at once).

    Raises ``ModelMissing`` without its package, ``Unavailable`` if the cache folder cannot be written.
    """
    return _open(str(_built(config)))


@functools.lru_cache(maxsize=1)
def _open(folder: str) -> Gazetteer:
    return Gazetteer(Path(folder))


def _built(config: Config) -> Path:
    return built_folder(config, "gazetteer", MODEL, f"{FORMAT}-{entry(MODEL).mark}-{_data_mark()}", build_gazetteer)


@functools.cache
def _data_mark() -> str:
    """Return a hash prefix of the packaged tables and of the code that builds from them."""
    digest = hashlib.sha256()
    for name in (*_DATA, "gazetteer_build.py"):
        digest.update(resources.files("babelscope.understand").joinpath(name).read_bytes())
    return digest.hexdigest()[:8]
