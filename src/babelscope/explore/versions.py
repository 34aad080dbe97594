"""All versions of one address → its page: what happened when, and what changed between any two of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from babelscope.explore.comparison import Block, Comparison, Side, compare
from babelscope.explore.fates import How, Presence, Told, number_of, presence_of, tell
from babelscope.explore.layers import language_of, mentions_of
from babelscope.explore.naming import Direction, direction
from babelscope.explore.origin import source_name
from babelscope.explore.views import Headline, headline
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.model import Document
from babelscope.store.reader import Reader
from babelscope.store.versions import History

FOLDED = 3
"""Unchanged paragraphs in a row from which they are folded away, but for the ones next to a change."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version: when we saw it, what the page said of itself, and how it came about (``why`` in words)."""

    document: str
    number: int
    seen_at: dt.datetime | None
    published_at: dt.datetime | None
    modified_at: dt.datetime | None
    headline: Headline
    words: int
    how: How
    why: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the publisher still has the page, as far as we looked; ``status`` is the latest HTTP status.

    ``current`` is the number of the version that the page showed at last, 0 if it is none of those listed.
    """

    presence: Presence
    since: dt.datetime | None
    status: int = 0
    looks: int = 0
    looked_at: dt.datetime | None = None
    next_due: dt.datetime | None = None
    current: int = 0


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks ``first`` to ``last`` (exclusive) of a comparison; ``is_folded``: unchanged, far from any change."""

    first: int
    last: int
    is_folded: bool


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What changed from version ``old`` to version ``new`` (their numbers), in the language of the article."""

    old: int
    new: int
    language: str
    direction: Direction
    comparison: Comparison
    stretches: tuple[Stretch, ...]
    image_changed: bool
    published: tuple[dt.datetime | None, dt.datetime | None]


class VersionsView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the page of an address's versions shows; ``total`` counts versions beyond those listed, too."""

    document: str
    source: str
    source_name: str
    country: str
    url: str
    headline: Headline
    versions: tuple[Version, ...]
    total: int
    standing: Standing
    change: Change | None


def versions_view(reader: Reader, config: Config, id_: str, old: str = "", new: str = "") -> VersionsView | None:
    """Return the versions of the address of document ``id_`` and what changed from ``old`` to ``new`` (document ids).

    Without them: from the version before the document to it, for the first one to the next. None if the store has no
    such document; raises ``BadInput`` if ``old`` or ``new`` is no version of this address.
    """
    rows = reader.rows([id_])
    if not rows:
        return None
    row = rows[0]
    told = tell(reader, row)
    history = reader.histories([row])[id_]
    ids = [one.row.id for one in told]
    numbers = [number_of(place, len(told), history.versions) for place in range(len(told))]
    reading = config.read.language
    return VersionsView(
        document=id_,
        source=row.source,
        source_name=source_name(config, row.source),
        country=row.country,
        url=row.url,
        headline=headline(row, reading),
        versions=tuple(_version(one, number, reading) for one, number in zip(told, numbers, strict=True)),
        total=history.versions,
        standing=_standing(history, dict(zip((one.row.capture for one in told), numbers, strict=True))),
        change=_change(reader, told, numbers, chosen(ids, id_, old, new)),
    )


def _standing(history: History, numbers: Mapping[str, int]) -> Standing:
    presence, since = presence_of(history)
    look = history.look
    if look is None:
        return Standing(presence=presence, since=since)
    return Standing(
        presence=presence,
        since=since,
        status=look.status,
        looks=look.count,
        looked_at=look.looked_at if look.count else None,
        next_due=look.next_due,
        current=numbers.get(look.capture, 0),
    )


def _version(one: Told, number: int, reading: str) -> Version:
    return Version(
        document=one.row.id,
        number=number,
        seen_at=one.row.seen_at,
        published_at=one.row.published_at,
        modified_at=one.modified_at,
        headline=headline(one.row, reading),
        words=one.row.words,
        how=one.how,
        why=one.why,
    )


def chosen(ids: Sequence[str], id_: str, old: str, new: str) -> tuple[int, int] | None:
    """Return the places of the two versions to compare, None if there is only one; raises ``BadInput``."""
    for name, value in (("from", old), ("to", new)):
        if value and value not in ids:
            raise BadInput(f"{name}: {value[:40]!r} is not a version of this address.")
    if len(ids) < 2:
        return None
    place, last = ids.index(id_) if id_ in ids else len(ids) - 1, len(ids) - 1
    if old:
        left = ids.index(old)
        return left, ids.index(new) if new else min(max(place, left + 1), last)
    right = ids.index(new) if new else max(place, 1)
    return max(right - 1, 0), right


def _change(
    reader: Reader, told: Sequence[Told], numbers: Sequence[int], places: tuple[int, int] | None
) -> Change | None:
    if places is None:
        return None
    rows = [told[place].row for place in places]
    documents = {document.id: document for document in reader.documents([row.id for row in rows])}
    if any(row.id not in documents for row in rows):
        return None
    old, new = (documents[row.id] for row in rows)
    comparison = compare(side_of(old), side_of(new))
    return Change(
        old=numbers[places[0]],
        new=numbers[places[1]],
        language=language_of(new).code,
        direction=direction(language_of(new).script),
        comparison=comparison,
        stretches=stretches(comparison.blocks),
        image_changed=old.image != new.image,
        published=(old.published_at, new.published_at),
    )


def side_of(document: Document) -> Side:
    """Return a document as one side of a comparison, with the names that were found in its text."""
    found = [mention for mention in mentions_of(document).items if mention.anchor.of == "text"]
    names = sorted((m.anchor.start, m.anchor.end, m.kind) for m in found)
    return Side(title=document.title, text=document.text, names=tuple(names))


def stretches(blocks: Sequence[Block]) -> tuple[Stretch, ...]:
    """Return the blocks in stretches: unchanged ones that are ``FOLDED`` or more in a row are folded."""
    near = {at + step for at, block in enumerate(blocks) if block.kind != "same" for step in (-1, 0, 1)}
    made: list[Stretch] = []
    start = 0
    for at in range(1, len(blocks) + 1):
        if at < len(blocks) and (at in near) == (start in near):
            continue
        made.append(Stretch(first=start, last=at, is_folded=start not in near and at - start >= FOLDED))
        start = at
    return tuple(made)
