"""Retrieval across languages on the documents of NTREX that the stored means have not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from babelscope.understand.embed import build, embed_query
from reading_cases import configuration, document, evaluation_set

VERSIONS = {
    "eng": "en", "deu": "de", "fra": "fr", "spa": "es", "rus": "ru", "arb": "ar", "zho-CN": "zh", "jpn": "ja",
    "tha": "th", "hin": "hi", "amh": "am", "swa": "sw", "tur": "tr", "kor": "ko", "heb": "he", "ell": "el",
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> tuple[dict[str, np.ndarray], list[str]]:
    data: Any = evaluation_set("ntrex_dev")
    stage = build(configuration())
    stage.load()
    vectors, titles = {}, []
    for version, language in VERSIONS.items():
        documents: dict[str, list[str]] = {}
        for name, line in zip(data["doc_ids"], data["lines"][version], strict=True):
            documents.setdefault(name, []).append(line)
        unseen = list(documents.values())[1::2]
        patches = stage([document("\n".join(lines[1:]), language, lines[0]) for lines in unseen])
        rows = [np.frombuffer(p.layers["embedding"].vector, dtype="<f2") for p in patches]
        vectors[version] = np.stack(rows).astype(np.float32)
        titles = titles or [lines[0] for lines in unseen]
    return vectors, titles


@pytest.mark.slow
def test_the_same_document_in_another_language_is_nearest(made: tuple[dict[str, np.ndarray], list[str]]) -> None:
    vectors, _ = made
    english = vectors["eng"]
    scores = {v: float(np.mean((english @ m.T).argmax(1) == np.arange(len(m)))) for v, m in vectors.items()}
    print(scores)
    assert min(scores.values()) >= 0.92 and np.mean(list(scores.values())) >= 0.96, scores


@pytest.mark.slow
def test_pairs_of_all_languages_are_told_apart_by_one_threshold(made: tuple[dict[str, np.ndarray], list[str]]) -> None:
    vectors, titles = made
    pooled = np.concatenate(list(vectors.values()))
    which = np.tile(np.arange(len(titles)), len(vectors))
    upper = np.triu_indices(len(pooled), 1)
    same = (which[:, None] == which[None])[upper]
    order = np.argsort(-(pooled @ pooled.T)[upper])
    hits = np.cumsum(same[order])
    best = float((2 * hits / (np.arange(1, len(order) + 1) + same.sum())).max())
    print(f"best pair F1 {best:.3f}")
    assert best >= 0.86


@pytest.mark.slow
def test_an_english_title_finds_the_document_in_other_languages(
    made: tuple[dict[str, np.ndarray], list[str]],
) -> None:
    vectors, titles = made
    pooled = np.concatenate([m for v, m in vectors.items() if v != "eng"])
    which = np.tile(np.arange(len(titles)), len(vectors) - 1)
    queries = np.stack([np.frombuffer(embed_query(t, configuration()), dtype="<f2") for t in titles]).astype(np.float32)
    ranked = np.argsort(-(queries @ pooled.T), axis=1)
    precision = []
    for i, order in enumerate(ranked):
        at = np.flatnonzero(which[order] == i)
        precision.append(np.mean((np.arange(len(at)) + 1) / (at + 1)))
    print(f"mean average precision {np.mean(precision):.3f}")
    assert np.mean(precision) >= 0.92
