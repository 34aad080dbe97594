"""The layers of a document, picked out and described."""

from __future__ import annotations

from typing import Any

import msgspec

from babelscope.model import Document, Language, Mentions, Sheets


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer of the document and the stage@version that made it."""

    name: str
    by: str
    says: str


def language_of(document: Document) -> Language:
    """Return the language layer of ``document``, "und" if it has none."""
    layer = document.layers.get("language")
    return layer if isinstance(layer, Language) else Language(code="und", script="Zyyy", confidence=0.0)


def mentions_of(document: Document) -> Mentions:
    """Return the names layer of ``document``, empty if it has none."""
    layer = document.layers.get("mentions")
    return layer if isinstance(layer, Mentions) else Mentions()


def sheet_starts(document: Document) -> tuple[int, ...]:
    """Return where the pages of a paginated original begin in its text; () for every other."""
    layer = document.layers.get("sheets")
    return layer.starts if isinstance(layer, Sheets) and len(layer.starts) > 1 else ()


def layers_of(document: Document) -> tuple[Layer, ...]:
    """Return every layer with who made it and, in a few words, what it says (never names of persons)."""
    says: dict[str, str] = {}
    for name, layer in document.layers.items():
        says[name] = describe_layer(layer)
    return tuple(Layer(name=name, by=by, says=says.get(name, "")) for name, by in document.made_by.items())


def describe_layer(layer: Any) -> str:
    """Return a few words about a layer: language and confidence, route and grade, sizes."""
    match layer:
        case Language():
            return f"{layer.code}, {layer.script}, confidence {layer.confidence:.2f}"
        case Mentions():
            return layer.reason or f"{sum(m.kind != 'person' for m in layer.items)} names, persons not counted"
        case msgspec.Struct():
            shown = ("grade", "route", "model", "dimensions", "permutations", "shingles", "reason")
            pairs = ((key, getattr(layer, key, "")) for key in shown)
            return ", ".join(f"{key} {value}" for key, value in pairs if value not in ("", None))
        case _:
            return ""
