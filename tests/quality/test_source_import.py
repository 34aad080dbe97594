"""Lists of the wild are imported whole: every feed address that stands in them, with the country that they name."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from babelscope.collect.lists.formats import read_list
from babelscope.collect.lists.listed import Gathered, gather
from babelscope.flow.registry_checks import Entry, address_key, faults, repeated
from babelscope.languages.countries import country_code
from reading_cases import evaluation_set


def listened(found: Gathered) -> set[str]:
    return {address_key(listen.url) for source in found.sources for listen in source.listens}


def usable(found: Gathered) -> list[str]:
    """Return what a registry would object to in the sources."""
    entries = [Entry(source, "list", number) for number, source in enumerate(found.sources, start=1)]
    wrong = [f"{entry.source.id} {key}: {why}" for entry in entries for key, why in faults(entry.source)]
    return [*wrong, *map(str, repeated(entries))]


def test_awesome_rss_opml() -> None:
    files = evaluation_set("sources_awesome_rss")
    feeds = 0
    for file in files:
        found = gather(read_list(file["data"]))
        there = re.findall(r'xmlUrl="([^"]+)"', file["data"].decode("utf-8"))
        wanted = {address_key(url.replace("&amp;", "&")) for url in there}
        assert listened(found) == wanted, file["name"]
        assert usable(found) == [], file["name"]
        feeds += len(wanted)
        if file["name"].startswith("countries/"):
            country = country_code(Path(file["name"]).stem)
            assert country, file["name"]
            assert {source.country for source in found.sources} == {country}, file["name"]
    print(f"{len(files)} OPML files, {feeds} feeds")
    assert len(files) == 59


@pytest.mark.parametrize("form", ["json", "csv"])
def test_yavuz_json_and_csv(form: str) -> None:
    rows = evaluation_set("sources_yavuz")
    if form == "json":
        raw = json.dumps(rows).encode()
    else:
        out = io.StringIO(newline="")
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
        raw = out.getvalue().encode()
    found = gather(read_list(raw))
    wanted = {address_key(row["feed"]) for row in rows}
    countries = {source.country for source in found.sources} - {""}
    print(f"{len(rows)} rows, {len(found.sources)} sources, {len(countries)} countries, {len(found.notes)} notes")
    assert listened(found) == wanted
    assert len(countries) >= 150
    assert all("'GLOBAL' is not known" in note.message for note in found.notes)
