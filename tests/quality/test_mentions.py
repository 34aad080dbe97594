"""Names in English and elsewhere, against gold spans; floors a little below what was measured."""

from __future__ import annotations

from typing import Any

import pytest

from babelscope.understand.mentions import build
from reading_cases import configuration, document, evaluation_set, metrics

KINDS = {"PER": "person", "ORG": "organisation", "LOC": "place", "PERSON": "person", "ORGANIZATION": "organisation"}
KINDS |= {"LOCATION": "place"}


def joined(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    text, offsets = "", []
    for token in tokens:
        text += " " if text else ""
        offsets.append((len(text), len(text) + len(token)))
        text += token
    return text, offsets


def score(rows: list[Any], language: str, typed: bool = True) -> Any:
    stage = build(configuration(mention_words=1000))
    stage.load()
    measure = metrics()
    gold, found = [], []
    for row in rows:
        text, offsets = joined(row["tokens"])
        spans = [s for s in measure.iob_spans(row["tags"]) if s[2] in KINDS]
        gold.append([(offsets[a][0], offsets[b - 1][1], KINDS[k] if typed else "") for a, b, k in spans])
        items = stage([document(text, language)])[0].layers["mentions"].items
        named = [m for m in items if (m.kind != "thing" and m.score > 0.5) or (m.kind == "thing" and not typed)]
        found.append([(m.anchor.start, m.anchor.end, m.kind if typed else "") for m in named])
    return measure.span_f1(gold, found)


def test_wikigold() -> None:
    result = score(evaluation_set("ner_wikigold_ieer", "wikigold"), "en")
    assert result.f1 >= 0.58, result


def test_uner_english() -> None:
    result = score([r for r in evaluation_set("ner_uner") if r["lang"] == "en"], "en")
    assert result.f1 >= 0.58, result


def test_newswire() -> None:
    stage = build(configuration(mention_words=3000))
    stage.load()
    gold, found = [], []
    for row in evaluation_set("ner_wikigold_ieer", "ieer"):
        gold.append([(a, b, KINDS[k]) for a, b, k in row["spans"] if k in KINDS])
        items = stage([document(row["text"], "en")])[0].layers["mentions"].items
        found.append([(m.anchor.start, m.anchor.end, m.kind) for m in items if m.kind != "thing" and m.score > 0.5])
    result = metrics().span_f1(gold, found)
    assert result.f1 >= 0.70, result


@pytest.mark.parametrize(("language", "precision", "recall"), [("pt", 0.5, 0.3), ("hr", 0.5, 0.3), ("zh", 0.4, 0.1)])
def test_untyped_names_without_a_model(language: str, precision: float, recall: float) -> None:
    result = score([r for r in evaluation_set("ner_uner") if r["lang"] == language], language, typed=False)
    assert result.precision >= precision and result.recall >= recall, result
