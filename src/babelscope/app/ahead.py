"""Work ahead: an iterator runs in a thread of its own, a few items before the one who takes them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
PAUSE = 0.1


class _End:
    """The last thing in the queue; ``error`` is what ended the iterator, if it did not simply end."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Ahead(Generic[T]):
    """The items of ``source``, at most ``depth`` of them made before they are taken; a context manager.

    Reading an archive (inflating, hashing) and writing the evidence (deflating, hashing) both let go of the
    interpreter, so that two threads use two cores.
    """

    def __init__(self, source: Iterator[T], depth: int = 2) -> None:
        self._source = source
        self._queue: queue.Queue[T | _End] = queue.Queue(depth)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ahead", daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._items()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _items(self) -> Iterator[T]:
        while not isinstance(item := self._queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            for item in self._source:
                if not self._put(item):
                    return
        except BaseException as fault:  # handed to the taker, who raises it
            error = fault
        self._put(_End(error))

    def _put(self, item: T | _End) -> bool:
        """Hand ``item`` over; False if nobody will take it any more."""
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=PAUSE)
            except queue.Full:
                continue
            return True
        return False
