"""Stage ``mentions``: names in the original text, each anchored to its characters.

English: a statistical tagger with corrections, and the gazetteer. French, Japanese, Russian, Vietnamese: the same
with the language's own model, where it is installed. Other languages: the gazetteer (any script) and conservative
rules; the layer's ``reason`` says that no model of names covers the language, or which extra brings one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from babelscope.flow.config import Config
from babelscope.flow.manifest import entry
from babelscope.flow.models import resolve
from babelscope.flow.shapes import Stage
from babelscope.languages.codes import UNKNOWN, language_name
from babelscope.languages.names import fold_name
from babelscope.languages.sentences import first_words
from babelscope.model import Anchor, Document, Language, Mention, Mentions, Patch
from babelscope.model.layers import Part
from babelscope.understand.english_names import english_names, load_tagger
from babelscope.understand.gazetteer import MODEL as GAZETTEER_MODEL
from babelscope.understand.gazetteer import Gazetteer, open_gazetteer
from babelscope.understand.gazetteer_build import DEMONYM
from babelscope.understand.name_spans import Name
from babelscope.understand.native_names import NATIVE, installed, native_names, open_native
from babelscope.understand.native_tagging import Tagger
from babelscope.understand.place_ranking import Decision, decide
from babelscope.understand.places import Match, candidates_of, find_places
from babelscope.understand.proper_names import proper_names

TAGGER_MODEL = "en_core_web_sm"
BY_GAZETTEER = "gazetteer"
MAX_TITLE = 300
MAX_WORD_CHARS = 12
PLACE_WINDOW = 2
"""Places are looked for in this many times ``read.mention_words`` words: the gazetteer is cheap."""
UNTRUSTED, PEOPLE, WEAK = 0.85, 0.5, 0.5
"""Scores: a place that only the gazetteer names; an adjective or people that stands for its country; a thing that may
be a place after all."""


class MentionStage:
    """Documents → ``Mentions``. A document alone and in a batch gives the same mentions."""

    name = "mentions"
    needs = frozenset({"article", "language"})
    provides = frozenset({"mentions"})
    batch = 16

    def __init__(self, config: Config) -> None:
        self._config = config
        self._words = config.read.mention_words
        self._tagger: Any = None
        self._gazetteer: Gazetteer | None = None
        self._native = installed(config)
        self._opened: dict[str, Tagger] = {}
        marks = [entry(TAGGER_MODEL).mark, entry(GAZETTEER_MODEL).mark]
        marks += [f"{code}{native.marks}" for code, native in sorted(self._native.items())]
        self.version = "-".join(["2", *marks])

    def load(self) -> None:
        """Load tagger and gazetteer (which is built at the very first use); raises ``ModelMissing``.

        The model of another language is opened with the first document of that language.
        """
        self._gazetteer = open_gazetteer(self._config)
        self._tagger = load_tagger(resolve(TAGGER_MODEL, self._config))

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return the mentions of each document; raises ``Unavailable`` if an installed model is damaged."""
        if self._gazetteer is None:
            raise RuntimeError("stage mentions was used before load()")
        return [Patch(layers={"mentions": self._mentions(doc, self._gazetteer)}) for doc in docs]

    def _mentions(self, doc: Document, gazetteer: Gazetteer) -> Mentions:
        layer = doc.layers.get("language")
        language = layer.code if isinstance(layer, Language) else "und"
        near = self._window(doc, 1)
        far = self._window(doc, PLACE_WINDOW)
        if language == "en":
            names, reason = english_names(near, self._tagger, gazetteer), ""
        elif language in self._native:
            names, reason = native_names(near, language, self._tagger_of(language), gazetteer), ""
        else:
            names, reason = proper_names(near, language), _reason(language)
        matches = [m for of, text in far.items() for m in find_places(text, of, language, gazetteer)]
        names, places = _settle(names, matches, far, language, gazetteer)
        items = [_mention(n, far) for n in names] + [_place_mention(d, t, far, gazetteer) for d, t in places]
        items.sort(key=lambda m: (m.anchor.of != "title", m.anchor.start, m.anchor.end))
        return Mentions(items=tuple(items), reason=reason)

    def _tagger_of(self, language: str) -> Tagger:
        if language not in self._opened:
            self._opened[language] = open_native(language, self._config)
        return self._opened[language]

    def _window(self, doc: Document, times: int) -> dict[Part, str]:
        count = self._words * times
        return {"title": doc.title[:MAX_TITLE], "text": first_words(doc.text[: count * MAX_WORD_CHARS], count)}


def _reason(language: str) -> str:
    """Say why only places and rule-found names were looked for."""
    name = "an unknown language" if language == UNKNOWN else language_name(language)
    found = "places and rule-found names only"
    if language in NATIVE:
        wanted = NATIVE[language].requirement
        return f'the model of names for {name} is not installed: {found}; pip install "{wanted}" brings it'
    return f"no model of names for {name}: {found}"


def _settle(
    names: Sequence[Name], matches: Sequence[Match], texts: dict[Part, str], language: str, gazetteer: Gazetteer
) -> tuple[list[Name], list[tuple[Decision, Name | None]]]:
    """Join model names and gazetteer matches: names of the kind place get their place; the rest must not overlap.

    A match inside another name is left out (the surname Paris, the Bank of England), but for a country inside a
    span that only rules found, or that a model took for a place which the gazetteer lacks.
    """
    kept: list[Name] = []
    wanted: list[tuple[Match, Name | None]] = []
    for name in names:
        surface = texts[name.of][name.start : name.end]
        inside = [m for m in matches if m.of == name.of and m.start < name.end and name.start < m.end]
        same = [m for m in inside if (m.start, m.end) == (name.start, name.end)]
        weak = name.kind == "thing" and name.score <= WEAK
        if name.kind == "place":
            found = tuple(c for c in candidates_of(surface, language, gazetteer) if not c.flags & DEMONYM)
            part = [m for m in inside if not m.candidates[0].flags & DEMONYM]
            if found or part:
                key = fold_name(surface) if found else part[0].key
                wanted.append((Match(name.of, name.start, name.end, key, found or part[0].candidates, True), name))
            else:
                kept.append(name)
        elif not (weak and (same or any(c.kind for m in inside for c in m.candidates[:1]))):
            kept.append(name)
    taken = [(n.of, n.start, n.end) for n in kept] + [(m.of, m.start, m.end) for m, _ in wanted]
    free = [m for m in matches if not any(m.of == o and m.start < e and s < m.end for o, s, e in taken)]
    pairs: list[tuple[Match, Name | None]] = [*wanted, *((m, None) for m in free)]
    decisions = decide([m for m, _ in pairs], texts)
    return kept, [(d, name) for d, (_, name) in zip(decisions, pairs, strict=True)]


def _mention(name: Name, texts: dict[Part, str]) -> Mention:
    surface = texts[name.of][name.start : name.end]
    return Mention(
        anchor=Anchor(of=name.of, start=name.start, end=name.end),
        surface=surface,
        kind=name.kind,
        reads_as=in_latin(surface),
        score=name.score,
        by=name.by,
    )


def _place_mention(decision: Decision, name: Name | None, texts: dict[Part, str], gazetteer: Gazetteer) -> Mention:
    match, chosen = decision.match, decision.chosen
    place = gazetteer.place(chosen.row)
    score = decision.score * (name.score if name else UNTRUSTED)
    return Mention(
        anchor=Anchor(of=match.of, start=match.start, end=match.end),
        surface=texts[match.of][match.start : match.end],
        kind="place",
        reads_as=place.name,
        place=place,
        score=PEOPLE if chosen.flags & DEMONYM else round(score, 2),
        by=name.by if name else BY_GAZETTEER,
    )


def in_latin(surface: str) -> str:
    """Return ``surface`` in Latin letters (romanised letter by letter if it is in another script)."""
    if all(c < "\u0250" or not c.isalpha() for c in surface):
        return surface
    from anyascii import anyascii

    return re.sub(r"\s+", " ", str(anyascii(surface))).strip()


def build(config: Config) -> Stage:
    """Return the stage ``mentions``."""
    return MentionStage(config)
