"""Where words begin and end, in any script: spaces and signs where they part words, else a dictionary or a rule.

Words after the default boundaries of Unicode Standard Annex 29. In scripts without spaces (Han, Kana, Thai, Lao, Khmer,
Burmese) a segmenter of ``segmenters.py`` cuts, where one is installed; else the built-in rule cuts at clusters: one Han
sign, a run of Katakana or Hiragana, one syllable of Thai, Lao, Khmer and Burmese. Offsets are code points of the text
as it was given. Every step is linear: no run of more than ``MAX_RUN`` code points reaches a library.
"""

from __future__ import annotations

import re
from functools import cache

from babelscope.languages.combining import combining_marks
from babelscope.languages.segmenters import Cut, segmenter

MAX_RUN = 1_000
"""Code points given to a segmenter at once: some take time by the square of it."""

_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_SCRIPTS = {
    "th": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "lo": "\u0e81-\u0ece\u0edc-\u0edf",
    "my": "\u1000-\u103f\u1050-\u108f\u109a-\u109f\ua9e0-\ua9ef\ua9fa-\ua9fe\uaa60-\uaa7f",
    "km": "\u1780-\u17b3\u17b6-\u17d3\u17d7\u17dc\u17dd",
    "zh": "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303b\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa"
    "\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    f"\U00020000-\U0003347f{_SELECTORS}",
    "ko": "\u1100-\u11ff\u3131-\u318e\ua960-\ua97f\uac00-\ud7ff",
}
"""Language of the segmenter → the signs that it is given; Japanese shares the signs of Chinese."""
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_CLUSTER = {
    "th": "[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e2f-\u0e3a\u0e45-\u0e4e]*",
    "lo": "[\u0ec0-\u0ec4]?[\u0e81-\u0eae\u0edc-\u0edf][\u0eaf-\u0ebd\u0ec6-\u0ece]*",
    "my": "(?:[\u1000-\u1021\u103f\uaa60-\uaa7f](?:\u1039[\u1000-\u1021])*[\u102b-\u103e\u1056-\u108f]*"
    "(?:[\u1000-\u1021](?:\u1039[\u1000-\u1021])?\u1037?[\u103a][\u1037\u1038]*)*)",
    "km": "[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd])*",
    "zh": "(?:[\u3041-\u3096\u3099\u309a\u309d-\u309f\u30fc]+|[\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f]+"
    f"|.)[{_SELECTORS}]*",
}
_GROUPED = r"\d{1,3}(?:[.,٫٬'’\u00a0\u202f]\d{3})++(?!\d)(?:[.,٫]\d++)?|\d++(?:[.,:٫/]\d++)*+"


def word_spans(text: str, language: str = "") -> list[tuple[int, int]]:
    """Return the words of ``text`` as (start, end) in code points, in order; between them is white space or a sign.

    A number in any notation is one word. ``language`` (ISO 639-1) tells Japanese from Chinese where only Han signs
    stand; else a text with Kana counts as Japanese.
    """
    spans: list[tuple[int, int]] = []
    han = language if language in ("ja", "zh") else "ja" if _KANA.search(text) else "zh"
    for match in _pattern().finditer(text):
        kind = match.lastgroup or ""
        if kind == "word" or (kind == "ko" and segmenter("ko") is None):
            spans.append(match.span())
        else:
            _add_run(spans, text, match.span(), han if kind == "zh" else kind)
    return spans


def words(text: str, language: str = "") -> list[str]:
    """Return the words of ``text`` in order, as ``word_spans`` bounds them."""
    return [text[start:end] for start, end in word_spans(text, language)]


def _add_run(spans: list[tuple[int, int]], text: str, span: tuple[int, int], language: str) -> None:
    """Add the words of a run without spaces, in bounded pieces; a piece of nothing but marks is no word."""
    cut, rule = segmenter(language), _clusters(language)
    for start in range(span[0], span[1], MAX_RUN):
        piece = text[start : min(start + MAX_RUN, span[1])]
        spans += [
            (start + a, start + b) for a, b in (cut and cut(piece)) or rule(piece) if any(map(str.isalnum, piece[a:b]))
        ]


@cache
def _clusters(language: str) -> Cut:
    """Return the built-in rule of a script: its clusters, and what fits none of them sign by sign; Hangul whole."""
    if language == "ko":
        return lambda run: [(0, len(run))]
    inner = _CLUSTER["zh" if language == "ja" else language]
    pattern = re.compile(f"{inner}|.", re.DOTALL)
    return lambda run: [match.span() for match in pattern.finditer(run)]


@cache
def _pattern() -> re.Pattern[str]:
    wide = "".join(_SCRIPTS.values())
    marks = combining_marks()
    sign = rf"(?:(?![{wide}_])\w|[{marks}\u200c\u200d\u00ad])"
    letters = rf"(?![{wide}_])\w{sign}*+(?:['’ʼ״׳·.]{sign}++)*+"
    runs = "|".join(f"(?P<{code}>(?=[{inside}])[{inside}{marks}]++)" for code, inside in _SCRIPTS.items())
    return re.compile(rf"(?P<word>(?:{_GROUPED}){sign}*+|{letters})|{runs}")
