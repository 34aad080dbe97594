"""The store as the dashboard holds it: opened when first asked for, so that it may be empty when the server starts."""

from __future__ import annotations

import threading

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.store.reader import Reader


class Shelf:
    """One shared reader of the configured store."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self.why_empty = ""

    def reader(self) -> Reader | None:
        """Return the reader, None as long as there is no store (``why_empty`` then says why, in words)."""
        with self._lock:
            if self._reader is None:
                import pyarrow.parquet  # noqa: F401  # must be loaded before usearch, or the first Parquet read crashes

                try:
                    self._reader = Reader.open(self.config)
                    self.why_empty = ""
                except BabelscopeError as error:
                    self.why_empty = str(error)
            return self._reader

    def close(self) -> None:
        """Close the reader, if it was ever opened."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
