"""Names in English texts: a statistical tagger finds them, rules correct what they name.

The small spaCy model finds well and types badly (organisations above all), so kinds are set again by organisation
words, by the gazetteer and by the majority within the document.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from babelscope.languages.names import ORGANISATION_WORDS, fold_name
from babelscope.model.layers import MentionKind, Part
from babelscope.understand.gazetteer import Candidate, Gazetteer
from babelscope.understand.gazetteer_build import CITY, DEMONYM, PRIMARY
from babelscope.understand.name_spans import Name, one_kind_per_name, repeats, trimmed, without_overlaps
from babelscope.understand.places import candidates_of
from babelscope.understand.stopnames import COMMON_WORDS

BY = "en_core_web_sm"
LARGE_CITY = 500_000
CITY_OF_ORGANISATION, CITY_OF_PERSON, CITY_LOCATED = 20_000, 100_000, 500
"""Least population at which a city's main name overrules the tagger: said to be an organisation, a person, or
anything after a preposition of place."""
_KINDS: dict[str, MentionKind] = {
    "PERSON": "person", "ORG": "organisation", "GPE": "place", "LOC": "place", "FAC": "place",
    "PRODUCT": "thing", "EVENT": "thing", "WORK_OF_ART": "thing", "LAW": "thing",
}  # fmt: skip
_JUNK_WORDS = """
he she it they we you i his her him them mr mrs ms dr sir today tomorrow yesterday tonight am pm god internet email
monday tuesday wednesday thursday friday saturday sunday covid-19
january february march april may june july august september october november december
"""
_JUNK = frozenset(_JUNK_WORDS.split())
_LEGAL_FORM = re.compile(
    r"(?:^|[\s,])(?:Inc|Ltd|Corp|Co|LLC|PLC|plc|GmbH|AG|SA|S\.A|N\.V|SpA|Bhd|Oyj|OAO|OOO|PJSC|Group|Holdings?)\.?$"
)
_FIRM = re.compile(r"\b(?:[A-Z][\w&'’-]*[ ,]+){1,4}(?:Inc|Ltd|Corp|LLC|PLC|plc|GmbH|AG|Bhd|PJSC)\b")
"""A firm by its legal form, which the tagger often overlooks."""
_FIRST_OF = re.compile(r"^(?:[\w'’.-]+\s+){0,2}([\w'’-]+)\s+(?:of|for)\s", re.IGNORECASE)
_PLACE_END = re.compile(
    r"\s(?:County|River|Island|Islands|Lake|Mountains?|Valley|Street|Avenue|Road|Bay|Sea|Ocean|Peninsula|Province|Desert)$"
)
_LOCATIVE = re.compile(r"\b(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]round|[Aa]cross|[Ff]rom|[Tt]hroughout|[Tt]oward|[Tt]o)\s+$")
_VAGUE = frozenset(["union", "network", "center", "centre", "office", "group", "times", "post", "news", "court"])
_WORDS = ORGANISATION_WORDS["en"] - _VAGUE


def load_tagger(folder: Path) -> Any:
    """Return the spaCy pipeline of ``folder`` with its name tagger only."""
    import spacy

    return spacy.load(folder, exclude=["parser", "tagger", "lemmatizer", "attribute_ruler", "senter"])


def english_names(texts: dict[Part, str], tagger: Any, gazetteer: Gazetteer) -> list[Name]:
    """Return the names of ``texts`` (title and text), settled, in order of appearance."""
    found: list[Name] = []
    for of, text in texts.items():
        if text.strip():
            with tagger.memory_zone():  # words met once do not stay in the vocabulary for ever
                readable = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate becomes one "?"
                spans = [(e.start_char, e.end_char, e.label_) for e in tagger(readable).ents]
            found += [n for span in spans if (n := _name(of, text, span, gazetteer))]
            found += [Name(of, m.start(), m.end(), "organisation", 0.9, "rules") for m in _FIRM.finditer(text)]
    found = without_overlaps(found)
    found = without_overlaps([*found, *repeats(found, texts)])
    return one_kind_per_name(found, texts)


def _name(of: Part, text: str, span: tuple[int, int, str], gazetteer: Gazetteer) -> Name | None:
    """Return the entity as a name, or nothing if it is a date, a number, a people or no name at all."""
    label = span[2]
    if label not in _KINDS:
        return None
    start, end = trimmed(text, span[0], span[1])
    surface = text[start:end]
    if len(surface) < 2 or fold_name(surface) in _JUNK or not any(c.isupper() for c in surface):
        return None
    located = bool(_LOCATIVE.search(text[max(0, start - 12) : start]))
    kind, score = _kind(surface, _KINDS[label], located, gazetteer)
    if kind == "person" and any(map(str.isdigit, surface)):
        return None
    return Name(of, start, end, kind, score, BY)


def _kind(surface: str, kind: MentionKind, located: bool, gazetteer: Gazetteer) -> tuple[MentionKind, float]:
    """Correct the tagger's kind by the name's own words, then by the gazetteer."""
    words = [fold_name(w.strip(".,'’")) for w in surface.split()]
    head = _FIRST_OF.match(surface)
    if _LEGAL_FORM.search(surface) or (len(words) > 1 and words[-1] in _WORDS):
        return "organisation", 0.9
    if head and fold_name(head[1]) in ORGANISATION_WORDS["en"]:
        return "organisation", 0.9
    if _PLACE_END.search(surface):
        return "place", 0.8
    known = [c for c in candidates_of(surface, "en", gazetteer) if not c.flags & DEMONYM]
    areas = [c for c in known if c.kind != CITY]
    cities = [c for c in known if c.flags & PRIMARY and c.population >= LARGE_CITY]
    if areas or (cities and words[0] not in COMMON_WORDS):
        return "place", 0.9
    if kind != "place" and _names_town(known, words, kind, located):
        return "place", 0.7
    if kind == "place" and not known and len(words) == 1 and surface.isupper():
        return "organisation", 0.6
    return kind, 0.8


def _names_town(known: list[Candidate], words: list[str], kind: MentionKind, located: bool) -> bool:
    """Say whether a town's main name was taken for an organisation or a person."""
    least = CITY_OF_ORGANISATION if kind == "organisation" else CITY_OF_PERSON
    if located and kind != "thing":
        least = CITY_LOCATED if len(words) == 1 or kind == "organisation" else CITY_OF_ORGANISATION
    if len(words) == 1 and words[0] in COMMON_WORDS:
        return False
    return any(c.flags & PRIMARY and c.population >= least for c in known)
