"""Words of one side of a sentence → the words of the other side that stand for them."""

from __future__ import annotations

from typing import Literal

import msgspec

from babelscope.explore.reading import find_sentence, reading_view
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.store.reader import Reader

MAX_CHARS = 2000
"""Code points of a sentence, on either side, that words are aligned in; a longer one is linked as a whole."""
Side = Literal["original", "reading"]


class AlignedView(msgspec.Struct, frozen=True, kw_only=True):
    """``start`` to ``end`` of ``words`` on ``side``, in code points of the sentence there; both 0 where unknown."""

    sentence: str
    side: Side
    start: int
    end: int
    words: str


def aligned_view(
    reader: Reader, config: Config, id_: str, sentence: str, side: Side, span: tuple[int, int]
) -> AlignedView | None:
    """Return what stands for code points ``span`` of ``side`` of ``sentence``; None if there is no such sentence.

    Raises ``BadInput`` for a span that does not lie in the sentence.
    """
    view = reading_view(reader, config, id_)
    found = find_sentence(view, sentence) if view else None
    if view is None or found is None:
        return None
    original = "".join(part.text for part in found.original)
    reading = "".join(part.text for part in found.reading)
    size = len(original if side == "original" else reading)
    if not 0 <= span[0] < span[1] <= size:
        raise BadInput(f"start, end: not a span of this sentence, which has {size} characters there.")
    other: Side = "reading" if side == "original" else "original"
    nothing = AlignedView(sentence=sentence, side=other, start=0, end=0, words="")
    if not reading or max(len(original), len(reading)) > MAX_CHARS:
        return nothing
    from babelscope.understand.alignment import align_words, project, turned

    links = align_words(original, reading, view.language, view.to)
    target = project(links if side == "original" else turned(links), *span)
    if target is None:
        return nothing
    words = (reading if side == "original" else original)[target[0] : target[1]]
    return AlignedView(sentence=sentence, side=other, start=target[0], end=target[1], words=words)
