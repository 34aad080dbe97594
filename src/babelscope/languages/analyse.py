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
_DROPPED = re.compile(
    "["
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"  # soft hyphen, direction, zero width
    "\u0640\u064b-\u065f\u0670\u06d6-\u06dc"  # tatweel, Arabic vowel signs and marks
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew accents and points
    "\ufe00-\ufe0f"  # variation selectors
    "]+"
)
_LAST = 0x20000  # beyond it only Han has letters
_DOTTED_I = "i\u0307"  # what case folding makes of the Turkish capital İ


class Tokens(msgspec.Struct, frozen=True):
    """``words``: tokens in order of appearance, for terms and phrases; ``stems``: language-marked stems, in order."""

    words: tuple[str, ...]
    stems: tuple[str, ...]


def normalise(text: str) -> str:
    """Return ``text`` composed, case-folded, without signs that readers leave out; twice is the same as once."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", _DROPPED.sub("", folded).replace(_DOTTED_I, "i"))


def analyse(text: str, language: str = "") -> Tokens:
    """Return the tokens of ``text``; stems only where Snowball knows ``language`` (ISO 639-1)."""
    words: list[str] = []
    plain: list[str] = []
    for piece in normalise(text).split():
        cut, own = _cut(piece) if len(piece) <= MAX_TOKEN else _cut.__wrapped__(piece)
        words += cut
        plain += own
    stems = tuple([_stem(word, language) for word in plain]) if language in SNOWBALL else ()
    return Tokens(tuple(words), stems)


@lru_cache(maxsize=1 << 16)
def _cut(piece: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the tokens of a normalised piece without spaces, and those of them that are words (not bigrams)."""
    words: list[str] = []
    plain: list[str] = []
    for bigrams, word in _pattern().findall(piece):
        if word:
            words.append(word[:MAX_TOKEN])
            plain.append(word[:MAX_TOKEN])
        else:
            words += [bigrams[i : i + 2] for i in range(max(1, len(bigrams) - 1))]
    return tuple(words), tuple(plain)


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
    bigram = re.compile(f"[{_BIGRAM_RANGES}]")
    letters, parts = [], []
    for point in range(0x30, _LAST):
        sign = chr(point)
        is_letter = sign.isalnum()
        if (is_letter or unicodedata.category(sign) in ("Mn", "Mc")) and not bigram.match(sign):
            parts.append(point)
            letters += [point] if is_letter else []
    return re.compile(f"([{_BIGRAM_RANGES}]+)|([{_ranges(letters)}][{_ranges(parts)}]*)")


def _ranges(points: Iterable[int]) -> str:
    """Return ``points`` (ascending) as the inside of a character class."""
    parts: list[tuple[int, int]] = []
    for point in points:
        if parts and parts[-1][1] == point - 1:
            parts[-1] = (parts[-1][0], point)
        else:
            parts.append((point, point))
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in parts)
