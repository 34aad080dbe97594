"""Retrieval across languages on NTREX: an English document finds itself in every language the embedder knows.

The candidates of a language are the 57 documents of the development half; then 5,000 other documents of other sets in
many languages stand beside them. The vectors are kept in pytest's cache, by the version of the stage and the texts.
Every language and all the others take half an hour of one core: with BABELSCOPE_FULL=1; else twelve languages, the
weakest among them, and some hundred others.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from babelscope.understand.embed import LANGUAGES
from reading_cases import evaluation_set
from retrieval_cases import embedded

FULL = bool(os.environ.get("BABELSCOPE_FULL"))
OTHERS = 5_000 if FULL else 300
GATE = ("eng", "hun", "tha", "amh", "mya", "orm", "arb", "rus", "zho-CN", "swa", "hin", "por")
FIT = Path(__file__).resolve().parents[2] / "scripts" / "fit_means.py"
ALPHA_2 = {"eng": "en", "por": "pt", "spa": "es", "fra": "fr", "rus": "ru", "deu": "de", "slv": "sl", "ara": "ar",
           "zho": "zh", "hau": "ha", "orm": "om", "som": "so"}  # fmt: skip


def versions() -> dict[str, str]:
    """Return the NTREX versions of languages that the embedder knows, with their language."""
    spec = importlib.util.spec_from_file_location("fit_means", FIT)
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    known = {version: code for version, code in script.CODES.items() if code in LANGUAGES or code == "nn"}
    return known if FULL else {version: known[version] for version in GATE}


@pytest.fixture(scope="module")
def ntrex(pytestconfig: pytest.Config) -> dict[str, np.ndarray]:
    data: Any = evaluation_set("ntrex_dev")
    folder = pytestconfig.cache.mkdir("retrieval")  # type: ignore[union-attr]
    vectors = {}
    for version, language in versions().items():
        grouped: dict[str, list[str]] = {}
        for name, line in zip(data["doc_ids"], data["lines"][version], strict=True):
            grouped.setdefault(name, []).append(line)
        vectors[version] = embedded([(language, d[0], "\n".join(d[1:])) for d in grouped.values()], folder)
    return vectors


@pytest.fixture(scope="module")
def others(pytestconfig: pytest.Config) -> np.ndarray:
    """Titles and articles in Arabic, Chinese, English, French, German, Hausa, Oromo, Russian, Somali …"""
    press = [(row["lang"], row["title"], row["text"]) for row in evaluation_set("xling_ppn") if not row["boilerplate"]]
    press += [(row["lang"], row["title"], row["text"]) for row in evaluation_set("topic_masakhanews")]
    titles = [(row["lang"], row["title"], "") for row in evaluation_set("cluster_og2021")]
    step = max(1, len(titles) // max(1, OTHERS - len(press)))
    every = press + titles
    wanted = (press + titles[::step])[:OTHERS] if FULL else every[:: len(every) // OTHERS][:OTHERS]
    known = [(ALPHA_2.get(language, language), title, text) for language, title, text in wanted]
    return embedded(known, pytestconfig.cache.mkdir("retrieval"))  # type: ignore[union-attr]


def recall(vectors: dict[str, np.ndarray], others: np.ndarray | None = None) -> dict[str, float]:
    """Return R@1 of each version: how many English documents have their own translation as nearest candidate."""
    english = vectors["eng"]
    rival = np.full(len(english), -2.0) if others is None else (english @ others.T).max(axis=1)
    found = {}
    for version, candidates in vectors.items():
        if version != "eng":
            cosines = english @ candidates.T
            own = np.diag(cosines)
            found[version] = float(np.mean((cosines.argmax(axis=1) == np.arange(len(own))) & (own > rival)))
    return found


@pytest.mark.slow
def test_every_known_language_is_found(ntrex: dict[str, np.ndarray]) -> None:
    found = recall(ntrex)
    worst = min(found, key=found.__getitem__)
    print(f"{len(found)} versions, mean R@1 {np.mean(list(found.values())):.4f}, worst {worst} {found[worst]:.3f}")
    print(" ".join(f"{version} {score:.3f}" for version, score in sorted(found.items(), key=lambda p: (p[1], p[0]))))
    assert np.mean(list(found.values())) >= (0.99 if FULL else 0.97)
    assert found[worst] >= 0.95


@pytest.mark.slow
def test_every_known_language_is_found_among_five_thousand_others(
    ntrex: dict[str, np.ndarray], others: np.ndarray
) -> None:
    found = recall(ntrex, others)
    worst = min(found, key=found.__getitem__)
    print(f"among {len(others)} others: mean {np.mean(list(found.values())):.4f}, worst {worst} {found[worst]:.3f}")
    assert len(others) == OTHERS
    assert np.mean(list(found.values())) >= 0.97
