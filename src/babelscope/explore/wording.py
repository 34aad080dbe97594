"""What changed between two wordings of one sentence: words and numbers, not letters.

The shortest edit script of words (Indel distance, bit-parallel as rapidfuzz has it), made readable: what is equal by
chance between two changes, and shorter than they are, joins them (semantic clean-up, after Fraser's diff-match-patch).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

import msgspec

from babelscope.languages.numbers import numbers
from babelscope.languages.segments import is_number, is_word, segments

MAX_CELLS = 16_000_000
"""Words of the old wording × words of the new one; beyond it the whole is shown as replaced."""

MAX_CHANCE = 3
"""Words that may be equal by chance between two changes."""

Op = Literal["same", "removed", "added"]
Stress = Literal["", "number", "name"]
Name = tuple[int, int, str]
"""Where a name stands: start and end in code points, and its kind."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A run of text with what happened to it; ``stress`` says why a change deserves attention."""

    text: str
    op: Op = "same"
    stress: Stress = ""


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A text, its place in the whole (code points), and the names of the whole that may stand in it, in order."""

    text: str
    start: int = 0
    names: Sequence[Name] = ()


class Run(msgspec.Struct, kw_only=True):
    """Neighbouring words with one fate: ``old`` and ``new`` are equal, or either replaces the other."""

    old: list[str]
    new: list[str]
    is_same: bool
    old_at: int = 0
    new_at: int = 0


def runs(old: str, new: str) -> list[Run]:
    """Return the runs of ``old`` and ``new`` in order: same and changed ones take turns."""
    left, right = segments(old), segments(new)
    found = _tidied(_raw_runs(left, right))
    old_at = new_at = 0
    for run in found:
        run.old_at, run.new_at = old_at, new_at
        old_at, new_at = old_at + sum(map(len, run.old)), new_at + sum(map(len, run.new))
    return found


def _raw_runs(left: list[str], right: list[str]) -> list[Run]:
    from rapidfuzz.distance import Indel

    if len(left) * len(right) > MAX_CELLS:
        return [Run(old=left, new=right, is_same=left == right)]
    made: list[Run] = []
    for step in Indel.opcodes(left, right):
        old, new = left[step.src_start : step.src_end], right[step.dest_start : step.dest_end]
        is_same = step.tag == "equal"
        if made and made[-1].is_same == is_same:
            made[-1].old += old
            made[-1].new += new
        else:
            made.append(Run(old=old, new=new, is_same=is_same))
    return made


def _tidied(raw: list[Run]) -> list[Run]:
    """Join changes that only a chance likeness keeps apart, until none is left."""
    made: list[Run] = []
    for run in raw:
        made.append(run)
        while len(made) >= 3 and not made[-1].is_same and _is_chance(*made[-3:]):
            before, between, after = made[-3:]
            old, new = before.old + between.old + after.old, before.new + between.new + after.new
            made[-3:] = [Run(old=old, new=new, is_same=False)]
    return made


def _is_chance(before: Run, between: Run, after: Run) -> bool:
    """Return whether what is equal weighs no more than the change on either side of it, or holds no word at all."""
    words = sum(map(is_word, between.old))
    if not words:
        return len(between.old) == 1 or all(any(map(is_word, run.old + run.new)) for run in (before, after))
    length = sum(map(len, between.old))
    return words <= MAX_CHANCE and length <= min(_weight(before), _weight(after))


def _weight(run: Run) -> int:
    return max(sum(map(len, run.old)), sum(map(len, run.new)))


def pieces(old: Wording, new: Wording) -> tuple[Piece, ...]:
    """Return the new wording with what was removed and added, changed numbers and names stressed."""
    made: list[Piece] = []
    for run in runs(old.text, new.text):
        if run.is_same:
            made.append(Piece(text="".join(run.new)))
            continue
        made += _stressed(run.old, "removed", old.start + run.old_at, (old.names, run.new, new.text))
        made += _stressed(run.new, "added", new.start + run.new_at, (new.names, run.old, old.text))
    return tuple(made)


def whole(one: Wording, op: Op) -> tuple[Piece, ...]:
    """Return a wording that is new or gone as a whole, its numbers and names not stressed one by one."""
    return (Piece(text=one.text, op=op),) if one.text else ()


def changed_numbers(run: Run) -> tuple[list[str], list[str]]:
    """Return the numbers of a change that are gone, and those that came instead, as they are written."""
    before, after = numbers("".join(run.old)), numbers("".join(run.new))
    gone = [piece for piece in run.old if is_number(piece) and not _all_in(piece, after)]
    came = [piece for piece in run.new if is_number(piece) and not _all_in(piece, before)]
    return gone, came


def _all_in(piece: str, others: Sequence[str]) -> bool:
    return set(numbers(piece)) <= set(others)


def _stressed(
    own: Sequence[str], op: Op, start: int, context: tuple[Sequence[Name], Sequence[str], str]
) -> list[Piece]:
    """Return the words of one side of a change, split where the stress changes."""
    names, other_words, other_text = context
    others, folded = numbers("".join(other_words)), other_text.casefold()
    made: list[Piece] = []
    text, held = "", ""
    for word in own:
        stress: Stress = ""
        if is_number(word):
            stress = "" if not other_words or _all_in(word, others) else "number"
        elif _in_name(names, start, start + len(word)) and (word.casefold() not in folded if is_word(word) else held):
            stress = "name"
        if stress != held and text:
            made.append(Piece(text=text, op=op, stress=held))  # type: ignore[arg-type]
            text = ""
        text, held, start = text + word, stress, start + len(word)
    return [*made, Piece(text=text, op=op, stress=held)] if text else made  # type: ignore[arg-type]


def _in_name(names: Sequence[Name], start: int, end: int) -> bool:
    place = bisect_left(names, (end, 0, "")) - 1
    return place >= 0 and names[place][0] < end and names[place][1] > start
