"""Runs of a page → its lines in the order in which they are read.

The order is that of Breuel (High Performance Document Layout Analysis, 2003): a line comes before one below it that it
overlaps sideways, and before one in a column to its right unless a line that spans both stands between; then a
topological sort. Columns are parted by gutters: gaps that recur at one place, row under row, between pieces of text.
"""

from __future__ import annotations

import heapq
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from babelscope.extract.pdf_glyphs import Run

Places = NDArray[np.float64]
MAX_LINES = 1_000
"""Lines of one page that are put in order; a page with more is read as the file draws it."""
MIN_ROWS = 3
"""Rows that must show a gap at the same place, before it is one between columns."""
MIN_LETTERS = 12
"""Median length of the pieces beside a gap that parts columns of text; in tables they are shorter."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text of one column on page ``page`` (from 0); places as in ``Run``."""

    text: str
    page: int
    left: float
    right: float
    base: float
    size: float
    pieces: int = 1
    """How many pieces with wide gaps between them: several of a table's row."""


class Gutter(msgspec.Struct, frozen=True, kw_only=True):
    """White space between two columns, from ``top`` to ``bottom``."""

    left: float
    right: float
    top: float
    bottom: float


def page_lines(runs: Sequence[Run], page: int) -> list[Line]:
    """Return the lines of a page in reading order."""
    upright = [run for run in runs if run.upright]
    if len(upright) * 2 < len(runs):  # written from top to bottom: the file's own order is the better guess
        return [_line([run], page) for run in runs]
    right_to_left = _is_right_to_left(upright)
    rows = _rows(upright)
    gutters = _gutters([(left, right) for row in rows for left, right in pairwise(row)])
    lines = [_line(pieces, page, right_to_left) for row in rows for pieces in _parted(row, gutters)]
    if not gutters or len(lines) > MAX_LINES:
        return lines
    return [lines[index] for index in _order(lines, gutters, right_to_left)]


def _line(pieces: Sequence[Run], page: int, right_to_left: bool = False) -> Line:
    largest = max(pieces, key=lambda run: len(run.text))
    ordered = reversed(pieces) if right_to_left else pieces
    return Line(
        text=" ".join(run.text for run in ordered),
        page=page,
        left=min(run.left for run in pieces),
        right=max(run.right for run in pieces),
        base=largest.base,
        size=largest.size,
        pieces=len(pieces),
    )


def _is_right_to_left(runs: Sequence[Run]) -> bool:
    letters = [unicodedata.bidirectional(c) for run in runs[:200] for c in run.text[:40] if c.isalpha()]
    return sum(kind in ("R", "AL") for kind in letters) * 2 > len(letters)


def _rows(runs: Sequence[Run]) -> list[list[Run]]:
    """Return runs that stand on the same base line, from left to right; rows from top to bottom."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda r: (-r.base, r.left)):
        if rows and abs(rows[-1][0].base - run.base) <= 0.3 * min(rows[-1][0].size, run.size):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda r: r.left) for row in rows]


def _parted(row: Sequence[Run], gutters: Sequence[Gutter]) -> list[list[Run]]:
    """Join the pieces of a row that no gutter parts."""
    lines = [[row[0]]]
    for left, right in pairwise(row):
        if any(g.left < right.left and g.right > left.right and g.bottom <= left.base <= g.top for g in gutters):
            lines.append([right])
        else:
            lines[-1].append(right)
    return lines


def _gutters(gaps: Sequence[tuple[Run, Run]]) -> list[Gutter]:
    """Return where ``gaps`` (pairs of neighbours in a row) recur between pieces that are long enough for text."""
    if not gaps:
        return []
    starts = np.array([left.right for left, _ in gaps])
    ends = np.array([right.left for _, right in gaps])
    letters = np.array([min(len(left.text), len(right.text)) for left, right in gaps])
    bases = np.array([left.base for left, _ in gaps])
    gutters: list[Gutter] = []
    for number in np.argsort(ends - starts):  # the narrowest first: a wide one may be of a short last line
        if any(
            g.left < ends[number] and g.right > starts[number] and g.bottom <= bases[number] <= g.top for g in gutters
        ):
            continue
        same = (np.minimum(ends, ends[number]) - np.maximum(starts, starts[number])) > 0
        if np.count_nonzero(same) < MIN_ROWS or np.median(letters[same]) < MIN_LETTERS:
            continue
        slack = 2 * gaps[number][0].size
        top, bottom = bases[same].max() + slack, bases[same].min() - slack
        left, right = float(starts[same].max()), float(ends[same].min())
        if left > right:
            left, right = float(starts[number]), float(ends[number])
        gutters.append(Gutter(left=left, right=right, top=float(top), bottom=float(bottom)))
    return gutters


def _order(lines: Sequence[Line], gutters: Sequence[Gutter], right_to_left: bool) -> list[int]:
    """Return the indices of ``lines`` in reading order; a circle of conditions is broken at its topmost line."""
    left = np.array([line.left for line in lines])
    right = np.array([line.right for line in lines])
    base = np.array([line.base for line in lines])
    before = _before(left, right, base, _columns(left, right, base, gutters, right_to_left))
    waits = before.sum(axis=0)
    rank = sorted(range(len(lines)), key=lambda i: (-base[i], left[i]))
    place = {index: number for number, index in enumerate(rank)}
    ready = [place[i] for i in range(len(lines)) if not waits[i]]
    heapq.heapify(ready)
    done: dict[int, None] = {}
    while len(done) < len(lines):
        index = rank[heapq.heappop(ready)] if ready else next(i for i in rank if i not in done)
        if index in done:
            continue
        done[index] = None
        for after in np.flatnonzero(before[index]):
            waits[after] -= 1
            if waits[after] == 0:
                heapq.heappush(ready, place[int(after)])
    return list(done)


def _columns(
    left: Places, right: Places, base: Places, gutters: Sequence[Gutter], right_to_left: bool
) -> NDArray[np.bool_]:
    """Return the matrix [a, b]: a gutter parts line a from line b, and a's column is read first."""
    beside = np.zeros((len(base), len(base)), dtype=bool)
    for gutter in gutters:
        inside = (base <= gutter.top) & (base >= gutter.bottom)
        middle = (gutter.left + gutter.right) / 2
        first, second = inside & (right <= middle), inside & (left >= middle)
        beside |= first[:, None] & second[None, :]
    return beside.T if right_to_left else beside


def _before(left: Places, right: Places, base: Places, beside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the matrix of Breuel's two conditions: [a, b] says that line a is read before line b."""
    slack = 0.01 * (right.max(initial=0.0) - left.min(initial=0.0))
    overlap = (np.minimum(right[:, None], right[None, :]) - np.maximum(left[:, None], left[None, :])) > slack
    above = (base[:, None] > base[None, :]) | ((base[:, None] == base[None, :]) & (left[:, None] < left[None, :]))
    parted = np.zeros_like(overlap)
    for spanning in np.flatnonzero(((overlap.astype(np.int32) @ beside.astype(np.int32)) * overlap).any(axis=1)):
        both = overlap[:, spanning][:, None] & overlap[spanning][None, :]
        high, low = np.maximum(base[:, None], base[None, :]), np.minimum(base[:, None], base[None, :])
        parted |= both & (base[spanning] < high) & (base[spanning] > low)
    beside = beside & ~parted
    result: NDArray[np.bool_] = beside | (above & ~beside.T)
    np.fill_diagonal(result, False)
    return result
