"""Two versions of an article → what changed, to be read: paragraphs, sentences, words; moves; numbers and names first.

Bounded: ``MAX_TEXT`` code points and ``MAX_UNITS`` paragraphs or sentences of each side are compared, and a note says
when something was left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from babelscope.explore.alignment import align, likeness
from babelscope.explore.wording import Name, Piece, Wording, changed_numbers, pieces, runs, whole
from babelscope.languages.segments import is_word, segments
from babelscope.languages.sentences import sentence_spans

MAX_TEXT = 100_000
MAX_UNITS = 2_000
MAX_FACTS = 20
MAX_MOVE_CHECKS = 2_500
LEAST_MOVED = 25
"""Code points from which a paragraph that stands elsewhere counts as moved: shorter ones are alike by chance."""
MOVED_LIKENESS = 0.8
CONTEXT = 48

Kind = Literal["same", "changed", "removed", "added", "moved", "moved-away"]


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One version: title, text, and where its names stand in the text (start, end, kind), in order."""

    title: str
    text: str
    names: tuple[Name, ...] = ()


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph: ``old`` and ``new`` are its numbers (from 1) in the two versions, 0 where it is not in one."""

    kind: Kind
    old: int
    new: int
    pieces: tuple[Piece, ...]


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A number, place or organisation that was replaced; ``context`` is what follows it in the new version."""

    kind: Literal["number", "name"]
    old: str
    new: str
    context: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What changed. ``title`` is empty where the title stayed; ``is_cut`` where a text was too long to be compared."""

    title: tuple[Piece, ...]
    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...]
    words_removed: int
    words_added: int
    moved: int
    is_cut: bool


def compare(old: Side, new: Side) -> Comparison:
    """Return what changed from ``old`` to ``new``; equal texts give blocks of kind "same" only."""
    left, right = _paragraphs(old), _paragraphs(new)
    blocks = _with_moves(left, right, align([p.text for p in left], [p.text for p in right]))
    title = pieces(Wording(text=old.title), Wording(text=new.title)) if old.title != new.title else ()
    facts = [*_facts(Wording(text=old.title), Wording(text=new.title)), *_block_facts(blocks, left, right)]
    return Comparison(
        title=title,
        blocks=tuple(blocks),
        facts=_once(facts)[:MAX_FACTS],
        words_removed=_count(blocks, "removed"),
        words_added=_count(blocks, "added"),
        moved=sum(block.kind == "moved" for block in blocks),
        is_cut=max(len(old.text), len(new.text)) > MAX_TEXT or max(len(left), len(right)) >= MAX_UNITS,
    )


def _paragraphs(side: Side) -> list[Wording]:
    found: list[Wording] = []
    start = 0
    for line in side.text[:MAX_TEXT].split("\n"):
        if line.strip() and len(found) < MAX_UNITS:
            found.append(Wording(text=line, start=start, names=side.names))
        start += len(line) + 1
    return found


def _with_moves(
    left: Sequence[Wording], right: Sequence[Wording], pairs: Sequence[tuple[int | None, int | None]]
) -> list[Block]:
    moves = _moves(left, right, pairs)
    back = {old: new for new, old in moves.items()}
    blocks: list[Block] = []
    for old, new in pairs:
        if old is not None and new is not None:
            is_same = left[old].text.split() == right[new].text.split()
            made = whole(right[new], "same") if is_same else sentence_pieces(left[old], right[new])
            blocks.append(Block(kind="same" if is_same else "changed", old=old + 1, new=new + 1, pieces=made))
        elif old is not None:
            gone, kind = back.get(old), "removed"
            made = whole(left[old], "removed")
            if gone is not None:
                made, kind = (Piece(text=_short(left[old].text)),), "moved-away"
            blocks.append(Block(kind=kind, old=old + 1, new=0 if gone is None else gone + 1, pieces=made))  # type: ignore[arg-type]
        elif new is not None:
            origin = moves.get(new)
            if origin is None:
                blocks.append(Block(kind="added", old=0, new=new + 1, pieces=whole(right[new], "added")))
            else:
                made = sentence_pieces(left[origin], right[new])
                blocks.append(Block(kind="moved", old=origin + 1, new=new + 1, pieces=made))
    return blocks


def _moves(
    left: Sequence[Wording], right: Sequence[Wording], pairs: Sequence[tuple[int | None, int | None]]
) -> dict[int, int]:
    """Return new place → old place of paragraphs that stand elsewhere now, the same or nearly so."""
    gone = [old for old, new in pairs if new is None and old is not None and len(left[old].text) >= LEAST_MOVED]
    came = [new for old, new in pairs if old is None and new is not None and len(right[new].text) >= LEAST_MOVED]
    moves: dict[int, int] = {}
    by_text = {" ".join(left[old].text.split()): old for old in reversed(gone)}
    for new in came:
        old = by_text.pop(" ".join(right[new].text.split()), None)
        if old is not None:
            moves[new] = old
    left_over = [old for old in gone if old not in moves.values()]
    if len(left_over) * len(came) > MAX_MOVE_CHECKS:
        return moves
    for new in (one for one in came if one not in moves):
        scored = [(likeness(left[old].text, right[new].text), -old) for old in left_over]
        score, place = max(scored, default=(0.0, 0))
        if score >= MOVED_LIKENESS:
            moves[new] = -place
            left_over.remove(-place)
    return moves


def sentence_pieces(old: Wording, new: Wording) -> tuple[Piece, ...]:
    """Return a changed paragraph: its sentences aligned, and the words of those that changed."""
    made: list[Piece] = []
    for gone, came in _sentence_pairs(old, new):
        if gone is not None and came is not None:
            is_same = gone.text.split() == came.text.split()
            made += whole(came, "same") if is_same else pieces(gone, came)
        elif gone is not None:
            made += whole(gone, "removed")
        elif came is not None:
            made += whole(came, "added")
    return _joined(made)


def _sentence_pairs(old: Wording, new: Wording) -> list[tuple[Wording | None, Wording | None]]:
    """Return the sentences of two paragraphs, those that are versions of each other together.

    Paragraphs of too many sentences stand as one removed and one added.
    """
    left, right = list(_sentences(old)), list(_sentences(new))
    if max(len(left), len(right)) > MAX_UNITS:
        return [(old, None), (None, new)]
    pairs = align([one.text for one in left], [one.text for one in right])
    return [(None if at is None else left[at], None if to is None else right[to]) for at, to in pairs]


def _sentences(one: Wording) -> Iterator[Wording]:
    """Yield the sentences with the white space behind each, so that they are the paragraph again when joined."""
    for start, end in sentence_spans(one.text) or [(0, 0)]:
        yield Wording(text=one.text[start:end], start=one.start + start, names=one.names)


def _joined(made: Sequence[Piece]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    for piece in made:
        if joined and (joined[-1].op, joined[-1].stress) == (piece.op, piece.stress):
            joined[-1] = msgspec.structs.replace(piece, text=joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return tuple(joined)


def _block_facts(blocks: Sequence[Block], left: Sequence[Wording], right: Sequence[Wording]) -> Iterator[Fact]:
    for block in blocks:
        if block.kind in ("changed", "moved"):
            for old, new in _sentence_pairs(left[block.old - 1], right[block.new - 1]):
                if old is not None and new is not None:
                    yield from _facts(old, new)


def _facts(old: Wording, new: Wording) -> Iterator[Fact]:
    """Yield what was replaced in one sentence: numbers, and names of places and organisations (never persons)."""
    if old.text == new.text:
        return
    for run in runs(old.text, new.text):
        if run.is_same:
            continue
        context = _short(new.text[run.new_at + sum(map(len, run.new)) :].strip(), CONTEXT)
        gone, came = changed_numbers(run)
        if gone and came:
            yield Fact(kind="number", old=", ".join(gone), new=", ".join(came), context=context)
        lost = _names_in(old, new.text, (run.old_at, run.old_at + sum(map(len, run.old))))
        found = _names_in(new, old.text, (run.new_at, run.new_at + sum(map(len, run.new))))
        if lost and found:
            yield Fact(kind="name", old=", ".join(lost), new=", ".join(found), context=context)


def _once(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Return every replacement once, where it first stands, with the longest context (a title has little)."""
    found: dict[tuple[str, str, str], Fact] = {}
    for fact in facts:
        key = (fact.kind, fact.old, fact.new)
        if key not in found or len(fact.context) > len(found[key].context):
            found[key] = fact
    return tuple(found.values())


def _names_in(one: Wording, other: str, span: tuple[int, int]) -> list[str]:
    start, end = one.start + span[0], one.start + span[1]
    near = [name for name in one.names if name[0] < end and name[1] > start and name[2] in ("place", "organisation")]
    names = [one.text[name[0] - one.start : name[1] - one.start] for name in near]
    return [name for name in dict.fromkeys(names) if name and name not in other]


def _short(text: str, limit: int = 80) -> str:
    if len(text) <= limit:
        return text
    cut = text[:limit].rpartition(" ")[0] if " " in text[:limit] else text[:limit]
    return f"{cut} …"


def _count(blocks: Sequence[Block], op: str) -> int:
    return sum(sum(map(is_word, segments(piece.text))) for block in blocks for piece in block.pieces if piece.op == op)
