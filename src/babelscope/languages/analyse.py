"""The analyser: one versioned pure function for documents and for queries, so that both give the same tokens.

Compatibility composition (NFKC, UAX #15) and full case folding; runs of scripts that are written without spaces, or
whose words are hard to bound (Han, Kana, Hangul, Thai, Lao, Khmer, Burmese), become overlapping bigrams of code points
(a run of one gives that one); everything else is cut into words. Arabic vowel signs, tatweel and Hebrew points are
taken off. Stems are by Snowball (Porter 2001) and carry their language ("pt:eleiçõ"), so that a stem of one language
never matches another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import msgspec

ANALYSER_VERSION = 1
MAX_TOKEN = 64
"""Code points kept of one token: longer runs are addresses or noise."""

SNOWBALL = {
    "ar": "arabic",
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "eo": "esperanto",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "ga": "irish",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "no": "norwegian",
    "nb": "norwegian",
    "nn": "norwegian",
    "fa": "persian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""Language (ISO 639-1) → Snowball algorithm; every other language has no stems."""

_SCRIPT_LANGUAGES = {
    "ARABIC": ("ar", "fa"),
    "ARMENIAN": ("hy",),
    "CYRILLIC": ("ru", "sr"),
    "DEVANAGARI": ("hi", "ne"),
    "GREEK": ("el",),
    "HEBREW": ("yi",),
    "TAMIL": ("ta",),
}
_OTHER_SCRIPTS = {language for languages in _SCRIPT_LANGUAGES.values() for language in languages} - {"sr"}
_LATIN_LANGUAGES = tuple(sorted({*SNOWBALL} - _OTHER_SCRIPTS - {"nb", "nn"}))
_BIGRAM_RANGES = (
    "\u0e01-\u0e3a\u0e40-\u0e4e"  # Thai
    "\u0e81-\u0ecf\u0edc-\u0edf"  # Lao
    "\u1000-\u103f\u1050-\u108f\u109a-\u109f\uaa60-\uaa7f"  # Burmese
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u1780-\u17d3\u17d7\u17dc\u17dd"  # Khmer
    "\u3005-\u3007\u3021-\u3029\u3038-\u303b"  # Han iteration marks and numerals
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"  # Kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003347f"  # Han, old Kana
)
_DROPPED = dict.fromkeys(
    [
        0x00AD,  # soft hyphen
        0x0640,  # tatweel
        0x0670,  # superscript alef
        *range(0x064B, 0x0660),  # Arabic vowel signs
        *range(0x06D6, 0x06DD),
        *range(0x0591, 0x05BE),  # Hebrew accents and points
        0x05BF,
        0x05C1,
        0x05C2,
        0x05C4,
        0x05C5,
        0x05C7,
        0x061C,
        *range(0x200B, 0x2010),  # zero-width characters and direction marks
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        *range(0x2066, 0x2070),
        *range(0xFE00, 0xFE10),  # variation selectors
        0xFEFF,
    ]
)
_DOTTED_I = "i\u0307"  # what case folding makes of the Turkish capital İ


class Tokens(msgspec.Struct, frozen=True):
    """``words``: tokens in order of appearance, for terms and phrases; ``stems``: language-marked stems, in order."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


def normalise(text: str) -> str:
    """Return ``text`` composed, case-folded, without signs that readers leave out; twice is the same as once."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", folded.translate(_DROPPED).replace(_DOTTED_I, "i"))


def analyse(text: str, language: str = "") -> Tokens:
    """Return the tokens of ``text``; stems only where Snowball knows ``language`` (ISO 639-1)."""
    words: list[str] = []
    plain: list[str] = []
    for match in _pattern().finditer(normalise(text)):
        run = match.group()
        if match.lastgroup == "bigrams":
            words.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        else:
            words.append(run[:MAX_TOKEN])
            plain.append(run[:MAX_TOKEN])
    stems = tuple(_stem(word, language) for word in plain) if language in SNOWBALL else ()
    return Tokens(tuple(words), stems)


def plausible_stems(word: str, languages: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the stems that an analysed ``word`` of a query may stand for, one per language of its script.

    ``languages`` narrows the choice (a filter of the query); sorted, without repetition.
    """
    known = _languages_of(word)
    chosen = [language for language in known if not languages or language in languages]
    return tuple(sorted({_stem(word, language) for language in chosen}))


def _languages_of(word: str) -> tuple[str, ...]:
    if re.match(f"[{_BIGRAM_RANGES}]", word) or not any(map(str.isalpha, word)):
        return ()
    letter = next(filter(str.isalpha, word))
    script = unicodedata.name(letter, "").partition(" ")[0]
    return _LATIN_LANGUAGES if script == "LATIN" else _SCRIPT_LANGUAGES.get(script, ())


@lru_cache(maxsize=1 << 18)
def _stem(word: str, language: str) -> str:
    mark = "no" if language in ("nb", "nn") else language
    return f"{mark}:{_stemmer(SNOWBALL[language]).stemWord(word)}"


@cache
def _stemmer(algorithm: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(algorithm)


@cache
def _pattern() -> re.Pattern[str]:
    """Runs of bigram scripts, or words: letters, digits and the marks that belong to them (also vowel signs)."""
    marks = _ranges(c for c in range(0x300, 0x20000) if unicodedata.category(chr(c)) in ("Mn", "Mc"))
    bigrams = f"[{_BIGRAM_RANGES}]"
    return re.compile(
        f"(?P<bigrams>{bigrams}+)|(?P<word>(?:(?!{bigrams})[^\\W_])(?:(?!{bigrams})(?:[^\\W_]|[{marks}]))*)"
    )


def _ranges(points: Iterable[int]) -> str:
    """Return ``points`` (ascending) as the inside of a character class."""
    parts: list[tuple[int, int]] = []
    for point in points:
        if parts and parts[-1][1] == point - 1:
            parts[-1] = (parts[-1][0], point)
        else:
            parts.append((point, point))
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in parts)
