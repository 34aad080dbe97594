"""A source: somebody who publishes, and where we listen to them."""

from __future__ import annotations

from typing import Literal

import msgspec

Standing = Literal["state", "public", "private", "party", "community", "unknown"]
ListenKind = Literal["feed", "sitemap", "page"]
SourceKind = Literal["press", "broadcast", "agency", "official", "organisation", "archive"]


class Listen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One address of a source that is polled; ``every`` is the least interval in seconds.

    A ``feed`` is RSS, RDF, Atom or JSON Feed; a ``sitemap`` is one of sitemaps.org or an index of such; a ``page`` is
    a section or front page whose links to articles are followed.
    """

    url: str
    kind: ListenKind = "feed"
    every: int = 900


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outlet. ``country`` is ISO 3166-1 alpha-2, ``languages`` are ISO 639-1 (639-3 where none exists).

    ``standing`` is unknown unless ``reference`` (an address or a title) says where it stands; ``terms`` is the address
    of the outlet's terms of use, if known; ``expects`` is the number of articles a day to expect (0: it is learned).
    """

    id: str
    name: str
    home: str
    listens: tuple[Listen, ...] = ()
    country: str = ""
    languages: tuple[str, ...] = ()
    kind: SourceKind = "press"
    owner: str = ""
    standing: Standing = "unknown"
    reference: str = ""
    terms: str = ""
    expects: float = 0.0
