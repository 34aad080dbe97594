"""Which words are written with a full stop of their own, by language: the data of ``abbreviations.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

_ANY = "*"


@cache
def leading(language: str = "") -> frozenset[str]:
    """Return the abbreviations of ``language`` (ISO 639-1) that never end a sentence, without the last full stop.

    A short abbreviation of one language is a common word of another ("art", "s"): where the language is not known, only
    the international and English ones, and of the others the long ones and those with a full stop inside.
    """
    return _of("leading", language)


@cache
def trailing(language: str = "") -> frozenset[str]:
    """Return the abbreviations of ``language`` that may stand at the end of a sentence."""
    return _of("trailing", language)


@cache
def openers(language: str = "") -> frozenset[str]:
    """Return words that often open a sentence, case-folded; empty if there is no list for ``language``."""
    return frozenset(_table("openers").get(language or "en", "").split())


def _of(title: str, language: str) -> frozenset[str]:
    table = _table(title)
    found = {*table[_ANY].split(), *table.get(language or "en", "").split()}
    if not language:
        found |= {word for words in table.values() for word in words.split() if "." in word or len(word) > 3}
    return frozenset(found)


@cache
def _table(title: str) -> dict[str, str]:
    text = files("babelscope.languages").joinpath("abbreviations.toml").read_text(encoding="utf-8")
    return {language: str(words) for language, words in tomllib.loads(text)[title].items()}
