"""What reading an archive yields besides captures and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from babelscope.flow.shapes import Exchange, Refusal

SkipReason = Literal[
    "record-type",
    "revisit",
    "not-a-page-status",
    "media-type",
    "robots-file",
    "not-web",
    "hidden",
    "link",
    "file-type",
    "nested-archive",
]
"""Why something in an archive was passed over: it is no page, or stands there as a note about one."""


class Skipped(msgspec.Struct, frozen=True):
    """One record or file that holds no page; ``reason`` is one of a closed list."""

    reason: SkipReason


Outcome = Exchange | Refusal | Skipped
Outcomes = Iterator[Outcome]
DecodeBody = Callable[[bytes, int], bytes]
"""(HTTP response, most bytes) → its body, transfer and content codings taken off; raises ``BadInput``."""
SourceOf = Callable[[str], str]
"""Address → id of the source that it is attributed to."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How archives are read: the most bytes of one body, how bodies are decoded, and who gets them."""

    limit: int
    decode: DecodeBody
    source_of: SourceOf


def damaged(source: str, place: str, why: str) -> Refusal:
    """Return the refusal of what cannot be read; ``place`` says where it stands."""
    return Refusal(source=source, url=place, reason="damaged", detail=why[:300])
