"""Many names to compare one name with: phonetic keys leave few candidates, the matcher decides on those."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from babelscope.languages.name_matching import DECISION, Match, match_names
from babelscope.languages.name_words import family_spellings, name_words
from babelscope.languages.readings import name_keys, romanise
from babelscope.languages.word_likeness import script_of_word

MAX_SHARING, MAX_CANDIDATES = 5_000, 30
"""Names with keys in common that are compared by their plain reading, and the likest of them that the matcher sees."""
_NO_SPACES = frozenset(("Hani", "Jpan", "Kore"))
_LONGEST_RUN = 5


class Found(msgspec.Struct, frozen=True):
    """A name of the index that matches: its position in the list and how well."""

    at: int
    name: str
    match: Match


class NameIndex:
    """A list of names in any scripts, prepared once, looked up by name."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        postings: dict[str, list[int]] = defaultdict(list)
        sizes = []
        self._plain = [plain_reading(name) for name in self._names]
        for at, name in enumerate(self._names):
            keys = index_keys(name)
            sizes.append(len(keys))
            for key in {key for word in keys for key in word}:
                postings[key].append(at)
        self._postings = {key: np.array(found, dtype=np.int32) for key, found in postings.items()}
        self._sizes = np.array(sizes, dtype=np.int32)

    def __len__(self) -> int:
        """Return how many names there are."""
        return len(self._names)

    def find(self, name: str, cutoff: float = DECISION, limit: int = 10) -> list[Found]:
        """Return the names that match ``name`` with at least ``cutoff``, best first, at most ``limit``."""
        found = []
        for at in self._candidates(name):
            match = match_names(name, self._names[at])
            if match.score >= cutoff:
                found.append(Found(at, self._names[at], match))
        return sorted(found, key=lambda one: (-one.match.score, one.at))[:limit]

    def _candidates(self, name: str) -> list[int]:
        words = index_keys(name)
        if not words or not self._names:
            return []
        shared = np.zeros(len(self._names), dtype=np.int32)
        for keys in words:
            hits = [self._postings[key] for key in keys if key in self._postings]
            if hits:
                shared[np.unique(np.concatenate(hits))] += 1
        needed = np.maximum(1, np.minimum(self._sizes, len(words)) // 2)
        sharing = _most_shared(shared, np.flatnonzero(shared >= needed), self._sizes)
        return self._likest(plain_reading(name), sharing)

    def _likest(self, plain: str, sharing: list[int]) -> list[int]:
        if len(sharing) <= MAX_CANDIDATES:
            return sharing
        choices = {at: self._plain[at] for at in sharing}
        return [at for _, _, at in process.extract(plain, choices, scorer=fuzz.token_set_ratio, limit=MAX_CANDIDATES)]


def _most_shared(shared: npt.NDArray[np.int32], at: npt.NDArray[np.intp], sizes: npt.NDArray[np.int32]) -> list[int]:
    if len(at) > MAX_SHARING:
        share = shared[at] / np.maximum(sizes[at], 1)
        at = at[np.argsort(-share, kind="stable")[:MAX_SHARING]]
    return [int(i) for i in at]


def plain_reading(name: str) -> str:
    """Return the words of ``name`` in letters a–z, in the order of the alphabet."""
    return " ".join(sorted(romanise(word) for word in name_words(name).words))


def index_keys(name: str) -> list[tuple[str, ...]]:
    """Return the phonetic keys of each word of ``name``; a name in Han, Hangul or kana is also taken apart."""
    words = name_words(name).words
    found = [keys for word in words if (keys := name_keys(word))]
    if len(words) == 1 and script_of_word(words[0]) in _NO_SPACES and 2 <= len(words[0]) <= _LONGEST_RUN:
        found += _parts(words[0])
    return found


def _parts(word: str) -> Iterable[tuple[str, ...]]:
    spellings = tuple(key for name in sorted(family_spellings().get(word[0], ())) for key in name_keys(name))
    cuts = {1, 2} if len(word) > 3 else {1}
    for cut in sorted(cuts):
        head = name_keys(word[:cut])
        yield tuple(dict.fromkeys((*head, *(spellings if cut == 1 else ()))))
        yield tuple(dict.fromkeys((*name_keys(word[cut:]), *(k for c in word[cut:] for k in name_keys(c)[:2]))))
