"""What readers of the dashboard write: corrections, and wishes for whole texts, which one thread works off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from babelscope.app.translating import Done, work_off
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.store.parts import system_clock
from babelscope.store.reading_writes import ReadingWrites

log = logging.getLogger(__name__)

LAST_WAIT = 5.0
"""Seconds to wait for the thread at the end; a text in hand is not kept then, its wish stays open."""
WorkOff = Callable[[Config, threading.Event], Sequence[Done]]


class Desk:
    """The dashboard's hand on the store, opened when something is first written. Wishes are the queue, in the store."""

    def __init__(self, config: Config, work: WorkOff = work_off) -> None:
        self._config, self._work = config, work
        self._lock = threading.Lock()
        self._kept: ReadingWrites | None = None
        self._thread: threading.Thread | None = None
        self._stop, self._asked = threading.Event(), threading.Event()

    def writes(self) -> ReadingWrites:
        """Return what writes to the store; raises ``BabelscopeError`` if there is none."""
        with self._lock:
            if self._kept is None:
                self._kept = ReadingWrites.open(self._config)
            return self._kept

    def ask(self, document: str) -> None:
        """Write down that a reader wants all of ``document``, and see to it; raises ``BadInput`` if too many wait."""
        self.writes().ask(document, self._config.read.language, "dashboard", system_clock())
        self.wake()

    def wake(self) -> None:
        """Let the thread look for open wishes, and start it the first time."""
        with self._lock:
            if self._stop.is_set():
                return
            self._asked.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="whole-texts", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        while not self._stop.is_set():
            self._asked.wait()
            self._asked.clear()
            if self._stop.is_set():
                return
            try:
                self._work(self._config, self._stop)
            except BabelscopeError as error:
                log.warning("whole texts: %s", error)
            except Exception:  # the thread must live on: the next reader's wish may be granted
                log.exception("whole texts failed")

    def close(self) -> None:
        """End the thread and let go of the store."""
        with self._lock:
            self._stop.set()
            self._asked.set()
            thread, kept = self._thread, self._kept
            self._thread, self._kept = None, None
        if thread is not None:
            thread.join(LAST_WAIT)
        if kept is not None:
            kept.close()
