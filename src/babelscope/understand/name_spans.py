"""Spans that are names; and how overlapping, repeated and conflicting spans are settled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from babelscope.languages.names import fold_name
from babelscope.model.layers import MentionKind, Part

MAX_REPEATED = 60
_EDGE = " \t\r\n\u00a0\u202f\u3000\"'“”„«»‘’`.,;:()[]{}<>!?…-–—_*|/\\"
_LEADING = re.compile(r"(?:the|a|an)\s+", re.IGNORECASE)
_TRAILING = re.compile(r"['’]s?$")


class Name(msgspec.Struct, frozen=True):
    """A span of title or text that is a name, what kind of thing it names, how sure (0–1), and who says so."""

    of: Part
    start: int
    end: int
    kind: MentionKind
    score: float
    by: str


def trimmed(
    text: str, start: int, end: int, articles: re.Pattern[str] = _LEADING, endings: re.Pattern[str] = _TRAILING
) -> tuple[int, int]:
    """Return the span without articles, quotation marks, possessive endings and white space at its edges.

    ``articles`` and ``endings`` are those of the language, as patterns; English ones, if none are given.
    """
    end = start + len(text[start:end].split("\n", 1)[0].rstrip())
    while True:
        piece = text[start:end]
        article = articles.match(piece)
        left = article.end() if article else len(piece) - len(piece.lstrip(_EDGE))
        kept = piece[left:]
        possessive = endings.search(kept)
        right = len(possessive[0]) if possessive else len(kept) - len(kept.rstrip(_EDGE))
        if right == 1 and kept.endswith(".") and "." in kept[:-1].rsplit(" ", 1)[-1]:
            right = 0  # the full stop of "U.S." belongs to the name
        if not left and not right:
            return start, end
        start, end = start + left, end - right
        if start >= end:
            return start, start


def without_overlaps(names: Iterable[Name]) -> list[Name]:
    """Return ``names`` in order of appearance; of overlapping ones the longer stays, then the earlier given."""
    kept: list[Name] = []
    for name in sorted(names, key=lambda n: (n.start - n.end, n.of != "title", n.start)):
        if all(other.of != name.of or other.end <= name.start or name.end <= other.start for other in kept):
            kept.append(name)
    return sorted(kept, key=lambda n: (n.of != "title", n.start))


def repeats(names: Sequence[Name], texts: dict[Part, str]) -> list[Name]:
    """Return further occurrences, as whole words, of names that are already known in the document."""
    known: dict[str, Name] = {}
    for name in names:
        surface = texts[name.of][name.start : name.end]
        if len(surface) >= 4 and surface[0].isupper() and len(known) < MAX_REPEATED:
            known.setdefault(surface, name)
            surname = surface.rsplit(" ", 1)[-1]
            if name.kind == "person" and len(surname) >= 4 and surname[0].isupper():
                known.setdefault(surname, name)
    if not known:
        return []
    longest_first = "|".join(re.escape(s) for s in sorted(known, key=len, reverse=True))
    pattern = re.compile(rf"(?<![^\W_])(?:{longest_first})(?![^\W_])")
    found = []
    for of, text in texts.items():
        for match in pattern.finditer(text):
            like = known[match[0]]
            found.append(Name(of, match.start(), match.end(), like.kind, like.score, like.by))
    taken = {(n.of, n.start, n.end) for n in names}
    return [n for n in found if (n.of, n.start, n.end) not in taken]


def one_kind_per_name(names: Sequence[Name], texts: dict[Part, str]) -> list[Name]:
    """Give every occurrence of a name the kind it has most often, and a surname the kind of the full name."""
    counts: dict[str, Counter[MentionKind]] = {}
    surnames: set[str] = set()
    for name in names:
        key = _key(name, texts)
        counts.setdefault(key, Counter())[name.kind] += 1
        if name.kind == "person" and " " in key:
            surnames.add(key.rsplit(" ", 1)[1])
    settled = []
    for name in names:
        key = _key(name, texts)
        kind: MentionKind = "person" if key in surnames else counts[key].most_common(1)[0][0]
        settled.append(name if kind == name.kind else msgspec.structs.replace(name, kind=kind))
    return settled


def _key(name: Name, texts: dict[Part, str]) -> str:
    return fold_name(" ".join(texts[name.of][name.start : name.end].split()))
