"""A document: one article as it was read from one capture. It is never edited, only added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from babelscope.model.layers import TRANSIENT, Article, read_layer


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage adds to one document: layers, or the reason to drop it (a decision, not an error)."""

    layers: Mapping[str, Any] = {}
    drop: str = ""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """An article with its layers.

    ``seen_at`` is when we fetched it; ``time`` (published, else seen) orders documents. ``made_by`` names
    stage@version for each layer. ``title``, ``text``, ``published_at``, ``authors`` and ``image`` are filled once,
    from the ``article`` layer, which is not kept twice.
    """

    id: str
    capture: str = ""
    source: str = ""
    url: str = ""
    seen_at: dt.datetime | None = None
    title: str = ""
    text: str = ""
    published_at: dt.datetime | None = None
    authors: tuple[str, ...] = ()
    image: str = ""
    layers: Mapping[str, Any] = {}
    made_by: Mapping[str, str] = {}

    @property
    def time(self) -> dt.datetime:
        """When it was published, else when it was seen; the epoch if neither is known."""
        return self.published_at or self.seen_at or dt.datetime.fromtimestamp(0, dt.UTC)

    def with_layers(self, layers: Mapping[str, Any], by: str) -> Document:
        """Return this document with ``layers`` added, made by ``by`` (stage@version)."""
        added = dict(layers)
        fields: dict[str, Any] = {}
        article = added.pop("article", None)
        if isinstance(article, Article):
            fields = {
                "title": article.title,
                "text": article.text,
                "published_at": article.published_at,
                "authors": article.authors,
                "image": article.image,
            }
        made = {**self.made_by, **dict.fromkeys(layers, by)}
        return msgspec.structs.replace(self, **fields, layers={**self.layers, **added}, made_by=made)

    def without_transient(self) -> Document:
        """Return this document without the layers that only the evidence keeps."""
        return msgspec.structs.replace(self, layers={k: v for k, v in self.layers.items() if k not in TRANSIENT})


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Document)


def encode_document(document: Document) -> bytes:
    """Return canonical JSON: the same document always gives the same bytes."""
    return _ENCODER.encode(document)


def decode_document(raw: bytes) -> Document:
    """Return the document of ``raw`` with typed layers; raises ``msgspec.DecodeError`` on anything else."""
    document = _DECODER.decode(raw)
    return msgspec.structs.replace(document, layers={k: read_layer(k, v) for k, v in document.layers.items()})
