"""The memory of translations: what a sentence became by exactly this route, so that copies of a text cost nothing.

The key is a hash of everything that a result depends on, so a result is the same with the memory and without it. It
lives in ``<store.directory>/memory`` where that folder's parent is there already (a pipe has no store: then only the
process remembers). SQLite in WAL mode lets several processes and threads share it; whatever goes wrong with it only
costs time.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from babelscope.flow.config import Config

MAX_ROWS = 1_000_000
"""Sentences that the file keeps (about 300 MB); the oldest go first."""
MAX_RECENT = 20_000
"""Sentences that a process keeps at hand."""
MAX_VALUE = 16_384
"""Bytes of one result; a longer one is not kept."""
KEY_BYTES = 20
_ASKED_AT_ONCE = 500
_PRUNE_EVERY = 1_000
_SCHEMA = "CREATE TABLE IF NOT EXISTS made (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, value BLOB NOT NULL)"

log = logging.getLogger(__name__)


def memo_key(parts: Iterable[str]) -> bytes:
    """Return the key of ``parts`` (BLAKE2b, 160 bits); no two different sequences of parts share one."""
    digest = hashlib.blake2b(digest_size=KEY_BYTES)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.digest()


class Memory:
    """Keys → values, bounded, shared by threads and processes; never raises."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._local = threading.local()
        self._lock = threading.Lock()
        self._recent: OrderedDict[bytes, bytes] = OrderedDict()
        self._added = 0
        self.fault = ""
        """Why the file is not used; "" while it is, or where there is none."""

    def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Return the values of those of ``keys`` that are known."""
        found: dict[bytes, bytes] = {}
        with self._lock:
            for key in keys:
                if key in self._recent:
                    self._recent.move_to_end(key)
                    found[key] = self._recent[key]
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            read = self._read(missing)
            self._remember(read)
            found.update(read)
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keep ``values``; one that is known already is left as it is."""
        kept = {key: value for key, value in values.items() if len(value) <= MAX_VALUE}
        self._remember(kept)
        connection = self._connection() if kept else None
        if connection is None:
            return
        rows = [(key, value + _check(key, value)) for key, value in kept.items()]
        try:
            with connection:
                connection.executemany("INSERT OR IGNORE INTO made (key, value) VALUES (?, ?)", rows)
                self._prune(connection, len(rows))
        except sqlite3.Error as error:
            self._failed(error)

    def close(self) -> None:
        """Close this thread's connection."""
        connection = self._local.__dict__.pop("connection", None)
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def _remember(self, values: Mapping[bytes, bytes]) -> None:
        with self._lock:
            self._recent.update(values)
            while len(self._recent) > MAX_RECENT:
                self._recent.popitem(last=False)

    def _read(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        connection = self._connection()
        found: dict[bytes, bytes] = {}
        if connection is None:
            return found
        try:
            for at in range(0, len(keys), _ASKED_AT_ONCE):
                asked = keys[at : at + _ASKED_AT_ONCE]
                places = ",".join("?" * len(asked))
                query = f"SELECT key, value FROM made WHERE key IN ({places})"  # noqa: S608 (question marks only)
                found.update((key, value) for key, value in connection.execute(query, asked))
        except sqlite3.Error as error:
            self._failed(error)
            return {}
        return {key: raw[:-8] for key, raw in found.items() if _is_whole(key, raw)}

    def _prune(self, connection: sqlite3.Connection, added: int) -> None:
        self._added += added
        if self._added >= _PRUNE_EVERY:
            self._added = 0
            last = connection.execute("SELECT max(number) FROM made").fetchone()[0] or 0
            connection.execute("DELETE FROM made WHERE number <= ?", (last - MAX_ROWS,))

    def _connection(self) -> sqlite3.Connection | None:
        """Return this thread's connection; None where there is no file or it cannot be used."""
        if self._path is None or self.fault:
            return None
        known: sqlite3.Connection | None = self._local.__dict__.get("connection")
        if known is None:
            try:
                self._path.parent.mkdir(exist_ok=True)
                known = sqlite3.connect(self._path, timeout=2.0, check_same_thread=True)
                known.execute("PRAGMA journal_mode = WAL")
                known.execute("PRAGMA synchronous = OFF")
                known.execute(_SCHEMA)
                known.commit()
            except (OSError, sqlite3.Error) as error:
                self._failed(error)
                return None
            self._local.connection = known
        return known

    def _failed(self, error: Exception) -> None:
        """Go on without the file, unless another process merely held it too long."""
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            return
        self.close()
        self.fault = f"the memory of translations {self._path} is not used: {error}"
        log.warning(self.fault)


def _check(key: bytes, value: bytes) -> bytes:
    """Return eight bytes that only this value of this key has: a damaged row is not believed."""
    return hashlib.blake2b(value, digest_size=8, key=key).digest()


def _is_whole(key: bytes, raw: object) -> bool:
    """Say whether a row is as it was written (SQLite holds values of any type in any column)."""
    return isinstance(raw, bytes) and len(raw) >= 8 and raw[-8:] == _check(key, raw[:-8])


def open_memory(config: Config) -> Memory:
    """Return the memory of the store of ``config``; without a store, one that lasts as long as the process."""
    folder = Path(config.store.directory)
    return Memory(folder / "memory" / "translations.sqlite" if folder.is_dir() else None)
