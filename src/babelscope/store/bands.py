"""The persistent band table of locality-sensitive hashing (Indyk and Motwani 1998): which documents share a band.

What is added is found at once, and is written by the transaction that writes the memberships it led to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select

from babelscope.store.database import chunks, upsert
from babelscope.store.tables import bands, fingerprints

_BAND_BYTES = 2


class BandTable:
    """Documents by band, and their MinHash signatures."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bands: dict[bytes, set[str]] = {}
        self._minhashes: dict[str, bytes] = {}

    def lookup(self, keys: Sequence[tuple[int, bytes]]) -> dict[str, int]:
        """Return document id → in how many of the (band number, hash) ``keys`` it stands."""
        wanted = list(dict.fromkeys(map(_key, keys)))
        pairs: set[tuple[bytes, str]] = set()
        with self._engine.connect() as connection:
            for some in chunks(wanted):
                rows = connection.execute(select(bands.c.key, bands.c.document).where(bands.c.key.in_(some)))
                pairs.update((bytes(key), document) for key, document in rows)
        for key in wanted:
            pairs.update((key, document) for document in self._bands.get(key, ()))
        return dict(Counter(document for _, document in pairs))

    def fingerprint(self, ids: Sequence[str]) -> dict[str, bytes]:
        """Return document id → MinHash signature, for those of ``ids`` that were added."""
        found = {id_: self._minhashes[id_] for id_ in ids if id_ in self._minhashes}
        with self._engine.connect() as connection:
            for some in chunks([id_ for id_ in ids if id_ not in found]):
                query = select(fingerprints).where(fingerprints.c.document.in_(some))
                found.update((document, bytes(minhash)) for document, minhash in connection.execute(query))
        return found

    def add(self, document: str, keys: Sequence[tuple[int, bytes]], minhash: bytes) -> None:
        """Add a document; it becomes durable with the next ``Library.link``."""
        for key in map(_key, keys):
            self._bands.setdefault(key, set()).add(document)
        self._minhashes[document] = minhash

    def flush(self, connection: Connection) -> None:
        """Write what was added, in the caller's transaction; ``forget`` it once that is committed."""
        pairs = [{"key": key, "document": document} for key, found in self._bands.items() for document in sorted(found)]
        upsert(connection, bands, pairs)
        upsert(connection, fingerprints, [{"document": d, "minhash": m} for d, m in self._minhashes.items()])

    def forget(self) -> None:
        """Drop what was added and not written."""
        self._bands.clear()
        self._minhashes.clear()


def _key(key: tuple[int, bytes]) -> bytes:
    return key[0].to_bytes(_BAND_BYTES, "big") + key[1]
