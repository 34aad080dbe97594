"""One story → its page: titles, copies, sources by country and language, places and organisations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from babelscope.explore.fates import Fate, fates
from babelscope.explore.naming import country_name, language_name
from babelscope.explore.stories import DUPLICATES, STORIES, StoryCard, story_card
from babelscope.explore.views import Count, Headline, headline
from babelscope.flow.config import Config
from babelscope.model import Document, Membership, Mentions
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow, GroupRow
from babelscope.store.shown import shown_name

READ_FOR_NAMES = 200
TOP_NAMES = 15


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a story, as its title reads; ``fate`` says whether it was edited or deleted."""

    document: str
    source: str
    source_name: str
    country: str
    language: str
    time: dt.datetime
    headline: Headline
    why: str = ""
    score: float = 1.0
    fate: Fate | None = None


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """Copies of one text: the earliest first, the others as its copies; other versions of the first are no copies."""

    first: Title
    copies: tuple[Title, ...]
    versions: tuple[Title, ...] = ()


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """How many sources of one country published in one language."""

    country: str
    country_label: str
    language: str
    language_label: str
    sources: int
    documents: int


class StoryView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a story's page shows. No person is listed or counted here (responsible use, P1 and P4)."""

    card: StoryCard
    families: tuple[Family, ...]
    coverage: tuple[Cell, ...]
    places: tuple[Count, ...]
    organisations: tuple[Count, ...]
    read_for_names: int


def story_view(reader: Reader, config: Config, story: str) -> StoryView | None:
    """Return the story ``story``, None if there is none; names come from at most ``READ_FOR_NAMES`` documents."""
    members = reader.group(STORIES, story)
    rows = sorted(reader.rows([m.document for m in members]), key=lambda row: (row.time, row.id))
    if not rows:
        return None
    group = GroupRow(group=story, documents=tuple(r.id for r in rows), first=rows[0].time, latest=rows[-1].time)
    card = story_card(reader, config, group, rows[-1].time)
    if card is None:
        return None
    families = _families(reader, config, rows, members)
    firsts = [family.first.document for family in families][:READ_FOR_NAMES]
    documents = reader.documents(firsts)
    return StoryView(
        card=card,
        families=families,
        coverage=coverage(rows, config.read.language),
        places=count_names(documents, "place"),
        organisations=count_names(documents, "organisation"),
        read_for_names=len(documents),
    )


def _families(
    reader: Reader, config: Config, rows: Sequence[DocumentRow], members: Iterable[Membership]
) -> tuple[Family, ...]:
    why = {member.document: member for member in members}
    copy = reader.memberships(DUPLICATES, [row.id for row in rows])
    names = {source.id: source.name for source in config.source}
    told = fates(reader, rows)
    address = {row.id: (row.source, row.url) for row in rows}
    grouped: dict[str, list[Title]] = {}
    for row in rows:
        title = Title(
            document=row.id,
            source=row.source,
            source_name=names.get(row.source, row.source),
            country=row.country,
            language=row.language,
            time=row.time,
            headline=headline(row, config.read.language),
            why=why[row.id].why if row.id in why else "",
            score=why[row.id].score if row.id in why else 1.0,
            fate=told.get(row.id),
        )
        grouped.setdefault(copy[row.id].group if row.id in copy else row.id, []).append(title)
    return tuple(_family(titles, address) for titles in grouped.values())


def _family(titles: Sequence[Title], address: Mapping[str, tuple[str, str]]) -> Family:
    first = titles[0]
    own = [title for title in titles[1:] if address[title.document] == address[first.document]]
    return Family(first=first, copies=tuple(t for t in titles[1:] if t not in own), versions=tuple(own))


def coverage(rows: Iterable[DocumentRow], reading: str) -> tuple[Cell, ...]:
    """Return sources and documents per country and language, most sources first."""
    cells: dict[tuple[str, str], list[DocumentRow]] = {}
    for row in rows:
        cells.setdefault((row.country, row.language), []).append(row)
    made = [
        Cell(
            country=country,
            country_label=country_name(country, reading),
            language=language,
            language_label=language_name(language, reading),
            sources=len({row.source for row in own}),
            documents=len(own),
        )
        for (country, language), own in cells.items()
    ]
    return tuple(sorted(made, key=lambda c: (-c.sources, -c.documents, c.country_label, c.language_label)))


def count_names(documents: Iterable[Document], kind: str) -> tuple[Count, ...]:
    """Return how many of ``documents`` name each place or organisation, most frequent first.

    One place is one gazetteer entry; an organisation is its English form, else its surface. ``kind`` "person" is
    refused with ``ValueError``: persons are never counted (responsible use, P1 and P4).
    """
    if kind not in {"place", "organisation"}:
        raise ValueError(f"only places and organisations are counted, not {kind!r}")
    labels: dict[str, str] = {}
    counts: dict[str, int] = {}
    for document in documents:
        layer = document.layers.get("mentions")
        found: set[str] = set()
        for mention in layer.items if isinstance(layer, Mentions) else ():
            if mention.kind == kind:
                label = shown_name(mention)
                key = mention.place.id if mention.place else label.casefold()
                labels.setdefault(key, label)
                found.add(key)
        for key in found:
            counts[key] = counts.get(key, 0) + 1
    order = sorted(counts, key=lambda key: (-counts[key], labels[key]))
    return tuple(Count(value=key, label=labels[key], count=counts[key]) for key in order[:TOP_NAMES])
