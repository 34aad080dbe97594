"""Linker ``entities``: mentions that name one person, organisation or place, across documents and scripts.

Block: a shared folded name token, or the initials. Score: similarity of the folded names (rapidfuzz, in any order of
tokens). Judge: exact fold, a strong likeness of names of two or more tokens, or an acronym of a name; one short name
alone is never enough. Group: the first mention's id, for ever. Places go by their gazetteer entry.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from anyascii import anyascii
from rapidfuzz import fuzz

from babelscope.flow.config import Config
from babelscope.flow.shapes import Linker, LinkMemory
from babelscope.model import Anchor, Document, Membership, Mention, Mentions, content_id

LIKE = 88.0
"""Percent: the Indel similarity at which two names of several tokens are one."""
MAX_NAME_WORDS = 8
MAX_BLOCK = 500
# fmt: off
LEGAL_FORMS = frozenset((
    "ltd", "limited", "inc", "incorporated", "llc", "plc", "gmbh", "ag", "kg", "se", "sa", "sas", "sarl", "srl", "spa",
    "bv", "nv", "oy", "ab", "as", "aps", "corp", "corporation", "co", "company", "group", "holding", "holdings", "the",
    "ooo", "oao", "ao", "pao", "kk", "jsc",
))
# fmt: on
_SENTENCE_END = re.compile(r"[.!?。！？؟।]\s|[.!?。！？؟।]$|\n")


class _Name(msgspec.Struct, frozen=True):
    group: str
    kind: str
    tokens: tuple[str, ...]
    folded: str


class Entities:
    """Online entity grouping; its memory is the run's own."""

    name = "entities"
    version = "1"
    needs = frozenset({"article", "language", "mentions"})

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], str] = {}
        self._blocks: dict[str, list[_Name]] = defaultdict(list)
        self._groups: dict[str, list[tuple[Mention, str]]] = {}

    def load(self) -> None:
        """Nothing to load."""

    def __call__(self, docs: Sequence[Document]) -> Sequence[Membership]:
        """Return the entity of each document's first mention (a short text is a mention as a whole)."""
        self._groups.clear()
        return [self._place(d) for d in docs]

    def details(self, document: Document) -> dict[str, Any]:
        """Return every mention of a document of the last call with its entity."""
        return {"mentions": [{"surface": m.surface, "kind": m.kind, "group": g} for m, g in self._groups[document.id]]}

    def _place(self, document: Document) -> Membership:
        found = [(m, self._group(m)) for m in _mentions(document)]
        self._groups[document.id] = found
        if not found:
            return Membership(document=document.id, group=document.id, why="no name found")
        mention, group = found[0]
        return Membership(document=document.id, group=group, why=f"named {mention.surface!r}")

    def _group(self, mention: Mention) -> str:
        if mention.place is not None:
            return f"place:{mention.place.id}"
        tokens = fold(mention.reads_as or mention.surface)
        folded = " ".join(tokens)
        known = self._exact.get((_family(mention.kind), folded)) or self._alike(mention.kind, tokens, folded)
        group = known or content_id("entity", mention.kind, folded or mention.surface)
        self._remember(_Name(group, _family(mention.kind), tokens, folded))
        return group

    def _alike(self, kind: str, tokens: tuple[str, ...], folded: str) -> str:
        best = (0.0, "")
        for key in _keys(tokens):
            for other in self._blocks.get(key, ()):
                if other.kind == _family(kind):
                    best = max(best, (_score(tokens, folded, other), other.group))
        return best[1] if best[0] >= LIKE else ""

    def _remember(self, name: _Name) -> None:
        if not name.folded or (name.kind, name.folded) in self._exact:
            return
        self._exact[name.kind, name.folded] = name.group
        for key in _keys(name.tokens):
            if len(self._blocks[key]) < MAX_BLOCK:
                self._blocks[key].append(name)


def fold(name: str) -> tuple[str, ...]:
    """Return the name's tokens in Latin letters without case, marks and legal forms."""
    tokens = re.findall(r"[a-z0-9]+", anyascii(name).casefold())
    return tuple(t for t in tokens if t not in LEGAL_FORMS) or tuple(tokens)


def _family(kind: str) -> str:
    """A name that nobody could type may be anything but a place."""
    return "name" if kind in ("organisation", "thing", "person") else kind


def _keys(tokens: tuple[str, ...]) -> Iterator[str]:
    yield from {t[:4] for t in tokens if len(t) >= 3}
    if len(tokens) >= 3:
        yield "".join(t[0] for t in tokens)[:4]


def _score(tokens: tuple[str, ...], folded: str, other: _Name) -> float:
    """Return 0–100. A single token must be equal or an acronym: "Wang Yi" is not "Wang Li"."""
    if _is_acronym(tokens, other.tokens) or _is_acronym(other.tokens, tokens):
        return 99.0
    if min(len(tokens), len(other.tokens)) < 2:
        return 0.0
    if any(len(t) <= 3 for t in set(tokens) ^ set(other.tokens)):
        return 0.0
    return float(fuzz.token_sort_ratio(folded, other.folded))


def _is_acronym(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    return len(short) == 1 and len(long) >= 3 and short[0] == "".join(t[0] for t in long)


def _mentions(document: Document) -> list[Mention]:
    text = document.text or document.title
    if len(text.split()) <= MAX_NAME_WORDS and not _SENTENCE_END.search(text) and text.strip():
        part = "text" if document.text else "title"
        whole = Mention(anchor=Anchor(of=part, start=0, end=len(text)), surface=text, kind="thing")  # type: ignore[arg-type]
        return [whole]
    found = document.layers.get("mentions")
    return list(found.items) if isinstance(found, Mentions) else []


def build(config: Config, memory: LinkMemory) -> Linker:
    """Return the linker; it needs neither configuration nor earlier documents."""
    return Entities()
