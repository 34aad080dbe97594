"""What flows through Babelscope. This room imports nothing but the standard library and msgspec."""

from babelscope.model.capture import Capture, Enclosure, Hints, Rights, Sibling, capture_id, document_id
from babelscope.model.document import Document, Patch, decode_document, encode_document
from babelscope.model.failure import Failure, failure_id
from babelscope.model.ids import body_hash, content_id
from babelscope.model.layers import (
    LAYER_TYPES,
    TRANSIENT,
    Anchor,
    Article,
    Embedding,
    Fault,
    Fingerprint,
    Language,
    LanguagePart,
    Links,
    Mention,
    Mentions,
    Page,
    Piece,
    Place,
    Sheets,
    Translation,
    read_layer,
)
from babelscope.model.source import Listen, Source
from babelscope.model.story import Membership

__all__ = [
    "LAYER_TYPES",
    "TRANSIENT",
    "Anchor",
    "Article",
    "Capture",
    "Document",
    "Embedding",
    "Enclosure",
    "Failure",
    "Fault",
    "Fingerprint",
    "Hints",
    "Language",
    "LanguagePart",
    "Links",
    "Listen",
    "Membership",
    "Mention",
    "Mentions",
    "Page",
    "Patch",
    "Piece",
    "Place",
    "Rights",
    "Sheets",
    "Sibling",
    "Source",
    "Translation",
    "body_hash",
    "capture_id",
    "content_id",
    "decode_document",
    "document_id",
    "encode_document",
    "failure_id",
    "read_layer",
]
