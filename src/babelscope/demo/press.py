"""The fictional press of the demonstration: outlets, articles, and what is known to be true of them.

The files under ``press/`` (their format is in ``press/FORMAT.md``) were written for this project: every outlet,
person and company is invented; only countries and cities are real.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import importlib.resources
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar

Standing = Literal["state", "public", "private", "party", "community"]
FeedFormat = Literal["rss", "atom", "json", "rdf"]
Layout = Literal["a", "b", "c", "d"]
Kind = Literal["news", "opinion", "wire", "interview"]
Stance = Literal["asserted", "reported", "alleged", "denied", "opinion"]
Edition = Literal[1, 2]

BEFORE = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
"""A time before every article: when an outlet's site was last changed that has published nothing."""

GOLD_FILES = ("gold.toml", "gold-2.toml", "gold-3.toml")

_T = TypeVar("_T")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outlet:
    """A fictional outlet. ``country`` is ISO 3166-1 alpha-2, ``languages`` are ISO 639-1, the main one first.

    ``charset`` is what the pages' bytes are really written in, whatever the pages declare (see ``quirks``).
    """

    id: str
    name: str
    host: str
    country: str
    languages: tuple[str, ...]
    standing: Standing
    owner: str
    city: str
    feed: FeedFormat
    template: Layout
    charset: str = "utf-8"
    quirks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Edit:
    """The second version of an article: when it appeared, and what it replaced ("" leaves the first version's)."""

    at: dt.datetime
    title: str = ""
    body: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Article:
    """One article of an outlet; ``slug`` is unique in the outlet, ``story`` is "" for an item of no story.

    ``copy_of`` is the "outlet/slug" of the wire text it reprints; ``robots`` is "disallow" where the site's
    robots.txt forbids the page. ``updated`` is ``None`` until the second version is on the site.
    """

    outlet: str
    slug: str
    language: str
    kind: Kind
    published: dt.datetime
    section: str
    title: str
    summary: str
    body: str
    story: str = ""
    authors: tuple[str, ...] = ()
    copy_of: str = ""
    dateline: str = ""
    agency: str = ""
    robots: Literal["", "disallow"] = ""
    edited: Edit | None = None
    updated: dt.datetime | None = None

    @property
    def key(self) -> str:
        """The article's name in the gold files: ``outlet/slug``."""
        return f"{self.outlet}/{self.slug}"

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs of the body, in order."""
        return tuple(part.strip() for part in re.split(r"\n\s*\n", self.body) if part.strip())

    @property
    def changed(self) -> dt.datetime:
        """When the text as it stands appeared: the update if there was one, else the publication."""
        return self.updated or self.published

    def at(self, edition: Edition) -> Article:
        """Return the article as it reads in ``edition``: 1 is as first published, 2 has the edits."""
        if edition == 1 or self.edited is None:
            return self
        edit = self.edited
        return dataclasses.replace(self, title=edit.title or self.title, body=edit.body or self.body, updated=edit.at)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Story:
    """An event and the articles about it, in whatever language; ``what`` says in English what happened."""

    id: str
    what: str
    articles: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Family:
    """Articles that are copies of one text."""

    id: str
    articles: tuple[str, ...]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Place:
    """A place as the article writes it (``surface``), with its English name and its country (ISO 3166-1 alpha-2)."""

    article: str
    surface: str
    name: str
    country: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Organisation:
    """An organisation as the article writes it (``surface``), with its English name."""

    article: str
    surface: str
    name: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tie:
    """A relation that the passage ``quote`` of the body states, in English, and who vouches for it.

    ``attribution`` is who says so, "" for the outlet itself.
    """

    article: str
    subject: str
    predicate: str
    object: str
    quote: str
    stance: Stance
    attribution: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Gold:
    """What is known to be true of the press; the measure of what the program finds in it."""

    stories: tuple[Story, ...] = ()
    families: tuple[Family, ...] = ()
    places: tuple[Place, ...] = ()
    organisations: tuple[Organisation, ...] = ()
    ties: tuple[Tie, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Press:
    """All outlets with their articles, in the files' order, and the gold."""

    outlets: tuple[Outlet, ...]
    articles: tuple[Article, ...]
    gold: Gold = Gold()

    def at_host(self, host: str) -> Outlet | None:
        """Return the outlet whose site is at ``host`` (any case, with or without a port), or ``None``."""
        name = host.lower().partition(":")[0]
        return next((outlet for outlet in self.outlets if outlet.host == name), None)

    def of(self, outlet: Outlet, edition: Edition = 1) -> tuple[Article, ...]:
        """Return the outlet's articles as they read in ``edition``, newest publication first."""
        mine = (article.at(edition) for article in self.articles if article.outlet == outlet.id)
        return tuple(sorted(mine, key=lambda article: (-article.published.timestamp(), article.slug)))

    def article(self, key: str) -> Article:
        """Return the article named ``outlet/slug``; raises ``KeyError`` if there is none."""
        for article in self.articles:
            if article.key == key:
                return article
        raise KeyError(key)


def load_press(folder: Traversable | None = None) -> Press:
    """Read the press from ``folder`` (default: the files of this package); an outlet without a file is silent.

    Raises ``ValueError``, naming the file and the entry, where a file does not keep to the format.
    """
    return _packaged() if folder is None else _read_press(folder)


@functools.cache
def _packaged() -> Press:
    return _read_press(importlib.resources.files("babelscope.demo").joinpath("press"))


def _read_press(folder: Traversable) -> Press:
    outlets = tuple(_tables(folder.joinpath("outlets.toml"), "outlet", Outlet))
    articles: list[Article] = []
    for outlet in outlets:
        file = folder.joinpath("articles").joinpath(f"{outlet.id}.toml")
        if file.is_file():
            articles.extend(_tables(file, "article", Article, outlet=outlet.id))
    keys = [article.key for article in articles]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"articles named twice: {', '.join(sorted(twice))}")
    return Press(outlets=outlets, articles=tuple(articles), gold=_read_gold(folder))


def _read_gold(folder: Traversable) -> Gold:
    files = [folder.joinpath(name) for name in GOLD_FILES]
    return Gold(
        stories=tuple(row for file in files for row in _tables(file, "story", Story)),
        families=tuple(row for file in files for row in _tables(file, "family", Family)),
        places=tuple(row for file in files for row in _tables(file, "place", Place)),
        organisations=tuple(row for file in files for row in _tables(file, "organisation", Organisation)),
        ties=tuple(row for file in files for row in _tables(file, "tie", Tie)),
    )


def _tables(file: Traversable, name: str, kind: type[_T], **more: str) -> Iterator[_T]:
    """Yield every ``[[name]]`` table of a TOML file as a ``kind``."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8")).get(name, [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{file.name}: {error}") from error
    for number, row in enumerate(rows, 1):
        try:
            yield kind(**_values(row), **more)
        except (TypeError, ValueError) as error:
            raise ValueError(f"{file.name}: {name} {number} ({row.get('slug', '')}): {error}") from error


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a TOML table's values as the dataclasses hold them: tuples, times with an offset, ``Edit``."""
    values: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, list):
            values[key] = tuple(value)
        elif key in ("published", "at"):
            values[key] = _time(value)
        elif isinstance(value, dict):
            values[key] = Edit(**_values(value))
        else:
            values[key] = value
    return values


def _time(value: str | dt.datetime) -> dt.datetime:
    time = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    if time.tzinfo is None:
        raise ValueError(f"the time {value} has no offset")
    return time
