"""Where a document changes its language: runs of paragraphs, and whether it is worth while to look."""

from __future__ import annotations

import re

MIN_LETTERS = 40
"""Letters of a paragraph that is asked by itself; shorter ones go with their neighbours."""
MAX_CHARS = 100_000
"""Characters of a text in which paragraphs are asked; what follows goes with the last of them."""
MAX_PARAGRAPHS = 300
PARAGRAPH_CHARS = 400
"""Characters of one paragraph that are asked."""
_BREAK = re.compile(r"\n\s*")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return the spans of the paragraphs of ``text`` in order; together they cover all of it (breaks end a span).

    Paragraphs of less than ``MIN_LETTERS`` characters are joined to the one after, the last ones to the one before; all
    beyond ``MAX_PARAGRAPHS`` or ``MAX_CHARS`` are in the last span.
    """
    ends = [match.end() for match in _BREAK.finditer(text[:MAX_CHARS])]
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*ends, len(text)]:
        if len(spans) == MAX_PARAGRAPHS:
            break
        if end - start >= MIN_LETTERS:
            spans.append((start, end))
            start = end
    if not spans:
        return [(0, len(text))] if text else []
    spans[-1] = (spans[-1][0], len(text))
    return spans


Run = tuple[int, int, tuple[str, str], list[int]]


def runs(spans: list[tuple[int, int]], codes: list[tuple[str, str]]) -> list[Run]:
    """Return (start, end, what, which spans) of neighbouring ``spans`` with the same ``codes``."""
    found: list[Run] = []
    for at, (span, what) in enumerate(zip(spans, codes, strict=True)):
        if found and found[-1][2] == what:
            start, _, _, members = found[-1]
            found[-1] = (start, span[1], what, [*members, at])
        else:
            found.append((span[0], span[1], what, [at]))
    return found
