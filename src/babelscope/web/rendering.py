"""Pages from templates: the Jinja environment, its filters, and the addresses of static files."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from babelscope import __version__
from babelscope.explore import views
from babelscope.explore.blindspots import WORDS as BLIND_WORDS
from babelscope.explore.highlight import shorten
from babelscope.explore.naming import country_name, direction, language_name
from babelscope.explore.sources import DayOfSource
from babelscope.explore.views import Day
from babelscope.flow.config import Config
from babelscope.languages.marks import drawn
from babelscope.web.asking import filters_of, front_address, search_address, sources_address, toggled
from babelscope.web.signs import seen

STATIC = Path(__file__).parent / "static"
BUILT = ("app.css", "app.js", "theme.js", "favicon.svg")
WIDEST_BAR = 36.0
CUT = 2.5
"""A bar is cut at so many times the largest expected day."""
BUILD_COMMAND = "python hatch_build.py"


def missing_static() -> tuple[str, ...]:
    """Return the names of browser files that were not built (a source checkout before its first build)."""
    return tuple(name for name in BUILT if not (STATIC / name).is_file())


class Pages:
    """Renders templates with what every page needs."""

    def __init__(self, config: Config) -> None:
        environment = Environment(
            loader=PackageLoader("babelscope.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        reading = config.read.language
        environment.filters.update(
            moment=moment,
            brief=brief,
            day=day,
            number=number,
            size=size,
            language=partial(language_name, reading=reading),
            country=partial(country_name, reading=reading),
            direction=direction,
            shorten=shorten,
            seen=seen,
            drawn=drawn,
        )
        environment.globals.update(
            bars=bars,
            blind_words=BLIND_WORDS,
            volume_bars=volume_bars,
            sources_address=sources_address,
            one_day=dt.timedelta(days=1),
            search_address=search_address,
            front_address=front_address,
            toggled=toggled,
            filters_of=filters_of,
            static=static_addresses(),
            missing=missing_static(),
            build_command=BUILD_COMMAND,
            version=__version__,
            reading=reading,
        )
        self._environment = environment

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return ``template`` filled with ``values``."""
        html = self._environment.get_template(template).render(**values)
        return HTMLResponse(html, status, {"cache-control": "no-store"})


def static_addresses() -> dict[str, str]:
    """Return name → address of every built file; the address changes with the bytes, so it may be cached for ever."""
    addresses = {}
    for name in BUILT:
        path = STATIC / name
        mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "missing"
        addresses[name] = f"/static/{name}?v={mark}"
    return addresses


def moment(value: dt.datetime | None) -> str:
    """Return a time in UTC to the minute, "24 Nov 2026, 06:37 UTC"; "never" for None."""
    return views.moment(value) if value else "never"


def brief(value: dt.datetime) -> str:
    """Return a time in UTC for a narrow column, "24 Nov, 06:37"; the year stands in its title."""
    utc = value.astimezone(dt.UTC)
    return f"{utc.day} {utc:%b, %H:%M}"


def day(value: str | dt.datetime) -> str:
    """Return a day in words, "24 Nov 2026"."""
    date = dt.date.fromisoformat(value) if isinstance(value, str) else value.astimezone(dt.UTC).date()
    return f"{date.day} {date:%b %Y}"


def number(value: int) -> str:
    """Return ``value`` with thousands set apart by a narrow space."""
    return f"{value:,}".replace(",", "\u202f")


def size(value: int) -> str:
    """Return a size in bytes, kB or MB (powers of 1000)."""
    if value < 1000:
        return f"{value} bytes"
    return f"{value / 1000:.1f} kB" if value < 1_000_000 else f"{value / 1_000_000:.1f} MB"


def bars(days: Sequence[Day], width: int, height: int) -> list[tuple[float, float, float, float, Day]]:
    """Return x, y, width and height of one bar for each of ``days`` in a ``width`` × ``height`` drawing.

    Heights are linear from 0 to the largest count; a day without documents has height 0.
    """
    most = max((one.count for one in days), default=0) or 1
    step = width / max(len(days), 1)
    wide = min(step * 0.75, WIDEST_BAR)
    made = []
    for place, one in enumerate(days):
        tall = round(height * one.count / most, 2)
        made.append((round((place + 0.5) * step - wide / 2, 2), round(height - tall, 2), round(wide, 2), tall, one))
    return made


class VolumeBar(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a source in a drawing: the bar of what came, the tick of what was expected (``left`` to ``right``)."""

    x: float
    y: float
    width: float
    height: float
    left: float
    right: float
    tick: float
    is_cut: bool
    day: DayOfSource


def volume_bars(days: Sequence[DayOfSource], width: int, height: int) -> list[VolumeBar]:
    """Return the days of a source in a ``width`` × ``height`` drawing, linear from 0.

    A day far above what is expected (the first one, or one after an outage) is cut off, so that the others stay plain.
    """
    expected = max((one.expected for one in days), default=0.0)
    most = max([one.received for one in days] + [expected, 1.0])
    top = min(most, max(expected * CUT, 3.0)) if expected else most
    step = width / max(len(days), 1)
    wide = min(step * 0.75, WIDEST_BAR)
    made = []
    for place, one in enumerate(days):
        tall = round((height - 2) * min(one.received / top, 1.0), 2)
        made.append(
            VolumeBar(
                x=round((place + 0.5) * step - wide / 2, 2),
                y=round(height - tall, 2),
                width=round(wide, 2),
                height=tall,
                left=round(place * step, 2),
                right=round((place + 1) * step, 2),
                tick=round(height - (height - 2) * min(one.expected / top, 1.0), 2),
                is_cut=one.received > top,
                day=one,
            )
        )
    return made
