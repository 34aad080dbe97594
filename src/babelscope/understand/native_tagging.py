"""What all native taggers of names share: what they take and return, and the pieces of a text that they get."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from babelscope.languages.sentences import trimmed_sentences
from babelscope.model.layers import MentionKind

Span = tuple[int, int, MentionKind]
"""Start, end (code points) and kind, as the model has it."""
Tagger = Callable[[str], list[Span]]
"""From a text (without lone surrogates) to the names in it, in order."""
Opener = Callable[[Sequence[Path]], Tagger]
"""From the folders of verified files to the tagger."""


def pieces(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Yield the sentences of ``text`` as (start, end); one longer than ``longest`` characters is cut, at a space."""
    for start, end in trimmed_sentences(text):
        while end - start > longest:
            space = text.rfind(" ", start + 1, start + longest)
            cut = space if space > start else start + longest
            yield start, cut
            start = cut
        yield start, end
