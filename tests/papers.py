"""PDFs for tests, written byte by byte: text in Helvetica at places, and in an order, of one's choosing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 595, 842
NARROW = {**dict.fromkeys("ijl.,:;'|!", 250), **dict.fromkeys("frt()-/ I", 310), **dict.fromkeys("mwMW", 840)}


class Text(NamedTuple):
    """A piece of text: its left end and base line in points from the lower left corner."""

    x: float
    y: float
    words: str
    size: float = 10


def paper(
    pages: Sequence[Sequence[Text]], info: Mapping[str, str] | None = None, rotate: int = 0, more: str = ""
) -> bytes:
    """Return a PDF of these pages; ``more`` stands in the trailer."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        content = b"".join(_drawn(text) for text in page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        turned = f"/Rotate {rotate} " if rotate else ""
        resources = "/Resources << /Font << /F 3 0 R >> >>"
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] {turned}"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box}{resources} /Contents {len(objects)} 0 R >>".encode())
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    objects.append(
        b"<< " + b" ".join(b"/%s (%s)" % (k.encode(), _escaped(v)) for k, v in (info or {}).items()) + b" >>"
    )
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R {more}>>\n"
    return bytes(out + trailer.encode() + b"startxref\n%d\n%%%%EOF\n" % start)


def _drawn(text: Text) -> bytes:
    return b"BT /F %g Tf %g %g Td (%s) Tj ET\n" % (text.size, text.x, text.y, _escaped(text.words))


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def column(words: str, x: float, y: float, width: float, size: float = 10, lead: float = 12) -> list[Text]:
    """Return ``words`` set in lines that fit ``width``, from base line ``y`` down; "|" begins a paragraph."""
    lines: list[Text] = []
    for paragraph in words.split("|"):
        line = ""
        for word in paragraph.split():
            if line and _width(f"{line} {word}", size) > width:
                lines.append(Text(x, y - lead * len(lines), line, size))
                line = ""
            line = f"{line} {word}".strip()
        lines.append(Text(x, y - lead * len(lines), line, size))
    return lines


def _width(text: str, size: float) -> float:
    return sum(NARROW.get(letter, 560) for letter in text) * size / 1000
