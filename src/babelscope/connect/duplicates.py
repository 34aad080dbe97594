"""Linker ``duplicates``: families of copies, by MinHash and locality-sensitive hashing, for ever.

Block: documents that share one of 32 bands (Leskovec et al., Mining of Massive Datasets, ch. 3). Score: the share of
equal MinHash values, an unbiased estimate of the Jaccard similarity of the shingles. Judge: at least
``copy_threshold``. Group: the family of the most similar document; connected components are right for copies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from babelscope.flow.config import Config
from babelscope.flow.shapes import Linker, LinkMemory
from babelscope.model import Document, Fingerprint, Membership

BANDS = 32
MAX_CANDIDATES = 64
FEW_SHINGLES = 25
FEW_THRESHOLD = 0.8
"""Short texts share much by chance (a title, a score line): they must agree almost entirely."""


def band_keys(minhash: bytes) -> list[tuple[int, bytes]]:
    """Return the band keys of a signature: (band number, the band's bytes)."""
    width = len(minhash) // BANDS
    return [(band, minhash[band * width : (band + 1) * width]) for band in range(BANDS)]


def similarity(left: bytes, right: bytes) -> float:
    """Return the estimated Jaccard similarity (0–1) of two signatures of the same length."""
    return float(np.mean(_values(left) == _values(right)))


def _values(minhash: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(minhash, dtype="<u4")


class Duplicates:
    """Online near-duplicate families; the bands live in ``memory``."""

    name = "duplicates"
    version = "1"
    needs = frozenset({"article", "fingerprint"})

    def __init__(self, config: Config, memory: LinkMemory) -> None:
        self._threshold = config.connect.copy_threshold
        self._memory = memory
        self._families: dict[str, str] = {}

    def load(self) -> None:
        """Nothing to load: the memory holds everything."""

    def __call__(self, docs: Sequence[Document]) -> Sequence[Membership]:
        """Return each document's family; ``why`` gives the similarity that decided."""
        return [self._place(d) for d in docs]

    def _place(self, document: Document) -> Membership:
        print_ = document.layers.get("fingerprint")
        if not isinstance(print_, Fingerprint) or not print_.shingles:
            return Membership(document=document.id, group=document.id, why="no text to compare")
        keys = band_keys(print_.minhash)
        nearest, score = self._nearest(document.id, print_, keys)
        self._memory.bands.add(document.id, keys, print_.minhash)
        if not nearest:
            self._families[document.id] = document.id
            return Membership(document=document.id, group=document.id, why="first of its text")
        family = self._family(nearest)
        self._families[document.id] = family
        why = f"{score:.0%} of the text's shingles are those of {nearest}"
        return Membership(document=document.id, group=family, score=score, nearest=nearest, why=why)

    def _nearest(self, own: str, print_: Fingerprint, keys: Sequence[tuple[int, bytes]]) -> tuple[str, float]:
        shared = self._memory.bands.lookup(keys)
        best = sorted((d for d in shared if d != own), key=lambda d: (-shared[d], d))[:MAX_CANDIDATES]
        signatures: Mapping[str, bytes] = self._memory.bands.fingerprint(best)
        scored = [(similarity(print_.minhash, s), d) for d, s in signatures.items() if len(s) == len(print_.minhash)]
        score, nearest = min(((-s, d) for s, d in scored), default=(0.0, ""))
        least = self._threshold if print_.shingles >= FEW_SHINGLES else max(self._threshold, FEW_THRESHOLD)
        return (nearest, -score) if -score >= least else ("", 0.0)

    def _family(self, document: str) -> str:
        known = self._families.get(document)
        return known or self._memory.groups_of(self.name, [document]).get(document, document)


def build(config: Config, memory: LinkMemory) -> Linker:
    """Return the linker over ``memory``."""
    return Duplicates(config, memory)
