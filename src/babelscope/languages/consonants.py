"""The consonants of a word in Latin letters, in classes of sounds that languages and romanisations mix up."""

from __future__ import annotations

import re

_SOUNDS: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = tuple(
    (frozenset(letters), re.compile(pattern), sound)
    for letters, pattern, sound in (
        ("h", "ph", "f"), ("hjsz", "tsch|dsch|tch|dzh|dz|dj|sch|sh|ch|cz|ts|tz|zh", "s"), ("c", "c(?=[eiy])", "s"),
        ("hkq", "ck|kh|gh|qu", "k"), ("x", "x", "ks"), ("h", "th", "t"), ("bgp", "m(?=[bp])|ng", "n"), ("t", "dt", "t"),
    )
)  # fmt: skip
"""Letters without one of which a rule need not be tried, the rule, and the sound."""
_CLASSES = str.maketrans({**dict.fromkeys("bpfv", "p"), **dict.fromkeys("dt", "t"), **dict.fromkeys("kgqc", "k"),
                          **dict.fromkeys("szj", "s"), **dict.fromkeys("lr", "l")})  # fmt: skip
_SILENT = re.compile("[aeiouyhw]+")
_DOUBLE = re.compile(r"(.)\1+")


def sounds(latin: str) -> str:
    """Return the consonant classes of a word in letters a–z, without vowels, h and w: "shevchenko" → "spsnk"."""
    for letters, pattern, sound in _SOUNDS:
        if not letters.isdisjoint(latin):
            latin = pattern.sub(sound, latin)
    return _DOUBLE.sub(r"\1", _SILENT.sub("", latin.translate(_CLASSES)))
