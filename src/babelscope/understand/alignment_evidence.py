"""What speaks for words of two texts being the same: equal, alike, of one value, one thing in Unicode CLDR."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nlargest

import msgspec

from babelscope.languages.exonyms import concepts
from babelscope.languages.quantities import quantities
from babelscope.languages.transliterate import log_odds
from babelscope.understand.alignment_words import Word, likeness, sounds_like

LEAST = 60.0
"""Least likeness (0–100) that is evidence."""
_WORTH = 30.0
"""Likeness from which on it is worth to look closer whether signs spell a name."""
_LOOKS = 60
"""Runs of signs that are looked at closely for one name."""
_ODDS = 0.5
"""Least log odds (nats) that they do."""
_NAMES = 0.15
"""What two capitals add to the evidence."""
_SAME_THING = 1.7
_SAME_VALUE = 1.6
_WIDE = frozenset({"Hani", "Kana", "Thai", "Laoo", "Khmr", "Mymr"})
_SIGNS = 6
"""Pieces of a script without spaces that one name may take."""
_MAX_NAMES = 24
Span = tuple[int, int]


class Pairing(msgspec.Struct, frozen=True):
    """Words that likely are the same: ``strength``, and pairs of indices in the two texts."""

    strength: float
    pairs: tuple[tuple[int, int], ...]


def evidence(
    one: Sequence[Word], other: Sequence[Word], texts: tuple[str, str], languages: tuple[str, str]
) -> list[Pairing]:
    """Return all words and runs of words that something speaks for."""
    found = []
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            alike = likeness(a, b)
            if alike >= LEAST:
                found.append(Pairing(alike / 100 + _NAMES * (a.is_name and b.is_name) + _weight(a), ((i, j),)))
    found += _blocks(_things(texts, languages), one, other, _SAME_THING)
    found += _blocks(_values(texts, languages), one, other, _SAME_VALUE)
    found += [Pairing(s, tuple((i, j) for j in places)) for s, i, places in _spelled(one, other)]
    return found + [Pairing(s, tuple((i, j) for i in places)) for s, j, places in _spelled(other, one)]


def _weight(word: Word) -> float:
    """Return what length adds: a long word is rarely equal by chance, "a" and "de" often are."""
    return min(len(word.folded), 8) / 16


def _things(texts: tuple[str, str], languages: tuple[str, str]) -> list[tuple[Span, Span]]:
    left, right = (concepts(text, language) for text, language in zip(texts, languages, strict=True))
    return [((a, b), (c, d)) for a, b, i in left for c, d, k in right if i == k]


def _values(texts: tuple[str, str], languages: tuple[str, str]) -> list[tuple[Span, Span]]:
    left, right = (quantities(text, language) for text, language in zip(texts, languages, strict=True))
    return [
        ((a.start, a.end), (b.start, b.end))
        for a in left
        for b in right
        if (a.sure or b.sure) and not set(a.values).isdisjoint(b.values)
    ]


def _blocks(
    spans: Sequence[tuple[Span, Span]], one: Sequence[Word], other: Sequence[Word], strength: float
) -> list[Pairing]:
    """Return the words of each two spans, first with first, last with last."""
    found = []
    for left, right in spans:
        rows, columns = _inside(one, left), _inside(other, right)
        if rows and columns:
            steps = max(len(rows), len(columns))
            pairs = [(rows[n * len(rows) // steps], columns[n * len(columns) // steps]) for n in range(steps)]
            found.append(Pairing(strength + 0.1 * min(len(rows), len(columns)), tuple(pairs)))
    return found


def _inside(words: Sequence[Word], span: Span) -> list[int]:
    return [n for n, word in enumerate(words) if word.start < span[1] and span[0] < word.end]


def _spelled(names: Sequence[Word], signs: Sequence[Word]) -> Iterator[tuple[float, int, range]]:
    """Return (strength, index of a name, places) where words of another script spell a name in Latin letters.

    In scripts without spaces a name takes a run of signs. Strength grows with how much likelier the name is as
    the reading of the signs than as any name (``languages.transliterate``).
    """
    asked = [
        (n, word) for n, word in enumerate(names) if word.is_name and word.script == "Latn" and len(word.latin) > 2
    ]
    windows = list(_windows(signs)) if asked else []
    spelled = [
        ("".join(signs[n].folded for n in window), "".join(signs[n].latin for n in window)) for window in windows
    ]
    for n, word in asked[:_MAX_NAMES]:
        likely = [(sounds_like(word.latin, latin), place) for place, (_, latin) in enumerate(spelled)]
        for alike, place in nlargest(_LOOKS, likely):
            odds = log_odds(spelled[place][0], word.latin) if alike >= _WORTH else 0.0
            if odds > _ODDS:
                yield 0.75 + min(odds, 12.0) / 24 + _weight(word), n, windows[place]


def _windows(words: Sequence[Word]) -> Iterator[range]:
    """Return the words of scripts other than Latin, and runs of 2 to ``_SIGNS`` pieces where no space parts them."""
    for first, word in enumerate(words):
        if word.script == "Latn" or word.is_number:
            continue
        if word.end - word.start > 1:
            yield range(first, first + 1)
        if word.script in _WIDE:
            for last in range(first + 1, min(first + _SIGNS, len(words))):
                if words[last].start != words[last - 1].end or words[last].script not in _WIDE:
                    break
                yield range(first, last + 1)
