"""Libraries that know the words of languages without spaces: each optional, found when first asked for.

ICU (International Components for Unicode; dictionaries and LSTM of ``BreakIterator``) serves six scripts from one
wheel; the others know one language better. Every one is used by its plainest call, without part-of-speech models.
"""

from __future__ import annotations

import importlib
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import Any

import msgspec

Span = tuple[int, int]
Cut = Callable[[str], list[Span]]
"""From a run of one script (no lone surrogate in it) to consecutive pieces, in code points."""


class Segmenter(msgspec.Struct, frozen=True, kw_only=True):
    """One optional library: the languages it cuts, the modules it needs, how it is installed, and what that weighs."""

    name: str
    languages: tuple[str, ...]
    modules: tuple[str, ...]
    install: str
    weight: str
    licence: str

    @property
    def present(self) -> bool:
        """Say whether its modules are installed."""
        return all(find_spec(module) is not None for module in self.modules)


SEGMENTERS = (
    Segmenter(
        name="icu4py", languages=("zh", "ja", "th", "km", "lo", "my"), modules=("icu4py",),
        install='pip install "babelscope[segment]"', weight="16 MB", licence="MIT, Unicode-3.0",
    ),
    Segmenter(
        name="jieba", languages=("zh",), modules=("jieba",),
        install='pip install "babelscope[segment-zh]"', weight="19 MB", licence="MIT",
    ),
    Segmenter(
        name="fugashi", languages=("ja",), modules=("fugashi", "unidic_lite"),
        install='pip install "babelscope[segment-ja]"', weight="48 MB, 250 MB installed", licence="MIT, BSD",
    ),
    Segmenter(
        name="kiwipiepy", languages=("ko",), modules=("kiwipiepy", "kiwipiepy_model"),
        install='pip install "babelscope[segment-ko]"', weight="100 MB", licence="Apache-2.0",
    ),
    Segmenter(
        name="pythainlp", languages=("th",), modules=("pythainlp",),
        install='pip install "babelscope[segment-th]"', weight="22 MB", licence="Apache-2.0",
    ),
    Segmenter(
        name="PyICU", languages=("zh", "ja", "th", "km", "lo", "my"), modules=("icu",),
        install="pip install PyICU (built from source, needs the headers of ICU)", weight="1 MB and ICU", licence="MIT",
    ),
)  # fmt: skip
"""What can be installed; ``doctor`` names them."""
_ORDER = {
    "zh": ("jieba", "icu4py", "PyICU"),
    "ja": ("fugashi", "icu4py", "PyICU"),
    "ko": ("kiwipiepy",),
    "th": ("pythainlp", "icu4py", "PyICU"),
    "km": ("icu4py", "PyICU"),
    "lo": ("icu4py", "PyICU"),
    "my": ("icu4py", "PyICU"),
}
_KNOWN = {one.name: one for one in SEGMENTERS}
_LOCK = threading.Lock()
"""Taggers keep a lattice inside themselves: one call at a time."""


def segmenter(language: str) -> Cut | None:
    """Return the best installed segmenter of ``language``; None if there is none, or if it cannot be opened."""
    return _chosen(language)[1]


def segmenter_name(language: str) -> str:
    """Return the name of what ``segmenter`` returns, "" for the built-in rule: part of what makes a result."""
    return _chosen(language)[0]


@cache
def _chosen(language: str) -> tuple[str, Cut | None]:
    for name in _ORDER.get(language, ()):
        if _KNOWN[name].present:
            try:
                cut = _OPENERS[name](language)
                if cut("ก" if language == "th" else "一"):
                    return name, _guarded(cut)
            except Exception:  # noqa: S112 - without its data, or built for another platform, it is as good as none
                continue
    return "", None


def _guarded(cut: Cut) -> Cut:
    """Serialise the calls; nothing for what a library fails on; no gap, and no cut before a combining mark."""

    def guarded(run: str) -> list[Span]:
        try:
            with _LOCK:
                found = cut(run)
        except Exception:
            return []
        starts = [a for a, _ in found if 0 < a < len(run) and not unicodedata.category(run[a]).startswith("M")]
        if not found or starts != sorted(set(starts)):
            return []
        return list(zip([0, *starts], [*starts, len(run)], strict=True))

    return guarded


def _from_pieces(pieces: Iterable[str]) -> list[Span]:
    spans, at = [], 0
    for piece in pieces:
        spans.append((at, at + len(piece)))
        at += len(piece)
    return spans


def _found(run: str, pieces: Iterable[str]) -> list[Span]:
    """Locate pieces between which a library has left out spaces."""
    spans, at = [], 0
    for piece in pieces:
        at = run.index(piece, at)
        spans.append((at, at + len(piece)))
        at += len(piece)
    return spans


def _in_code_points(run: str, cuts: list[int]) -> list[Span]:
    """Turn offsets in UTF-16 units, as ICU counts, into spans in code points."""
    if max(run, default="") > "\uffff":
        units = [index for index, sign in enumerate(run) for _ in range(2 if sign > "\uffff" else 1)]
        cuts = [units[cut] if cut < len(units) else len(run) for cut in cuts]
    return [(a, b) for a, b in zip([0, *cuts], cuts, strict=False) if a < b]


def _open_icu4py(language: str) -> Cut:
    breaker: Any = importlib.import_module("icu4py.breakers").WordBreaker
    return lambda run: _in_code_points(run, [end for _, end in breaker(run, language).segments()])


def _open_pyicu(language: str) -> Cut:
    icu: Any = importlib.import_module("icu")
    breaker = icu.BreakIterator.createWordInstance(icu.Locale(language))

    def cut(run: str) -> list[Span]:
        breaker.setText(run)
        return _in_code_points(run, list(breaker))

    return cut


def _open_jieba(language: str) -> Cut:
    jieba: Any = importlib.import_module("jieba")
    tokenizer = jieba.Tokenizer()
    # as initialize() does, but without its cache in the folder for temporary files, which anybody may have written
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return lambda run: _from_pieces(tokenizer.cut(run, HMM=True))


def _open_fugashi(language: str) -> Cut:
    tagger: Any = importlib.import_module("fugashi").Tagger("-Owakati")
    return lambda run: _found(run, tagger.parse(run).split())


def _open_kiwi(language: str) -> Cut:
    kiwi: Any = importlib.import_module("kiwipiepy").Kiwi(num_workers=1)

    def cut(run: str) -> list[Span]:
        spans: list[Span] = []
        for token in kiwi.tokenize(run):
            start, end = token.start, token.start + token.len
            if end > start and (not spans or start >= spans[-1][1]):
                spans.append((start, end))
        return spans

    return cut


def _open_thai(language: str) -> Cut:
    tokenize: Any = importlib.import_module("pythainlp.tokenize").word_tokenize
    return lambda run: _from_pieces(tokenize(run, engine="newmm", keep_whitespace=True))


_OPENERS: dict[str, Callable[[str], Cut]] = {
    "icu4py": _open_icu4py,
    "PyICU": _open_pyicu,
    "jieba": _open_jieba,
    "fugashi": _open_fugashi,
    "kiwipiepy": _open_kiwi,
    "pythainlp": _open_thai,
}
