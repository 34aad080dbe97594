"""How likely a name in any script is written so in Latin letters, from tables learned from names of places.

Each sign (letter, kana, jamo, Han character) becomes 0 to 5 Latin letters, with odds that depend on its neighbours.
The tables are made by ``scripts/fit_names.py`` (expectation maximisation of a one-to-many alignment; Jiampojamarn,
Kondrak and Sherif 2007) from GeoNames. A script without a table is read by anyascii.
"""

from __future__ import annotations

import functools
import gzip
import json
import math
import re
from importlib import resources

from anyascii import anyascii
from rapidfuzz import fuzz

from babelscope.languages.consonants import sounds
from babelscope.languages.name_origins import same_origin
from babelscope.languages.name_units import model_of, units

MAX_LETTERS = 24
"""Latin letters of one word that are compared."""
NEIGHBOUR, ALONE = 6.0, 0.35
"""Sightings from which a neighbour counts as much as half, and the weight of a sign without its neighbours."""
UNSEEN = 0.02
"""Share of probability for letters that were never seen for a sign."""
FOREIGN = "Hfor"
"""The table of Han as Chinese spells foreign names."""
JAPANESE = "Jhan"
"""The table of Han as Japanese names read it: trusted only where it knows a reading, and less than the other."""
PERSONS = "Kper"
"""The table of Hangul in names of Koreans, in all customary spellings, and of Japanese people."""
_HAN = frozenset(("Hani", FOREIGN, JAPANESE))
JAPANESE_UNSEEN = 0.001
PRIORS = {JAPANESE: -2.0, FOREIGN: -1.0, PERSONS: -1.0}
_USUAL = 2.0
_SILENT_HAN = 0.1
"""What is left of the learned odds that a Han character is silent: names of places end in "city", of people do not."""
LENGTHS = (0.2, 0.5, 0.2, 0.06, 0.03, 0.01)
IMPOSSIBLE = -99.0
CONSONANTS, UNRELATED = 6.0, -12.0
BEAM, OPTIONS = 10, 5
_LETTERS = re.compile("[^a-z]")
_VOWELS = frozenset("aeiouy")
Row = dict[str, float]
Table = dict[str, Row]


def latin_letters(text: str) -> str:
    """Return ``text`` as small letters a to z, letter by letter (anyascii), without anything else."""
    return _LETTERS.sub("", text.lower() if text.isascii() else anyascii(text).lower())


def _load(name: str) -> dict[str, Table]:
    file = resources.files("babelscope.languages").joinpath("readings").joinpath(f"{name}.json.gz")
    if not file.is_file():
        return {}
    found: dict[str, Table] = json.loads(gzip.decompress(file.read_bytes()))
    return found


@functools.lru_cache(maxsize=64)
def _table(name: str) -> dict[str, Table]:
    return _load(name)


def is_learned(word: str) -> bool:
    """Say whether the script of ``word`` has a learned table."""
    signs = units(word)
    return bool(signs) and all(unit.isascii() or _table(model_of(unit)) for unit in signs)


@functools.lru_cache(maxsize=65_536)
def _row(model: str, before: str, sign: str, after: str) -> Row:
    """Return letters → probability of ``sign`` between its neighbours, interpolated with the sign alone."""
    table = _table(model)
    alone = table.get("alone", {}).get(sign, {})
    if model in ("Hani", FOREIGN) or (not alone and model != JAPANESE):
        # pinyin (for an unknown sign: its usual romanisation) counts as a few sightings
        usual = latin_letters(sign)
        alone = {**alone, usual: alone.get(usual, 0.0) + _USUAL} if usual else alone
    if not alone:
        return {}
    parts = [(alone, ALONE)]
    nearby = table.get("after", {}).get(f"{sign} {after}"), table.get("before", {}).get(f"{before} {sign}")
    for context in nearby:
        if context:
            seen = sum(context.values())
            parts.append((context, seen / (seen + NEIGHBOUR)))
    total = sum(weight for _, weight in parts)
    mixed: Row = {}
    for part, weight in parts:
        share = weight / total / sum(part.values())
        for letters, count in part.items():
            mixed[letters] = mixed.get(letters, 0.0) + count * share
    if "" in mixed and model in _HAN:
        mixed[""] *= _SILENT_HAN
    return mixed


@functools.lru_cache(maxsize=65_536)
def _pattern(model: str, sign: str) -> tuple[tuple[float, ...], float]:
    """Return the probabilities of the lengths of what ``sign`` becomes, and the share of vowels in it."""
    alone = _table(model).get("alone", {}).get(sign, {})
    total = sum(alone.values()) + 2.0
    lengths = tuple(
        (sum(n for s, n in alone.items() if len(s) == k) + 2.0 * prior) / total for k, prior in enumerate(LENGTHS)
    )
    letters = sum(n * len(s) for s, n in alone.items())
    vowels = sum(n * sum(c in _VOWELS for c in s) for s, n in alone.items())
    if model in _HAN:
        lengths = (lengths[0] * _SILENT_HAN, *lengths[1:])
    return lengths, (vowels + 0.8) / (letters + 2.0)


@functools.cache
def _letter_statistics() -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    counts = _load("Latn")
    alone: dict[str, float] = dict.fromkeys("abcdefghijklmnopqrstuvwxyz$", 1.0)
    for row in counts.values():
        for letter, count in row.items():
            alone[letter] += float(count)  # type: ignore[arg-type]
    total = sum(alone.values())
    share = {letter: count / total for letter, count in alone.items()}
    logs = {}
    for one in "^abcdefghijklmnopqrstuvwxyz":
        row = counts.get(one, {})
        seen = sum(row.values())  # type: ignore[arg-type]
        logs[one] = {c: math.log((float(row.get(c, 0)) + 5 * share[c]) / (seen + 5)) for c in share}  # type: ignore[arg-type]
    return share, logs


@functools.lru_cache(maxsize=65_536)
def chance(latin: str) -> float:
    """Return the log probability that any name is ``latin`` (letter after letter)."""
    _, logs = _letter_statistics()
    return sum(logs[one][other] for one, other in zip(f"^{latin}", f"{latin}$", strict=True))


@functools.cache
def _by_class() -> tuple[dict[str, float], dict[str, float]]:
    """Return the share of each letter among the vowels and among the consonants (the other class: none)."""
    share, _ = _letter_statistics()
    vowels = sum(share[c] for c in _VOWELS)
    rest = 1 - vowels - share["$"]
    as_vowel = {c: (share[c] / vowels if c in _VOWELS else 0.0) for c in share}
    as_consonant = {c: (0.0 if c in _VOWELS else share[c] / rest) for c in share}
    return as_vowel, as_consonant


def models_of(signs: tuple[str, ...], language: str = "") -> tuple[str, ...]:
    """Return the tables that may read ``signs``: Han as Chinese, foreign and Japanese names, Hangul in two ways."""
    if signs and all("\u1100" <= s[0] <= "\u11ff" for s in signs):
        return ("", PERSONS)
    if not signs or not all("㐀" <= s[0] <= "鿿" for s in signs):
        return ("",)
    return ("", FOREIGN) if language == "zh" else ("", FOREIGN, JAPANESE)


def _rows(signs: tuple[str, ...], model: str) -> list[tuple[Row, tuple[float, ...], float]]:
    edged = ("^", *signs, "$")
    found = []
    for before, sign, after in zip(edged, signs, edged[2:], strict=False):
        name = model or model_of(sign)
        row = {sign: 1.0} if "a" <= sign <= "z" else _row(name, before, sign, after)
        found.append((row, *_pattern(name, sign)))
    return found


@functools.lru_cache(maxsize=262_144)
def likelihood(signs: tuple[str, ...], latin: str, model: str = "") -> float:
    """Return the log probability of ``latin`` for the signs, over all alignments (forward algorithm)."""
    latin = latin[:MAX_LETTERS]
    as_vowel, as_consonant = _by_class()
    width = len(latin)
    reached = [1.0] + [0.0] * width
    rare = JAPANESE_UNSEEN if model == JAPANESE else UNSEEN
    for row, lengths, vowels in _rows(signs, model):
        unseen = [vowels * as_vowel[c] + (1 - vowels) * as_consonant[c] for c in latin]
        known, floor = (1 - rare, rare) if row else (0.0, 1.0)
        following = [0.0] * (width + 1)
        for start, mass in enumerate(reached):
            if mass < 1e-60:
                continue
            product = mass * floor
            for size in range(min(len(lengths), width - start + 1)):
                if size:
                    product *= unseen[start + size - 1]
                seen = row.get(latin[start : start + size])
                following[start + size] += product * lengths[size] + (known * mass * seen if seen else 0.0)
        reached = following
    return math.log(reached[width]) + PRIORS.get(model, 0.0) if reached[width] > 1e-43 else IMPOSSIBLE


def log_odds(word: str, latin: str, language: str = "") -> float:
    """Return how much likelier ``latin`` (a–z) is as the reading of ``word`` than as any name, in nats.

    Above 0 speaks for one name; symmetric in what is asked for, so candidates of either side may be ranked by it.
    """
    signs = units(word)
    if not signs or not latin:
        return IMPOSSIBLE
    models = models_of(signs, language)
    return max(likelihood(signs, latin, m) for m in models) - chance(latin[:MAX_LETTERS])


def evidence(word: str, latin: str, language: str = "") -> float:
    """Return ``log_odds`` with what carries names that share no letters; for ranking, not a probability.

    Below ``UNRELATED`` the odds say nothing more: a part of all pairs of one person's names does not correspond (a
    family name beside a given name). There the origin of the spellings decides (``same_origin``), and, worth
    ``CONSONANTS`` nats, how far the plain romanisation has the consonants of ``latin``.
    """
    odds = log_odds(word, latin, language)
    odds = max(odds, UNRELATED) + math.log1p(math.exp(-abs(odds - UNRELATED)))
    return odds + CONSONANTS * _same_consonants(word, latin) + same_origin(word, latin)


@functools.lru_cache(maxsize=65_536)
def _plain_sounds(word: str) -> str:
    return sounds(latin_letters(word[:MAX_LETTERS]))


def _same_consonants(word: str, latin: str) -> float:
    return fuzz.ratio(_plain_sounds(word), _plain_sounds(latin)) / 100


def readings(word: str, count: int = 3, language: str = "") -> tuple[tuple[str, float], ...]:
    """Return at most ``count`` ways to write ``word`` in Latin letters with their log probability, likeliest first."""
    return _readings(units(word), language)[:count]


@functools.lru_cache(maxsize=65_536)
def _options(model: str, before: str, sign: str, after: str) -> tuple[tuple[str, float], ...]:
    """Return the likeliest letters of a sign between its neighbours with their logarithms."""
    if "a" <= sign <= "z":
        return ((sign, 0.0),)
    row = sorted(_row(model or model_of(sign), before, sign, after).items(), key=lambda item: (-item[1], item[0]))
    return tuple((letters, math.log(share)) for letters, share in row[:OPTIONS]) or (("", 0.0),)


@functools.lru_cache(maxsize=65_536)
def _readings(signs: tuple[str, ...], language: str) -> tuple[tuple[str, float], ...]:
    found: dict[str, float] = {}
    for model in models_of(signs, language):
        beam = {"": PRIORS.get(model, 0.0) / 2}
        for before, sign, after in zip(("^", *signs), signs, (*signs[1:], "$"), strict=False):
            longer: dict[str, float] = {}
            for prefix, mass in beam.items():
                for letters, log in _options(model, before, sign, after):
                    text, value = (prefix + letters)[:MAX_LETTERS], mass + log
                    known = longer.get(text)
                    if known is not None:
                        value = max(known, value) + math.log1p(math.exp(-abs(known - value)))
                    longer[text] = value
            beam = dict(sorted(longer.items(), key=lambda item: (-item[1], item[0]))[:BEAM])
        for text, value in beam.items():
            if text:
                found[text] = max(found.get(text, IMPOSSIBLE), value)
    return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))
