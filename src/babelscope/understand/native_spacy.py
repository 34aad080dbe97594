"""spaCy's pipelines of French and Japanese as taggers of names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from babelscope.model.layers import MentionKind
from babelscope.understand.native_tagging import Span, Tagger, pieces

MAX_PIECE = 2000
"""Characters that the Japanese pipeline gets at once: its dictionary refuses more than 49,149 bytes."""
_FRENCH: dict[str, MentionKind] = {"PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "thing"}
_STRAIGHT = str.maketrans("’ʼ\u00a0\u202f", "''  ")
"""The French model learnt straight apostrophes; with typographic ones it takes "qu’" for a name."""
_ONTONOTES: dict[str, MentionKind] = {"PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place"}
_ORGANISATIONS = """
International_Organization Political_Organization Political_Organization_Other Political_Party School
Public_Institution Medical_Institution Research_Institute Newspaper Magazine
"""
_PLACES = """
Airport Station Port Bridge Tunnel Dam Canal Park Castle Palace Museum Zoo Theater Worship_Place Military_Base
Power_Plant Sports_Facility Archaeological_Place
"""
_EXTENDED: dict[str, MentionKind] = dict.fromkeys(_ORGANISATIONS.split(), "organisation")
_EXTENDED.update(dict.fromkeys(_PLACES.split(), "place"))
"""Labels of the Extended Named Entity hierarchy that differ from, or are missing in, their OntoNotes kind.

Products, works, peoples and offices are left out: the small model gives those labels to common nouns.
"""
_NOT_NAMES = frozenset({"God", "Family", "Location_Other", "Address_Other", "GPE_Other"})


def open_french(folders: Sequence[Path]) -> Tagger:
    """Return the French tagger."""
    nlp = _load(folders[0], ("tok2vec", "ner"))

    def tag(text: str) -> list[Span]:
        with nlp.memory_zone():  # words met once do not stay in the vocabulary for ever
            ents = nlp(text.translate(_STRAIGHT)).ents
            return [(e.start_char, e.end_char, _FRENCH[e.label_]) for e in ents if e.label_ in _FRENCH]

    return tag


def open_japanese(folders: Sequence[Path]) -> Tagger:
    """Return the Japanese tagger (GiNZA), which gets one sentence after the other."""
    from ginza import ENE_ONTONOTES_MAPPING
    from sudachipy import Dictionary, SplitMode

    nlp = _load(folders[0], ("tok2vec", "ner"))
    nlp.tokenizer.tokenizer = Dictionary(dict=str(folders[1] / "system.dic")).create(mode=SplitMode.C)
    kinds: dict[str, MentionKind] = {k: _ONTONOTES[v] for k, v in ENE_ONTONOTES_MAPPING.items() if v in _ONTONOTES}
    kinds = {k: v for k, v in (kinds | _EXTENDED).items() if k not in _NOT_NAMES}

    def tag(text: str) -> list[Span]:
        spans = []
        with nlp.memory_zone():
            for start, end in pieces(text, MAX_PIECE):
                ents = nlp(text[start:end]).ents
                spans += [
                    (start + e.start_char, start + e.end_char, kinds[e.label_]) for e in ents if e.label_ in kinds
                ]
        return spans

    return tag


def _load(folder: Path, parts: tuple[str, ...]) -> Any:
    """Load those parts of a pipeline that ``parts`` names."""
    import spacy
    from spacy.util import load_config

    names = load_config(folder / "config.cfg")["nlp"]["pipeline"]
    return spacy.load(folder, exclude=[name for name in names if name not in parts])
