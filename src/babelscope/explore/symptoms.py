"""What is wrong with a source, judged from what was observed of it. Pure: the same observations, the same findings.

Every rule has a threshold to begin and a lower one to end (hysteresis), and compares a source with its own past, so
that what is usual for it is no alarm. Shares are judged by the exact binomial tail against the past share; one in a
million keeps a thousand sources, watched for a year, free of chance findings.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

from babelscope.explore.expectation import Expectation, chance_of_so_few, surprising, usual_days
from babelscope.explore.views import moment
from babelscope.flow.shapes import Visit
from babelscope.store.alarms import AlarmRow

Kind = Literal[
    "dead", "blocked", "soft-404", "silent", "language", "fewer", "refused", "failing", "moved", "repeated", "edited",
    "removed",
]  # fmt: skip
Level = Literal["alarm", "notice"]

ALARMS: frozenset[Kind] = frozenset({"dead", "blocked", "soft-404", "silent", "language"})
"""Kinds by which we miss what we should have, or have what we should not; all others are notices."""
MEANINGS: Mapping[Kind, str] = MappingProxyType(
    {
        "dead": "no listened address has answered for a day",
        "blocked": "we are refused (401, 402, 403, 429, 451, a login page or robots.txt), suddenly",
        "soft-404": "pages answer 200 but hold no article, or many addresses hold the same page",
        "silent": "its addresses answer, but no article for longer than its rhythm explains",
        "language": "it suddenly writes in a language that it did not write in before",
        "fewer": "less than two fifths of what is expected came in the last three days",
        "refused": "much of what it lists can suddenly not be taken, for another reason than a refusal of us",
        "failing": "a listened address fails, not for a day yet or beside others that answer",
        "moved": "a listened address says that it has moved for good",
        "repeated": "it publishes the same article under several addresses",
        "edited": "it changed articles after publication without saying so",
        "removed": "it was listened to, and is not in the configuration any more, or an address of it is not",
    }
)
HIDES: Mapping[Kind, frozenset[Kind]] = MappingProxyType(
    {
        "dead": frozenset({"failing", "silent", "fewer", "refused"}),
        "blocked": frozenset({"dead", "failing", "silent", "fewer", "refused"}),
        "soft-404": frozenset({"silent", "fewer", "repeated"}),
        "silent": frozenset({"fewer"}),
        "refused": frozenset({"fewer", "silent"}),
        "removed": frozenset({"dead", "failing", "silent", "fewer", "moved", "blocked"}),
    }
)
"""The cause is told, what follows from it is not."""
REFUSING = frozenset(
    {"status-401", "status-402", "status-403", "status-429", "status-451", "login", "robots", "bot-wall"}
)
"""Reasons by which a site says that it does not want us."""
DEAD_AFTER = dt.timedelta(hours=24)
REFUSED_POLLS = 3
"""Polls in a row that are refused until a source counts as blocked."""
FEWEST = 5
"""Things of one kind that must be seen before a share of them is judged."""
CHANCE = 1e-6
MOST_FEWER = 0.4
FEWER_ENDS = 0.6
TELLS = 5


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something is wrong with a source: what was expected and what was received (articles, unless ``detail`` says)."""

    kind: Kind
    detail: str
    expected: float = 0.0
    received: float = 0.0


class Share(msgspec.Struct, frozen=True):
    """``part`` of ``whole`` lately, and of what was before; ``what`` names the part."""

    part: int = 0
    whole: int = 0
    part_before: int = 0
    whole_before: int = 0
    what: str = ""


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """One source as it stands ``now``.

    ``answered_at``: the last answered poll; ``last_at``: the last new article; ``heard_since``: the first day.
    ``fewer``: articles of the last three whole days and the usual days in them, judged by ``settled``, learned before.
    ``alike`` of ``documents`` recent ones are one page under many addresses, ``twice`` second copies of an article.
    """

    source: str
    now: dt.datetime
    configured: bool = True
    expectation: Expectation = Expectation()
    settled: Expectation = Expectation()
    answered_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    heard_since: dt.datetime | None = None
    fewer: tuple[int, float] | None = None
    visits: tuple[Visit, ...] = ()
    dropped_listens: tuple[str, ...] = ()
    blocked: Share = Share()
    refused: Share = Share()
    empty: Share = Share()
    foreign: Share = Share()
    documents: int = 0
    alike: int = 0
    alike_title: str = ""
    twice: int = 0
    edited: tuple[str, ...] = ()


def findings(observed: Observed, open_alarms: Mapping[str, AlarmRow]) -> list[Finding]:
    """Return what is wrong now, causes only; ``open_alarms`` (kind → alarm) go on until they are clearly over."""
    rules = (_removed, _dead, _failing, _moved, _blocked, _refused, _soft_404, _silent, _fewer, _language)
    found = [finding for rule in (*rules, _repeated, _edited) if (finding := rule(observed, open_alarms)) is not None]
    hidden = {kind for one in found for kind in HIDES.get(one.kind, ())}
    return [one for one in found if one.kind not in hidden]


def _goes_on(kind: Kind, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    """Return an open alarm as it stands."""
    one = open_alarms.get(kind)
    if one is None:
        return None
    return Finding(kind=kind, detail=one.detail, expected=one.expected, received=one.received)


def _removed(seen: Observed, _: Mapping[str, AlarmRow]) -> Finding | None:
    if not seen.configured:
        return Finding(kind="removed", detail="not in the configuration any more: nothing more is collected")
    if seen.dropped_listens:
        return Finding(kind="removed", detail=f"no longer listened to: {_listed(seen.dropped_listens)}")
    return None


def _broken(seen: Observed) -> list[Visit]:
    return [visit for visit in seen.visits if visit.failures]


def _reason(visit: Visit) -> str:
    return visit.error.partition(":")[0]


def _dead(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    broken = _broken(seen)
    if not broken or len(broken) < len(seen.visits):
        return None
    if "dead" in open_alarms:
        return _goes_on("dead", open_alarms)
    since = open_alarms.get("failing") or open_alarms.get("blocked")
    if since is None or seen.now - since.raised_at < DEAD_AFTER:
        return None
    expected = seen.expectation.daily * usual_days(seen.expectation, since.raised_at, seen.now)
    detail = f"no answer since {moment(since.raised_at)}: {_errors(broken)}"
    return Finding(kind="dead", detail=detail, expected=round(expected, 1))


def _failing(seen: Observed, _: Mapping[str, AlarmRow]) -> Finding | None:
    broken = _broken(seen)
    if not broken:
        return None
    return Finding(kind="failing", detail=f"{len(broken)} of {len(seen.visits)} addresses: {_errors(broken)}")


def _moved(seen: Observed, _: Mapping[str, AlarmRow]) -> Finding | None:
    moved = [f"{visit.url} → {visit.moved}" for visit in seen.visits if visit.moved and visit.moved != visit.url]
    return Finding(kind="moved", detail=_listed(moved)) if moved else None


def _blocked(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    refusing = [visit for visit in _broken(seen) if _reason(visit) in REFUSING]
    if refusing and len(refusing) == len(seen.visits):
        if "blocked" in open_alarms:
            return _goes_on("blocked", open_alarms)
        if min(visit.failures for visit in refusing) >= REFUSED_POLLS:
            return Finding(kind="blocked", detail=f"its addresses refuse us: {_errors(refusing)}")
    answers_again = any(not visit.failures for visit in seen.visits) and not seen.blocked.part
    return None if answers_again else _sudden("blocked", seen.blocked, 0.2, open_alarms)


def _refused(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    return _sudden("refused", seen.refused, 0.5, open_alarms)


def _soft_404(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    if seen.alike >= FEWEST and seen.alike * 2 >= seen.documents:
        detail = f"{seen.alike} of {seen.documents} recent addresses hold the same page, “{seen.alike_title}”"
        return Finding(kind="soft-404", detail=detail, expected=seen.documents, received=seen.documents - seen.alike)
    return _sudden("soft-404", seen.empty, 0.3, open_alarms)


def _silent(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    opened = open_alarms.get("silent")
    if opened is not None:
        is_over = seen.last_at is not None and seen.last_at > opened.raised_at
        return None if is_over else _goes_on("silent", open_alarms)
    since = seen.last_at or seen.heard_since
    if since is None or seen.answered_at is None or seen.expectation.basis == "unknown":
        return None
    days = usual_days(seen.expectation, since, seen.answered_at)
    if chance_of_so_few(seen.expectation, days) >= surprising(seen.expectation):
        return None
    expected = seen.expectation.daily * days
    hours = (seen.answered_at - since).total_seconds() / 3600
    last = f"the last article came on {moment(since)}" if seen.last_at else "no article ever came"
    detail = f"expected {expected:.0f} in {hours:.0f} h, received 0; {last}"
    return Finding(kind="silent", detail=detail, expected=round(expected, 1))


def _fewer(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    if seen.fewer is None:
        return _goes_on("fewer", open_alarms)
    received, days = seen.fewer
    expected = seen.settled.daily * days
    if "fewer" in open_alarms:
        return _goes_on("fewer", open_alarms) if received < FEWER_ENDS * expected else None
    is_known = seen.settled.days >= 14 and received <= MOST_FEWER * expected
    if not is_known or chance_of_so_few(seen.settled, days, received) >= CHANCE:
        return None
    detail = f"expected {expected:.0f} in the last three days, received {received}"
    return Finding(kind="fewer", detail=detail, expected=round(expected, 1), received=received)


def _language(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    return _sudden("language", seen.foreign, 0.5, open_alarms)


def _repeated(seen: Observed, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    least = 0.1 if "repeated" in open_alarms else 0.25
    if seen.twice < (1 if "repeated" in open_alarms else FEWEST) or seen.twice < least * seen.documents:
        return None
    detail = f"{seen.twice} of {seen.documents} recent articles stand under another address of the source as well"
    expected = float(seen.documents - seen.twice)
    return Finding(kind="repeated", detail=detail, expected=expected, received=float(seen.documents))


def _edited(seen: Observed, _: Mapping[str, AlarmRow]) -> Finding | None:
    if not seen.edited:
        return None
    many = f"{len(seen.edited)} articles" if len(seen.edited) > 1 else "an article"
    detail = f"{many} changed without a word in the last two days: {_listed(seen.edited, '; ')}"
    return Finding(kind="edited", detail=detail, received=float(len(seen.edited)))


def _sudden(kind: Kind, share: Share, least: float, open_alarms: Mapping[str, AlarmRow]) -> Finding | None:
    """Return a finding if the share of something is suddenly high; an open one ends below a quarter of ``least``."""
    if kind in open_alarms:
        is_over = share.whole >= FEWEST and share.part < least / 4 * share.whole
        return None if is_over else _goes_on(kind, open_alarms)
    usual = (share.part_before + 1) / (share.whole_before + 20)
    if share.part < FEWEST or share.part < least * share.whole:
        return None
    if tail(share.part, share.whole, min(usual, 0.99)) >= CHANCE:
        return None
    before = f"{share.part_before} of {share.whole_before} before" if share.whole_before else "nothing is known before"
    detail = f"{share.part} of {share.whole} recent ones: {share.what} ({before})"
    return Finding(kind=kind, detail=detail, expected=float(share.whole), received=float(share.whole - share.part))


def tail(part: int, whole: int, chance: float) -> float:
    """Return the probability of at least ``part`` of ``whole`` when each has ``chance`` (binomial, exact)."""
    if part <= 0:
        return 1.0
    logs = (
        math.lgamma(whole + 1)
        - math.lgamma(many + 1)
        - math.lgamma(whole - many + 1)
        + many * math.log(chance)
        + (whole - many) * math.log1p(-chance)
        for many in range(part, whole + 1)
    )
    return min(sum(math.exp(value) for value in logs), 1.0)


def _errors(visits: Sequence[Visit]) -> str:
    return _listed([f"{visit.url} ({visit.error})" for visit in visits], "; ")


def _listed(values: Sequence[str], between: str = ", ") -> str:
    shown = between.join(value[:200] for value in values[:TELLS])
    return shown if len(values) <= TELLS else f"{shown} and {len(values) - TELLS} more"
