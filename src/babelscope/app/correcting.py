"""Corrections of translations by people: checked against the document, kept with their author, given back as terms."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import get_args

import msgspec

from babelscope.app.translating import count_words
from babelscope.explore.reading import Sentence, find_sentence, reading_view
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError, BadInput
from babelscope.store.parts import system_clock
from babelscope.store.reader import Reader
from babelscope.store.reading import CorrectionKind, CorrectionRow
from babelscope.store.reading_writes import ReadingWrites

MAX_TEXT = 4000
MAX_NOTE = 500
MAX_AUTHOR = 80
TERM_WORDS = 6
TERM_CHARS = 80
"""A correction of at most so many words and characters, on both sides, is a term for the glossary."""
KINDS: tuple[CorrectionKind, ...] = get_args(CorrectionKind)
_ENDS = ".!?…。！？؟۔।॥"
_AT_ONCE = 500


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a form says: ``words`` of the original read ``correction``, not ``machine``. Empty ``words``: all of it."""

    document: str
    sentence: str
    correction: str
    author: str
    kind: str = "wrong"
    words: str = ""
    machine: str = ""
    note: str = ""


def correct(config: Config, reader: Reader, writes: ReadingWrites, proposal: Proposal) -> CorrectionRow:
    """Keep a correction and return it; raises ``BadInput`` saying what is wrong with the form, in words."""
    view = reading_view(reader, config, proposal.document)
    found = find_sentence(view, proposal.sentence) if view else None
    if view is None or found is None:
        raise BadInput("There is no such sentence in this document any more; open the document again.")
    author = _line(proposal.author, "your name", MAX_AUTHOR)
    correction = _line(proposal.correction, "the better wording", MAX_TEXT)
    if proposal.kind not in KINDS:
        raise BadInput(f"kind: {proposal.kind[:40]!r} is none of {', '.join(KINDS)}.")
    start, end, original = _original_words(found, proposal.words)
    machine = _machine_words(found, proposal.machine, (start, end) == (found.start, found.end))
    if correction == machine:
        raise BadInput("The better wording is the same as the machine's.")
    language = next(row.language for row in view.rows if found in row.sentences)
    return writes.correct(
        CorrectionRow(
            id="",
            document=proposal.document,
            of=found.of,
            start=start,
            end=end,
            language=language,
            target=view.to,
            original=original,
            machine=machine,
            correction=correction,
            kind=proposal.kind,
            note=_line(proposal.note, "the note", MAX_NOTE) if proposal.note.strip() else "",
            author=author,
            at=system_clock(),
        )
    )


def _line(text: str, what: str, most: int) -> str:
    """Return ``text`` as one line without control characters."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    tidy = unicodedata.normalize("NFC", " ".join(kept.split()))
    if not any(sign.isalnum() for sign in tidy):
        raise BadInput(f"Please fill in {what}.")
    if len(tidy) > most:
        raise BadInput(f"{what[:1].upper()}{what[1:]} has {len(tidy)} characters; {most} are the most.")
    return tidy


def _original_words(sentence: Sentence, words: str) -> tuple[int, int, str]:
    whole = "".join(span.text for span in sentence.original).strip()
    asked = " ".join(words.split())
    if not asked or asked == " ".join(whole.split()):
        return sentence.start, sentence.end, whole
    at = whole.find(asked)
    if at < 0:
        raise BadInput("The words of the original do not stand like that in its sentence; copy them from it.")
    return sentence.start + at, sentence.start + at + len(asked), asked


def _machine_words(sentence: Sentence, words: str, is_whole: bool) -> str:
    asked = " ".join(words.split())
    if is_whole:
        return sentence.machine
    if not asked or asked not in sentence.machine:
        raise BadInput("For single words, say which of the machine's words are wrong; copy them from its sentence.")
    return asked


def undo(writes: ReadingWrites, id_: str, author: str) -> CorrectionRow:
    """Take a correction out of use; return it. Raises ``BadInput`` for an unknown one or a missing name."""
    known = writes.shelf.correction(id_)
    if known is None:
        raise BadInput("There is no such correction.")
    writes.undo(id_, _line(author, "your name", MAX_AUTHOR), system_clock())
    return known


def undo_correction(config: Config, id_: str, author: str) -> None:
    """Take a correction out of use; raises ``BabelscopeError`` if there is none, or it is undone already."""
    writes = ReadingWrites.open(config)
    try:
        known = undo(writes, id_, author)
    except BadInput as error:
        raise BabelscopeError(str(error)) from None
    finally:
        writes.close()
    if known.undone_at is not None:
        raise BabelscopeError(f"{id_} was undone already, by {known.undone_by}")


def all_corrections(config: Config) -> Iterator[CorrectionRow]:
    """Yield every correction, latest first, also undone ones; raises ``BabelscopeError`` if there is no store."""
    with Reader.open(config) as reader:
        at = 0
        while rows := reader.reading.corrections(_AT_ONCE, at):
            yield from rows
            at += len(rows)


def glossary_text(config: Config) -> str:
    """Return the short corrections that are in use as a glossary file; of two for one term the latest holds."""
    from babelscope.understand.glossary import Row, glossary_rows

    latest: dict[tuple[str, str, str], Row] = {}
    for one in all_corrections(config):
        key = (one.language, one.original.casefold(), one.target)
        if one.undone_at is None and is_term(one) and key not in latest:
            latest[key] = Row(one.language, one.original, one.target, one.correction)
    return glossary_rows(latest.values())


def is_term(correction: CorrectionRow) -> bool:
    """Return whether a correction is short enough on both sides, and no sentence, so that it may hold elsewhere."""
    if correction.language in ("", "und"):
        return False
    return all(_is_short(text) for text in (correction.original, correction.correction))


def _is_short(text: str) -> bool:
    return count_words(text) <= TERM_WORDS and len(text) <= TERM_CHARS and text[-1:] not in _ENDS
