"""Dates as pages write them → UTC."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

_EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
_TOLERANCE = dt.timedelta(days=2)
# 2024-04-28, 2024/4/28, 2024.04.28 with an optional time and zone
_YEAR_FIRST = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?"
    r"(?:[T\s,]{0,3}(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d\d)(?:[,\s|–-]{1,4}(\d{1,2})[:.](\d\d))?")
_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|_|\b)|/((?:19|20)\d\d)(\d\d)(\d\d)(?=\D)")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_MAX_CHARS = 80


def parse_date(text: str, seen_at: dt.datetime | None = None) -> dt.datetime | None:
    """Return the moment that ``text`` names, in UTC, or None.

    Understood are ISO 8601 (also sloppy), RFC 5322, epoch seconds or milliseconds and numeric dates with the year
    first or in the order day.month.year; month/day/year is ambiguous and refused. A time without a zone is taken as
    UTC. Dates before 1990 or more than two days after ``seen_at`` are refused.
    """
    text = text.strip()
    if not text or len(text) > _MAX_CHARS or not any(map(str.isdigit, text)):
        return None
    for read in (_iso, _rfc, _epoch, _numeric):
        found = read(text)
        if found is not None:
            return in_range(found, seen_at)
    return None


def url_date(url: str, seen_at: dt.datetime | None = None) -> dt.datetime | None:
    """Return the day that the path of ``url`` names (/2024/04/28/, /20240428/), midnight UTC, or None."""
    match = _IN_URL.search(url[:2000])
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups() if part)
    return in_range(_made(year, month, day), seen_at)


def in_range(moment: dt.datetime | None, seen_at: dt.datetime | None) -> dt.datetime | None:
    """Return ``moment`` in UTC if it lies between 1990 and two days after ``seen_at``, else None."""
    if moment is None:
        return None
    try:
        moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        latest = seen_at + _TOLERANCE if seen_at is not None else _LATEST
        return moment if _EARLIEST <= moment <= latest else None
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc(text: str) -> dt.datetime | None:
    if not text[-1:].isalnum() or ":" not in text:
        return None
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _epoch(text: str) -> dt.datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return dt.datetime.fromtimestamp(int(text[:10]), dt.UTC)


def _numeric(text: str) -> dt.datetime | None:
    match = _YEAR_FIRST.search(text)
    if match:
        year, month, day, hour, minute, second, zone = match.groups()
        moment = _made(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        return _with_zone(moment, zone)
    match = _DAY_FIRST.search(text)
    if match:
        day, month, year, hour, minute = match.groups()
        return _made(int(year), int(month), int(day), int(hour or 0), int(minute or 0))
    return None


def _with_zone(moment: dt.datetime | None, zone: str | None) -> dt.datetime | None:
    if moment is None or not zone or zone in ("Z", "UTC", "GMT"):
        return moment
    offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    if offset >= dt.timedelta(hours=24):
        return moment
    return moment.replace(tzinfo=dt.timezone(-offset if zone[0] == "-" else offset))


def _made(*parts: int) -> dt.datetime | None:
    try:
        return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]
    except (ValueError, TypeError):
        return None
