"""Questions about stories → views: the front page and one story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from babelscope.explore.blindspots import blind_days, marked
from babelscope.explore.naming import country_name, language_name
from babelscope.explore.rank import Rank, independent_sources, rank, upper_bound
from babelscope.explore.timeline import per_day
from babelscope.explore.views import Count, Day, Headline, Words, best_row, headline, lead_words, tally
from babelscope.flow.config import Config
from babelscope.store.reader import Reader
from babelscope.store.rows import DocumentRow, GroupRow

WINDOW_DAYS = 30
CANDIDATES = 600
SPARK_DAYS = 7
DUPLICATES, STORIES = "duplicates", "stories"


class StoryCard(msgspec.Struct, frozen=True, kw_only=True):
    """A story on the front page."""

    id: str
    headline: Headline
    lead: Words
    documents: int
    copies: int
    sources: int
    languages: tuple[str, ...]
    countries: tuple[str, ...]
    began: dt.datetime
    latest: dt.datetime
    days: tuple[Day, ...]
    rank: Rank


class FrontQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What the front page may be asked: one language, one country, a page (from 1) of ``size`` stories."""

    language: str = ""
    country: str = ""
    page: int = 1
    size: int = 20


class FrontPage(msgspec.Struct, frozen=True, kw_only=True):
    """Ranked stories with the choices that narrow them; ``considered`` of ``stories`` were ranked exactly."""

    question: FrontQuestion
    stories: tuple[StoryCard, ...]
    total: int
    considered: int
    pages: int
    languages: tuple[Count, ...]
    countries: tuple[Count, ...]
    newest: dt.datetime | None


class _Story(NamedTuple):
    group: GroupRow
    rows: list[DocumentRow]
    independent: int
    families: int


def front_page(reader: Reader, config: Config, question: FrontQuestion, now: dt.datetime) -> FrontPage:
    """Return one page of stories that had a document in the ``WINDOW_DAYS`` before ``now`` (else of all), best first.

    Only the ``CANDIDATES`` stories with the highest possible rank are ranked exactly (``rank.upper_bound``).
    """
    groups = reader.groups(STORIES, now - dt.timedelta(days=WINDOW_DAYS)) or reader.groups(STORIES, None)
    if not groups:
        return _empty(question)
    newest = max(group.latest for group in groups)
    ordered = sorted(groups, key=lambda g: (-upper_bound(len(g.documents), g.latest, newest), g.group))
    stories = _load(reader, config, ordered[:CANDIDATES])
    chosen = [story for story in stories if _fits(story.rows, question)]
    ranked = sorted(chosen, key=lambda s: _order(s, newest))
    first = (question.page - 1) * question.size
    cards = _seen(reader, [_card(story, config, newest) for story in ranked[first : first + question.size]])
    reading = config.read.language
    languages = tally(code for story in stories for code in {row.language for row in story.rows})
    countries = tally(code for story in stories for code in {row.country for row in story.rows})
    return FrontPage(
        question=question,
        stories=cards,
        total=len(ranked),
        considered=len(stories),
        pages=-(-len(ranked) // question.size),
        languages=tuple(Count(value=c, label=language_name(c, reading), count=n) for c, n in languages),
        countries=tuple(Count(value=c, label=country_name(c, reading), count=n) for c, n in countries),
        newest=newest,
    )


def _empty(question: FrontQuestion) -> FrontPage:
    return FrontPage(
        question=question, stories=(), total=0, considered=0, pages=0, languages=(), countries=(), newest=None
    )


def _load(reader: Reader, config: Config, groups: Sequence[GroupRow]) -> list[_Story]:
    ids = [document for group in groups for document in group.documents]
    rows = {row.id: row for row in reader.rows(ids)}
    families = {document: m.group for document, m in reader.memberships(DUPLICATES, ids).items()}
    owners = owners_of(config)
    loaded = []
    for group in groups:
        own = [rows[document] for document in group.documents if document in rows]
        if own:
            pairs = [(families.get(row.id, row.id), owners.get(row.source, row.source)) for row in own]
            loaded.append(_Story(group, own, independent_sources(pairs), len({family for family, _ in pairs})))
    return loaded


def owners_of(config: Config) -> Mapping[str, str]:
    """Return source → owner; a source without a known owner owns itself."""
    return {source.id: f"owner:{source.owner.casefold()}" if source.owner else source.id for source in config.source}


def _fits(rows: Sequence[DocumentRow], question: FrontQuestion) -> bool:
    return (not question.language or any(row.language == question.language for row in rows)) and (
        not question.country or any(row.country == question.country for row in rows)
    )


def _order(story: _Story, newest: dt.datetime) -> tuple[float, float, str]:
    return (-_rank(story, newest).score, -story.group.latest.timestamp(), story.group.group)


def _rank(story: _Story, newest: dt.datetime) -> Rank:
    return rank(story.independent, len({row.language for row in story.rows}), story.group.latest, newest)


def _card(story: _Story, config: Config, newest: dt.datetime) -> StoryCard:
    rows = story.rows
    reading = config.read.language
    best = best_row(rows, reading)
    return StoryCard(
        id=story.group.group,
        headline=headline(best, reading),
        lead=lead_words(best, reading),
        documents=len(rows),
        copies=max(len({(row.source, row.url) for row in rows}) - story.families, 0),
        sources=len({row.source for row in rows}),
        languages=tuple(code for code, _ in tally(row.language for row in rows)),
        countries=tuple(code for code, _ in tally(row.country for row in rows)),
        began=min(row.time for row in rows),
        latest=max(row.time for row in rows),
        days=per_day([row.time for row in rows], SPARK_DAYS),
        rank=_rank(story, newest),
    )


def _seen(reader: Reader, cards: Sequence[StoryCard]) -> tuple[StoryCard, ...]:
    """Return ``cards`` with the days marked on which we could not look."""
    days = [day.date for card in cards for day in card.days]
    if not days:
        return tuple(cards)
    blind = blind_days(reader, dt.date.fromisoformat(min(days)), dt.date.fromisoformat(max(days)))
    return tuple(msgspec.structs.replace(card, days=marked(card.days, blind)) for card in cards)


def story_card(reader: Reader, config: Config, group: GroupRow, newest: dt.datetime) -> StoryCard | None:
    """Return the card of one story, or None if none of its documents is left."""
    loaded = _load(reader, config, [group])
    return _seen(reader, [_card(loaded[0], config, newest)])[0] if loaded else None
