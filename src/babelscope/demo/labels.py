"""The words of the pages' furniture (navigation, banners, footers), in the languages of the press."""

from __future__ import annotations

import datetime as dt
import functools
import importlib.resources
import tomllib
from collections.abc import Mapping

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def direction(language: str) -> str:
    """Return the HTML ``dir`` of a language: "rtl" or "ltr"."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def words(language: str) -> Mapping[str, str]:
    """Return the furniture's words in ``language``; English where it has none."""
    tables = _tables()
    return {**tables["en"], **tables.get(language, {})}


def printed(pattern: str, time: dt.datetime) -> str:
    """Return a time as ``pattern`` prints it (y, m, d, H, M), in the clock of its own offset."""
    return pattern.format(y=time.year, m=time.month, d=time.day, H=time.hour, M=time.minute)


def section_slugs() -> Mapping[str, str]:
    """Return the ASCII slugs of sections whose names are in other scripts."""
    return _tables()["sections"]


@functools.cache
def _tables() -> dict[str, dict[str, str]]:
    file = importlib.resources.files("babelscope.demo").joinpath("templates/labels.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
