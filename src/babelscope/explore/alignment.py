"""Which units (paragraphs, sentences) of an old text are which of a new one: equal ones first, then the most alike.

Equal units are matched by a longest common subsequence (bit-parallel, Hyyrö 2004, as rapidfuzz has it); between two of
them the alignment of highest total likeness is found by dynamic programming (Needleman and Wunsch 1970). Likeness is
the share of words in common, in order. Every step is bounded, so hostile text costs no more than a large one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babelscope.languages.segments import is_word, segments

LEAST_LIKENESS = 0.34
"""Units less alike than this are two units: one removed, one added."""
MAX_PAIRS = 40_000
"""Comparisons in one stretch without equal units; beyond it the stretch is taken as removed and added."""

Pair = tuple[int | None, int | None]


def align(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Return (old place, new place) in reading order, None where a unit stands on one side only.

    White space at the ends and the amount of it between words make no difference.
    """
    from rapidfuzz.distance import Indel

    left, right = [" ".join(unit.split()) for unit in old], [" ".join(unit.split()) for unit in new]
    pairs: list[Pair] = []
    before: tuple[int, int] = (0, 0)
    for step in Indel.opcodes(left, right):
        if step.tag != "equal":
            continue
        pairs += _stretch(left, right, (before[0], step.src_start), (before[1], step.dest_start))
        pairs += zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)
        before = (step.src_end, step.dest_end)
    return pairs + _stretch(left, right, (before[0], len(left)), (before[1], len(right)))


def likeness(old: str, new: str) -> float:
    """Return the share (0–1) of words that two texts have in common in the same order."""
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(_words(old), _words(new)))


def _words(text: str) -> list[str]:
    return [piece.casefold() for piece in segments(text) if is_word(piece)]


def _stretch(left: Sequence[str], right: Sequence[str], old: tuple[int, int], new: tuple[int, int]) -> list[Pair]:
    """Align the units of ``old`` and ``new`` (from, to), none of which are equal."""
    rows, columns = old[1] - old[0], new[1] - new[0]
    matched: list[tuple[int, int]] = []
    if 0 < rows * columns <= MAX_PAIRS:
        from rapidfuzz.distance import Indel
        from rapidfuzz.process import cdist

        words = [_words(unit) for unit in left[slice(*old)]], [_words(unit) for unit in right[slice(*new)]]
        scores = cdist(*words, scorer=Indel.normalized_similarity, score_cutoff=LEAST_LIKENESS).tolist()
        matched = _best_path(scores)
    made: list[Pair] = []
    at_old, at_new = 0, 0
    for row, column in [*matched, (rows, columns)]:
        made += [(old[0] + place, None) for place in range(at_old, row)]
        made += [(None, new[0] + place) for place in range(at_new, column)]
        if row < rows:
            made.append((old[0] + row, new[0] + column))
        at_old, at_new = row + 1, column + 1
    return made


def _best_path(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Return the pairs, rising on both sides, of the highest total score; a score of 0 is no pair."""
    rows, columns = len(scores), len(scores[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        own, below, likes = best[row], best[row + 1], scores[row]
        for column in range(columns - 1, -1, -1):
            taken = below[column + 1] + likes[column] if likes[column] else 0.0
            own[column] = max(taken, below[column], own[column + 1])
    return list(_walk(best, scores))


def _walk(best: Sequence[Sequence[float]], scores: Sequence[Sequence[float]]) -> Iterator[tuple[int, int]]:
    row, column = 0, 0
    while row < len(scores) and column < len(scores[0]):
        if scores[row][column] and best[row][column] == best[row + 1][column + 1] + scores[row][column]:
            yield row, column
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
