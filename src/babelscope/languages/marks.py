"""Signs that a reader does not see and that change what he sees: found, named, and where they stand.

Direction controls (UAX #9) can show a text in another order than it has ("Trojan Source", Boucher and Anderson 2021);
zero-width signs, tags and fillers can hide in a name. Nothing is taken out of a text: ``visible`` cuts it into pieces
for a page to draw, each with its place in the original, in code points.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import msgspec

from babelscope.languages.combining import combining_marks

MAX_STACK = 8
"""Combining marks that one sign may carry; more is drawn over the lines beside it (Zalgo)."""
LONGEST_RUN = 64
"""Equal hidden signs shown as one piece at most."""

_NAMES = {
    0x00AD: "SHY", 0x034F: "CGJ", 0x061C: "ALM", 0x115F: "HCF", 0x1160: "HJF", 0x17B4: "KIVAQ", 0x17B5: "KIVAA",
    0x180B: "FVS1", 0x180C: "FVS2", 0x180D: "FVS3", 0x180E: "MVS", 0x180F: "FVS4", 0x200B: "ZWSP", 0x200C: "ZWNJ",
    0x200D: "ZWJ", 0x200E: "LRM", 0x200F: "RLM", 0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO",
    0x202E: "RLO", 0x2060: "WJ", 0x2061: "FA", 0x2062: "IT", 0x2063: "IS", 0x2064: "IP", 0x2066: "LRI", 0x2067: "RLI",
    0x2068: "FSI", 0x2069: "PDI", 0x206A: "ISS", 0x206B: "ASS", 0x206C: "IAFS", 0x206D: "AAFS", 0x206E: "NADS",
    0x206F: "NODS", 0x2800: "BRAILLE BLANK", 0x3164: "HF", 0xFEFF: "BOM", 0xFFA0: "HHF", 0xFFF9: "IAA", 0xFFFA: "IAS",
    0xFFFB: "IAT", 0x7F: "DEL", 0x85: "NEL",
}  # fmt: skip
"""Code point → the abbreviation of the Unicode Standard (NameAliases.txt), or a short name where it has none."""
_CONTROLS = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)

BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""All direction controls of UAX #9, as ranges of a regular expression."""
_OVERRIDES = re.compile("[\u202a\u202b\u202d\u202e\u2066-\u2068]")
_HIDDEN = (
    f"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f{BIDI}\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065"
    "\u206a-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
)
_JOINING = "\u200c\u200d"
_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"


class Piece(msgspec.Struct, frozen=True):
    """A part of a text: as it is (``mark`` empty), or hidden signs and the name to draw for them ("RLO").

    ``start`` and ``end`` are code points of the original; ``text`` is what may be drawn in a page: the original, or
    the empty string for a hidden sign. ``direction`` says that the sign is a direction control.
    """

    start: int
    end: int
    text: str
    mark: str = ""
    direction: bool = False


def visible(text: str) -> list[Piece]:
    """Return ``text`` in pieces, in order and without gaps, so that a page can show every hidden sign by its name.

    Joiners between letters and variation selectors after emoji are writing, not hiding: they stay in the text around
    them. Equal hidden signs in a row make one piece ("ZWSP ×12"), and combining marks after the eighth on one sign
    too ("+92 marks"). Linear in the length of the text.
    """
    pieces: list[Piece] = []
    at = 0
    for match in _pattern().finditer(text):
        if match["flag"] is not None:
            continue
        if match.start() > at:
            pieces.append(Piece(at, match.start(), text[at : match.start()]))
        sign = match["hidden"]
        count = match.end() - match.start()
        mark = f"+{count} marks" if sign is None else name_of(sign) + (f" ×{count}" if count > 1 else "")
        pieces.append(Piece(match.start(), match.end(), "", mark, sign is not None and is_direction(sign)))
        at = match.end()
    if at < len(text):
        pieces.append(Piece(at, len(text), text[at:]))
    return pieces


def has_hidden(text: str) -> bool:
    """Say whether ``visible`` would name anything in ``text``."""
    return any(match["flag"] is None for match in _pattern().finditer(text))


def drawn(text: str) -> str:
    """Return ``text`` for places that take no markup (a terminal, a tool tip): hidden signs by name in brackets."""
    if not has_hidden(text):
        return text
    return "".join(f"[{piece.mark}]" if piece.mark else piece.text for piece in visible(text))


def has_bidi_override(text: str) -> bool:
    """Say whether ``text`` opens an embedding, override or isolate of direction: it may be shown in another order."""
    return _OVERRIDES.search(text) is not None


def is_direction(sign: str) -> bool:
    """Say whether one sign is a direction control of UAX #9."""
    return sign in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@lru_cache(maxsize=4096)
def name_of(sign: str) -> str:
    """Return the short name of one sign: the abbreviation of the Unicode Standard, else its number ("U+D800")."""
    code = ord(sign)
    if code < 0x20:
        return _CONTROLS.split()[code]
    if 0xFE00 <= code <= 0xFE0F:
        return f"VS{code - 0xFE00 + 1}"
    if 0xE0100 <= code <= 0xE01EF:
        return f"VS{code - 0xE0100 + 17}"
    if 0xE0020 <= code <= 0xE007E:
        return f"TAG {chr(code - 0xE0000)}"
    return _NAMES.get(code, f"U+{code:04X}")


def drawable(text: str) -> str:
    """Return ``text`` with lone surrogates replaced one to one (U+FFFD): same offsets, and any library takes it."""
    return _SURROGATE.sub("\ufffd", text)


_SURROGATE = re.compile("[\ud800-\udfff]")


@cache
def _pattern() -> re.Pattern[str]:
    """Hidden signs and runs of them, but joiners between letters and selectors in emoji; and stacks of marks."""
    marks = combining_marks()
    joined = rf"(?<=[\w{marks}{_EMOJI}\ufe0f])[{_JOINING}](?=[\w{_EMOJI}])"
    selected = r"(?<=[\w#*" + _EMOJI + r"])[\ufe00-\ufe0f]"
    selector = r"(?<=[\u3400-\u9fff\U00020000-\U0003347f])[\U000e0100-\U000e01ef]"
    flag = "(?P<flag>\U0001f3f4[\U000e0020-\U000e007e]{1,7}\U000e007f)"
    kept = rf"(?!{joined}|{selected}|{selector})"
    hidden = rf"{kept}(?P<hidden>[{_HIDDEN}])(?P=hidden){{0,{LONGEST_RUN - 1}}}"
    stack = rf"(?<=[{marks}]{{{MAX_STACK}}})[{marks}]++"
    return re.compile(f"{flag}|{hidden}|{stack}")


def describe(sign: str) -> str:
    """Return the full name of a sign for a tool tip ("RIGHT-TO-LEFT OVERRIDE"), its number if it has none."""
    return unicodedata.name(sign, f"U+{ord(sign):04X}")
