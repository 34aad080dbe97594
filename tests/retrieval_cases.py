"""Vectors of evaluation texts through the stage, kept in a folder by the version of the stage and the texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from babelscope.understand.embed import build
from reading_cases import configuration, document

Text = tuple[str, str, str]


def embedded(texts: Sequence[Text], folder: Path) -> np.ndarray:
    """Return the vectors of (language, title, text) through the stage."""
    stage = build(configuration())
    mark = hashlib.sha256(repr((stage.version, list(texts))).encode("utf-8", "replace")).hexdigest()[:24]
    kept = folder / f"{mark}.npy"
    if not kept.is_file():
        stage.load()
        patches = stage([document(text, language, title) for language, title, text in texts])
        np.save(kept, np.stack([np.frombuffer(p.layers["embedding"].vector, dtype="<f2") for p in patches]))
    return np.load(kept).astype(np.float32)  # type: ignore[no-any-return]
