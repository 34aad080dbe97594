"""The words of a name: titles and legal forms taken off, particles, generations and numbers known as such."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from importlib import resources

import msgspec

from babelscope.languages.name_units import han_forms
from babelscope.languages.names import fold_name, word_pattern
from babelscope.languages.script import dominant_script


def _section(name: str) -> list[str]:
    """Return the lines of a section of ``name_words.txt``."""
    text = resources.files("babelscope.languages").joinpath("name_words.txt").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"\n[{name}]\n")
    lines = rest.partition("\n[")[0].splitlines()
    return [line for line in lines if line and not line.startswith("#")]


MAX_NAME = 200
"""Characters of a name that are compared."""
MAX_WORDS = 10
_SPELLED = 3
"""Single letters in a row that make one word ("A.B.C. Company")."""

_LEGAL_PHRASES = re.compile(
    r"\b(?:(?:open |public |closed )?joint[ -]stock company|limited liability (?:company|partnership)"
    r"|public limited company|société anonyme|aktiengesellschaft|gesellschaft mit beschränkter haftung"
    r"|sdn\.? bhd|s\.? ?p\.? ?a|s\.a\.?(?: de c\.v\.?)?"
    r"|(?:(?:публичное|открытое|закрытое) )?акционерное общество|общество с ограниченной ответственностью)(?!\w)",
    re.IGNORECASE,
)
_ABD = {"abdel": "abd", "abdul": "abd", "abdal": "abd", "abdol": "abd", "abdoul": "abd"}
_GENERATIONS = {
    "jr": "2", "junior": "2", "ii": "2", "senior": "1", "iii": "3", "iv": "4", "vi": "6",
    "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15", "xvi": "16",
}  # fmt: skip
_SHORT = [tuple(fold_name(word) for word in line.split()) for line in _section("given")]
DIMINUTIVES = frozenset(frozenset(pair) for forms in _SHORT for pair in itertools.combinations(forms, 2))
"""Pairs of forms of one given name: short ones, and those of other languages and scripts."""
_LAST_ONLY = {"i": "1", "v": "5", "x": "10"}
TITLES = frozenset(fold_name(word) for line in _section("titles") for word in line.split())
LEGAL_FORMS = frozenset(fold_name(word) for line in _section("legal") for word in line.split())
PARTICLES = frozenset(fold_name(word) for line in _section("particles") for word in line.split())
_APOSTROPHES = re.compile("(?<=\\w)['’ʼʻ`´‘](?=\\w)")
_HEBREW = re.compile("[א-ת]")
_GERESH = re.compile("(?<=[א-ת])['׳’]")
_SENIOR = re.compile(r"(?<=\w),?\s+(?:Sr\.?|Senior)\s*$", re.IGNORECASE)
_SPELLED_OUT = re.compile(r"(?<![^\W\d_])(?:[^\W\d_][./]\s?){1,4}[^\W\d_](?![^\W\d_])")
_ORDINALS = {"first": "1", "second": "2", "third": "3", "1st": "1", "2nd": "2", "3rd": "3", "4th": "4", "fourth": "4"}


class NameWords(msgspec.Struct, frozen=True):
    """A name taken apart: the words that are compared, particles, and what tells generations or numbers apart.

    ``letters`` has the words and particles in their order, for names that one writer joins and another takes apart.
    """

    words: tuple[str, ...]
    particles: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    legal: bool = False
    letters: tuple[str, ...] = ()


@functools.lru_cache(maxsize=65_536)
def name_words(name: str) -> NameWords:
    """Return the words of the first ``MAX_NAME`` characters of ``name``, at most ``MAX_WORDS``, folded."""
    text = unicodedata.normalize("NFKC", name[:MAX_NAME])
    senior = bool(_SENIOR.search(text))
    if senior:
        text = _SENIOR.sub("", text)
    stripped = _LEGAL_PHRASES.sub(" ", text)
    legal, text = stripped != text, stripped
    text = _SPELLED_OUT.sub(lambda found: re.sub(r"[./\s]", "", found[0]), text)
    text = _APOSTROPHES.sub("", _GERESH.sub("\u05f3", text)) if not _has_hebrew(text) else text
    raw = _join_spelled([w for w in _split(text) if w])
    return _sorted_words(raw, senior, legal)


def _has_hebrew(text: str) -> bool:
    return not text.isascii() and _HEBREW.search(text) is not None


def _split(text: str) -> list[str]:
    text = re.sub('(?<=[א-ת])["״](?=[א-ת])', "", text)
    if _has_hebrew(text):
        return [fold_name(w.replace("׳", "'")) for w in re.findall(r"[^\s,.;:()\-–־\"]+", text)]
    return [_folded(w) for w in word_pattern().findall(text.casefold())]


def _folded(word: str) -> str:
    """Fold a word, but keep the letters й, ї and ё, which are no accents."""
    is_cyrillic = "\u0400" <= word[0] <= "\u04ff"
    return unicodedata.normalize("NFC", word) if is_cyrillic else fold_name(word)


def _join_spelled(words: list[str]) -> list[str]:
    joined: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha() and dominant_script(word) != "Hani":
            run.append(word)
            continue
        joined += ["".join(run)] if len(run) >= _SPELLED else run
        run = []
        joined.append(word)
    return joined[:-1]


def _sorted_words(raw: list[str], senior: bool, legal: bool) -> NameWords:
    numbers = ["1"] if senior else []
    kept: list[str] = []
    particles: list[str] = []
    for at, word in enumerate(raw):
        if word.isdecimal() or word in _ORDINALS:
            numbers.append(_ORDINALS.get(word) or word.lstrip("0")[:12])
        elif at and word in _GENERATIONS:
            numbers.append(_GENERATIONS[word])
        elif at and at == len(raw) - 1 and word in _LAST_ONLY:
            numbers.append(_LAST_ONLY[word])
        elif word in LEGAL_FORMS and len(raw) > 1:
            legal = legal or word not in PARTICLES or at == len(raw) - 1
        elif word in PARTICLES and len(raw) > 1:
            particles.append(word)
        else:
            kept.append(_ABD.get(word, word))
    without = [w for w in kept if fold_name(w) not in TITLES]
    words = without or kept or raw
    letters = tuple(w for w in raw if w in particles or _ABD.get(w, w) in words)[: 2 * MAX_WORDS]
    return NameWords(tuple(words[:MAX_WORDS]), tuple(particles), tuple(sorted(numbers)), legal, letters)


@functools.cache
def family_spellings() -> dict[str, frozenset[str]]:
    """Return family name of one sign (Hangul, Han in all forms) → the Latin spellings in use, the official one too."""
    found = {sign: frozenset(latin) for sign, *latin in map(str.split, _section("family"))}
    return {form: found[simple] for form, simple in han_forms().items() if simple in found} | found
