from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from babelscope.flow.config import ModelsConfig
from babelscope.flow.shapes import Hop
from babelscope.understand.routes import MAX_HOPS, PIVOT_QUALITY, Route, plan, why_not
from reading_cases import configuration


def hop(source: str, target: str, quality: float, neural: bool = True, by: str = "firefox") -> Hop:
    model = f"{by}-{source}-{target}#0"
    return Hop(translator=by, source=source, target=target, model=model, neural=neural, quality=quality)


PT_EN = hop("pt", "en", 0.95)
ES_PT = hop("es", "pt", 0.93, False, "apertium")


def test_one_neural_hop_is_neural_and_a_good_chain_is_a_pivot() -> None:
    routes = plan([PT_EN, ES_PT], "en")
    assert (routes["pt"].grade, routes["pt"].name) == ("neural", "firefox-pt-en")
    assert (routes["es"].grade, routes["es"].name) == ("pivot", "apertium-es-pt+firefox-pt-en")
    assert routes["es"].mark == "apertium-es-pt#0+firefox-pt-en#0"
    assert routes["es"].quality == pytest.approx(0.93 * 0.95) and "en" not in routes


def test_a_direct_model_wins_over_a_chain_and_a_chain_over_a_poor_direct_pair() -> None:
    assert plan([PT_EN, ES_PT, hop("es", "en", 0.95)], "en")["es"].grade == "neural"
    poor = hop("es", "en", 0.5, False, "apertium")
    assert len(plan([PT_EN, ES_PT, poor], "en")["es"].hops) == 2
    alone = plan([poor], "en")["es"]
    assert alone.grade == "gist" and "gist only" in alone.remark


def test_a_chain_with_a_weak_link_is_a_gist_and_says_so() -> None:
    route = plan([PT_EN, ES_PT, hop("fr", "es", 0.7, False, "apertium")], "en")["fr"]
    assert route.quality < PIVOT_QUALITY and route.grade == "gist" and "fr→es→pt→en" in route.remark


def test_no_chain_is_longer_than_three() -> None:
    line = [hop(a, b, 0.99) for a, b in zip("abcd", "bcde", strict=True)]
    routes = plan(line, "e")
    assert {source: len(route.hops) for source, route in routes.items()} == {"b": 3, "c": 2, "d": 1}
    assert MAX_HOPS == 3


def test_circles_end() -> None:
    routes = plan([PT_EN, hop("en", "pt", 0.95), ES_PT, hop("pt", "es", 0.93)], "en")
    assert sorted(routes) == ["es", "pt"]


def test_of_equal_chains_the_first_named_translator_wins_whatever_the_order_of_hops() -> None:
    both = [PT_EN, hop("pt", "en", 0.95, by="openai")]
    for hops in (both, both[::-1]):
        assert plan(hops, "en", ("openai", "firefox"))["pt"].hops[0].translator == "openai"
        assert plan(hops, "en", ("firefox", "openai"))["pt"].hops[0].translator == "firefox"


def test_a_remark_of_a_hop_is_told() -> None:
    odd = msgspec.structs.replace(hop("gl", "en", 0.6), remark="read by the pt→en model")
    assert plan([odd], "en")["gl"].remark == "read by the pt→en model"
    assert isinstance(plan([odd], "en")["gl"], Route)


def test_why_not_names_the_one_command(tmp_path: Path) -> None:
    config = configuration()
    assert why_not("es", config) == "no model es→en: sudo apt-get install apertium-es-pt"
    assert "<models.directory>/de-en/" in why_not("de", config) and "German" in why_not("de", config)
    assert "not known" in why_not("und", config) and "switched off" in why_not("de", configuration(translators=()))
    listed = tmp_path / "models.toml"
    listed.write_text(
        '[[model]]\nid = "firefox-de-en"\ntask = "translate"\nlanguages = "de→en"\n'
        'files = [{ name = "model.deen.bin", size = 3, sha256 = "' + "0" * 64 + '", url = "https://m.example/m" },'
        '{ name = "vocab.deen.spm", size = 3, sha256 = "' + "1" * 64 + '", url = "https://m.example/v" }]\n'
    )
    own = msgspec.structs.replace(config, models=ModelsConfig(cache=str(tmp_path), manifest=str(listed)))
    assert why_not("de", own) == "no model de→en: babelscope models get firefox-de-en"
