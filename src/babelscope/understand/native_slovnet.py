"""Slovnet's Russian tagger of names: a small network over Navec's word vectors, in numpy.

Only Slovnet, Navec and Razdel run. The weights lie in the package ``natasha``, which is not imported: its
morphology needs libraries that newer versions of Python have lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from babelscope.model.layers import MentionKind
from babelscope.understand.native_tagging import Span, Tagger, pieces

MAX_PIECE = 1000
_KINDS: dict[str, MentionKind] = {"PER": "person", "ORG": "organisation", "LOC": "place"}
NETWORK = "model/slovnet_ner_news_v1.tar"
VECTORS = "emb/navec_news_v1_1B_250K_300d_100q.tar"


def open_russian(folders: Sequence[Path]) -> Tagger:
    """Return the Russian tagger, which gets one sentence after the other: a batch would pad, and rounding differ."""
    from navec import Navec
    from slovnet import NER

    ner = NER.load(str(folders[0] / NETWORK), batch_size=1)
    ner.navec(Navec.load(str(folders[0] / VECTORS)))

    def tag(text: str) -> list[Span]:
        spans = []
        for start, end in pieces(text, MAX_PIECE):
            found = ner(text[start:end]).spans
            spans += [(start + s.start, start + s.stop, _KINDS[s.type]) for s in found if s.type in _KINDS]
        return spans

    return tag
