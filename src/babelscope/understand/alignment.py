"""Which words of a translation stand for which words of its original: for highlights, not for grammar.

Sure pairs first, by competitive linking (Melamed 2000): equal words, numbers of one value, things that Unicode CLDR
names in both languages, words and names that look or sound alike, each held near the diagonal as by Dyer et al. (2013).
What no evidence covers is placed between its neighbours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from babelscope.languages.words import word_spans
from babelscope.understand.alignment_evidence import Pairing, evidence
from babelscope.understand.alignment_words import Word, words_at

MAX_WORDS = 200
"""Words of a text up to which words are compared; longer texts are aligned along the diagonal."""
MAX_TEXT = 20_000
_NEAR = 3
"""Words around its likely place in which a name without evidence looks for a capital that nothing else explains."""
_GAP = 14
"""Code points between two words of one projected span."""


class Link(msgspec.Struct, frozen=True):
    """Code points ``start`` to ``end`` of the original became ``at`` to ``to`` of the translation.

    ``sure`` is True where something speaks for it, False where only the place in the sentence does.
    """

    start: int
    end: int
    at: int
    to: int
    sure: bool = False


def align_words(original: str, translation: str, source: str, target: str) -> tuple[Link, ...]:
    """Return a link for every word of ``original``, in order, to the word of ``translation`` that it likely became.

    Languages are ISO 639-1 codes, "" if unknown. No links where one of the texts has no words. Same texts, same links.
    """
    left, right = _spans(original, source), _spans(translation, target)
    if not left or not right:
        return ()
    if max(len(left), len(right)) > MAX_WORDS:
        return _links(left, right, {})
    one, other = words_at(original, left, source), words_at(translation, right, target)
    sure = _compete(evidence(one, other, (original, translation), (source, target)), len(one), len(other))
    sure |= _names(one, other, sure)
    return _links(left, right, sure)


def project(links: Sequence[Link], start: int, end: int) -> tuple[int, int] | None:
    """Return the span of the translation for ``start`` to ``end`` of the original; None where no link touches it.

    Words that went far apart give that part of them which is surest, else the larger one, so that a highlight never
    covers half a sentence.
    """
    touched = sorted((x.at, x.to, x.sure) for x in links if x.start < end and start < x.end)
    if not touched:
        return None
    groups = [[touched[0]]]
    reach = touched[0][1]
    for span in touched[1:]:
        if span[0] - reach > _GAP:
            groups.append([])
        groups[-1].append(span)
        reach = max(reach, span[1])
    best = max(groups, key=lambda group: (sum(sure for _, _, sure in group), sum(to - at for at, to, _ in group)))
    return best[0][0], max(to for _, to, _ in best)


def turned(links: Sequence[Link]) -> tuple[Link, ...]:
    """Return ``links`` as seen from the translation, in its order."""
    return tuple(sorted((Link(x.at, x.to, x.start, x.end, x.sure) for x in links), key=lambda x: (x.start, x.at)))


def _spans(text: str, language: str) -> list[tuple[int, int]]:
    return word_spans(text[:MAX_TEXT], language)


Choice = dict[int, tuple[int, int]]
"""Word of the original → first and last word of the translation."""


def _compete(found: Sequence[Pairing], rows: int, columns: int) -> Choice:
    """Return the pairings that win: the strongest first, each word once; ties go to those nearer to the diagonal."""

    def rank(pairing: Pairing) -> tuple[float, tuple[tuple[int, int], ...]]:
        i, j = pairing.pairs[0]
        return abs((i + 0.5) / rows - (j + 0.5) / columns) - pairing.strength, pairing.pairs

    chosen: Choice = {}
    taken: set[int] = set()
    for pairing in sorted(found, key=rank):
        if all(i not in chosen and j not in taken for i, j in pairing.pairs):
            for i, j in pairing.pairs:
                first, last = chosen.get(i, (j, j))
                chosen[i] = min(first, j), max(last, j)
                taken.add(j)
    return chosen


def _links(left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]], sure: Choice) -> tuple[Link, ...]:
    places = _between(sure, len(left), len(right))
    return tuple(Link(*left[i], right[a][0], right[b][1], i in sure) for i, (a, b) in enumerate(places))


def _names(one: Sequence[Word], other: Sequence[Word], sure: Choice) -> Choice:
    """Return links of names without evidence to capitals without evidence near their likely place."""
    likely = _between(sure, len(one), len(other))
    explained = {j for first, last in sure.values() for j in range(first, last + 1)}
    free = {j for j, word in enumerate(other) if word.is_name} - explained
    more: Choice = {}
    for i, word in enumerate(one):
        if word.is_name and i not in sure:
            near = [(abs(j - likely[i][0]), j) for j in free if abs(j - likely[i][0]) <= _NEAR]
            if near:
                more[i] = min(near)[1], min(near)[1]
                free.discard(more[i][0])
    return more


def _between(sure: Choice, rows: int, columns: int) -> list[tuple[int, int]]:
    """Return places for each word: its sure ones, else one in proportion between the sure ones around it."""
    known = sorted(sure)
    places = []
    for i in range(rows):
        if i in sure:
            places.append(sure[i])
            continue
        at = bisect_left(known, i)
        before, after = (known[at - 1] if at else -1), (known[at] if at < len(known) else rows)
        low = sure[before][1] if at else -1
        high = sure[after][0] if at < len(known) else columns
        if not known:
            place = (i + 0.5) * columns / rows - 0.5
        elif high > low:
            place = low + (high - low) * (i - before) / (after - before)
        else:
            place = low + i - before if i - before <= after - i else high - (after - i)
        near = min(columns - 1, max(0, round(place)))
        places.append((near, near))
    return places
