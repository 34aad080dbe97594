"""Underthesea's Vietnamese tagger of names: conditional random fields over words, word classes and chunks.

Of the library only tokeniser, feature templates and taggers are used, on files that were resolved and verified;
its other parts (classification, sentiment) would download, and are never called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babelscope.model.layers import MentionKind
from babelscope.understand.native_tagging import Span, Tagger, pieces

MAX_PIECE, MAX_WORDS = 600, 80
"""Characters of a piece, and words that are tagged at once: the library's templates cost the square of that."""
WORDS = "word_tokenize/models/ws_crf_vlsp2013_20230727"
CLASSES, CHUNKS = "pos_tag/pos_crf_2017_10_11.bin", "chunking/chunk_crf_2017_10_12.bin"
NAMES = "ner/ner_crf_2017_10_12.bin"
_KINDS: dict[str, MentionKind] = {"PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "thing"}
_ADDRESS = re.compile(r"(?:https?|ftps?):|\.[a-z]{2,13}/|@", re.IGNORECASE)
"""Web addresses are blanked: they hold no names, and the tokeniser's pattern for them can take for ever."""
_BREAK = re.compile(r"[,;:()“”\"‘\n]|\s(?:của|và|tại|ở)(?=\s)")
_WORD = re.compile(r"\S+")
_OFFICE = re.compile(
    r"(?<!\w)(?:anh|(?i:ông|bà|chị|tổng thống|thủ tướng|chủ tịch(?: nước)?|bộ trưởng|thượng nghị sĩ|nghị sĩ|"
    r"giám đốc|tổng bí thư|đại tá|thiếu tướng|trung tướng|tiến sĩ|giáo sư|luật sư|bác sĩ|ca sĩ|diễn viên|cầu thủ|"
    r"huấn luyện viên|hlv))\s+"
)
"""An office or form of address: what follows is a person, and the model leaves it in the name now and then.

"Anh" with a capital is England.
"""
REACH = 24


def open_vietnamese(folders: Sequence[Path]) -> Tagger:
    """Return the Vietnamese tagger, which gets one sentence after the other."""
    chain = _Chain(folders[0])

    def tag(text: str) -> list[Span]:
        clean = _WORD.sub(lambda m: " " * len(m[0]) if _ADDRESS.search(m[0]) else m[0], text)
        spans = []
        for start, end in pieces(clean, MAX_PIECE):
            plain, starts, ends = composed(clean[start:end])
            for a, b, kind in chain.names(plain):
                for i, j in _narrowed(plain, a, b):
                    first, person = _without_office(plain, i, j)
                    if first < j:
                        spans.append((start + starts[first], start + ends[j - 1], "person" if person else kind))
        return spans

    return tag


def composed(text: str) -> tuple[str, list[int], list[int]]:
    """Return ``text`` with letters and marks composed (NFC), and where each of its characters begins and ends in it."""
    plain: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        letters = unicodedata.normalize("NFC", text[at:end])
        plain.append(letters)
        starts += [at] * len(letters)
        ends += [end] * len(letters)
        at = end
    return "".join(plain), starts, ends


def _narrowed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of a find between commas and prepositions, each from its first capitalised word on."""
    cuts = [start, *(cut for m in _BREAK.finditer(text, start, end) for cut in m.span()), end]
    for begin, stop in zip(cuts[::2], cuts[1::2], strict=True):
        first = next((m.start() for m in _WORD.finditer(text, begin, stop) if m[0][0].isupper()), None)
        if first is not None:
            yield first, stop


def _without_office(text: str, start: int, end: int) -> tuple[int, bool]:
    """Return where the name begins behind offices at its beginning, and whether there is one there or before it."""
    before = text[max(0, start - REACH) : start]
    person = any(match.end() == len(before) for match in _OFFICE.finditer(before))
    while match := _OFFICE.match(text, start, end):
        start, person = match.end(), True
    return start, person


class _Chain:
    """Words, then their classes, then chunks, then names: each model sees what those before it found."""

    def __init__(self, folder: Path) -> None:
        from underthesea.models.fast_crf_sequence_tagger import FastCRFSequenceTagger
        from underthesea.pipeline.chunking.model_crf import CRFChunkingPredictor
        from underthesea.pipeline.ner.model_crf import CRFNERPredictor
        from underthesea.pipeline.pos_tag.model_crf import CRFPOSTagPredictor

        self._segmenter = FastCRFSequenceTagger()
        self._segmenter.load(str(folder / WORDS))
        steps = ((CRFPOSTagPredictor, CLASSES), (CRFChunkingPredictor, CHUNKS), (CRFNERPredictor, NAMES))
        self._steps = [(made.Instance().transformer, _tagger(folder / file)) for made, file in steps]

    def names(self, text: str) -> list[Span]:
        """Return the names in one sentence."""
        words = self._words(text)
        tags = [t for at in range(0, len(words), MAX_WORDS) for t in self._tags(words[at : at + MAX_WORDS])]
        return _spans(words, tags)

    def _tags(self, words: Sequence[tuple[str, int, int]]) -> list[str]:
        rows: list[tuple[str, ...]] = [(word,) for word, _, _ in words]
        for templates, tagger in self._steps:
            features = templates.transform([[(*row, "X") for row in rows]])[0][0]
            rows = [(*row, tag) for row, tag in zip(rows, tagger.tag(features), strict=True)]
        return [row[-1] for row in rows]

    def _words(self, text: str) -> list[tuple[str, int, int]]:
        """Return the words (of one or more syllables) with their offsets; the models see them in standard spelling."""
        from underthesea.pipeline.text_normalize import token_normalize
        from underthesea.pipeline.word_tokenize.regex_tokenize import patterns

        syllables = [(str(token_normalize(m[0])), m.start(), m.end()) for m in patterns.finditer(text)]
        tags = self._segmenter.predict([[token] for token, _, _ in syllables]) if syllables else []
        words: list[tuple[str, int, int]] = []
        for (token, start, end), tag in zip(syllables, tags, strict=True):
            if tag == "I-W" and words:
                word, first, _ = words[-1]
                words[-1] = (f"{word} {token}", first, end)
            else:
                words.append((token, start, end))
        return words


def _tagger(file: Path) -> Any:
    from underthesea_core import CRFTagger

    tagger = CRFTagger()
    tagger.load(str(file))
    return tagger


def _spans(words: Sequence[tuple[str, int, int]], tags: Sequence[str]) -> list[Span]:
    """Read the tags (B-PER, I-PER, O …) of a sentence."""
    spans: list[Span] = []
    label = ""
    for (_, start, end), tag in zip(words, tags, strict=True):
        mark, _, kind = tag.partition("-")
        if mark == "I" and kind == label and spans:
            spans[-1] = (spans[-1][0], end, spans[-1][2])
        elif kind in _KINDS:
            spans.append((start, end, _KINDS[kind]))
        label = kind
    return spans
