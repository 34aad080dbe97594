"""Geoparsing from plain text to coordinates (Gritta et al. 2020): accuracy within 161 km over all gold toponyms."""

from __future__ import annotations

from typing import Any

import pytest

from babelscope.understand.mentions import build
from reading_cases import configuration, document, evaluation_set, metrics


@pytest.mark.slow
@pytest.mark.parametrize(
    ("corpus", "accuracy", "resolved", "detection"), [("lgl", 0.51, 0.76, 0.70), ("geovirus", 0.69, 0.79, 0.82)]
)
def test_places_end_to_end(corpus: str, accuracy: float, resolved: float, detection: float) -> None:
    stage = build(configuration(mention_words=3000))
    stage.load()
    measure = metrics()
    gold, found, spans, seen = [], [], [], []
    for row in (r for r in evaluation_set("geoparsing") if r["corpus"] == corpus):
        items = [m for m in stage([document(row["text"], "en")])[0].layers["mentions"].items if m.kind == "place"]
        spans.append([(t["start"], t["end"]) for t in row["toponyms"]])
        seen.append([(m.anchor.start, m.anchor.end) for m in items])
        for toponym in (t for t in row["toponyms"] if t["lat"] is not None):
            over = [m for m in items if m.anchor.start < toponym["end"] and toponym["start"] < m.anchor.end]
            gold.append((float(toponym["lat"]), float(toponym["lon"])))
            place = over[0].place if over else None
            found.append((place.latitude, place.longitude) if place else None)
    answered = [(g, f) for g, f in zip(gold, found, strict=True) if f]
    all_of_them = measure.accuracy_at_km(gold, found)
    of_answered = measure.accuracy_at_km([g for g, _ in answered], [f for _, f in answered])
    span = measure.span_f1(spans, seen).f1
    print(f"{corpus}: accuracy@161km {all_of_them:.3f}, of answered {of_answered:.3f}, span F1 {span:.3f}")
    assert all_of_them >= accuracy and of_answered >= resolved and span >= detection


def places_by_document(data: dict[str, Any], version: str, language: str) -> list[set[str]]:
    stage = build(configuration(mention_words=1000))
    stage.load()
    documents: dict[str, list[str]] = {}
    for name, line in zip(data["doc_ids"], data["lines"][version], strict=True):
        documents.setdefault(name, []).append(line)
    layers = (stage([document("\n".join(lines), language)])[0].layers["mentions"] for lines in documents.values())
    return [{m.place.name for m in layer.items if m.place and m.score > 0.5} for layer in layers]


@pytest.mark.slow
def test_places_of_other_languages_are_those_of_the_english_text() -> None:
    """Precision counts against the places found in the English version, which misses some itself: a lower bound."""
    data = evaluation_set("ntrex_dev")
    english = places_by_document(data, "eng", "en")
    floors = {
        ("deu", "de"): (0.7, 0.5), ("fra", "fr"): (0.75, 0.6), ("spa", "es"): (0.8, 0.6), ("rus", "ru"): (0.8, 0.42),
        ("tur", "tr"): (0.7, 0.5), ("arb", "ar"): (0.55, 0.35), ("heb", "he"): (0.6, 0.3),
        ("zho-CN", "zh"): (0.55, 0.4),
        ("jpn", "ja"): (0.65, 0.33), ("kor", "ko"): (0.55, 0.4), ("ell", "el"): (0.8, 0.42), ("swa", "sw"): (0.7, 0.55),
    }  # fmt: skip
    for (version, language), (precision, recall) in floors.items():
        found = places_by_document(data, version, language)
        both = sum(len(a & b) for a, b in zip(english, found, strict=True))
        p, r = both / max(sum(map(len, found)), 1), both / sum(map(len, english))
        print(f"{language}: precision {p:.2f} recall {r:.2f}")
        assert p >= precision and r >= recall, (language, p, r)
