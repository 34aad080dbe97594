"""What a translation must keep: shield it from the engine before, put it back after, and look for what was lost.

A shielded span (an address, an e-mail, a handle, a piece of code, a term of the user) becomes a placeholder such as
``XQ1``: of 28 forms tried, one that the neural engine (pt→en) and Apertium both passed on unchanged every time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from babelscope.languages.exonyms import concepts, name_of
from babelscope.model import Fault
from babelscope.understand.glossary import Term
from babelscope.understand.keeping import check
from babelscope.understand.protect_spans import address_spans, term_spans

__all__ = [
    "MAX_HOLDS",
    "VERSION",
    "Hold",
    "Shielded",
    "better",
    "check",
    "restore",
    "shield",
    "shield_again",
    "survived",
]

VERSION = "2"
"""Changes when shielding or checking makes something else of the same sentence (stamps and memories hold it)."""
MAX_HOLDS = 40
"""Spans that one sentence can shield; what comes after them is left to the engine."""

_MARK = re.compile(r"XQ(\d{1,4})(?!\d)", re.IGNORECASE)
_LETTERS = "XQ"


class Hold(msgspec.Struct, frozen=True):
    """A placeholder and the text that takes its place in the translation."""

    mark: str
    text: str


class Shielded(msgspec.Struct, frozen=True):
    """A sentence for the engine, and what to put back into its translation."""

    text: str
    holds: tuple[Hold, ...] = ()


Span = tuple[int, int, str]


def shield(sentence: str, terms: Sequence[Term] = ()) -> Shielded:
    """Return ``sentence`` with placeholders for addresses and terms of the user; a term wins over an address.

    A sentence that has nothing to shield comes back unchanged.
    """
    return _shielded(sentence, terms, ())


def _shielded(sentence: str, terms: Sequence[Term], more: Sequence[Span]) -> Shielded:
    wanted: list[Span] = [(start, end, term.translation) for start, end, term in term_spans(sentence, terms)]
    for start, end, text in [*((a, b, sentence[a:b]) for a, b in address_spans(sentence)), *more]:
        if all(end <= a or b <= start for a, b, _ in wanted):
            wanted.append((start, end, text))
    wanted = sorted(wanted)[:MAX_HOLDS]
    if not wanted:
        return Shielded(sentence)
    number = max([0, *(int(match[1]) for match in _MARK.finditer(sentence))])
    parts: list[str] = []
    holds: list[Hold] = []
    at = 0
    for start, end, text in wanted:
        number += 1
        mark = f"{_LETTERS}{number}"
        parts += [sentence[at:start], _apart(sentence[start - 1 : start], mark, sentence[end : end + 1])]
        holds.append(Hold(mark, text))
        at = end
    return Shielded("".join([*parts, sentence[at:]]), tuple(holds))


def _apart(before: str, mark: str, after: str) -> str:
    """Return ``mark`` with blanks where a letter or digit would grow together with it."""
    return (" " if before.isalnum() or before == "_" else "") + mark + (" " if after.isalnum() or after == "_" else "")


def restore(translation: str, shielded: Shielded) -> str:
    """Return ``translation`` with the shielded texts in the places of their placeholders, in whatever case they come.

    A placeholder that the engine dropped is not made up for: ``survived`` says so beforehand, ``check`` afterwards.
    """
    texts = {hold.mark.upper(): hold.text for hold in shielded.holds}
    if not texts:
        return translation
    return _MARK.sub(lambda match: texts.get(match[0].upper(), match[0]), translation)


def survived(translation: str, shielded: Shielded) -> bool:
    """Return whether the engine passed on every placeholder, each once."""
    seen = [match[0].upper() for match in _MARK.finditer(translation)]
    return all(seen.count(hold.mark) == 1 for hold in shielded.holds)


def shield_again(
    sentence: str, faults: Sequence[Fault], terms: Sequence[Term] = (), languages: tuple[str, str] = ("", "")
) -> Shielded | None:
    """Return ``sentence`` with what a translation lost shielded too, for a second try; None where that cannot help.

    Numbers come back as they are written; a name only where Unicode CLDR has it in both ``languages`` (of the sentence
    and of the translation), in its form there: any other may be a word that wants to be translated. Call it with the
    faults of the first try, translate what it returns, ``restore`` and ``check`` that, and let ``better`` choose.
    """
    named = {(start, end): i for start, end, i in concepts(sentence, languages[0], "T")}
    wanted: list[Span] = []
    for fault in faults:
        at = sentence.find(fault.what)
        if fault.way == "invented" or at < 0:
            continue
        if fault.kind == "number" and fault.what[0].isdigit() and fault.what[-1].isdigit():
            wanted.append((at, at + len(fault.what), fault.what))
        elif fault.kind == "name":
            wanted += [
                (*span, name)
                for span, concept in named.items()
                if span[0] <= at < span[1] and (name := name_of(concept, languages[1]))
            ]
    return _shielded(sentence, terms, wanted) if wanted else None


def better(
    first: tuple[str, tuple[Fault, ...]], second: tuple[str, tuple[Fault, ...]]
) -> tuple[str, tuple[Fault, ...]]:
    """Return the translation (with its faults) that has fewer faults; the first one where they are equal."""
    return second if second[0].strip() and len(second[1]) < len(first[1]) else first
