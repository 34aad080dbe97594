"""What a translation lost of its original, or invented: numbers, names, dates, addresses, quotation marks.

An independent check where a model gives no confidence. It says nothing where it cannot know: a language without a
list of number words is not asked for its small numbers, one without capitals not for its names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from babelscope.model import Fault
from babelscope.understand.glossary import Term
from babelscope.understand.keeping_dates import date_faults
from babelscope.understand.keeping_names import name_faults
from babelscope.understand.keeping_numbers import number_faults
from babelscope.understand.protect_spans import address_spans, has_term, term_spans

MAX_TEXT = 20_000
"""Code points of a sentence up to which it is checked; a longer one has no sentences."""
_QUOTE = re.compile(r"[\"“”„«»「」『』《》＂〝〞]|(?<!\w)['‘’‚‹›](?=\w)|(?<=\w)['‘’‚‹›](?!\w)|``|''|,,")


def check(original: str, translation: str, source: str, target: str, terms: Sequence[Term] = ()) -> tuple[Fault, ...]:
    """Return what ``translation`` (into ``target``) lost of ``original`` (in ``source``), and what it invented.

    Languages are ISO 639-1 codes, "" or "und" if unknown. ``terms`` are the user's: one that the original has must
    stand in the translation (a fault of the kind "name"). Made for one sentence; one longer than ``MAX_TEXT`` gives
    nothing.
    """
    if max(len(original), len(translation)) > MAX_TEXT:
        return ()
    shown, made, faults = _addresses(original, translation)
    faults += _terms(original, translation, terms)
    held = term_spans(shown, terms)
    shown = _blank(shown, [(start, end) for start, end, _ in held])
    made = _without_terms(made, [term for _, _, term in held])
    faults += number_faults(shown, made, source, target)
    faults += date_faults(shown, made, source, target)
    faults += name_faults(shown, made, source, target)
    return (*faults, *_quotes(original, translation))


def _addresses(original: str, translation: str) -> tuple[str, str, list[Fault]]:
    """Return both texts with their addresses blanked, and the addresses that only one of them has."""
    spans, made = address_spans(original), address_spans(translation)
    there = {original[a:b] for a, b in spans}
    faults = [Fault(kind="address", way="lost", what=what) for what in sorted(there) if what not in translation]
    new = {translation[a:b] for a, b in made}
    faults += [Fault(kind="address", way="invented", what=what) for what in sorted(new) if what not in original]
    return _blank(original, spans), _blank(translation, made), faults


def _blank(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _terms(original: str, translation: str, terms: Sequence[Term]) -> list[Fault]:
    wanted = dict.fromkeys(term for _, _, term in term_spans(original, terms))
    return [Fault(kind="name", way="lost", what=t.term) for t in wanted if not has_term(translation, t.translation)]


def _without_terms(text: str, terms: Sequence[Term]) -> str:
    wanted = [Term(term.translation, "") for term in terms]
    return _blank(text, [(start, end) for start, end, _ in term_spans(text, wanted)])


def _quotes(original: str, translation: str) -> list[Fault]:
    """Return a fault when the translation has fewer, or more, pairs of quotation marks than the original."""
    there, here = (len(_QUOTE.findall(text)) for text in (original, translation))
    if there >= 2 and here < there - there % 2:
        return [Fault(kind="quote", way="lost", what=_first_quote(original))]
    if here >= 2 and here - here % 2 > there + there % 2:
        return [Fault(kind="quote", way="invented", what=_first_quote(translation))]
    return []


def _first_quote(text: str) -> str:
    first = _QUOTE.search(text)
    return text[first.start() : first.start() + 1] if first else ""
