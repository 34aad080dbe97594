"""What a PDF states about itself, judged: word processors fill its metadata with file names and templates."""

from __future__ import annotations

import datetime as dt
import re
import statistics

from rapidfuzz import fuzz

from babelscope.extract import dates, people
from babelscope.extract.pdf_child import PdfText
from babelscope.extract.titles import tidy
from babelscope.model import Hints

MAX_HEADING = 300
"""Longest heading (characters) taken from the page."""
HEAD = 12
"""Paragraphs at the beginning among which the heading is looked for."""
LARGER = 1.15
"""How much larger than the body the type of a heading is."""
_NO_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel|office\w*)\b|untitled\b|unbenannt\b|sans titre\b|sin título\b|"
    r"powerpoint presentation$|slide \d|document\d*$|dokument\d*$|scan|\(anonymous\)|title$|layout \d|print$)|"
    r"\.(?:docx?|dotx?|pdf|indd|qx[dp]|xlsx?|pptx?|tmp|rtf|odt|tex|dvi|ps|pub|pages|ai|cdr)$|^[\w-]*\d[\w-]*$",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"[a-z]{2,}\d*|[A-Z0-9_.-]+|.*\b(?:user|admin|owner|office|unknown|default)\b.*")
_MOMENT = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([+-])(\d\d)'?(\d\d)?)?")


def title_of(found: PdfText, hints: Hints) -> tuple[str, int]:
    """Return the title, and how many paragraphs at the beginning are nothing but it.

    The stated title is believed if the beginning of the text says the same; else the largest heading of the first page
    is taken, then what is stated, then the feed's title, then the first line.
    """
    stated = tidy(found.stated.get("Title", ""))
    stated = "" if len(stated) < 4 or _NO_TITLE.search(stated) else stated
    opening = " ".join(p.text for p in found.paragraphs[:HEAD])[:1500]
    if stated and fuzz.token_set_ratio(stated.casefold(), opening.casefold()) >= 85:
        return stated, _spent(found, stated)
    heading = _heading(found)
    title = heading or stated or tidy(hints.title)
    if not title and found.paragraphs:
        title = tidy(found.paragraphs[0].text[:MAX_HEADING].split(". ")[0])
    return title, _spent(found, title)


def _spent(found: PdfText, title: str) -> int:
    """Return how many first paragraphs together are the title (1 to 3), 0 if none are."""
    bare = _bare(title)
    for count in (1, 2, 3):
        if len(found.paragraphs) > count and _bare("".join(p.text for p in found.paragraphs[:count])) == bare:
            return count
    return 0


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _heading(found: PdfText) -> str:
    """Return the paragraph in the largest type of the first page with text, if it is larger than the body's."""
    parts = found.paragraphs
    if not parts:
        return ""
    sizes = [part.size for part in parts for _ in range(1 + len(part.text) // 40)]
    usual = statistics.median(sizes)
    first = [part for part in parts[:HEAD] if part.page == parts[0].page]
    large = [p for p in first if p.size >= LARGER * usual and len(p.text) <= MAX_HEADING and _has_words(p.text)]
    if not large:
        return ""
    size = max(part.size for part in large)
    start = next(i for i, part in enumerate(first) if part.size == size and part in large)
    joined = first[start].text
    for part in first[start + 1 :]:
        if abs(part.size - size) > 0.5 or len(joined) + len(part.text) > MAX_HEADING:
            break
        joined += " " + part.text
    return tidy(joined)


def _has_words(text: str) -> bool:
    return sum(c.isalpha() for c in text) > 5


def stated_date(found: PdfText, hints: Hints, seen_at: dt.datetime | None) -> dt.datetime | None:
    """Return when it was published: as the feed says, else when the file says it was made."""
    return dates.in_range(hints.published_at, seen_at) or dates.in_range(
        _moment(found.stated.get("CreationDate", "")), seen_at
    )


def _moment(text: str) -> dt.datetime | None:
    """Return a date of a PDF (ISO 32000-1 § 7.9.4) in UTC, None if it is none."""
    match = _MOMENT.match(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second = (
        int(part or low) for part, low in zip(match.groups(), "011000", strict=False)
    )
    try:
        made = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
        away = dt.timedelta(hours=int(match[8] or 0), minutes=int(match[9] or 0))
        return made - away if match[7] == "+" else made + away
    except (ValueError, OverflowError):
        return None


def stated_authors(found: PdfText) -> tuple[str, ...]:
    """Return the authors that the file states; log-in names and offices are none."""
    stated = tidy(found.stated.get("Author", ""))
    if not stated or _LOGIN.fullmatch(stated) or (" " not in stated and stated.isascii()):
        return ()
    return people.names([stated], ())
