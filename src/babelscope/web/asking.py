"""Query strings ↔ questions: what a form sends is read strictly and said back in words when it is wrong."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlencode

import msgspec
from starlette.datastructures import QueryParams

from babelscope.explore.aligned import Side
from babelscope.explore.conditions import ORDER
from babelscope.explore.search import Question
from babelscope.explore.sources import SourcesQuestion
from babelscope.explore.stories import FrontQuestion
from babelscope.flow.checks import SOURCE_ID
from babelscope.flow.errors import BadInput

MAX_VALUES = 20
MAX_VALUE_CHARS = 200
MAX_PAGE = 10_000
MAX_SIZE = 100
ID_PATTERN = "^[0-9a-f]{32}$"
SENTENCE_PATTERN = "^(?:ti|te)[0-9]{1,9}$"
SOURCE_ID_PATTERN = f"^{SOURCE_ID}$"
CONDITIONS = ("trouble", *ORDER)


def read_question(params: QueryParams, size: int) -> Question:
    """Return the search question in ``params`` (q, since, until, language, country, source, entity, page, size).

    ``until`` is the last day, inclusive. Raises ``BadInput`` naming the field that is wrong.
    """
    until = _day(params, "until")
    return Question(
        text=params.get("q", ""),
        since=_day(params, "since"),
        until=until + dt.timedelta(days=1) if until else None,
        languages=_values(params, "language"),
        countries=_values(params, "country"),
        sources=_values(params, "source"),
        entities=_values(params, "entity"),
        page=_number(params, "page", 1, MAX_PAGE),
        size=_number(params, "size", size, MAX_SIZE),
    )


def read_front_question(params: QueryParams, size: int) -> FrontQuestion:
    """Return the front page's question in ``params`` (language, country, page, size); raises ``BadInput``."""
    return FrontQuestion(
        language=next(iter(_values(params, "language")), ""),
        country=next(iter(_values(params, "country")), ""),
        page=_number(params, "page", 1, MAX_PAGE),
        size=_number(params, "size", size, MAX_SIZE),
    )


def read_sources_question(params: QueryParams, size: int) -> SourcesQuestion:
    """Return which sources ``params`` ask for (condition, country, language, standing, q, page, size).

    Raises ``BadInput`` naming the field that is wrong.
    """
    condition = _one(params, "condition")
    if condition and condition not in CONDITIONS:
        raise BadInput(f"condition: {condition[:40]!r} is none of {', '.join(CONDITIONS)}.")
    return SourcesQuestion(
        condition=condition,
        country=_one(params, "country"),
        language=_one(params, "language"),
        standing=_one(params, "standing"),
        text=_one(params, "q"),
        page=_number(params, "page", 1, MAX_PAGE),
        size=_number(params, "size", size, MAX_SIZE),
    )


def read_versions(params: QueryParams) -> tuple[str, str]:
    """Return the two versions to compare that ``params`` (from, to) name, "" for one not named; raises ``BadInput``."""
    for name in ("from", "to"):
        value = params.get(name, "")
        if value and not is_id(value):
            raise BadInput(f"{name}: {value[:40]!r} is not the id of a document (32 hexadecimal digits).")
    return params.get("from", ""), params.get("to", "")


def read_page(params: QueryParams) -> int:
    """Return the page that ``params`` ask for, from 1; raises ``BadInput``."""
    return _number(params, "page", 1, MAX_PAGE)


def read_words(params: QueryParams) -> tuple[str, Side, tuple[int, int]]:
    """Return which words ``params`` (sentence, side, start, end) ask for; raises ``BadInput`` naming what is wrong."""
    sentence, side = params.get("sentence", ""), params.get("side", "original")
    if not re.match(SENTENCE_PATTERN, sentence):
        raise BadInput(f"sentence: {sentence[:20]!r} is not the key of a sentence (such as te120).")
    if side not in ("original", "reading"):
        raise BadInput(f"side: {side[:20]!r} is neither original nor reading.")
    places = [params.get(name, "") for name in ("start", "end")]
    if not all(place.isascii() and place.isdigit() and len(place) <= 9 for place in places):
        raise BadInput("start, end: two numbers of characters, counted in the sentence.")
    return sentence, "reading" if side == "reading" else "original", (int(places[0]), int(places[1]))


def is_id(value: str) -> bool:
    """Return whether ``value`` has the form of an id (32 hexadecimal digits)."""
    return bool(re.match(ID_PATTERN, value))


def is_source_id(value: str) -> bool:
    """Return whether ``value`` has the form of the id of a source."""
    return bool(re.match(SOURCE_ID_PATTERN, value))


def search_address(question: Question, **changes: object) -> str:
    """Return the address of ``question`` with ``changes``; a changed filter goes back to page 1."""
    if changes and "page" not in changes:
        changes["page"] = 1
    asked = msgspec.structs.replace(question, **changes)
    pairs: list[tuple[str, str]] = [("q", asked.text)] if asked.text else []
    if asked.since:
        pairs.append(("since", asked.since.date().isoformat()))
    if asked.until:
        pairs.append(("until", (asked.until - dt.timedelta(days=1)).date().isoformat()))
    for name, values in filters_of(asked).items():
        pairs += [(name, value) for value in values]
    if asked.page > 1:
        pairs.append(("page", str(asked.page)))
    return f"/search?{urlencode(pairs)}" if pairs else "/search"


def filters_of(question: Question) -> dict[str, tuple[str, ...]]:
    """Return the filters of ``question`` by the name of their field."""
    return {
        "language": question.languages,
        "country": question.countries,
        "source": question.sources,
        "entity": question.entities,
    }


def toggled(question: Question, name: str, value: str) -> str:
    """Return the address of ``question`` with ``value`` of filter ``name`` added, or taken off if it is there."""
    field = {"language": "languages", "country": "countries", "source": "sources", "entity": "entities"}[name]
    held = filters_of(question)[name]
    changed = tuple(v for v in held if v != value) if value in held else (*held, value)
    return search_address(question, **{field: changed})


def front_address(question: FrontQuestion, **changes: object) -> str:
    """Return the address of the front page's ``question`` with ``changes``; a changed filter goes to page 1."""
    if changes and "page" not in changes:
        changes["page"] = 1
    asked = msgspec.structs.replace(question, **changes)
    pairs = [(name, value) for name, value in (("language", asked.language), ("country", asked.country)) if value]
    if asked.page > 1:
        pairs.append(("page", str(asked.page)))
    return f"/?{urlencode(pairs)}" if pairs else "/"


def sources_address(question: SourcesQuestion, **changes: object) -> str:
    """Return the address of the list of sources for ``question`` with ``changes``; a changed filter goes to page 1."""
    if changes and "page" not in changes:
        changes["page"] = 1
    asked = msgspec.structs.replace(question, **changes)
    named = {name: getattr(asked, name) for name in ("condition", "country", "language", "standing")}
    pairs = [("q", asked.text)] if asked.text else []
    pairs += [(name, value) for name, value in named.items() if value]
    if asked.page > 1:
        pairs.append(("page", str(asked.page)))
    return f"/sources?{urlencode(pairs)}" if pairs else "/sources"


def _one(params: QueryParams, name: str) -> str:
    return next(iter(_values(params, name)), "")


def _values(params: QueryParams, name: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for value in params.getlist(name) if value))
    if len(values) > MAX_VALUES:
        raise BadInput(f"{name}: {len(values)} values; at most {MAX_VALUES} can be asked for at once.")
    if any(len(value) > MAX_VALUE_CHARS for value in values):
        raise BadInput(f"{name}: a value is longer than {MAX_VALUE_CHARS} characters.")
    return values


def _number(params: QueryParams, name: str, default: int, most: int) -> int:
    raw = params.get(name, "")
    if not raw:
        return default
    if not (raw.isascii() and raw.isdigit()) or len(raw) > 6 or not 1 <= int(raw) <= most:
        raise BadInput(f"{name}: {raw[:20]!r} is not a number from 1 to {most}.")
    return int(raw)


def _day(params: QueryParams, name: str) -> dt.datetime | None:
    raw = params.get(name, "")
    if not raw:
        return None
    try:
        day = dt.date.fromisoformat(raw)
        if not 1900 <= day.year <= 2200:  # the index counts nanoseconds in 64 bits: to 2262
            raise ValueError
    except ValueError:
        raise BadInput(f"{name}: {raw[:20]!r} is not a day; write it as 2026-11-24.") from None
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
