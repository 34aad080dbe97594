"""The layers that stages add to a document: typed, immutable, each naming who made it.

A layer never replaces the original: offsets count Unicode code points of ``Document.text`` or
``Document.title``, and a translation is one more layer.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from babelscope.model.capture import Hints, Sibling

Grade = Literal["neural", "pivot", "gist", "none"]
Part = Literal["title", "text"]
MentionKind = Literal["person", "organisation", "place", "thing"]


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A span of the original: code points ``start`` (inclusive) to ``end`` (exclusive) of ``of``."""

    of: Part
    start: int
    end: int


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Transient input of extraction (never stored in the record: the evidence holds it)."""

    body: bytes
    media_type: str = "text/html"
    charset: str = ""
    hints: Hints = Hints()


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """What extraction found. ``method`` says how ("html", "pdf", "feed"); ``image`` is an address."""

    title: str
    text: str
    published_at: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    image: str = ""
    method: str = "html"


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """What a page says about its own addresses: the canonical one, and the same article in other languages."""

    canonical: str = ""
    siblings: tuple[Sibling, ...] = ()


class Sheets(msgspec.Struct, frozen=True, kw_only=True):
    """Where each page of a paginated original (PDF) begins: code points of the text, one per page, rising."""

    starts: tuple[int, ...] = ()


class LanguagePart(msgspec.Struct, frozen=True, kw_only=True):
    """A run of paragraphs (or the title) in one language: code points ``start`` to ``end`` of ``of``."""

    of: Part
    start: int
    end: int
    code: str
    script: str
    confidence: float


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` is ISO 639-1 where it exists, else 639-3, "und" if unknown; ``script`` ISO 15924; confidence 0–1.

    ``parts`` are the title and the runs of paragraphs, in order, of a document that is not of one language; a document
    of one language keeps none.
    """

    code: str
    script: str
    confidence: float
    parts: tuple[LanguagePart, ...] = ()


FaultKind = Literal["number", "name", "date", "address", "quote"]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What a translation lost of its original, or invented: ``what`` as it is written on the side that has it."""

    kind: FaultKind
    way: Literal["lost", "invented"]
    what: str


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence and its translation: code points ``start`` to ``end`` of the original ``of`` became ``at`` to ``to``
    of the translated title or lead. ``grade`` is that of this sentence, ``faults`` what was found wrong with it.
    """

    of: Part
    start: int
    end: int
    at: int
    to: int
    grade: Grade
    faults: tuple[Fault, ...] = ()


class Translation(msgspec.Struct, frozen=True, kw_only=True):
    """Title and lead in the reading language. ``grade`` says how good the route is; "none" keeps both empty.

    ``lead_end`` is how many code points of the original text the translated ``lead`` covers (the whole text, when all
    of it was translated); ``route`` names the models from first to last ("firefox-pt-en-tiny",
    "apertium-es-pt+firefox-pt-en-tiny", "same" when the document already is in the reading language). ``pieces`` align
    title and lead sentence by sentence, in order of the original; ``glossary`` is the mark of the user's terms.
    """

    to: str
    grade: Grade
    route: str
    title: str = ""
    lead: str = ""
    lead_end: int = 0
    reason: str = ""
    pieces: tuple[Piece, ...] = ()
    glossary: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A gazetteer entry: GeoNames id (or "country:XX"), English name, ISO country, WGS 84 degrees."""

    id: str
    name: str
    country: str
    latitude: float
    longitude: float
    is_area: bool = False
    population: int = 0


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A name in the text. ``surface`` equals the anchored characters; ``reads_as`` is it in English, if known."""

    anchor: Anchor
    surface: str
    kind: MentionKind
    reads_as: str = ""
    place: Place | None = None
    score: float = 1.0
    by: str = ""


class Mentions(msgspec.Struct, frozen=True, kw_only=True):
    """All mentions in order of appearance; ``reason`` says why there are none where no model covers a language."""

    items: tuple[Mention, ...] = ()
    reason: str = ""


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """MinHash signature of the text: ``permutations`` little-endian 32-bit values (Broder 1997)."""

    minhash: bytes
    permutations: int
    shingles: int


class Embedding(msgspec.Struct, frozen=True, kw_only=True):
    """Unit vector of title and lead: little-endian float16 × ``dimensions``; ``mean`` names the mean taken off."""

    vector: bytes
    dimensions: int
    model: str
    mean: str


LAYER_TYPES: dict[str, type[msgspec.Struct]] = {
    "page": Page,
    "article": Article,
    "links": Links,
    "sheets": Sheets,
    "language": Language,
    "translation": Translation,
    "mentions": Mentions,
    "fingerprint": Fingerprint,
    "embedding": Embedding,
}
TRANSIENT: frozenset[str] = frozenset({"page"})


def read_layer(name: str, value: Any) -> Any:
    """Return ``value`` (plain JSON data) as the typed layer ``name``; a layer of a plug-in stays plain data.

    Raises ``msgspec.ValidationError`` if the data do not fit the layer's type.
    """
    kind = LAYER_TYPES.get(name)
    return value if kind is None or isinstance(value, kind) else msgspec.convert(value, kind)
