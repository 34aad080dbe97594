"""Translation into English on NTREX, chrF2 (Popović 2015): routes, labels, and what protection keeps and costs."""

from __future__ import annotations

import re
from functools import cache

import pytest

from babelscope.flow.registry import factory
from babelscope.model import Translation
from babelscope.understand.reading import Reading
from reading_cases import configuration, document, evaluation_set, metrics

LINES = {"por": 925}
"""All of the version that the promise on numbers and names is about; of the others ``MOST``."""
MOST = 300
NAME = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w'’-]{2,}")
"""A capitalised word inside a sentence."""


@cache
def reading() -> Reading:
    made = Reading(configuration(lead_chars=5_000))
    made.load()
    return made


@cache
def lines(version: str) -> list[str]:
    found: list[str] = evaluation_set("ntrex_dev")["lines"][version][: LINES.get(version, MOST)]
    return found


@cache
def translated(version: str, language: str) -> list[Translation]:
    if language not in reading().routes:
        pytest.skip(f"no route from {language}: Apertium with its pair is not installed")
    return reading().render_all([document(line, language) for line in lines(version)])


def references(count: int) -> list[str]:
    found: list[str] = evaluation_set("ntrex_dev")["lines"]["eng"][:count]
    return found


def score(texts: list[str]) -> float:
    return float(metrics().chrf2(texts, references(len(texts))))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "language", "grade", "floor"),
    [
        ("por", "pt", "neural", 61.5),
        ("por-BR", "pt", "neural", 57.0),
        ("spa", "es", "pivot", 55.0),
        ("glg", "gl", "pivot", 55.0),
        ("cat", "ca", "pivot", 52.0),
    ],
)
def test_into_english(version: str, language: str, grade: str, floor: float) -> None:
    made = translated(version, language)
    right = sum(m.grade == grade for m in made) / len(made)
    print(f"{version}: chrF2 {score([m.lead for m in made]):.1f}, {right:.1%} {grade}, by {made[0].route}")
    assert score([m.lead for m in made]) >= floor
    assert all(m.grade in (grade, "gist") for m in made) and right >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("version", "language"), [("por", "pt"), ("spa", "es")])
def test_protection_costs_nothing(version: str, language: str) -> None:
    """What the engines make of the bare sentences is not better by more than .5 chrF2."""
    made = translated(version, language)
    bare = lines(version)
    for hop in reading().routes[language].hops:
        bare = list(factory("babelscope.translators", hop.translator)(configuration()).translate(hop, bare))
    print(f"{version}: {score([m.lead for m in made]):.2f} protected, {score(bare):.2f} bare")
    assert score([m.lead for m in made]) >= score(bare) - 0.5


@pytest.mark.slow
@pytest.mark.parametrize(("version", "language", "floor"), [("por", "pt", 0.99), ("spa", "es", 0.95)])
def test_numbers_and_names_come_through(version: str, language: str, floor: float) -> None:
    """By our own check, and by the reference: names spelt alike in it and in the original must come through."""
    made = translated(version, language)
    told = sum(any(f.kind in ("number", "name") and f.way == "lost" for p in m.pieces for f in p.faults) for m in made)
    lost = 0
    for original, reference, m in zip(lines(version), references(len(made)), made, strict=True):
        names = set(NAME.findall(original)) & set(re.findall(r"[\w'’-]+", reference))
        if missing := [n for n in names if n.casefold() not in m.lead.casefold()]:
            lost += 1
            print(f"  {missing}: {m.lead}")
    print(f"{version}: {told} of {len(made)} by our check, {lost} by the reference")
    assert told <= (1 - floor) * len(made)
    assert lost <= (1 - floor) * len(made)
