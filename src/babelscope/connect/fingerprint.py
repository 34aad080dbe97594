"""Stage ``fingerprint``: a MinHash signature of the text, by which copies are found (Broder 1997)."""

from __future__ import annotations

import re
import sys
import unicodedata
from array import array
from collections.abc import Sequence

from babelscope.flow.config import Config
from babelscope.flow.shapes import Stage
from babelscope.model import Document, Fingerprint, Patch

PERMUTATIONS = 128
SEED = 42
WORDS = 3
CHARACTERS = 5
MAX_TEXT = 200_000
"""Code points that are looked at: copies show in their first 200,000 characters, or they are no articles."""
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
_WORD = re.compile(r"\w+")


def shingles(text: str) -> list[str]:
    """Return the distinct shingles of ``text``, sorted: three words, or five characters in scripts without spaces.

    Case, compatibility forms, punctuation and spacing do not count.
    """
    folded = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    words = _WORD.findall(folded)
    letters = "".join(words)
    if len(_NO_SPACES.findall(letters)) * 2 > len(letters):
        grams = {letters[i : i + CHARACTERS] for i in range(max(len(letters) - CHARACTERS + 1, 1))}
    else:
        grams = {" ".join(words[i : i + WORDS]) for i in range(max(len(words) - WORDS + 1, 1))}
    return sorted(grams - {""})


class FingerprintStage:
    """Documents → signatures of their texts (of their titles where there is no text)."""

    name = "fingerprint"
    version = "1"
    needs = frozenset({"article"})
    provides = frozenset({"fingerprint"})
    batch = 64

    def load(self) -> None:
        """Import the MinHash library."""
        import rensa  # noqa: F401

    def __call__(self, docs: Sequence[Document]) -> Sequence[Patch]:
        """Return one signature per document."""
        return [Patch(layers={"fingerprint": _fingerprint(d.text or d.title)}) for d in docs]


def _fingerprint(text: str) -> Fingerprint:
    from rensa import RMinHash

    grams = shingles(text)
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(grams)
    values = array("I", sketch.digest())
    if sys.byteorder == "big":
        values.byteswap()
    return Fingerprint(minhash=values.tobytes(), permutations=PERMUTATIONS, shingles=len(grams))


def build(config: Config) -> Stage:
    """Return the stage; nothing in the configuration changes it."""
    return FingerprintStage()
