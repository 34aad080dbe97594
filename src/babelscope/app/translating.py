"""Whole texts in the reading language: on demand, for a story, and in the background for readers who asked.

Title and lead are translated when a document is read; the rest costs minutes of a core for a long day's news, so it is
done when somebody wants it, within ``read.full_words`` words a run. A text that cannot be translated keeps the reason.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from babelscope.explore.stories import STORIES
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.languages.sentences import WIDE
from babelscope.model import Document, Language, Translation
from babelscope.store.parts import system_clock
from babelscope.store.reader import Reader
from babelscope.store.reading import RenderingRow, text_hash
from babelscope.store.reading_writes import ReadingWrites

log = logging.getLogger(__name__)

AT_ONCE = 20
_WORD = re.compile(rf"[{WIDE}]{{1,2}}|[^\s{WIDE}]+")
State = Literal["translated", "kept", "refused", "waiting"]


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one document: ``kept`` had its translation already, ``waiting`` is over this run's budget."""

    document: str
    state: State
    words: int = 0
    reason: str = ""


def count_words(text: str) -> int:
    """Return the number of words of ``text`` (two letters, where no spaces part words)."""
    return sum(1 for _ in _WORD.finditer(text))


class WholeTexts:
    """Translates documents of the store one after the other within a budget; belongs to one thread."""

    def __init__(self, config: Config, reader: Reader, writes: ReadingWrites, budget: int | None = None) -> None:
        self._config, self._reader, self._writes = config, reader, writes
        self._most = config.read.full_words if budget is None else budget
        self._spent = 0
        self._reading: Any = None
        self._loaded = False

    def do(self, id_: str, *, again: bool = False) -> Done:
        """Translate the whole of document ``id_`` and keep it; what cannot be translated becomes a refused wish.

        Raises ``BabelscopeError`` when nothing can be translated at all (a model that is not there).
        """
        document = self._reader.document(id_)
        if document is None:
            return self._refused(id_, 0, "there is no such document in this store")
        words = count_words(document.text)
        if reason := self._why_not(document, words):
            return self._refused(id_, words, reason)
        if not again and self._is_kept(document):
            return Done(document=id_, state="kept", words=words)
        if self._spent + words > self._most:
            return Done(document=id_, state="waiting", words=words, reason="over the budget of this run")
        self._spent += words
        made = self._render(document)
        if made.grade == "none":
            return self._refused(id_, words, made.reason or "no route leads to the reading language")
        row = RenderingRow(
            document=id_,
            language=self._config.read.language,
            text_hash=text_hash(document),
            translation=made,
            by=self._by(),
            words=words,
            made_at=system_clock(),
        )
        self._writes.keep(row)
        return Done(document=id_, state="translated", words=words)

    def ask(self, id_: str) -> None:
        """Write down a wish for a document that is over the budget: the next run works it off."""
        self._writes.ask(id_, self._config.read.language, "", system_clock())

    def give_up(self, id_: str, reason: str) -> Done:
        """Refuse the wish for a document with the reason."""
        return self._refused(id_, 0, reason)

    def note_kept(self, id_: str) -> None:
        """Settle the wish for a document whose translation was there already."""
        self._writes.settle(id_, self._config.read.language, system_clock())

    def _why_not(self, document: Document, words: int) -> str:
        layer = document.layers.get("language")
        if isinstance(layer, Language) and layer.code == self._config.read.language and not layer.parts:
            return "the document is in the reading language already"
        if not self._most:
            return "whole texts are switched off (read.full_words = 0)"
        if words > self._most:
            return f"the text has {words} words, more than read.full_words = {self._most} allows in one run"
        return ""

    def _is_kept(self, document: Document) -> bool:
        row = self._reader.reading.rendering(document.id, self._config.read.language)
        return row is not None and row.text_hash == text_hash(document) and row.by == self._by()

    def _open(self) -> Any:
        if self._reading is None:
            from babelscope.understand.reading import Reading

            self._reading = Reading(self._config)
        return self._reading

    def _by(self) -> str:
        return f"translate@{self._open().version}"

    def _render(self, document: Document) -> Translation:
        reading = self._open()
        if not self._loaded:
            reading.load()
            self._loaded = True
        made: Translation = reading.render(document, whole=True)
        return made

    def _refused(self, id_: str, words: int, reason: str) -> Done:
        self._writes.refuse(id_, self._config.read.language, reason, system_clock())
        return Done(document=id_, state="refused", words=words, reason=reason)


@contextmanager
def whole_texts(config: Config, budget: int | None = None) -> Iterator[tuple[WholeTexts, Reader]]:
    """Open the store for translations; raises ``BabelscopeError`` if there is none."""
    import pyarrow.parquet  # noqa: F401  # must be loaded before usearch, or the first Parquet read crashes

    with Reader.open(config) as reader:
        writes = ReadingWrites.open(config)
        try:
            yield WholeTexts(config, reader, writes, budget), reader
        finally:
            writes.close()


def translate_documents(
    config: Config, ids: Iterable[str], *, budget: int | None = None, again: bool = False
) -> Iterator[Done]:
    """Translate the whole of every document of ``ids``, in order; what is over the budget is written down as a wish."""
    with whole_texts(config, budget) as (texts, _):
        for id_ in dict.fromkeys(ids):
            done = texts.do(id_, again=again)
            if done.state == "waiting":
                texts.ask(id_)
            yield done


def story_documents(config: Config, story: str) -> list[str]:
    """Return the documents of ``story`` that are not in the reading language; raises ``BabelscopeError`` if unknown."""
    with Reader.open(config) as reader:
        members = [member.document for member in reader.group(STORIES, story)]
        if not members:
            raise BabelscopeError(f"there is no story {story!r} in this store")
        return [row.id for row in reader.rows(members) if row.language != config.read.language]


def work_off(config: Config, stop: threading.Event, budget: int | None = None) -> list[Done]:
    """Translate what readers asked for, oldest wish first, until the budget of this run is used up or ``stop`` is set.

    One text that fails is refused with the reason; that nothing can be translated at all refuses all that are open.
    """
    finished: list[Done] = []
    with whole_texts(config, budget) as (texts, reader):
        while not stop.is_set():
            wishes = reader.reading.open_wishes(config.read.language, AT_ONCE)
            if not wishes:
                break
            for wish in wishes:
                if stop.is_set():
                    break
                done = _grant(texts, wish.document)
                if done.state == "waiting":
                    return finished
                finished.append(done)
    return finished


def _grant(texts: WholeTexts, document: str) -> Done:
    """Do one wish; whatever goes wrong is said to the reader who asked, and the next wish has its turn."""
    try:
        done = texts.do(document)
    except (BabelscopeError, BadInput) as error:
        return texts.give_up(document, str(error))
    except Exception as error:  # a fault in an engine must not end the worker: the log has it, the reader the sentence
        log.exception("whole translation of %s failed", document)
        return texts.give_up(document, f"the translation failed ({type(error).__name__}); the log has the details")
    if done.state == "kept":
        texts.note_kept(document)
    return done


def work_off_quietly(config: Config, stop: threading.Event) -> None:
    """Work off wishes at the end of a run: whatever goes wrong there goes to the log, the run is done and stays so."""
    with Reader.open(config) as reader:
        if not reader.reading.open_wishes(config.read.language, 1):
            return
    try:
        done = work_off(config, stop)
    except BabelscopeError as error:
        log.warning("whole texts: %s", error)
        return
    counts = {state: sum(one.state == state for one in done) for state in ("translated", "refused")}
    log.info("whole texts: %d translated, %d refused", counts["translated"], counts["refused"])
