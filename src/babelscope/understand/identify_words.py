"""The second opinion on short texts and on close relatives: a linear classifier over words and n-grams.

The weights (``identify_words.npz``, made by ``scripts/build_identify.py``) were learnt from word frequencies of
Wikipedia and from the Universal Declaration of Human Rights, apart for each script that many languages share.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np

from babelscope.understand.identify_grams import Array, features, word_keys, words_in

LEVEL = 0.5
"""Step of the logarithms of shares in the lists: level 0 is the rarest, not in the list."""
LOOK_AT = 160
"""Characters of a text that are looked at: more do not change the answer."""


class WordTables:
    """Classifiers over n-grams and word lists. ``codes`` are the languages of the columns of each table."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, ...]] = {}
        self._weights: dict[str, Array] = {}
        self._bias: dict[str, Array] = {}
        self._scale: dict[str, float] = {}
        self.listed: tuple[str, ...] = ()
        self._keys: Array = np.zeros(0, np.uint32)
        self._starts: Array = np.zeros(1, np.int64)
        self._languages: Array = np.zeros(0, np.uint8)
        self._levels: Array = np.zeros(0, np.uint8)

    def load(self, source: Any = None) -> None:
        """Read the weights of the package (or another file); raises ``OSError``, ``ValueError`` or ``KeyError``."""
        opened = source or files("babelscope.understand").joinpath("identify_words.npz").open("rb")
        with opened, np.load(opened, allow_pickle=False) as table:
            self.listed = tuple(str(code) for code in table["lists.codes"])
            self._keys = np.cumsum(table["lists.high"].astype(np.uint32) * 256 + table["lists.low"], dtype=np.uint32)
            self._starts = np.concatenate([[0], np.cumsum(table["lists.counts"], dtype=np.int64)])
            self._languages, self._levels = table["lists.languages"], table["lists.levels"]
            for name in table.files:
                if name.endswith(".weights"):
                    which = name.removesuffix(".weights")
                    self.codes[which] = tuple(str(code) for code in table[f"{which}.codes"])
                    self._weights[which] = table[f"{which}.weights"]
                    self._bias[which] = table[f"{which}.bias"]
                    self._scale[which] = float(table[f"{which}.scale"])

    def scores(self, texts: Sequence[str], table: str) -> Array:
        """Return the logarithmic odds of each language of a table (column) for each text (row).

        A table is named after its script ("Latn": languages with long word lists; "Latn+": all).
        """
        row, word, words = _unique(texts, table.rstrip("+"))
        of_word = self._of_words(words, table)
        result = np.tile(self._bias[table], (len(texts), 1))
        if len(row):
            firsts = np.flatnonzero(np.diff(row, prepend=-1))
            result[row[firsts]] += np.add.reduceat(of_word[word].astype(np.int32), firsts, axis=0) * self._scale[table]
        return np.asarray(result, dtype=np.float32)

    def frequencies(self, texts: Sequence[str], script: str) -> Array:
        """Return the sum of the logarithms of the words' shares in each of ``listed`` (column) for each text (row).

        They are counted from the share below which a word is in no list, so that such a word adds nothing.
        """
        row, word, words = _unique(texts, script)
        keys = word_keys(words)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        inside = (self._keys[at] == keys)[word]
        row, place = row[inside], at[word[inside]]
        counts = self._starts[place + 1] - self._starts[place]
        entries = np.repeat(self._starts[place] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        cells = np.repeat(row, counts) * len(self.listed) + self._languages[entries]
        sums = np.bincount(cells, self._levels[entries], minlength=len(texts) * len(self.listed))
        return np.asarray(sums.reshape(len(texts), -1) * LEVEL, dtype=np.float32)

    def known(self, text: str, script: str, code: str) -> tuple[int, int]:
        """Return how many different words of ``text`` the list of ``code`` has, and how many words there are."""
        words = list(dict.fromkeys(words_in(text[:LOOK_AT], script)))
        if code not in self.listed or not words:
            return 0, len(words)
        keys, column = word_keys(words), self.listed.index(code)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        hits = at[self._keys[at] == keys]
        return sum(column in self._languages[self._starts[place] : self._starts[place + 1]] for place in hits), len(
            words
        )

    def _of_words(self, words: list[str], table: str) -> Array:
        weights = self._weights[table]
        if not words:
            return np.zeros((0, weights.shape[1]), np.int16)
        buckets, owner = features(words, len(weights).bit_length() - 1)
        order = np.argsort(owner, kind="stable")
        firsts = np.searchsorted(owner[order], np.arange(len(words)))
        return np.asarray(np.add.reduceat(weights[buckets[order]].astype(np.int16), firsts, axis=0))


def _unique(texts: Sequence[str], script: str) -> tuple[Array, Array, list[str]]:
    """Return, for each word of each text, the text and the place of the word among the different words, and those."""
    found = [words_in(text[:LOOK_AT], script) for text in texts]
    places: dict[str, int] = {}
    word = [places.setdefault(one, len(places)) for own in found for one in own]
    row = np.repeat(np.arange(len(texts)), [len(own) for own in found])
    return row, np.array(word, np.int64), list(places)
