"""The alignment of a translation: pieces that can be trusted, and its route and faults in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babelscope.explore.naming import language_name
from babelscope.model import Document, Fault, Piece, Translation
from babelscope.model.layers import Part

_HOP = re.compile(r"^([a-z][a-z0-9]*)-([a-z]{2,3})-([a-z]{2,3})(?![a-z])")
_MAKERS = {
    "firefox": "Firefox model",
    "user": "your own model",
    "apertium": "Apertium",
    "libretranslate": "your translation service",
    "openai": "your language model service",
}
_KINDS = {"number": "number", "name": "name", "date": "date", "address": "address", "quote": "quotation"}


def checked_pieces(document: Document, translation: Translation) -> tuple[Piece, ...]:
    """Return the pieces of ``translation`` that lie in both texts, in order of the original, none over another.

    A translation made before there were pieces is paired paragraph by paragraph, where the two have as many.
    """
    if translation.grade == "none" or translation.route == "same":
        return ()
    pieces = translation.pieces or tuple(_paired(document, translation))
    kept: list[Piece] = []
    sizes = {
        "title": (len(document.title), len(translation.title)),
        "text": (len(document.text), len(translation.lead)),
    }
    for piece in sorted(pieces, key=lambda one: (one.of == "text", one.start)):
        original, made = sizes[piece.of]
        fits = 0 <= piece.start < piece.end <= original and 0 <= piece.at <= piece.to <= made
        beside = not kept or kept[-1].of != piece.of or piece.start >= kept[-1].end
        if fits and beside:
            kept.append(piece)
    return tuple(kept)


def _paired(document: Document, translation: Translation) -> Iterator[Piece]:
    grade = translation.grade
    if document.title.strip() and translation.title.strip():
        yield Piece(of="title", start=0, end=len(document.title), at=0, to=len(translation.title), grade=grade)
    ours = list(_lines(document.text[: translation.lead_end]))
    theirs = list(_lines(translation.lead))
    if not ours or not theirs:
        return
    if len(ours) != len(theirs):
        ours, theirs = [(ours[0][0], ours[-1][1])], [(theirs[0][0], theirs[-1][1])]
    of: Part = "text"
    for (start, end), (at, to) in zip(ours, theirs, strict=True):
        yield Piece(of=of, start=start, end=end, at=at, to=to, grade=grade)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for line in text.split("\n"):
        if line.strip():
            yield at, at + len(line)
        at += len(line) + 1


def route_words(route: str, language: str, to: str, reading: str) -> str:
    """Return a route in words: "Spanish → Portuguese (Apertium) → English (Firefox model)"; "" for no route.

    A first model for another language than the document's is said: "Galician, read as Portuguese → English (…)".
    """
    if not route or route == "same":
        return ""
    said, at = [language_name(language, reading)], language
    for part in route.split("+"):
        hop = _HOP.match(part)
        if hop is None:
            said.append(f"{language_name(to, reading)} ({part})" if part == route else f"({part})")
            continue
        maker, source, target = hop.groups()
        if source != at:
            said[-1] += f", read as {language_name(source, reading)}"
        said.append(f"{language_name(target, reading)} ({_MAKERS.get(maker, maker)})")
        at = target
    return " → ".join(said)


def fault_words(fault: Fault) -> str:
    """Return what is wrong in plain words: "the number 25 of the original is missing here"."""
    kind = _KINDS.get(fault.kind, fault.kind)
    if fault.way == "lost":
        return f"the {kind} {fault.what} of the original is missing here"
    return f"the {kind} {fault.what} is not in the original"
