"""How much a source may be expected to publish, learned from its own days, and how surprising it is to hear so little.

Level: the mean of the last ``WINDOW`` days on which it was listened to, each day capped at three robust standard
deviations above the median (median absolute deviation; Rousseeuw & Croux 1993), so that one burst teaches nothing.
Spread: counts of news are more spread than Poisson's, so the model is quasi-Poisson with a dispersion learned from the
residuals (Farrington et al. 1996, A statistical algorithm for the early detection of outbreaks of infectious disease).
Short history: the rate is not known but gamma distributed, so the counts to come are negative-binomial (Gelman et al.,
Bayesian Data Analysis, 2.6): after three days much more silence is needed than after thirty. Threshold: chosen by the
mean time between false alarms (average run length; Montgomery, Statistical Quality Control), one in ``FALSE_YEARS``
years for each source, however often it publishes and however often we ask.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Sequence
from typing import Literal

import msgspec

WINDOW = 42
"""Days that are learned from, the latest ones."""
FALSE_YEARS = 100.0
"""Years in which one false alarm of silence is accepted for one source."""
LEARNING_DAYS = 7
"""Known days below which what is expected is said to be still learned; below ``FEWEST_DAYS`` silence is not judged."""
FEWEST_DAYS = 3
RHYTHM_DAYS = 21
"""Known days from which on weekdays are told apart."""
PRIOR_DAYS = 3.0
"""What ``Source.expects`` weighs, in days."""
_SPREAD, _SPREAD_DAYS = 1.5, 7.0
"""Variance over mean that is supposed of an unknown small source, and what that weighs in days."""
_UNEVEN = 0.05
"""What is added to it for each article a day: days that differ by a fifth are ordinary."""
_REST = 0.35
"""Share of a usual day that is supposed of a weekday never seen: a first weekend must not look like a fault."""
_WEEKDAY_WEIGHT = 8.0
_HOUR_WEIGHT = 6.0
_HOUR = dt.timedelta(hours=1)
_LEAST_DAILY = 0.05

Basis = Literal["unknown", "stated", "learning", "learned"]


class DayVolume(msgspec.Struct, frozen=True):
    """One UTC day of a source: ``taken`` articles; ``heard`` if a listened address answered on it."""

    day: dt.date
    taken: int
    heard: bool = True


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is expected to publish.

    ``daily``: articles on a usual day; ``weekday`` (Monday first): factors of it; ``hours``: share of a day's articles
    in each UTC hour, sum 1; ``spread``: variance over mean (1 is Poisson); ``articles`` in ``days`` usual days, of
    ``known`` days of the calendar, are what it rests on. ``basis``: unknown (nothing at all), stated (by the source's
    ``expects`` alone), learning, learned.
    """

    daily: float = 0.0
    weekday: tuple[float, ...] = (1.0,) * 7
    hours: tuple[float, ...] = (1 / 24,) * 24
    spread: float = _SPREAD
    articles: float = 0.0
    days: float = 0.0
    known: int = 0
    basis: Basis = "unknown"

    @property
    def mean(self) -> float:
        """Articles a day over a whole week."""
        return self.daily * sum(self.weekday) / 7


def learn(history: Sequence[DayVolume], hours: Sequence[int] = (), expects: float = 0.0) -> Expectation:
    """Return what ``history`` (whole days, one each, in any order) teaches; days not ``heard`` teach nothing.

    The first day ever heard is left out: on it everything that a feed still lists comes at once. ``hours``: articles
    by UTC hour over about the same days; ``expects``: articles a day as stated, weighs ``PRIOR_DAYS`` days.
    """
    heard = sorted((one for one in history if one.heard), key=lambda one: one.day)[1:][-WINDOW:]
    stated = PRIOR_DAYS if expects > 0 else 0.0
    if not heard and not stated:
        return Expectation()
    counts = _capped([one.taken for one in heard])
    weekdays = [one.day.weekday() for one in heard]
    factors = _weekday_factors(counts, weekdays)
    exposure = sum(factors[day] for day in weekdays) + stated
    articles = sum(counts) + expects * stated + 0.5
    daily = articles / max(exposure, 0.5)
    means = [max(daily * factors[day], 1e-9) for day in weekdays]
    residuals = sum((count - mean) ** 2 / mean for count, mean in zip(counts, means, strict=True))
    spread = ((_SPREAD + _UNEVEN * daily) * _SPREAD_DAYS + residuals) / (_SPREAD_DAYS + len(heard))
    return Expectation(
        daily=daily,
        weekday=factors,
        hours=_hour_shares(hours),
        spread=max(spread, 1.0),
        articles=articles,
        days=exposure,
        known=len(heard),
        basis=_basis(len(heard), stated),
    )


def _basis(days: int, stated: float) -> Basis:
    if days < LEARNING_DAYS:
        return "stated" if stated and days < FEWEST_DAYS else "learning"
    return "learned"


def _capped(counts: Sequence[int]) -> list[float]:
    if not counts:
        return []
    median = statistics.median(counts)
    deviation = 1.4826 * statistics.median(abs(count - median) for count in counts)
    cap = median + 3 * max(deviation, math.sqrt(median) + 1)
    return [min(float(count), cap) for count in counts]


def _weekday_factors(counts: Sequence[float], weekdays: Sequence[int]) -> tuple[float, ...]:
    """Return a factor for each weekday: shrunk towards 1 once all are known, before that on the side of patience."""
    mean = sum(counts) / len(counts) if counts else 0.0
    if mean <= 0:
        return (1.0,) * 7
    own = [[count for count, day in zip(counts, weekdays, strict=True) if day == number] for number in range(7)]
    if len(counts) >= RHYTHM_DAYS:
        raw = [(sum(some) + _WEEKDAY_WEIGHT) / (mean * len(some) + _WEEKDAY_WEIGHT) for some in own]
        return tuple(value * 7 / sum(raw) for value in raw)
    half = mean / 2
    return tuple(min((sum(some) + half * _REST) / (mean * len(some) + half), 1.0) for some in own)


def _hour_shares(hours: Sequence[int]) -> tuple[float, ...]:
    counts = list(hours) if len(hours) == 24 else [0] * 24
    smooth = [(counts[at - 1] + 2 * counts[at] + counts[(at + 1) % 24]) / 4 + _HOUR_WEIGHT / 24 for at in range(24)]
    total = sum(smooth)
    return tuple(value / total for value in smooth)


def usual_days(expectation: Expectation, since: dt.datetime, until: dt.datetime) -> float:
    """Return how many usual days' worth of publishing lies in [``since``, ``until``), by weekday and hour (UTC)."""
    since, until = since.astimezone(dt.UTC), until.astimezone(dt.UTC)
    span = (until - since).total_seconds()
    if span <= 0:
        return 0.0
    if span > 60 * 86400:  # longer than anything that is judged: the rhythm does not matter
        return span / 86400 * sum(expectation.weekday) / 7
    total, at = 0.0, since
    while at < until:
        end = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        total += expectation.weekday[at.weekday()] * expectation.hours[at.hour] * ((end - at) / _HOUR)
        at = end
    return total


def expected_on(expectation: Expectation, day: dt.date) -> float:
    """Return the articles expected on ``day``."""
    return expectation.daily * expectation.weekday[day.weekday()]


def chance_of_so_few(expectation: Expectation, days: float, received: int = 0) -> float:
    """Return the probability of at most ``received`` articles in ``days`` usual days (negative-binomial, predictive).

    1.0 where nothing is known. The spread divides both what is known and what came (quasi-likelihood).
    """
    size = expectation.articles / expectation.spread
    if size <= 0 or expectation.days <= 0 or days <= 1e-9:
        return 1.0
    log_none = size * math.log(expectation.days / (expectation.days + days))
    step = math.log(days / (expectation.days + days))
    most = int(received / expectation.spread)
    terms = (
        log_none + count * step + math.lgamma(size + count) - math.lgamma(size) - math.lgamma(count + 1)
        for count in range(most + 1)
    )
    return min(sum(math.exp(term) for term in terms), 1.0)


def surprising(expectation: Expectation) -> float:
    """Return the probability below which a silence is an alarm: every article begins a new chance to be wrong."""
    return 1 / (max(expectation.mean, _LEAST_DAILY) * 365.25 * FALSE_YEARS)


def patience(expectation: Expectation) -> float:
    """Return after how many usual days without an article silence is an alarm (infinite where nothing is known)."""
    size = expectation.articles / expectation.spread
    if expectation.basis == "unknown" or expectation.days <= 0:
        return math.inf
    exponent = -math.log(surprising(expectation)) / size
    return expectation.days * math.expm1(exponent) if exponent < 50 else math.inf


def notice_by(expectation: Expectation, since: dt.datetime) -> dt.datetime | None:
    """Return when silence that began at ``since`` becomes an alarm, to the hour; None if not within 60 days."""
    wanted, at, total = patience(expectation), since, 0.0
    for _ in range(60 * 24):
        if total >= wanted:
            return at
        total += expectation.weekday[at.weekday()] * expectation.hours[at.hour]
        at += _HOUR
    return None
