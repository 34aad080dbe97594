"""How much each expert counts for the language of a text of some length: a log-linear mixture.

``scripts/fit_identify.py`` fits the coefficients (product of experts, Hinton 2002; conditional logistic regression,
McFadden 1974), so that the share of a language is a calibrated probability.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from importlib.resources import files

import numpy as np

from babelscope.understand.identify_evidence import FEATURES
from babelscope.understand.identify_grams import Array

BOUNDS = (7, 9, 12, 24, 60, 160)
"""Letters at which the next set of coefficients begins."""
_NOTHING = -5.5
_IMPOSSIBLE = -1e3


def read_coefficients() -> Array:
    """Return the packaged coefficients: (length class, ``FEATURES``)."""
    text = files("babelscope.understand").joinpath("identify_mix.json").read_text("utf-8")
    table = np.array(json.loads(text)["coefficients"], np.float32)
    return table.reshape(len(BOUNDS) + 1, FEATURES)


def length_class(letters: int) -> int:
    """Return which row of coefficients a text of so many letters of its script needs."""
    return bisect_right(BOUNDS, letters)


def unheard(evidence: Array) -> Array:
    """Return where nobody said anything for a language: not in the tables, and no share by fastText or CLD2."""
    return np.asarray(
        (evidence[:, :, 9] == 1)
        & ((evidence[:, :, 0] <= _NOTHING) | (evidence[:, :, 1] == 1))
        & ((evidence[:, :, 2] <= _NOTHING) | (evidence[:, :, 3] == 1))
    )


def mixed(evidence: Array, letters: list[int], coefficients: Array) -> Array:
    """Return the probability of each language (column) for each text (row) of ``evidence``."""
    chosen = coefficients[[length_class(count) for count in letters]]
    scores = np.einsum("tlf,tf->tl", evidence, chosen)
    scores[unheard(evidence)] = _IMPOSSIBLE
    scores = np.exp(scores - scores.max(1, keepdims=True))
    return np.asarray(scores / scores.sum(1, keepdims=True))
