"""What a foreign list says of a source, row by row, and the sources that these rows together mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import get_args
from urllib.parse import urlsplit

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.archives.attribution import source_id
from babelscope.collect.domains import registrable
from babelscope.collect.reasons import Refused
from babelscope.flow.errors import BadInput
from babelscope.flow.registry_checks import address_key
from babelscope.languages.codes import UNKNOWN, canonical_code
from babelscope.languages.countries import country_code, country_of_host
from babelscope.model import Listen, Source
from babelscope.model.source import ListenKind, SourceKind, Standing

MAX_ROWS = 100_000
"""Rows of one list."""
MAX_BYTES = 32 << 20
"""Bytes of one list."""
MAX_TEXT = 200

_SERVICES = frozenset(
    {
        "feedburner.com", "feedblitz.com", "feedspot.com", "feedsportal.com", "rss.app", "rsshub.app", "fetchrss.com",
        "politepol.com", "feed43.com", "feedly.com", "youtube.com", "google.com", "googleapis.com", "yahoo.com",
        "libsyn.com", "megaphone.fm", "simplecast.com", "buzzsprout.com", "soundcloud.com", "acast.com", "anchor.fm",
    }
)  # fmt: skip
"""Domains that carry the feeds of many others: a feed there says nothing about whose it is."""
_FEED_LIKE = re.compile(r"(rss|rdf|atom|feed|feeds|syndication)|\.(xml|rdf|atom)$", re.IGNORECASE)
_FEED_HOST = re.compile(r"(feeds?|rss|xml|syndication)[0-9]?\.[^.]+\.")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufffe\uffff]+")
_BROADCAST = re.compile(r"broadcast|radio|tv|television|audio|video", re.IGNORECASE)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row as it stands, every value a text; ``where`` is its place in the list, for people.

    ``id`` is only given by a list that we wrote ourselves: then the other values are taken as they are.
    """

    where: str
    id: str = ""
    name: str = ""
    home: str = ""
    country: str = ""
    languages: str = ""
    kind: str = ""
    owner: str = ""
    standing: str = ""
    reference: str = ""
    terms: str = ""
    expects: str = ""
    listens: tuple[Listen, ...] = ()


class Note(msgspec.Struct, frozen=True):
    """What was not taken from a list, or not as it stands there: where, and why."""

    where: str
    message: str


class Found(msgspec.Struct, frozen=True):
    """What a list says: its rows, and what could not be read."""

    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()


class Gathered(msgspec.Struct, frozen=True):
    """The sources of a list, and everything that is to be known about how they were made."""

    sources: tuple[Source, ...]
    notes: tuple[Note, ...]


def check_size(raw: bytes) -> None:
    """Raise ``BadInput`` for a list of more than ``MAX_BYTES``."""
    if len(raw) > MAX_BYTES:
        raise BadInput(f"a list of {len(raw)} bytes; at most {MAX_BYTES}")


def listens_of(url: str, kind: str, every: str) -> tuple[Listen, ...]:
    """Return what a row says is listened to, nothing without ``url``; what is no kind or rhythm is the usual one."""
    if not url:
        return ()
    usual = Listen(url=url)
    known: ListenKind = kind if kind in get_args(ListenKind) else usual.kind  # type: ignore[assignment]
    seconds = int(every) if re.fullmatch(r"[0-9]{1,9}", every) else usual.every
    return (Listen(url=url, kind=known, every=seconds),)


def feed_like(url: str) -> bool:
    """Say whether an address looks like that of a feed rather than of a home page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(_FEED_LIKE.search(f"{parts.path}?{parts.query}")) or (parts.hostname or "").startswith(
        ("feeds.", "rss.")
    )


def clean(text: str) -> str:
    """Return ``text`` on one line, without anything invisible, bounded."""
    return " ".join(_UNSEEN.sub(" ", text).split())[:MAX_TEXT].strip()


def gather(found: Found, *, country: str = "", language: str = "", taken: Collection[str] = ()) -> Gathered:
    """Return the sources that the rows mean: rows of one id, or else of one home page, are one source.

    ``country`` and ``language`` stand in where a row names none; ``taken`` are ids that new ones must not be.
    """
    notes = list(found.notes)
    groups: dict[str, list[Row]] = {}
    for row in found.rows:
        key, why = _key(row)
        if why:
            notes.append(Note(row.where, why))
        else:
            groups.setdefault(key, []).append(row)
    ids = {id_.lower() for id_ in taken} | {row.id.lower() for row in found.rows if row.id}
    sources = []
    for rows in groups.values():
        source = _written(rows) if rows[0].id else _guessed(rows, country, language, notes)
        if not source.id:
            source = msgspec.structs.replace(source, id=new_id(source, ids))
            ids.add(source.id)
        sources.append(source)
    return Gathered(tuple(sources), tuple(notes))


def new_id(source: Source, taken: Collection[str]) -> str:
    """Return an id that is not ``taken`` (lower case): country and name of the domain, as ``ie-rte``."""
    host = urlsplit(source.home).hostname or ""
    label = "" if registrable(host) in _SERVICES else registrable(host).partition(".")[0]
    named = source_id(_latin(source.name)).replace(".", "-")
    lead = f"{source.country.lower()}-" if source.country else ""
    first = [f"{lead}{word}"[:60].rstrip("-._") for word in (source_id(label) if label else "", named) if word]
    numbered = (f"{first[0]}-{number}" for number in range(2, MAX_ROWS * 2))
    return next(id_ for id_ in chain(first, numbered) if id_ not in taken)


def _latin(text: str) -> str:
    from anyascii import anyascii

    return str(anyascii(text))[:60]


def _key(row: Row) -> tuple[str, str]:
    """Return what rows of one source have in common, or why the row is of no use."""
    if row.id:
        return f"id {row.id}", ""
    for url in (row.home, *(listen.url for listen in row.listens)):
        try:
            parse_address(url)
        except Refused as refused:
            if url and refused.reason == "credentials":
                return "", refused.detail  # the address would tell them
            if url:
                return "", f"{url[:MAX_TEXT]!r}: {refused.detail}"
    home = _home(row)
    return (f"home {address_key(home)}", "") if home else ("", "no address")


def _home(row: Row) -> str:
    """Return the home page: the one given, else the root of the feed's host; a service's feed stands for itself."""
    if row.home:
        return parse_address(row.home).url
    if not row.listens:
        return ""
    address = parse_address(row.listens[0].url)
    if registrable(address.host) in _SERVICES:
        return address.url
    return f"https://www.{registrable(address.host)}/" if _FEED_HOST.match(address.host) else f"{address.origin}/"


def _written(rows: Sequence[Row]) -> Source:
    """Return a source that we wrote ourselves, exactly."""
    first = rows[0]
    kinds, standings = get_args(SourceKind), get_args(Standing)
    return Source(
        id=first.id,
        name=first.name,
        home=first.home,
        listens=_listens(rows, as_written=True),
        country=first.country,
        languages=tuple(first.languages.split()),
        kind=first.kind if first.kind in kinds else "press",  # type: ignore[arg-type]
        owner=first.owner,
        standing=first.standing if first.standing in standings else "unknown",  # type: ignore[arg-type]
        reference=first.reference,
        terms=first.terms,
        expects=_number(first.expects),
    )


def _guessed(rows: Sequence[Row], country: str, language: str, notes: list[Note]) -> Source:
    """Return a source from what a foreign list says; what cannot be used of it is noted."""

    def first(key: str) -> str:
        return next((clean(value) for row in rows if (value := getattr(row, key))), "")

    home, where = _home(rows[0]), rows[0].where
    told = first("country")
    code = country_code(told) if told else ""
    if told and not code:
        notes.append(Note(where, f"country {told!r} is not known"))
    code = code or country or country_of_host(urlsplit(home).hostname or "")
    spoken = [word for row in rows for word in re.split(r"[\s,;|/]+", row.languages) if word]
    codes = {word: canonical_code(word) for word in spoken}
    notes += [Note(where, f"language {word!r} is not known") for word, known in codes.items() if known == UNKNOWN]
    languages = tuple(dict.fromkeys(known for known in codes.values() if known != UNKNOWN))
    standing, reference = first("standing").lower(), first("reference")
    if standing in get_args(Standing) and standing != "unknown" and not reference:
        notes.append(Note(where, f"standing {standing!r} is not taken over: it needs a reference"))
        standing = "unknown"
    return Source(
        id="",
        name=first("name") or urlsplit(home).hostname or home,
        home=home,
        listens=_listens(rows, as_written=False),
        country=code,
        languages=languages or ((language,) if language else ()),
        kind=_kind(first("kind")),
        owner=first("owner"),
        standing=standing if standing in get_args(Standing) else "unknown",  # type: ignore[arg-type]
        reference=reference,
    )


def _listens(rows: Iterable[Row], *, as_written: bool) -> tuple[Listen, ...]:
    kept: dict[str, Listen] = {}
    for listen in (listen for row in rows for listen in row.listens):
        url = listen.url if as_written else parse_address(listen.url).url
        kept.setdefault(url if as_written else address_key(url), msgspec.structs.replace(listen, url=url))
    return tuple(kept.values())


def _kind(word: str) -> SourceKind:
    if word in get_args(SourceKind):
        return word  # type: ignore[return-value]
    return "broadcast" if _BROADCAST.search(word) else "press"


def _number(text: str) -> float:
    try:
        return max(float(text or 0), 0.0)
    except ValueError:
        return 0.0
