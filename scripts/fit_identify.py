"""Fit how much each expert counts for the language of a text: understand/identify_mix.json.

    pip install scipy
    python scripts/fit_identify.py            # reads ../shared/data (lid_lingua, ntrex_dev), writes the coefficients

Half of the texts (by the parity of their CRC-32) fit, the other half measures; the figures printed are of the latter.
"""

from __future__ import annotations

import importlib.util
import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from scipy.optimize import minimize

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from babelscope.languages.codes import canonical_code  # noqa: E402
from babelscope.languages.script import script_counts, script_of_counts  # noqa: E402
from babelscope.understand.identify_evidence import FEATURES, Experts, candidates  # noqa: E402
from babelscope.understand.identify_grams import SCRIPTS, Array  # noqa: E402
from babelscope.understand.identify_mix import BOUNDS, length_class, mixed, unheard  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
TARGET = ROOT / "src" / "babelscope" / "understand" / "identify_mix.json"
PER_LANGUAGE = 400
RIDGE = 0.002
SHORT_NEWS = (0.05, 0.05, 0.05, 0.1, 0.3, 0.3, 1.0)
"""Weight of a piece of NTREX by length class: its languages are not met as often as each other."""


def loaded() -> Any:
    spec = importlib.util.spec_from_file_location("evaluation_load", DATA / "load.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def texts() -> list[tuple[str, str, str]]:
    """Return (kind, language, text): lines of lid_lingua, and pieces of every length of the news of NTREX."""
    draw = random.Random(4)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    load = loaded()
    for row in load.lid_lingua():
        found[row["kind"], canonical_code(row["lang"])].append(row["text"])
    for version, lines in load.ntrex_dev()["lines"].items():
        code = canonical_code(version.replace("ref-2.", ""))
        words = " ".join(lines).split()
        for name, size, times in (("n-word", 1, 60), ("n-pair", 2, 60), ("n-part", 5, 60), ("n-long", 60, 60)):
            for _ in range(times):
                at = draw.randrange(len(words) - size)
                found[name, code].append(" ".join(words[at : at + size]))
    return [
        (kind, code, text)
        for (kind, code), rows in sorted(found.items())
        for text in draw.sample(rows, min(PER_LANGUAGE, len(rows)))
    ]


def fitted_on(text: str) -> bool:
    """Say whether ``text`` is of the half that is fitted on."""
    return crc32(text.encode()) % 2 == 0


def gather(experts: Experts) -> list[tuple[str, str, str, str, int]]:
    """Return (kind, language, text, script, letters) of all texts in a script of several languages."""
    rows = []
    for kind, code, text in texts():
        counts = script_counts(text)
        script = script_of_counts(counts)
        if script in SCRIPTS and code in candidates(script) and counts[script] >= 2:
            rows.append((kind, code, text, script, counts[script]))
    return rows


def fit(evidence: list[tuple[Array, Array, Array, Array]]) -> Array:
    """Return the coefficients for (evidence, gold column, weight of the text, who is unheard), each of one script."""
    count = sum(weights.sum() for _, _, weights, _ in evidence)

    def loss(weights: Array) -> tuple[float, Array]:
        total, slope = 0.0, np.zeros(FEATURES)
        for values, gold, counts, silent in evidence:
            scores = np.where(silent, -1e3, values @ weights)
            scores = np.exp(scores - scores.max(1, keepdims=True))
            shares = scores / scores.sum(1, keepdims=True)
            here = np.arange(len(gold))
            total -= (counts * np.log(shares[here, gold] + 1e-12)).sum()
            slope += np.einsum("t,tl,tlf->f", counts, shares, values) - counts @ values[here, gold]
        return total / count + RIDGE * float(weights @ weights), slope / count + 2 * RIDGE * weights

    return np.asarray(minimize(loss, np.zeros(FEATURES), jac=True, method="L-BFGS-B").x)


def main() -> None:
    experts = Experts()
    experts.load()
    rows = gather(experts)
    print(len(rows), "texts", flush=True)
    parts = []
    for script in SCRIPTS:
        own = [row for row in rows if row[3] == script]
        place = {code: at for at, code in enumerate(candidates(script))}
        said = [(experts.by_model(text, script), experts.by_cld(text, script)) for _, _, text, _, _ in own]
        evidence = np.concatenate(
            [
                experts.evidence([row[2] for row in own[at : at + 256]], script, said[at : at + 256])
                for at in range(0, len(own), 256)
            ]
        )
        parts.append((own, evidence, np.array([place[row[1]] for row in own])))
    table = []
    for bucket in range(len(BOUNDS) + 1):
        chosen = []
        for own, evidence, gold in parts:
            silent = unheard(evidence)
            said = ~silent[np.arange(len(gold)), gold]
            here = [n for n, row in enumerate(own) if length_class(row[4]) == bucket and fitted_on(row[2]) and said[n]]
            weights = np.array([SHORT_NEWS[bucket] if own[n][0].startswith("n-") else 1.0 for n in here])
            chosen.append((evidence[here].astype(float), gold[here], weights, silent[here]))
        table.append(fit(chosen))
    coefficients = np.round(np.array(table), 4)
    print(coefficients)
    TARGET.write_text(json.dumps({"coefficients": coefficients.tolist()}) + "\n")
    measure(parts, coefficients)


def measure(parts: list[Any], coefficients: Array) -> None:
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    said = []
    for own, evidence, gold in parts:
        shares = mixed(evidence, [row[4] for row in own], coefficients.astype(np.float32))
        for n, row in enumerate(own):
            best = int(shares[n].argmax())
            if not fitted_on(row[2]):
                right[row[0]][row[1]].append(best == gold[n])
            if not fitted_on(row[2]):
                said.append((float(shares[n][best]), best == gold[n], length_class(row[4])))
    for kind, by in right.items():
        fails = sorted((round(float(np.mean(v)), 2), code) for code, v in by.items())
        print(kind, len(by), round(float(np.mean([share for share, _ in fails])), 4), fails[:26])
    for low in np.arange(0, 1, 0.1):
        hits = [ok for share, ok, _ in said if low <= share < low + 0.1 + 1e-9 * (low > 0.85)]
        if hits:
            print(round(float(low), 1), len(hits), round(float(np.mean(hits)), 3))


if __name__ == "__main__":
    main()
