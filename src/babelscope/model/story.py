"""Groups of documents: families of copies and stories."""

from __future__ import annotations

import msgspec


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """One document's place in a group. ``group`` is the id of the group's first document, for ever.

    ``score`` is the similarity that decided (1.0 for the founder), ``nearest`` the document it was closest to and
    ``why`` the evidence in words.
    """

    document: str
    group: str
    score: float = 1.0
    nearest: str = ""
    why: str = ""
