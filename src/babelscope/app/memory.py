"""Memories that live as long as one command: for pipes and for reading a single address."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from babelscope.flow.shapes import CollectMemory, Item, Look, Visit
from babelscope.model import Document, Membership


class PipeBands:
    """A band table in memory (see ``flow.shapes.BandTable``)."""

    def __init__(self) -> None:
        self._bands: dict[tuple[int, bytes], list[str]] = {}
        self._minhash: dict[str, bytes] = {}

    def lookup(self, keys: Sequence[tuple[int, bytes]]) -> Mapping[str, int]:
        """Return document id → number of shared bands."""
        return Counter(document for key in keys for document in self._bands.get(key, ()))

    def fingerprint(self, documents: Sequence[str]) -> Mapping[str, bytes]:
        """Return document id → MinHash signature."""
        return {d: self._minhash[d] for d in documents if d in self._minhash}

    def add(self, document: str, keys: Sequence[tuple[int, bytes]], minhash: bytes) -> None:
        """Add a document once."""
        if document in self._minhash:
            return
        self._minhash[document] = minhash
        for key in keys:
            self._bands.setdefault(key, []).append(document)


class PipeMemory:
    """The memory of a linker that starts with nothing and forgets at the end."""

    def __init__(self) -> None:
        self._bands = PipeBands()

    @property
    def bands(self) -> PipeBands:
        """The band table of near-duplicates."""
        return self._bands

    def linked_since(self, linker: str, since: dt.datetime) -> Iterator[tuple[Document, Membership]]:
        """Nothing was linked before."""
        return iter(())

    def groups_of(self, linker: str, documents: Sequence[str]) -> Mapping[str, str]:
        """Nothing was grouped before."""
        return {}


class ListMemory:
    """The memory of a collector that has a list of addresses to take; ``before`` tells what was taken before."""

    def __init__(self, items: Sequence[Item], before: CollectMemory | None = None) -> None:
        self._items, self._before = items, before

    def visit(self, url: str) -> Visit | None:
        """Nothing is polled."""
        return None

    def known(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return address → version for those of ``urls`` that were taken or finally refused."""
        return self._before.known(urls) if self._before else {}

    def waiting(self, sources: Sequence[str]) -> Sequence[Item]:
        """The list."""
        return self._items

    def looks(self, sources: Sequence[str], now: dt.datetime) -> Sequence[Look]:
        """Nothing is looked at again."""
        return []
