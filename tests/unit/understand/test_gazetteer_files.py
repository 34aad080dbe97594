from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from babelscope.flow.config import Config, ModelsConfig
from babelscope.flow.errors import Unavailable
from babelscope.understand.gazetteer import open_gazetteer
from babelscope.understand.gazetteer_build import CITY, COUNTRY, name_key, stem
from babelscope.understand.places import candidates_of
from reading_cases import configuration


def _build(cache: str) -> int:
    return len(open_gazetteer(Config(models=ModelsConfig(cache=cache))))


@pytest.mark.slow
def test_two_processes_may_build_at_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        sizes = pool.map(_build, [str(tmp_path)] * 2)
    assert sizes[0] == sizes[1] > 230_000
    built = list((tmp_path / "gazetteer").iterdir())
    assert len(built) == 1 and not built[0].name.startswith(".")
    assert sum(f.stat().st_size for f in built[0].iterdir()) < 40 << 20


def test_an_unwritable_cache_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        open_gazetteer(Config(models=ModelsConfig(cache=str(tmp_path / "file"))))


@pytest.mark.parametrize(
    ("name", "language", "ident"),
    [
        ("Москва", "ru", "524901"), ("北京", "zh", "1816670"), ("Nairobi", "en", "184745"), ("القاهرة", "ar", "360630"),
        ("Deutschland", "de", "country:DE"), ("France", "fr", "country:FR"), ("ไทย", "th", "country:TH"),
        ("日本", "ja", "country:JP"),
        ("Ohio", "en", "region:US.OH"), ("Africa", "en", "continent:002"), ("UK", "en", "country:GB"),
        ("Ujerumani", "sw", "country:DE"), ("Bayern", "de", "region:DE.02"),
    ],
)  # fmt: skip
def test_names_lead_to_places(name: str, language: str, ident: str) -> None:
    gazetteer = open_gazetteer(configuration())
    found = [gazetteer.place(c.row).id for c in candidates_of(name, language, gazetteer)]
    assert found[:1] == [ident]


def test_most_populous_first_and_countries_lie_near_their_cities() -> None:
    gazetteer = open_gazetteer(configuration())
    paris = [c for c in candidates_of("Paris", "en", gazetteer) if c.kind == CITY]
    assert [c.population for c in paris] == sorted((c.population for c in paris), reverse=True)
    far = []
    for row in range(len(gazetteer)):
        place = gazetteer.place(row)
        if not place.id.startswith("country:"):
            break
        capital = max(abs(place.latitude), abs(place.longitude))
        if not (capital <= 180 and place.country == place.id[-2:]):
            far.append(place)
    assert not far


def test_country_points_lie_among_the_countrys_cities() -> None:
    """A wrong sign or a swapped row in ``countries.tsv`` would put a country outside its own towns."""
    gazetteer = open_gazetteer(configuration())
    rows = gazetteer._places
    cities = rows[rows["kind"] == CITY]
    for country in rows[rows["kind"] == COUNTRY]:
        own = cities[cities["country"] == country["country"]]
        if len(own) > 5:
            for axis in ("latitude", "longitude"):
                assert own[axis].min() - 6 <= country[axis] <= own[axis].max() + 6, country["id"]


def test_keys_and_stems() -> None:
    assert name_key("St. John’s") == "st john s"
    assert name_key("Île-de-France") == "ile de france"
    assert stem("москва") == "москв" and stem("саудовская аравия") == "саудовск арави"
