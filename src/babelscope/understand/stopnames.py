"""Words that are also names of towns: a lone one is not read as a place unless a model says so."""

from __future__ import annotations

from importlib import resources

from babelscope.languages.names import fold_name


def _read() -> frozenset[str]:
    text = resources.files("babelscope.understand").joinpath("stopnames.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(fold_name(word) for line in lines for word in line.split())


COMMON_WORDS: frozenset[str] = _read()
"""The words, folded (``stopnames.txt``)."""
