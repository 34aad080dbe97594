"""Where a sentence has something that no engine may touch: addresses, e-mails, handles, code, terms of the user."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from babelscope.languages.sentences import WIDE
from babelscope.understand.glossary import Term

MAX_TEXT = 20_000
"""Code points of one sentence that are looked at; a longer one has no sentences."""

_ADDRESS = re.compile(
    r"""
    (?:https?|ftp|gopher|ipfs|magnet|tg)://[^\s<>"“”«»「」（），。；！？、]{1,2000}     # an address with a scheme
  | (?<![\w@.])www\.[^\s<>"“”«»「」（），。；！？、]{3,500}                              # or without
  | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}             # e-mail
  | (?<![\w@/.])[@#][A-Za-z_]\w{1,62}                                       # handle, hashtag
  | (?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|info|gov|edu|int|io|tv|eu|co\.uk|com\.br|gov\.br|news|onion)
    (?![\w-])(?:/[^\s<>"“”«»「」（），。；！？、]{0,500})?                              # bare host: example.org/path
  | (?<!\w)(?:\d{1,3}\.){3}\d{1,3}(?![\d.])                                 # IPv4
  | `[^`\n]{1,200}`                                                          # `code`
  | (?<!\w)(?:CVE-\d{4}-\d{4,7}|10\.\d{4,9}/[^\s<>"]{1,100})                # CVE, DOI
  | (?<!\w)(?:0x[0-9a-fA-F]{6,128}|[0-9a-f]{32,128})(?!\w)                  # hashes
  | (?<!\w)[A-Za-z_]\w{0,60}(?:\(\)|(?:_\w{1,60}){2,})(?!\w)                # code(), snake_case_name
    """,
    re.VERBOSE,
)
_TRAILING = ".,;:!?…'’»)]}。、，；：！？）」"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_WIDE = re.compile(f"[{WIDE}]")


def address_spans(text: str) -> list[tuple[int, int]]:
    """Return where ``text`` has addresses and their kin, in order: (start, end) in code points.

    Signs that end a sentence do not belong to an address, nor a closing bracket that it does not open.
    """
    spans = []
    for match in _ADDRESS.finditer(text[:MAX_TEXT]):
        end = match.end() if text[match.start()] == "`" else _without_tail(text, match.start(), match.end())
        if end > match.start():
            spans.append((match.start(), end))
    return spans


def _without_tail(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in _TRAILING:
        last = text[end - 1]
        if last in _PAIRS and text.count(_PAIRS[last], start, end) >= text.count(last, start, end):
            break
        end -= 1
    return end


def term_spans(text: str, terms: Sequence[Term]) -> list[tuple[int, int, Term]]:
    """Return where ``text`` has terms of the user, in order, without overlap; a longer term wins over a shorter.

    Case does not count. A term of letters must stand as whole words, except in scripts without spaces.
    """
    if not terms or not text:
        return []
    folded, places = _folded(text[:MAX_TEXT])
    taken = bytearray(len(folded))
    found: list[tuple[int, int, Term]] = []
    for term in terms:
        needle = _fold(term.term)
        at = folded.find(needle) if needle else -1
        while at >= 0:
            end = at + len(needle)
            if _is_whole(folded, at, end) and not any(taken[at:end]):
                taken[at:end] = b"\x01" * (end - at)
                found.append((places[at], places[end - 1] + 1, term))
            at = folded.find(needle, at + 1)
    return sorted(found, key=lambda span: span[0])


def has_term(text: str, wanted: str) -> bool:
    """Return whether ``wanted`` stands in ``text``, whatever the case."""
    return _fold(wanted) in _folded(text[:MAX_TEXT])[0]


@lru_cache(maxsize=1 << 16)
def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _folded(text: str) -> tuple[str, list[int]]:
    """Return ``text`` without case, and for each of its code points the place in ``text`` that it comes from."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for made in sign.casefold():
            signs.append(made)
            places.append(place)
    return "".join(signs), places


def _is_whole(text: str, start: int, end: int) -> bool:
    return _is_edge(text, start) and _is_edge(text, end)


def _is_edge(text: str, at: int) -> bool:
    """Return whether a word can begin or end between two signs: not inside a run of letters or digits."""
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    if _WIDE.match(before) or _WIDE.match(after):
        return True
    return not (_is_inner(before) and _is_inner(after))


def _is_inner(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign) in ("Mn", "Mc")
