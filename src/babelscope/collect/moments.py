"""Dates as feeds write them → UTC: ISO 8601 and RFC 5322 with their faults, epochs, and month names of many languages.

Month names come from Unicode CLDR (babel). What cannot be told from what else it could mean is None, never a guess.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache

MAX_CHARS = 100
_CODES = (
    "en de fr es pt it nl sv da nb nn fi is et lv lt pl cs sk sl hr bs sr mk bg ru uk be ro hu el tr az kk ky uz ka hy "
    "he ar fa ur ps hi bn mr ne gu pa ta te kn ml si th lo km my vi id ms fil sw am ti so ha yo ig zu af ca gl eu cy "
    "ga sq mt eo mn ko ja zh"
)
LANGUAGES = tuple(_CODES.split())
"""Languages whose names of months are known."""

_YEAR_FIRST = re.compile(r"(?<!\d)([12]\d{3})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?([12]\d{3})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)([12]\d{3})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z?)(?!\d)")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?")
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:時시h]\s?(\d{2})(?:\s?[:分분]\s?(\d{2})(?:[.,]\d+)?)?(?!\d)")
_AFTERNOON = re.compile(r"(?<![^\W\d_])(?:p\.?\s?m\b\.?|午後|下午|오후|μ\.μ\.|م(?!\w))", re.IGNORECASE)
_MORNING = re.compile(r"(?<![^\W\d_])(?:a\.?\s?m\b\.?|午前|上午|오전|π\.μ\.|ص(?!\w))", re.IGNORECASE)
_OFFSET = re.compile(r"(?:GMT|UTC|Z)?\s?([+\-−])(\d{1,2}):?(\d{2})?\s*(?:\(.*\))?$")
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.\u0300-\u036f\u0900-\u0dff\u200c]*[^\W\d_]?[\u0900-\u0e7f]*")
_NUMBER = re.compile(r"(?<![\d:.])\d{1,4}(?![\d:])")
# Names of zones that mean one offset only, in minutes (RFC 5322 § 4.3 and tzdata); IST, CST, AST … mean several.
_ZONES = {
    **{"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "mez": 60},
    **{"mesz": 120, "eet": 120, "eest": 180, "msk": 180, "trt": 180, "eat": 180, "cat": 120, "wat": 60, "sast": 120},
    **{"pkt": 300, "npt": 345, "ict": 420, "wib": 420, "wita": 480, "wit": 540, "hkt": 480, "sgt": 480, "pht": 480},
    **{"myt": 480, "kst": 540, "jst": 540, "aest": 600, "aedt": 660, "acst": 570, "awst": 480, "nzst": 720},
    **{"nzdt": 780, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
    **{"akst": -540, "akdt": -480, "hst": -600, "brt": -180, "art": -180, "clt": -240, "pet": -300},
}
_BUDDHIST = 543


def parse_moment(text: str, language: str = "") -> dt.datetime | None:
    """Return the moment that ``text`` names, in UTC, or None; ``language`` (BCP 47) tells month names apart.

    A time without a zone is taken as UTC, a date without a time as midnight. Numeric dates that could be read in two
    orders are read as day/month only where the language of the feed says so. Only years 1900 to 2200 are believed.
    """
    text = _ascii_digits(" ".join(text[: MAX_CHARS * 4].split()))[:MAX_CHARS]
    if not any(map(str.isdigit, text)):
        return None
    for read in (_iso, _rfc, _epoch, _compact):
        moment = read(text)
        if moment is not None:
            return moment
    day = _numeric_day(text, language) or _named_day(text, language)
    return _with_time(day, text) if day else None


def sane(moment: dt.datetime | None) -> dt.datetime | None:
    """Return ``moment`` in UTC if its year lies between 1900 and 2200, else None."""
    if moment is None:
        return None
    try:
        moment = moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    except (OverflowError, ValueError):
        return None
    return moment if 1900 <= moment.year <= 2200 else None


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text)


def _iso(text: str) -> dt.datetime | None:
    if len(text) < 8 or not text[:4].isdigit() or text.isdigit():
        return None
    try:
        return sane(dt.datetime.fromisoformat(text))
    except ValueError:
        return None


def _rfc(text: str) -> dt.datetime | None:
    """Read RFC 5322, whose names of months are English; a zone that it does not know is left to ``_with_time``."""
    last = text.rsplit(" ", 1)[-1]
    if ":" not in text or not re.search(r"[A-Za-z]{3}", text) or (last.isalpha() and last.lower() not in _ZONES):
        return None
    if last.isalpha():
        text = f"{text[: -len(last)]}{_clock_offset(_ZONES[last.lower()])}"
    try:
        return sane(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _clock_offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _epoch(text: str) -> dt.datetime | None:
    return sane(dt.datetime.fromtimestamp(int(text[:10]), dt.UTC)) if _EPOCH.fullmatch(text) else None


def _compact(text: str) -> dt.datetime | None:
    match = _COMPACT.match(text)
    if not match or len(text) > match.end() + 7:
        return None
    parts = [int(part) for part in match.groups()[:6] if part]
    zone = _zone(text[match.end() :])
    try:
        return sane(dt.datetime(*parts, tzinfo=dt.UTC) - zone)  # type: ignore[arg-type,misc]
    except (ValueError, OverflowError):
        return None


def _numeric_day(text: str, language: str) -> dt.date | None:
    match = _YEAR_FIRST.search(text)
    if match:
        return _day(*(int(part) for part in match.groups()))
    match = _YEAR_LAST.search(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    american = language.lower().replace("_", "-") in ("en-us", "en-ph")
    if first > 12 or match[2] == "." or first == second:
        return _day(year, second, first)
    if second > 12:
        return _day(year, first, second)
    return (
        None if not language or language.lower() == "en" else _day(year, *((first, second)[:: 1 if american else -1]))
    )


def _named_day(text: str, language: str) -> dt.date | None:
    rest = _TIME.sub(" ", text)
    words = [found.group().strip(".").casefold() for found in _WORD.finditer(rest)]
    numbers = [int(found.group()) for found in _NUMBER.finditer(rest)][:3]
    years = [number for number in numbers if number > 31]
    days = [number for number in numbers if 0 < number <= 31]
    month = _month(words, language)
    return _day(years[0], month, days[0]) if month and years and days else None


def _month(words: list[str], language: str) -> int:
    tag = language.replace("-", "_")
    base = tag.partition("_")[0].lower()
    for names in (_month_names(tag), _month_names(base), _month_names("en")):
        for word in words:
            if word in names:
                return names[word]
    merged = _all_month_names()
    return next((merged[word] for word in words if merged.get(word)), 0)


@lru_cache(512)
def _month_names(tag: str) -> dict[str, int]:
    if len(tag) > 12 or tag.partition("_")[0].lower() not in LANGUAGES:
        return {}
    from babel import Locale, UnknownLocaleError

    try:
        months = Locale.parse(tag).months
    except (UnknownLocaleError, ValueError):
        return {}
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                words = name.casefold().strip(".").split()
                if len(words) == 1 and not words[0].isdigit():
                    names.setdefault(words[0], number)
    return names


@cache
def _all_month_names() -> dict[str, int]:
    """Return the names that mean the same month in all languages that have them (0: they do not)."""
    merged: dict[str, int] = {}
    for language in LANGUAGES:
        for name, number in _month_names(language).items():
            merged[name] = number if merged.get(name, number) == number else 0
    return merged


def _day(year: int, month: int, day: int) -> dt.date | None:
    if 2400 < year < 2700:
        year -= _BUDDHIST
    elif year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return dt.date(year, month, day)
    except (ValueError, OverflowError):
        return None


def _with_time(day: dt.date, text: str) -> dt.datetime | None:
    moment = dt.datetime.combine(day, dt.time(), dt.UTC)
    match = _TIME.search(text)
    if not match:
        return sane(moment)
    hour, minute, second = (int(part or 0) for part in match.groups())
    if _AFTERNOON.search(text) and hour < 12:
        hour += 12
    elif _MORNING.search(text) and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 60:
        return sane(moment)
    try:
        return sane(moment + dt.timedelta(hours=hour, minutes=minute, seconds=second) - _zone(text[match.end() :]))
    except OverflowError:
        return None


def _zone(text: str) -> dt.timedelta:
    offset = _OFFSET.search(text)
    if offset and int(offset[2]) < 15:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return dt.timedelta(minutes=minutes if offset[1] == "+" else -minutes)
    named = [word.group().casefold() for word in _WORD.finditer(text)]
    return dt.timedelta(minutes=next((_ZONES[name] for name in named if name in _ZONES), 0))
