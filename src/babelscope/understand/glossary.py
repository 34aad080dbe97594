"""The user's own terms: a file of them, found in an original, and kept whatever a model makes of the sentence.

A glossary is UTF-8 text with four columns divided by tabs: language, term, language, translation (ISO 639 codes;
``*`` for any language of the original). A line that begins with ``#`` is a comment.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import msgspec

from babelscope.flow.errors import ConfigError
from babelscope.languages.codes import UNKNOWN, canonical_code

MAX_BYTES = 4_000_000
MAX_TERMS = 50_000
MAX_TERM = 200
ANY = "*"


class Term(msgspec.Struct, frozen=True):
    """A term of the original and what it must become."""

    term: str
    translation: str


class Row(msgspec.Struct, frozen=True):
    """One line of a glossary: ``term`` of ``language`` becomes ``translation`` in ``to`` (codes of ISO 639)."""

    language: str
    term: str
    to: str
    translation: str


class Glossary(msgspec.Struct, frozen=True):
    """All terms of a user, by pair of languages. ``mark`` changes when any of them does; "" when there is none."""

    pairs: dict[tuple[str, str], tuple[Term, ...]]
    mark: str = ""

    def terms(self, language: str, to: str) -> tuple[Term, ...]:
        """Return the terms for originals in ``language`` read in ``to``, longest first."""
        own, common = self.pairs.get((language, to), ()), self.pairs.get((ANY, to), ())
        if not own or not common:
            return own or common
        taken = {term.term.casefold() for term in own}
        return _longest_first([*own, *(term for term in common if term.term.casefold() not in taken)])


EMPTY = Glossary({})
"""The glossary of a user who has none."""


def read_glossary(path: Path | str) -> Glossary:
    """Return the glossary in ``path`` ("" gives the empty one); raises ``ConfigError`` with the number of a bad line.

    Of two lines for the same term the later one holds.
    """
    if not str(path):
        return EMPTY
    file = Path(path)
    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ConfigError(f"{file}: a glossary may have {MAX_BYTES // 1_000_000} MB at most")
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"read.glossary: {file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 (byte {error.start})") from None
    return glossary_of(_rows(text, str(file)))


def glossary_of(rows: Iterable[Row]) -> Glossary:
    """Return a glossary of ``rows``; of two rows for the same term the later one holds."""
    found: dict[tuple[str, str], dict[str, Term]] = {}
    for row in rows:
        found.setdefault((row.language, row.to), {})[row.term.casefold()] = Term(row.term, row.translation)
    pairs = {pair: _longest_first(terms.values()) for pair, terms in sorted(found.items())}
    if not pairs:
        return EMPTY
    lines = [f"{a}\t{t.term}\t{b}\t{t.translation}\n" for (a, b), terms in pairs.items() for t in terms]
    return Glossary(pairs, hashlib.sha256("".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:12])


def glossary_rows(rows: Iterable[Row]) -> str:
    """Return ``rows`` as the text of a glossary file, sorted, each once; white space inside a term becomes one blank.

    Rows that no glossary can hold (empty or too long terms) are left out.
    """
    kept = {Row(row.language, _tidy(row.term), row.to, _tidy(row.translation)) for row in rows}
    lines = [
        f"{row.language}\t{row.term}\t{row.to}\t{row.translation}\n"
        for row in sorted(kept, key=lambda row: (row.language, row.to, row.term, row.translation))
        if 0 < len(row.term) <= MAX_TERM and 0 < len(row.translation) <= MAX_TERM and not row.term.startswith("#")
    ]
    return "# language\tterm\tlanguage\ttranslation\n" + "".join(lines)


def _rows(text: str, where: str) -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.startswith("#"):
            rows.append(_row(line.rstrip("\r"), f"{where}, line {number}"))
        if len(rows) > MAX_TERMS:
            raise ConfigError(f"{where}: a glossary may have {MAX_TERMS} terms at most")
    return rows


def _row(line: str, where: str) -> Row:
    cells = line.split("\t")
    if len(cells) != 4:
        raise ConfigError(f"{where}: {len(cells)} columns; a line has language, term, language, translation, with tabs")
    language, term, to, translation = (_tidy(cell) for cell in cells)
    if not term or not translation:
        raise ConfigError(f"{where}: the {'translation' if term else 'term'} is empty")
    if max(len(term), len(translation)) > MAX_TERM:
        raise ConfigError(f"{where}: a term may have {MAX_TERM} characters at most")
    codes = [ANY if code == ANY else canonical_code(code) for code in (language, to)]
    for code, given in zip(codes, (language, to), strict=True):
        if code == UNKNOWN:
            raise ConfigError(f"{where}: {given!r} is not a known language code")
    if codes[1] == ANY:
        raise ConfigError(f"{where}: the language of the translation cannot be {ANY}")
    return Row(codes[0], term, codes[1], translation)


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _longest_first(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: (-len(term.term), term.term)))
