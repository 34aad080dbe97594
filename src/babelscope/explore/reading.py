"""One document to be read in two languages: paragraph beside paragraph, sentence linked with sentence.

The original is always there. What stands beside it is the machine's sentence or, where a person corrected it, that
person's, named; the machine's stays within reach. Offsets are code points of the original's title or text.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from babelscope.explore.corrected import Corrected, apply_corrections, rejoined
from babelscope.explore.highlight import Mark, mention_marks, spans
from babelscope.explore.layers import language_of, mentions_of, sheet_starts
from babelscope.explore.naming import Direction, direction, reading_direction
from babelscope.explore.pieces import checked_pieces, fault_words, route_words
from babelscope.explore.views import Span, translation_of
from babelscope.flow.config import Config
from babelscope.languages.sentences import sentence_spans
from babelscope.model import Document, Fault, Language, Piece, Translation
from babelscope.model.layers import Grade, Part
from babelscope.store.reader import Reader
from babelscope.store.reading import WishRow, text_hash

MAX_SENTENCES = 4000
"""Sentences that are told apart (200,000 characters have some 2,500); what follows is shown by paragraph."""
PARTS: tuple[Part, ...] = ("title", "text")
_KEY = re.compile(r"^(?:ti|te)[0-9]{1,9}$")


class FaultNote(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a sentence, in ``words``."""

    kind: str
    way: str
    what: str
    words: str


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence of the original and what it reads as; ``key`` names both, ``machine`` is the engine's own sentence.

    ``start`` to ``end`` (code points of ``of``) leave out blanks around it; ``original`` begins at ``begin`` and holds
    those behind it, so that the originals of a paragraph's sentences, joined, are that paragraph.
    ``grade`` is "none" where nothing was translated.
    """

    key: str
    of: Part
    begin: int
    start: int
    end: int
    original: tuple[Span, ...]
    reading: tuple[Span, ...]
    machine: str
    grade: Grade
    faults: tuple[FaultNote, ...] = ()
    corrections: tuple[Corrected, ...] = ()


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph (or the title) of the original with its sentences; ``sheets`` are the pages that begin in it."""

    of: Part
    start: int
    language: str
    direction: Direction
    sentences: tuple[Sentence, ...]
    sheets: tuple[int, ...] = ()

    @property
    def is_translated(self) -> bool:
        """Whether anything stands beside this paragraph."""
        return any(sentence.reading for sentence in self.sentences)


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody asked for the whole text: ``state`` is open, done or refused (then with the ``reason``)."""

    state: str
    reason: str
    asked_at: dt.datetime


class ReadingView(msgspec.Struct, frozen=True, kw_only=True):
    """A document in two languages. ``extent`` is "same" (already in the reading language), "none", "lead" or "whole".

    ``route`` names the models, ``chain`` says the same in words; ``reason`` says why it is not better. ``covers`` of
    ``length`` code points of the text are translated.
    """

    document: str
    language: str
    to: str
    direction: Direction
    extent: str
    grade: Grade
    route: str
    chain: str
    by: str
    covers: int
    length: int
    reason: str
    rows: tuple[Row, ...]
    wish: Wish | None = None
    faulty: int = 0
    corrected: int = 0


class _Ground(msgspec.Struct, frozen=True, kw_only=True):
    """What rows are made of."""

    document: Document
    language: Language
    translation: Translation | None
    pieces: dict[Part, list[Piece]]
    corrections: tuple[Corrected, ...]
    marks: dict[Part, list[Mark]]


def reading_view(reader: Reader, config: Config, id_: str) -> ReadingView | None:
    """Return document ``id_`` to be read, or None if the store has no such document."""
    document = reader.document(id_)
    if document is None:
        return None
    to, language = config.read.language, language_of(document)
    translation, by, is_whole = _best_translation(reader, document, to)
    told = tuple(rejoined(row, document) for row in reader.reading.corrections_of([id_], to))
    pieces = checked_pieces(document, translation) if translation else ()
    ground = _Ground(
        document=document,
        language=language,
        translation=translation,
        pieces={of: [piece for piece in pieces if piece.of == of] for of in PARTS},
        corrections=told,
        marks=_marks(document),
    )
    rows = tuple(_rows(ground))
    sentences = [sentence for row in rows for sentence in row.sentences]
    wish = reader.reading.wish(id_, to)
    return ReadingView(
        document=id_,
        language=language.code,
        to=to,
        direction=reading_direction(to),
        extent=_extent(document, translation, to, is_whole),
        grade=translation.grade if translation else "none",
        route=translation.route if translation else "",
        chain=route_words(translation.route, language.code, to, to) if translation else "",
        by=by,
        covers=translation.lead_end if translation else 0,
        length=len(document.text.rstrip()),
        reason=translation.reason if translation else "",
        rows=rows,
        wish=_wish(wish),
        faulty=sum(bool(sentence.faults) for sentence in sentences),
        corrected=sum(any(one.is_applied for one in sentence.corrections) for sentence in sentences),
    )


def find_sentence(view: ReadingView, key: str) -> Sentence | None:
    """Return the sentence that ``key`` names, or that holds the place it names."""
    if not _KEY.match(key):
        return None
    of, at = key[:2], int(key[2:])
    sentences = (one for row in view.rows for one in row.sentences)
    return next((one for one in sentences if one.key[:2] == of and one.start <= at < one.end), None)


def _best_translation(reader: Reader, document: Document, to: str) -> tuple[Translation | None, str, bool]:
    """Return the whole translation if there is one of exactly this text, else the layer of title and lead; by whom."""
    whole = reader.reading.rendering(document.id, to)
    if whole is not None and whole.text_hash == text_hash(document):
        return whole.translation, whole.by, True
    return translation_of(document), document.made_by.get("translation", ""), False


def _extent(document: Document, translation: Translation | None, to: str, is_whole: bool) -> str:
    if translation is not None and translation.route == "same":
        return "same"
    if translation is None or translation.grade == "none" or translation.to != to:
        return "none"
    return "whole" if is_whole or translation.lead_end >= len(document.text.rstrip()) else "lead"


def _wish(row: WishRow | None) -> Wish | None:
    return Wish(state=row.state, reason=row.reason, asked_at=row.asked_at) if row else None


def _marks(document: Document) -> dict[Part, list[Mark]]:
    items = mentions_of(document).items
    return {
        "title": mention_marks(items, "title", len(document.title)),
        "text": mention_marks(items, "text", len(document.text)),
    }


def _rows(ground: _Ground) -> Iterator[Row]:
    title, text = ground.document.title, ground.document.text
    room = MAX_SENTENCES
    if title.strip():
        yield _row(ground, "title", (0, len(title)), room)
    starts = sheet_starts(ground.document)
    at = 0
    for line in text.split("\n"):
        if line.strip():
            end = at + len(line)
            sheets = tuple(number for number, start in enumerate(starts, 1) if at <= start <= end)
            row = _row(ground, "text", (at, end), room)
            room = max(room - len(row.sentences), 0)
            yield msgspec.structs.replace(row, sheets=sheets)
        at += len(line) + 1


def _row(ground: _Ground, of: Part, span: tuple[int, int], room: int) -> Row:
    start, end = span
    code, script = ground.language.code, ground.language.script
    for part in ground.language.parts:
        if part.of == of and part.start <= start < part.end:
            code, script = part.code, part.script
    own = _beginning_in(ground.pieces[of], start, end)
    sentences = tuple(islice(_sentences(ground, (of, start, end), own, code), room))
    told = sentences[-1].begin + sum(len(part.text) for part in sentences[-1].original) if sentences else start
    if told < end:
        sentences += (_sentence(ground, of, (told, end), None),)
    return Row(of=of, start=start, language=code, direction=direction(script), sentences=sentences)


def _sentences(
    ground: _Ground, where: tuple[Part, int, int], pieces: Sequence[Piece], language: str
) -> Iterator[Sentence]:
    """Yield what covers a paragraph completely: its pieces, and the sentences between that nobody translated."""
    of, at, end = where
    text = ground.document.title if of == "title" else ground.document.text
    for number, piece in enumerate(pieces):
        if piece.start > at:
            for start, stop in sentence_spans(text[at : piece.start], language):
                yield _sentence(ground, of, (at + start, at + stop), None)
        following = pieces[number + 1].start if number + 1 < len(pieces) else end
        stop = min(piece.end, following)
        blanks = len(text[stop:following]) - len(text[stop:following].lstrip())
        at = stop + blanks
        yield _sentence(ground, of, (piece.start, at), piece)
    for start, stop in sentence_spans(text[at:end], language):
        yield _sentence(ground, of, (at + start, at + stop), None)


def _sentence(ground: _Ground, of: Part, span: tuple[int, int], piece: Piece | None) -> Sentence:
    text = ground.document.title if of == "title" else ground.document.text
    bare = text[span[0] : span[1]]
    start = span[0] + len(bare) - len(bare.lstrip())
    end = start + len(bare.strip())
    machine = ""
    if piece is not None and piece.grade != "none" and ground.translation is not None:
        made = ground.translation.title if of == "title" else ground.translation.lead
        machine = made[piece.at : piece.to].strip()
    told = [one for one in ground.corrections if one.of == of and start <= one.start and one.end <= end]
    reading, corrections = apply_corrections(machine, told, (start, end))
    return Sentence(
        key=f"{of[:2]}{start}",
        of=of,
        begin=span[0],
        start=start,
        end=end,
        original=spans(text, _touching(ground.marks[of], span[0], span[1]), span[0], span[1]),
        reading=reading,
        machine=machine,
        grade=piece.grade if piece else "none",
        faults=_faults(piece.faults if piece else ()),
        corrections=corrections,
    )


def _beginning_in(pieces: list[Piece], start: int, end: int) -> list[Piece]:
    """Return those of ``pieces`` (in order) that begin in [``start``, ``end``): a long text has thousands."""
    first = bisect_left(pieces, start, key=lambda piece: piece.start)
    return pieces[first : bisect_left(pieces, end, lo=first, key=lambda piece: piece.start)]


def _touching(marks: list[Mark], start: int, end: int) -> list[Mark]:
    """Return those of ``marks`` (in order, without overlap) that touch [``start``, ``end``)."""
    first = bisect_right(marks, start, key=lambda mark: mark.end)
    return marks[first : bisect_left(marks, end, lo=first, key=lambda mark: mark.start)]


def _faults(faults: Sequence[Fault]) -> tuple[FaultNote, ...]:
    return tuple(
        FaultNote(kind=fault.kind, way=fault.way, what=fault.what, words=fault_words(fault)) for fault in faults
    )
