"""The headline: what the page calls itself, without the name of the site."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from babelscope.extract.decode import clean

MAX_TITLE = 500
_MIN_WITNESS = 8
_SEPARATOR = re.compile(r"\s+[|·•»«–—\-:/]+\s+|\s*[|»_｜]\s*|(?<=[^\x00-\u2fff])\s?[-–—]+\s?")
_ZERO_WIDTH = re.compile("[\u200b\u00ad\ufeff\u2060]")
_NOT_WORD = re.compile(r"[\W_]+")
# A page that says so has no headline of its own.
_EMPTY = frozenset({"home", "homepage", "menu", "index", "untitled", "untitled document", "news", "startseite"})


def tidy(text: str) -> str:
    """Return ``text`` on one line: entities resolved, no zero-width or control characters, at most 500 characters."""
    plain = _ZERO_WIDTH.sub("", html.unescape(text)) if text else ""
    return clean(" ".join(plain.split()))[:MAX_TITLE]


def choose_title(candidates: Iterable[str], sites: Iterable[str], headings: Iterable[str] = ()) -> str:
    """Return the first of ``candidates`` (the most trusted first) that is a headline, without a site's name.

    ``sites`` are the names under which the site calls itself; ``headings`` are texts of the page's headings: what
    follows one of them after a separator is no headline. "" if every candidate is empty or only a site's name.
    """
    cleaned = [c for c in map(tidy, candidates) if c]
    names = {_bare(site) for site in sites} - {""}
    witnesses = [w for w in (*cleaned, *map(tidy, headings)) if len(w) >= _MIN_WITNESS]
    for candidate in cleaned:
        title = _without_site(candidate, names, witnesses)
        if title and _bare(title) not in names and title.casefold() not in _EMPTY:
            return title
    return ""


def _without_site(title: str, names: set[str], witnesses: list[str]) -> str:
    """Take off what follows (or leads) a separator if it is a site's name, or if a witness is the rest."""
    for witness in witnesses:
        rest = title[len(witness) :] if title.startswith(witness) else ""
        separator = _SEPARATOR.match(rest)
        if separator and rest[separator.end() :].strip():  # a closing quotation mark is no separator
            return witness
    for _ in range(3):
        cuts = [
            cut for cut in _SEPARATOR.finditer(title) if title[: cut.start()].strip() and title[cut.end() :].strip()
        ]
        if not cuts:
            break
        last, first = cuts[-1], cuts[0]
        if _is_site(title[last.end() :], names):
            title = title[: last.start()]
        elif _is_site(title[: first.start()], names):
            title = title[first.end() :]
        else:
            break
    return title.strip(" |_｜")


def _is_site(part: str, names: set[str]) -> bool:
    bare = _bare(part)
    if not bare:
        return True
    return any(bare == name or (len(bare) > 3 and (bare in name or fuzz.ratio(bare, name) >= 85)) for name in names)


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", text.casefold())
