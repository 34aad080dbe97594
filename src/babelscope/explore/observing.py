"""From the past of sources to what is observed of each of them now."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

import msgspec

from babelscope.explore.expectation import FEWEST_DAYS, Expectation
from babelscope.explore.fates import tell
from babelscope.explore.past import (
    LATELY,
    RECENT,
    Days,
    Past,
    expectation_of,
    is_listened,
    last_taken,
    named,
    read_past,
    was_heard,
)
from babelscope.explore.symptoms import FEWEST, REFUSING, Observed, Share
from babelscope.flow.config import Config
from babelscope.model import Source
from babelscope.store.reader import Reader

BENIGN = frozenset({"already-seen", "not-modified", "unchanged", "busy"})
FEW_COPIES = 3
"""The same page under more addresses than this is no article that was published twice."""
USUAL_LANGUAGE = 0.02


def observe(reader: Reader, config: Config, now: dt.datetime) -> list[Observed]:
    """Return how every source stands ``now``, configured or known from before."""
    past = read_past(reader, now)
    known = {source.id: source for source in config.source}
    dropped = _dropped_listens(reader, known)
    repeated = _repeated(reader, now)
    edited = {id_ for id_, days in past.days.items() if any("look-changed" in counts for counts in days.values())}
    found = []
    for id_ in sorted({*known, *past.visits, *dropped}):
        seen = msgspec.structs.replace(_observed(past, known.get(id_), id_), dropped_listens=dropped.get(id_, ()))
        found.append(_with_more(reader, seen, id_ in edited, repeated.get(id_)))
    return found


def _observed(past: Past, source: Source | None, id_: str) -> Observed:
    today = past.now.astimezone(dt.UTC).date()
    settled_until = today - dt.timedelta(days=RECENT)
    days, before = past.days.get(id_, {}), past.before.get(id_, {})
    visits = tuple(
        visit for visit in past.visits.get(id_, ()) if source is None or is_listened(visit, source, past.now)
    )
    recent = _recent(days, today)
    settled = expectation_of(past, source, id_, settled_until)
    last_at = _last_article(past, id_)  # the silence since then must not be learned as usual
    return Observed(
        source=id_,
        now=past.now,
        configured=source is not None,
        expectation=_judgeable(expectation_of(past, source, id_, min(last_at.date(), today) if last_at else today)),
        settled=settled,
        answered_at=max((visit.checked_at for visit in visits if not visit.error), default=None),
        last_at=last_at,
        heard_since=_first_heard(days),
        fewer=_last_whole_days(days, settled, today),
        visits=visits,
        blocked=_refused_share(recent, before, wanted=True),
        refused=_refused_share(recent, before, wanted=False),
        empty=_empty_share(recent, before),
        foreign=_foreign_share(recent, past.languages.get(id_, before)),
    )


def _judgeable(expectation: Expectation) -> Expectation:
    """Return what is too short known to judge a silence as unknown."""
    is_enough = expectation.known >= FEWEST_DAYS or expectation.basis == "stated"
    return expectation if is_enough else Expectation()


def _last_article(past: Past, id_: str) -> dt.datetime | None:
    """Return the end of the latest hour in which a new article came."""
    hour = last_taken(past, id_)
    return min(hour + dt.timedelta(hours=1), past.now) if hour else None


def _first_heard(days: Days) -> dt.datetime | None:
    """Return the beginning of the day after the first one on which the source answered."""
    first = min((day for day, counts in days.items() if was_heard(counts)), default=None)
    return dt.datetime.fromisoformat(f"{first}T00:00:00+00:00") + dt.timedelta(days=1) if first else None


def _last_whole_days(days: Days, settled: Expectation, today: dt.date) -> tuple[int, float] | None:
    """Return the articles of the three days before today and the mean days in them; None unless all were heard."""
    three = [today - dt.timedelta(days=number) for number in range(1, RECENT + 1)]
    own = [days.get(day.isoformat(), {}) for day in three]
    if not all(was_heard(counts) for counts in own):
        return None
    return sum(counts.get("taken", 0) for counts in own), sum(settled.weekday[day.weekday()] for day in three)


def _recent(days: Days, today: dt.date) -> Counter[str]:
    """Return the counts of today, and of the two days before as far as they are needed to see ``FEWEST`` outcomes."""
    found: Counter[str] = Counter()
    for number in range(RECENT):
        found.update(days.get((today - dt.timedelta(days=number)).isoformat(), {}))
        if min(_outcomes(found), _pages(found)) >= FEWEST:
            break
    return found


def _refusals(counts: Mapping[str, int]) -> dict[str, int]:
    return {reason: count for reason, count in named(counts, "refused:").items() if reason not in BENIGN}


def _outcomes(counts: Mapping[str, int]) -> int:
    return counts.get("taken", 0) + sum(_refusals(counts).values())


def _dropped(counts: Mapping[str, int]) -> int:
    return sum(n for reason, n in named(counts, "dropped:").items() if reason != "unchanged")


def _pages(counts: Mapping[str, int]) -> int:
    return counts.get("kept", 0) + _dropped(counts)


def _refused_share(recent: Mapping[str, int], before: Mapping[str, int], wanted: bool) -> Share:
    """Return the share of what could not be taken: because the site refuses us (``wanted``), or for other reasons."""
    part = {reason: n for reason, n in _refusals(recent).items() if (reason in REFUSING) == wanted}
    past = sum(n for reason, n in _refusals(before).items() if (reason in REFUSING) == wanted)
    most = sorted(part.items(), key=lambda pair: -pair[1])[:3]
    what = "not taken (" + ", ".join(f"{reason} {n}" for reason, n in most) + ")"
    return Share(sum(part.values()), _outcomes(recent), past, _outcomes(before), what)


def _empty_share(recent: Mapping[str, int], before: Mapping[str, int]) -> Share:
    what = "pages that answered but hold no article"
    return Share(_dropped(recent), _pages(recent), _dropped(before), _pages(before), what)


def _foreign_share(recent: Mapping[str, int], before: Mapping[str, int]) -> Share:
    """Return the share of the most frequent language that was not usual before."""
    now, then = _languages(recent), _languages(before)
    known = sum(then.values())
    if known < 4 * FEWEST:  # nothing is usual yet
        return Share(0, sum(now.values()), 0, known)
    new = {code: n for code, n in now.items() if then.get(code, 0) < USUAL_LANGUAGE * known}
    code = max(new, key=lambda one: (new[one], one), default="")
    return Share(new.get(code, 0), sum(now.values()), then.get(code, 0), known, f"in {code}" if code else "")


def _languages(counts: Mapping[str, int]) -> dict[str, int]:
    return {code: n for code, n in named(counts, "language:").items() if code not in ("", "und", "zxx", "mul")}


class _Repeated(msgspec.Struct, frozen=True):
    documents: int
    alike: int
    title: str
    twice: int


def _repeated(reader: Reader, now: dt.datetime) -> dict[str, _Repeated]:
    found: dict[str, list[tuple[int, str]]] = {}
    for one in reader.monitor.repetitions(now - LATELY):
        found.setdefault(one.source, []).append((one.addresses, one.title))
    many = reader.monitor.recent_addresses(now - LATELY, found)
    return {
        source: _Repeated(many.get(source, 0), *max(pairs), sum(count - 1 for count, _ in pairs if count <= FEW_COPIES))
        for source, pairs in found.items()
    }


def _with_more(reader: Reader, seen: Observed, edited: bool, repeated: _Repeated | None) -> Observed:
    changes: dict[str, object] = {}
    if edited:
        changes["edited"] = silently_edited(reader, seen.source, seen.now)
    if repeated is not None:
        changes.update(documents=repeated.documents, alike=repeated.alike, alike_title=repeated.title[:120])
        changes.update(twice=repeated.twice)
    return msgspec.structs.replace(seen, **changes) if changes else seen


def silently_edited(reader: Reader, source: str, now: dt.datetime) -> tuple[str, ...]:
    """Return the titles of articles of ``source`` that were lately changed without a word about it."""
    rows = reader.rows(reader.monitor.edited(source, now - LATELY))
    edits = (one for row in rows for one in tell(reader, row) if one.row.id == row.id)
    return tuple(dict.fromkeys(f"“{one.row.title[:100]}”" for one in edits if one.how == "silently"))


def _dropped_listens(reader: Reader, known: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    """Return source → addresses that the configuration before listened to and this one does not."""
    monitor = reader.monitor
    earlier = monitor.earlier_listens(monitor.latest_config())
    dropped: dict[str, tuple[str, ...]] = {}
    for id_, urls in earlier.items():
        source = known.get(id_)
        now = {listen.url for listen in source.listens} if source else set()
        if source is None or set(urls) - now:
            dropped[id_] = tuple(url for url in urls if url not in now)
    return dropped
