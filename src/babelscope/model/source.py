"""A source: somebody who publishes, and where we listen to them."""

from __future__ import annotations

from typing import Literal

import msgspec

Standing = Literal["state", "public", "private", "party", "community", "unknown"]
ListenKind = Literal["feed"]


class Listen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address of a source that is polled; ``every`` is the least interval in seconds."""

    url: str
    kind: ListenKind = "feed"
    every: int = 900


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outlet. ``country`` is ISO 3166-1 alpha-2, ``languages`` are ISO 639-1 (639-3 where none exists)."""

    id: str
    name: str
    home: str
    listens: tuple[Listen, ...] = ()
    country: str = ""
    languages: tuple[str, ...] = ()
    owner: str = ""
    standing: Standing = "unknown"
    reference: str = ""
