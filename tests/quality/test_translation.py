"""Portuguese (and Galician, as gist) into English on NTREX, chrF2 (Popović 2015)."""

from __future__ import annotations

import pytest

from babelscope.model import Translation
from babelscope.understand.translate import build
from reading_cases import configuration, document, evaluation_set, metrics

LINES = 300


def translated(version: str, language: str) -> tuple[list[Translation], list[str]]:
    data = evaluation_set("ntrex_dev")
    stage = build(configuration())
    stage.load()
    docs = [document(line, language) for line in data["lines"][version][:LINES]]
    return [p.layers["translation"] for p in stage(docs)], data["lines"]["eng"][:LINES]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "language", "floor"), [("por", "pt", 61.0), ("por-BR", "pt", 57.0), ("glg", "gl", 44.0)]
)
def test_into_english(version: str, language: str, floor: float) -> None:
    made, references = translated(version, language)
    score = metrics().chrf2([m.lead for m in made], references)
    gist = sum(m.grade == "gist" for m in made) / len(made)
    print(f"{version}: chrF2 {score:.1f}, {gist:.1%} graded gist")
    assert score >= floor
    assert all(m.grade == ("gist" if language == "gl" else m.grade) for m in made)
    assert language == "gl" or gist <= 0.05
