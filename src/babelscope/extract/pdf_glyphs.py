"""Glyphs of a PDF page → runs: pieces of one line without a wide gap, in the order in which the file draws them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import msgspec

MAX_GLYPHS = 60_000
"""Glyphs read of one page."""
GAP = 0.9
"""A gap (in ems) that ends a run: wider than a space, narrower than the space between columns."""
SHIFT = 0.35
"""A change of the base line (in ems) that ends a run."""
VERTICAL = 3.0
"""How much taller than wide a run of several glyphs is when it is written from top to bottom."""
TWICE = 0.1
"""Distance (in ems) below which two equal glyphs, or runs, are one that is printed twice."""
_ENDS = frozenset("\r\n")
_HYPHENS = dict.fromkeys((0x02, 0xFFFE, 0xAD), "\u00ad")
"""What pdfium gives for a hyphen at the end of a line."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Text at a place: points (1/72 inch) from the page's lower left corner; ``base`` is the line it stands on."""

    text: str
    left: float
    right: float
    base: float
    top: float
    bottom: float
    size: float

    @property
    def upright(self) -> bool:
        """Whether it is written along a horizontal line."""
        return len(self.text) < 4 or self.top - self.bottom < VERTICAL * max(self.right - self.left, 0.1)


class _Open:
    """A run that is being collected."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.left, self.right, self.top, self.bottom = 1e9, -1e9, -1e9, 1e9
        self.base = self.size = 0.0
        self.last = (0.0, 0.0)
        self.glyphs = 0

    def fits(self, box: tuple[float, float, float, float], base: float) -> bool:
        left, right, bottom, top = box
        size = max(top - bottom, self.size, 1.0)
        far = max(left - self.last[1], self.last[0] - right) > GAP * size
        return not far and abs(base - self.base) <= SHIFT * size

    def add(self, letter: str, box: tuple[float, float, float, float], base: float) -> None:
        left, right, bottom, top = box
        size = max(top - bottom, 1.0)
        if self.letters and self.letters[-1] == letter and abs(left - self.last[0]) < TWICE * size:
            return  # bold type is imitated by printing the same glyph twice
        self.glyphs += 1
        if not self.letters or size > self.size:
            self.size = size
            self.base = base
        self.letters.append(letter)
        self.last = (left, right)
        self.left, self.right = min(self.left, left), max(self.right, right)
        self.top, self.bottom = max(self.top, top), min(self.bottom, bottom)

    def run(self) -> list[Run]:
        text = "".join(self.letters).strip()
        if not text or not self.glyphs:
            return []
        sides = {name: getattr(self, name) for name in ("left", "right", "base", "top", "bottom", "size")}
        return [Run(text=text, **sides)]


Glyph = tuple[str, tuple[float, float, float, float], float]
"""A character, its left, right, bottom and top, and its base line; blanks have no place."""
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def page_runs(page: Any, textpage: Any) -> list[Run]:
    """Return the runs of a pdfium page, at most ``MAX_GLYPHS`` glyphs of it, placed as the page is shown."""
    width, height = page.get_mediabox()[2:]
    turn = _Turn(page.get_rotation(), width, height)
    runs: list[Run] = []
    current = _Open()
    for letter, box, base in _glyphs(textpage, turn):
        if letter == " ":
            if current.letters and current.letters[-1] != " ":
                current.letters.append(" ")
            continue
        if letter == "\n" or (current.glyphs and not current.fits(box, base)):
            runs += current.run()
            current = _Open()
        if letter != "\n":
            current.add(letter, box, base)
    return _once([*runs, *current.run()])


class _Turn(msgspec.Struct, frozen=True):
    """How a page is turned when it is shown: ``angle`` in degrees, clockwise, of a sheet of ``width`` × ``height``."""

    angle: int
    width: float
    height: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where the point is shown."""
        if self.angle == 90:
            return y, self.width - x
        if self.angle == 180:
            return self.width - x, self.height - y
        return (self.height - y, x) if self.angle == 270 else (x, y)


def _glyphs(textpage: Any, turn: _Turn) -> Iterator[Glyph]:
    import pypdfium2.raw as raw

    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for index in range(min(textpage.count_chars(), MAX_GLYPHS)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        letter = _HYPHENS.get(code) or _letter(code)
        if letter.isspace():
            yield ("\n" if letter in _ENDS else " "), _NOWHERE, 0.0
        elif letter and raw.FPDFText_GetLooseCharBox(textpage, index, box):
            raw.FPDFText_GetCharOrigin(textpage, index, x, y)
            (one, two), (three, four) = turn.place(box.left, box.bottom), turn.place(box.right, box.top)
            sides = (min(one, three), max(one, three), min(two, four), max(two, four))
            yield letter, sides, turn.place(x.value, y.value)[1]


def _once(runs: list[Run]) -> list[Run]:
    """Leave out a run that is printed twice at the same place."""
    kept: dict[tuple[str, int, int], Run] = {}
    for run in runs:
        em = 2 * TWICE * max(run.size, 1.0)
        kept.setdefault((run.text, round(run.left / em), round(run.base / em)), run)
    return list(kept.values())


def _letter(code: int) -> str:
    """Return the character of a code point; "" for what is none (0, surrogates, controls but line ends)."""
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF or code == 0xFFFF:
        return ""
    letter = chr(code)
    return letter if letter.isprintable() or letter.isspace() or letter in "\u200c\u200d" else ""
