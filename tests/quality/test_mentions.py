"""Names in English and elsewhere, against gold spans; floors a little below what was measured."""

from __future__ import annotations

from typing import Any

import pytest

from babelscope.understand.mentions import build
from babelscope.understand.native_names import NATIVE, installed
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


NEREL_KINDS = {"PERSON": "person", "ORGANIZATION": "organisation", "CITY": "place", "COUNTRY": "place"}
NEREL_KINDS |= {"STATE_OR_PROVINCE": "place", "DISTRICT": "place", "LOCATION": "place"}
NTREX = {"fr": "fra", "ja": "jpn", "ru": "rus", "vi": "vie"}


def with_model(language: str, words: int) -> Any:
    configured = configuration(mention_words=words)
    if language not in installed(configured):
        pytest.skip(f"the model of names is not installed: {NATIVE[language].requirement}")
    stage = build(configured)
    stage.load()
    return stage


def outermost(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    return [s for s in spans if not any(o[0] <= s[0] and s[1] <= o[1] and o[1] - o[0] > s[1] - s[0] for o in spans)]


def test_russian_news() -> None:
    """NEREL (Loukachevitch et al. 2021): of nested gold the outermost spans count; adjectives are gold places."""
    stage = with_model("ru", 5000)
    gold, found = [], []
    for row in evaluation_set("nerel"):
        spans = [(e["spans"][0][0], e["spans"][-1][1], e["type"]) for e in row["entities"] if e["type"] in NEREL_KINDS]
        gold.append(outermost([(a, b, NEREL_KINDS[k]) for a, b, k in spans]))
        items = stage([document(row["text"], "ru")])[0].layers["mentions"].items
        found.append([(m.anchor.start, m.anchor.end, m.kind) for m in items if m.kind != "thing" and m.score > 0.5])
    result = metrics().span_f1(gold, found)
    assert result.f1 >= 0.76, result


@pytest.mark.parametrize(
    ("language", "precision", "recall"),
    [("fr", 0.75, 0.65), ("ja", 0.83, 0.45), ("ru", 0.85, 0.43), ("vi", 0.68, 0.67)],
)
def test_a_translation_names_the_places_of_its_original(language: str, precision: float, recall: float) -> None:
    """NTREX news: the places found in a translation against those found in the English original (no gold)."""
    stage = with_model(language, 5000)
    data = evaluation_set("ntrex_dev")
    both = original = translated = 0
    for wanted in dict.fromkeys(data["doc_ids"]):
        lines = [i for i, name in enumerate(data["doc_ids"]) if name == wanted]
        places = []
        for code, file in (("en", "eng"), (language, NTREX[language])):
            text = "\n".join(data["lines"][file][i] for i in lines)
            items = stage([document(text, code)])[0].layers["mentions"].items
            places.append({m.place.id for m in items if m.place})
        both, original, translated = (
            both + len(places[0] & places[1]),
            original + len(places[0]),
            translated + len(places[1]),
        )
    assert both >= precision * translated and both >= recall * original, (both, original, translated)


@pytest.mark.parametrize(("language", "found", "person"), [("fr", 0.88, 0.78), ("vi", 0.82, 0.54)])
def test_persons_that_keep_their_spelling(language: str, found: float, person: float) -> None:
    """NTREX news: of the persons of the English original that are spelled the same, how many are names, persons."""
    stage = with_model(language, 5000)
    data = evaluation_set("ntrex_dev")
    wanted = named = typed = 0
    for doc_id in dict.fromkeys(data["doc_ids"]):
        lines = [i for i, name in enumerate(data["doc_ids"]) if name == doc_id]
        english, text = ("\n".join(data["lines"][file][i] for i in lines) for file in ("eng", NTREX[language]))
        kinds = {m.surface: m.kind for m in stage([document(text, language)])[0].layers["mentions"].items}
        items = stage([document(english, "en")])[0].layers["mentions"].items
        persons = {m.surface for m in items if m.kind == "person" and m.surface in text}
        wanted += len(persons)
        named += sum(p in kinds for p in persons)
        typed += sum(kinds.get(p) == "person" for p in persons)
    assert named >= found * wanted and typed >= person * wanted, (wanted, named, typed)
