"""Fit the story model on labelled news, and report its quality out of fold.

    python scripts/fit_stories.py ../shared/data            # report only
    python scripts/fit_stories.py ../shared/data --write    # and write src/babelscope/connect/stories.json

Titles: event clusters of OG2021 (9 languages); pairs are each title and its nearest earlier ones within the window;
clusters are split into two folds, and each title is judged by the model that has not seen its cluster, in one
time-ordered stream at full density. Texts: translation siblings (PPN), labelled pairs (TGContest) and our own demo
press, each set with the same weight; the demo press is judged by the model that has not seen the story. Thresholds are
folded into the intercepts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from babelscope.connect.pairs import FEATURES, Model, Weights, features, traits
from babelscope.connect.stories import CANDIDATES, Stories
from babelscope.connect.window import Window
from babelscope.demo.press import load_press
from babelscope.demo.scoring import bcubed
from babelscope.flow.apply import PipelineSpec, apply
from babelscope.flow.config import Config
from babelscope.model import Document, Membership

TARGET = Path(__file__).resolve().parent.parent / "src/babelscope/connect/stories.json"
RIDGE = 1.0
ROUNDS = 40
PART = 3000.0
BEST = 0.9
THRESHOLDS = tuple(n / 4 for n in range(-8, 5))
FITTED_ON = "titles: OG2021 dev; texts: PPN dev, TGContest dev, demo press"
Table: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.float64]


def load_module(folder: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def understood(docs: list[Document]) -> list[Document]:
    spec = PipelineSpec(stages=("language", "mentions", "embed"), config=Config())
    return list(apply(spec.open(frozenset({"article"})), docs).kept)


def titles(load: Any) -> tuple[list[Document], list[str]]:
    rows = load.cluster_og2021()
    times = [dt.datetime.fromisoformat(r["time"]).replace(tzinfo=dt.UTC) for r in rows]
    docs = [Document(id=r["id"], title=r["title"], published_at=t) for r, t in zip(rows, times, strict=True)]
    return understood(docs), [r["cluster"] for r in rows]


def siblings(load: Any) -> tuple[list[Document], list[str]]:
    rows = [r for r in load.xling_ppn() if not r["boilerplate"]]
    keep = {c for c in {r["cluster"] for r in rows} if fold_of(c, 4) == 0}
    some = [r for r in rows if r["cluster"] in keep]
    docs = [Document(id=str(n), title=r["title"], text=r["text"]) for n, r in enumerate(some)]
    return understood(docs), [f"{r['part']}/{r['cluster']}" for r in some]


def labelled(load: Any) -> tuple[Table, Labels]:
    rows = load.pairs_tgcontest("pairs")
    docs = [Document(id=f"{n}{s}", title=r[s]["title"], text=r[s]["text"]) for n, r in enumerate(rows) for s in "ab"]
    by = {d.id: traits(d) for d in understood(docs)}
    both = [(by[f"{n}a"], by[f"{n}b"]) for n in range(len(rows))]
    table = np.array([features(a, b, float(a.vector @ b.vector)) for a, b in both])
    return table, np.array([float(r["label"] == "OK") for r in rows])


def demo() -> tuple[list[Document], list[str]]:
    press = load_press()
    label = {key: story.id for story in press.gold.stories for key in story.articles}
    docs = [
        Document(id=a.key, title=a.title, text=a.body, published_at=a.published)
        for a in sorted(press.articles, key=lambda a: (a.published, a.key))
        if a.robots != "disallow"
    ]
    return understood(docs), [label.get(d.id, d.id) for d in docs]


def fold_of(label: str, folds: int = 2) -> int:
    return int(hashlib.sha256(label.encode()).hexdigest(), 16) % folds


def pairs(docs: list[Document], labels: list[str]) -> tuple[Table, Labels, list[int]]:
    """Return features, labels and the owner's position of each document's nearest earlier pairs."""
    window, table, same, owners = Window(Config().connect.story_window_hours), [], [], []
    label_of = dict(zip((d.id for d in docs), labels, strict=True))
    for position, one in enumerate(map(traits, docs)):
        others, cosines, _ = window.nearest(one, CANDIDATES)
        for other, cosine in zip(others, cosines, strict=True):
            table.append(features(one, other, cosine))
            same.append(float(label_of[other.document] == labels[position]))
            owners.append(position)
        window.add(one, one.document, "")
    return np.array(table), np.array(same), owners


def logistic(parts: list[tuple[Table, Labels]], timeless: bool = False) -> Weights:
    """Ridge-penalised logistic regression by iteratively reweighted least squares (Hastie et al. 2009, ch. 4.4).

    Every part has the same weight in all; ``timeless`` leaves the time features out (their coefficients are 0).
    """
    used = [n for n, name in enumerate(FEATURES) if not (timeless and name in ("log_hours", "days"))]
    table, labels = np.vstack([t for t, _ in parts])[:, used], np.concatenate([y for _, y in parts])
    weight = np.concatenate([np.full(len(y), PART / len(y)) for _, y in parts])
    design = np.column_stack([table, np.ones(len(table))])
    penalty = np.diag([*[RIDGE] * table.shape[1], 0.0])
    fit = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-design @ fit))
        hessian = (design * (weight * chance * (1 - chance))[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, design.T @ (weight * (labels - chance)) - penalty @ fit)
        fit = fit + step
        if np.abs(step).max() < 1e-8:
            break
    coefficients = np.zeros(len(FEATURES))
    coefficients[used] = fit[:-1]
    return Weights(tuple(round(float(c), 4) for c in coefficients), round(float(fit[-1]), 4))


def shifted(weights: Weights, threshold: float) -> Weights:
    return msgspec.structs.replace(weights, intercept=round(weights.intercept - threshold, 4))


class NoMemory:
    """A linker's memory with nothing in it."""

    bands = None

    def linked_since(self, linker: str, since: dt.datetime) -> list[tuple[Document, Membership]]:
        return []

    def groups_of(self, linker: str, documents: Any) -> dict[str, str]:
        return {}


class Folded(Stories):
    """Judges each document with the model of the fold that has not seen its label."""

    def __init__(self, models: list[Model], folds: dict[str, int]) -> None:
        super().__init__(Config(), NoMemory(), models[0])  # type: ignore[arg-type]
        self._models, self._folds = models, folds

    def _place(self, document: Document, family: str) -> Membership:
        self._model = self._models[1 - self._folds[document.id]]
        return super()._place(document, family)


def out_of_fold(docs: list[Document], labels: list[str], models: list[Model]) -> tuple[float, float, float]:
    folds = {d.id: fold_of(label) for d, label in zip(docs, labels, strict=True)}
    return bcubed(labels, [m.group for m in Folded(models, folds)(docs)])


def both(weights: Weights) -> Model:
    return Model(titles=weights, texts=weights, weight_of_best=BEST, fitted_on="")


def by_fold(table: Table, same: Labels, owners: list[int], labels: list[str], fold: int) -> tuple[Table, Labels]:
    mine = np.array([fold_of(labels[owner]) == fold for owner in owners])
    return table[mine], same[mine]


def fit_titles(load: Any) -> Weights:
    docs, labels = titles(load)
    table, same, owners = pairs(docs, labels)
    fits = [logistic([by_fold(table, same, owners, labels, fold)]) for fold in (0, 1)]
    best = (0.0, 0.0)
    for threshold in THRESHOLDS:
        scores = out_of_fold(docs, labels, [both(shifted(f, threshold)) for f in fits])
        print(f"titles, threshold {threshold:5.2f}: OG2021 out of fold F1 {scores[2]:.3f}")
        best = max(best, (scores[2], threshold))
    return shifted(logistic([(table, same)]), best[1])


def fit_texts(load: Any) -> Weights:
    docs, labels = demo()
    others, other_labels = siblings(load)
    table, same, owners = pairs(docs, labels)
    more = [pairs(others, other_labels)[:2], labelled(load)]
    fits = [logistic([by_fold(table, same, owners, labels, fold), *more], timeless=True) for fold in (0, 1)]
    final = logistic([(table, same), *more], timeless=True)
    best = (0.0, 0.0)
    for threshold in THRESHOLDS:
        own = out_of_fold(docs, labels, [both(shifted(f, threshold)) for f in fits])
        ppn = out_of_fold(others, other_labels, [both(shifted(final, threshold))] * 2)
        print(
            f"texts, threshold {threshold:5.2f}: demo press out of fold F1 {own[2]:.3f}, PPN in sample F1 {ppn[2]:.3f}"
        )
        best = max(best, (own[2] + ppn[2], threshold))
    return shifted(final, best[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    load = load_module(arguments.data, "load")
    texts = fit_texts(load)
    model = Model(titles=fit_titles(load), texts=texts, weight_of_best=BEST, fitted_on=FITTED_ON)
    print(model)
    if arguments.write:
        TARGET.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=2) + b"\n")


if __name__ == "__main__":
    main()
