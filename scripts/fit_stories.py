"""Fit the story model's coefficients on event clusters of news titles, and report its quality out of fold.

    python scripts/fit_stories.py ../shared/data            # report only
    python scripts/fit_stories.py ../shared/data --write    # and write src/babelscope/connect/stories.json

Pairs are each title and its nearest earlier titles within the window. Clusters are split into two folds; a title is
judged by the model that has not seen its cluster, in one time-ordered stream at full density. The model that is written
is fitted on all pairs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from babelscope.connect.pairs import FEATURES, Model, Traits, features, traits
from babelscope.connect.stories import CANDIDATES, Stories
from babelscope.connect.window import Window
from babelscope.demo.scoring import bcubed
from babelscope.flow.apply import PipelineSpec, apply
from babelscope.flow.config import Config
from babelscope.model import Document, Membership, read_layer

TARGET = Path(__file__).resolve().parent.parent / "src/babelscope/connect/stories.json"
RIDGE = 1.0
ROUNDS = 30


def load_module(folder: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def read_titles(folder: Path, cache: Path | None) -> tuple[list[Document], list[str]]:
    rows = load_module(folder, "load").cluster_og2021()
    docs = [
        Document(id=r["id"], title=r["title"], published_at=dt.datetime.fromisoformat(r["time"]).replace(tzinfo=dt.UTC))
        for r in rows
    ]
    if cache and cache.exists():
        kept = msgspec.msgpack.decode(cache.read_bytes(), type=list[Document])
        typed = [msgspec.structs.replace(d, layers={k: read_layer(k, v) for k, v in d.layers.items()}) for d in kept]
        return typed, [r["cluster"] for r in rows]
    spec = PipelineSpec(stages=("language", "embed"), config=Config())
    kept = list(apply(spec.open(frozenset({"article"})), docs).kept)
    return kept, [r["cluster"] for r in rows]


def pairs(every: list[Traits], clusters: list[str]) -> tuple[NDArray[np.float64], NDArray[np.float64], list[int]]:
    window, table, labels, owners = Window(Config().connect.story_window_hours), [], [], []
    cluster_of = dict(zip((t.document for t in every), clusters, strict=True))
    for position, one in enumerate(every):
        others, cosines, _ = window.nearest(one, CANDIDATES)
        for other, cosine in zip(others, cosines, strict=True):
            table.append(features(one, other, cosine))
            labels.append(float(cluster_of[other.document] == clusters[position]))
            owners.append(position)
        window.add(one, one.document, "")
    return np.array(table), np.array(labels), owners


def logistic(table: NDArray[np.float64], labels: NDArray[np.float64]) -> tuple[tuple[float, ...], float]:
    """Ridge-penalised logistic regression by iteratively reweighted least squares (Hastie et al. 2009, ch. 4.4)."""
    design = np.column_stack([table, np.ones(len(table))])
    penalty = np.diag([*[RIDGE] * table.shape[1], 0.0])
    weights = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-design @ weights))
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, design.T @ (labels - chance) - penalty @ weights)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return tuple(round(float(w), 4) for w in weights[:-1]), round(float(weights[-1]), 4)


class NoMemory:
    """A linker's memory with nothing in it."""

    bands = None

    def linked_since(self, linker: str, since: dt.datetime) -> list[tuple[Document, Membership]]:
        return []

    def groups_of(self, linker: str, documents: Any) -> dict[str, str]:
        return {}


class Folded(Stories):
    """Judges each document with the model of the fold that has not seen its cluster."""

    def __init__(self, models: tuple[Model, Model], fold_of: dict[str, int]) -> None:
        super().__init__(Config(), NoMemory(), models[0])  # type: ignore[arg-type]
        self._models, self._fold_of = models, fold_of

    def _place(self, document: Document, family: str) -> Membership:
        self._model = self._models[1 - self._fold_of[document.id]]
        return super()._place(document, family)


def model(fit: tuple[tuple[float, ...], float], threshold: float, best: float) -> Model:
    return Model(
        coefficients=fit[0], intercept=fit[1], threshold=threshold, weight_of_best=best, fitted_on="OG2021 dev"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    docs, clusters = read_titles(arguments.data, arguments.cache)
    metrics = load_module(arguments.data, "metrics")
    languages = [d.layers["language"].code for d in docs]
    table, labels, owners = pairs([traits(d) for d in docs], clusters)
    folds = [int(hashlib.sha256(c.encode()).hexdigest(), 16) % 2 for c in clusters]
    mine = np.array([folds[o] for o in owners])
    fits = [logistic(table[mine == fold], labels[mine == fold]) for fold in (0, 1)]
    fold_of = {d.id: f for d, f in zip(docs, folds, strict=True)}
    print(f"{len(labels)} pairs, {labels.mean():.1%} of one story; {dict(zip(FEATURES, fits[0][0], strict=True))}")
    chosen = (0.0, 0.0, 0.0)
    for best in (0.9, 0.7):
        for threshold in (0.0, 0.25, 0.5, 0.75, 1.0):
            linker = Folded((model(fits[0], threshold, best), model(fits[1], threshold, best)), fold_of)
            groups = [m.group for m in linker(docs)]
            precision, recall, f1 = bcubed(clusters, groups)
            cross = metrics.cross_lingual_bcubed(clusters, groups, languages).f1
            print(
                f"best {best} threshold {threshold:4.1f}: P {precision:.3f} R {recall:.3f} F1 {f1:.3f}, cross {cross:.3f}"
            )
            chosen = max(chosen, (f1 + cross, float(threshold), best))
    if arguments.write:
        final = model(logistic(table, labels), chosen[1], chosen[2])
        TARGET.write_bytes(msgspec.json.format(msgspec.json.encode(final), indent=2) + b"\n")
        print(f"wrote {TARGET.name}: {final}")


if __name__ == "__main__":
    main()
