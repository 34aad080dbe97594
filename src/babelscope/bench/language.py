"""How fast the stage ``language`` is on given texts, a document a line: title, tab, text."""

from __future__ import annotations

import resource
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from babelscope.model import Language
from babelscope.understand.language import Identifier, LanguageStage

MAX_DOCUMENTS = 100_000


PASSES = 3
"""Measured passes over all documents, after one that fills the caches of the processor; the median counts."""


def run(path: Path) -> dict[str, Any]:
    """Return documents a second of one core (processor time), and the languages that were found.

    Raises ``OSError`` if ``path`` cannot be read.
    """
    lines = path.read_text("utf-8", "replace").splitlines()[:MAX_DOCUMENTS]
    pairs = [(title, text.replace("\\n", "\n")) for title, _, text in (line.partition("\t") for line in lines)]
    identifier = Identifier()
    began = time.perf_counter()
    identifier.load()
    loaded = time.perf_counter() - began
    found = _pass(identifier, pairs)
    spent = statistics.median(_timed(identifier, pairs) for _ in range(PASSES))
    return {
        "documents": len(pairs),
        "loading, s": round(loaded, 2),
        "documents a second": round(len(pairs) / spent) if spent else 0,
        "mixed": sum(bool(layer.parts) for layer in found),
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "languages": dict(Counter(layer.code for layer in found).most_common(20)),
    }


def _pass(identifier: Identifier, pairs: Sequence[tuple[str, str]]) -> list[Language]:
    found: list[Language] = []
    for at in range(0, len(pairs), LanguageStage.batch):
        found += identifier.documents(pairs[at : at + LanguageStage.batch])
    return found


def _timed(identifier: Identifier, pairs: Sequence[tuple[str, str]]) -> float:
    began = time.process_time()
    _pass(identifier, pairs)
    return time.process_time() - began
