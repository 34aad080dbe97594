"""The tokeniser of the embedding model: unigram pieces (Kudo 2018) with the vocabulary of XLM-R, read from its file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

SPACE = "\u2581"
"""What SentencePiece writes for a space; no piece of the vocabulary holds one behind its first letter."""
MAX_PIECE = 64
_UNKNOWN_COST = 10.0
_CACHED_WORDS = 1 << 15


class Unigram:
    """Text → numbers of pieces, the likeliest way to cut each word."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float], unknown: int, normal: dict[int, str]) -> None:
        """``scores`` are log probabilities, ``unknown`` is the unknown piece, ``normal`` maps code points."""
        self._scored = {piece: (score, i) for i, (piece, score) in enumerate(zip(pieces, scores, strict=True))}
        self._scored.pop(pieces[unknown], None)
        self._unknown = (min(scores) - _UNKNOWN_COST, unknown)
        self._longest = min(max(map(len, pieces)), MAX_PIECE)
        self._normal = normal
        self._cut = lru_cache(maxsize=_CACHED_WORDS)(self._cut_word)

    def encode(self, text: str) -> list[int]:
        """Return the pieces of ``text`` without start and end marks."""
        words = text.translate(self._normal).split(" ")
        out: list[int] = []
        for place, word in enumerate(words):
            if word or place in (0, len(words) - 1):
                out += self._cut(SPACE + word) if word or place else []
        return out

    def _cut_word(self, word: str) -> tuple[int, ...]:
        """The best path through ``word`` (Viterbi); a character that is in no piece is the unknown piece."""
        length = len(word)
        best: list[tuple[float, int, int]] = [(0.0, 0, 0)] + [(float("-inf"), 0, 0)] * length
        for start in range(length):
            so_far = best[start][0]
            cost, number = self._unknown
            if so_far + cost > best[start + 1][0]:
                best[start + 1] = (so_far + cost, number, start)
            for end in range(start + 1, min(length, start + self._longest) + 1):
                found = self._scored.get(word[start:end])
                if found is not None and so_far + found[0] > best[end][0]:
                    best[end] = (so_far + found[0], found[1], start)
        path: list[int] = []
        at = length
        while at > 0:
            path.append(best[at][1])
            at = best[at][2]
        return tuple(reversed(path))
