"""Names in texts of languages without a model: conservative rules over capitals, offices and organisation words."""

from __future__ import annotations

from babelscope.languages.names import (
    LEADING_ORGANISATIONS,
    NAME_PARTICLES,
    OFFICE_WORDS,
    ORGANISATION_WORDS,
    WIDE_ORGANISATIONS,
    fold_name,
)
from babelscope.model.layers import MentionKind, Part
from babelscope.understand.name_spans import Name, one_kind_per_name, repeats, without_overlaps
from babelscope.understand.places import GAP, Token, tokens_of

BY = "rules"
MAX_NAME_WORDS = 7
SHORT_WORD = 3
TITLE_CASE_SHARE, FEW_WORDS = 0.6, 8
"""A text of so many words and so large a share of capitals is a headline in title case: its capitals say nothing."""
SCORES: dict[MentionKind, float] = {"person": 0.7, "organisation": 0.7, "thing": 0.5, "place": 0.5}
_AFTER_NAMES = ("اليوم", "التي", "الذي", "الذين", "الى", "الان", "היום", "הזה", "הוא", "היא")
NEVER_IN_NAMES = frozenset(fold_name(word) for word in _AFTER_NAMES)
NOUN_CAPITALS = frozenset({"de", "lb"})
"""Languages that write every noun with a capital: there only names with an organisation's word are taken."""


def proper_names(texts: dict[Part, str], language: str) -> list[Name]:
    """Return the names that rules find in ``texts``, in order of appearance."""
    found: list[Name] = []
    for of, text in texts.items():
        found += _wide(of, text, language)
        tokens = tokens_of(text)
        cased = [t for t in tokens if t.cased]
        if language in LEADING_ORGANISATIONS:
            found += _leading(of, text, tokens, language)
        if len(cased) < FEW_WORDS or sum(t.capital for t in cased) < TITLE_CASE_SHARE * len(cased):
            found += _capitalised(of, text, tokens, language)
    found = without_overlaps(found)
    found = without_overlaps([*found, *repeats(found, texts)])
    return one_kind_per_name(found, texts)


def _wide(of: Part, text: str, language: str) -> list[Name]:
    pattern = WIDE_ORGANISATIONS.get(language)
    matches = pattern.finditer(text) if pattern else ()
    return [Name(of, m.start(), m.end(), "organisation", SCORES["organisation"], BY) for m in matches]


def _leading(of: Part, text: str, tokens: list[Token], language: str) -> list[Name]:
    """An organisation's word and the next one or two words of its name, the second only with the article."""
    names = []
    kinds = LEADING_ORGANISATIONS[language]
    for i, token in enumerate(tokens[:-1]):
        bare = token.key if token.key in kinds else token.key.removeprefix("و")
        if bare not in kinds or not GAP.fullmatch(text[token.end : tokens[i + 1].start]):
            continue
        last = i + 1
        following = tokens[last + 1].key if last + 1 < len(tokens) else ""
        if following.startswith(("ال", "ה")) and following not in NEVER_IN_NAMES:
            last += 1 if GAP.fullmatch(text[tokens[last].end : tokens[last + 1].start]) else 0
        start = token.start + len(token.key) - len(bare)
        names.append(Name(of, start, tokens[last].end, "organisation", SCORES["organisation"], BY))
    return names


def _capitalised(of: Part, text: str, tokens: list[Token], language: str) -> list[Name]:
    lower = {t.key for t in tokens if t.cased and not t.capital}
    names = []
    at = 0
    while at < len(tokens):
        run = _run(text, tokens, at, frozenset() if language in NOUN_CAPITALS else NAME_PARTICLES)
        opening = _opening_words(run, lower)
        at, run = at + opening, run[opening:]
        name = _as_name(of, text, run, tokens[at - 1] if at else None, language) if run else None
        if name:
            names.append(name)
        at += max(len(run), 1)
    return names


def _opening_words(run: list[Token], lower: set[str]) -> int:
    """Return how many words of a run only open a sentence ("Según el" before a name), with the particles after them."""
    if len(run) < 2 or not run[0].initial:
        return 0
    if run[1].capital and len(run[0].key) > SHORT_WORD and run[0].key not in lower:
        return 0
    return next((i for i, t in enumerate(run) if i and t.capital), len(run))


def _run(text: str, tokens: list[Token], at: int, particles: frozenset[str]) -> list[Token]:
    """Return the capitalised words from ``at``, joined by particles ("de", "van", "bin"), within one sentence."""
    run: list[Token] = []
    i = at
    while i < len(tokens) and len(run) < MAX_NAME_WORDS:
        token = tokens[i]
        joined = not run or (not token.initial and GAP.fullmatch(text[tokens[i - 1].end : token.start]))
        if not joined or not (token.capital or (run and token.key in particles)):
            break
        run.append(token)
        i += 1
    while run and not run[-1].capital:
        run.pop()
    return run


def _as_name(of: Part, text: str, run: list[Token], before: Token | None, language: str) -> Name | None:
    """Judge a run of capitalised words: an organisation, a person after an office, another name, or none."""
    offices = OFFICE_WORDS.get(language, frozenset())
    kind: MentionKind = "thing"
    if not ORGANISATION_WORDS.get(language, frozenset()).isdisjoint(t.key for t in run) and len(run) > 1:
        kind = "organisation"
    elif run[0].key in offices and len(run) > 1:
        kind, run = "person", run[1:]
    elif before and before.key in offices and not before.capital and GAP.fullmatch(text[before.end : run[0].start]):
        kind = "person"
    capitals = sum(t.capital for t in run)
    if kind != "person" and (capitals < 2 or (language in NOUN_CAPITALS and kind == "thing")):
        return None
    if kind == "person" and language in NOUN_CAPITALS:
        return None
    return Name(of, run[0].start, run[-1].end, kind, SCORES[kind], BY)
