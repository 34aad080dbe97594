"""Words and character n-grams of short texts as hashed features, whole batches at once.

The features are those of Cavnar and Trenkle 1994 (n-grams of padded words) and the whole words, hashed into a fixed
number of buckets (Weinberger et al. 2009). A rolling hash modulo 2^64 gives all of them by a few passes of NumPy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

MAX_WORD = 40
"""Letters of a word that are looked at."""
ORDERS = (1, 2, 3, 4, 5)
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_OPEN, _CLOSE = "\x01", "\x02"
# letters and marks of each script with a table
_WORDS = {
    "Latn": re.compile("[a-zªºß-öø-\u02af\u02bb\u02bc\u0300-\u036f\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff]+"),
    "Cyrl": re.compile("[\u0300-\u036f\u0400-\u052f\u1c80-\u1c8f\ua640-\ua69f]+"),
    "Arab": re.compile("[\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff]+"),
    "Deva": re.compile("[\u0900-\u0963\u0970-\u097f]+"),
}
SCRIPTS = tuple(_WORDS)
"""Scripts (ISO 15924) whose words can be told apart into features."""

Array = np.ndarray[Any, Any]


@lru_cache(maxsize=256)
def words_in(text: str, script: str) -> tuple[str, ...]:
    """Return the words of ``text`` that are written in ``script``, in small letters, composed (NFC), not whole if long.

    An apostrophe parts two words. The last texts are remembered: several tables ask for the same words.
    """
    return tuple(word[:MAX_WORD] for word in _WORDS[script].findall(unicodedata.normalize("NFC", text.lower())))


def features(words: Sequence[str], bits: int) -> tuple[Array, Array]:
    """Return (bucket, index of the word) of all n-grams of each word and of the word itself; 2^``bits`` buckets."""
    if not words:
        return np.zeros(0, np.uint32), np.zeros(0, np.int64)
    codes, opens, lengths, sums, powers = _rolled(words)
    size = len(codes)
    owner = np.repeat(np.arange(len(words)), lengths)
    found = [_mix((sums[opens + lengths] - sums[opens]) * powers[opens] + np.uint64(99))]
    owners = [np.arange(len(words))]
    for order in ORDERS:
        last = max(size - order + 1, 0)
        inside = owner[:last] == owner[order - 1 :]
        if order == 1:
            inside &= codes > 2
        found.append(_mix((sums[order:] - sums[:last]) * powers[:last] + np.uint64(order))[inside])
        owners.append(owner[:last][inside])
    return (np.concatenate(found) >> np.uint64(64 - bits)).astype(np.uint32), np.concatenate(owners)


def word_keys(words: Sequence[str]) -> Array:
    """Return a number of 32 bits for each word; two words share one in one of four thousand million cases."""
    if not words:
        return np.zeros(0, np.uint32)
    _, opens, lengths, sums, powers = _rolled(words)
    hashes = _mix((sums[opens + lengths] - sums[opens]) * powers[opens] + np.uint64(7))
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _rolled(words: Sequence[str]) -> tuple[Array, Array, Array, Array, Array]:
    """Return code points of all padded words, where each begins, its length, running sums and powers of the base."""
    joined = _OPEN + (_CLOSE + _OPEN).join(words) + _CLOSE
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(_mix(codes * np.uint64(0x2545F4914F6CDD1D)) * _powers(_INVERSE, len(codes)), out=sums[1:])
    opens = np.flatnonzero(codes == 1)
    return codes, opens, np.diff(np.append(opens, len(codes))), sums, _powers(_BASE, len(codes))


def _powers(base: int, size: int) -> Array:
    factors = np.full(size, base, dtype=np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


def _mix(values: Array) -> Array:
    """Return the values with their bits mixed (the finaliser of MurmurHash3, Appleby 2011)."""
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    values = (values ^ (values >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.asarray(values ^ (values >> np.uint64(33)))
