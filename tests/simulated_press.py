"""Outlets of an invented press that publish by the clock, on one real HTTP server on loopback; some stay well.

A healthy outlet publishes like a Poisson process with its own rhythm of day and week. A fault begins at a moment; from
then on the outlet does what its name says.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import math
import threading
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import format_datetime
from html import escape

import numpy as np

from babelscope.model import Listen, Source

START = dt.datetime(2026, 1, 5, 0, 30, tzinfo=dt.UTC)  # a Monday
NEVER = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
FEED_LENGTH = 30
LOST = (
    "The page that you are looking for does not exist any more, or never did. Go to the front page, or try the search."
)
PAGE_GONE = (
    f"<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>{LOST * 6}</p></body></html>"
)
SHELL = "<html><head><title>{}</title></head><body><div id='app'></div></body></html>"

PLACES = ("Aldermoor", "Brackwater", "Castlereed", "Dunwick", "Eastholm", "Glenmere", "Hartsea", "Inverlay", "Kestrel")
THINGS = ("bridge", "harbour", "library", "market", "school", "tramway", "hospital", "theatre", "museum", "station")
NAMES = ("Ann Hale", "Ben Orr", "Clara West", "David Moss", "Edith Lane", "Frank Noble", "Grace Pool", "Henry Stone")
CHOSES = ("pont", "port", "marché", "tramway", "réservoir", "hôpital", "théâtre", "musée", "verger", "château")
ENGLISH = (
    "The council of {place} decided on Tuesday to spend {n} thousand pounds on the {thing}.",
    "{name} told reporters that the work on the {thing} would take another {n} weeks.",
    "Residents of {place} had asked for a new {thing} since the storm of {year}.",
    "About {n} people came to the meeting in {place}, more than ever before.",
    "The opposition said that the {thing} was too expensive for a town of this size.",
    "A report published in {year} counted {n} faults in the old {thing}.",
    "{name}, who has led the committee for years, called the decision overdue.",
    "Traffic around the {thing} in {place} will be diverted until the end of the month.",
)
FRENCH = (
    "Le conseil municipal de {place} a décidé mardi de dépenser {n} mille euros pour le {chose}.",
    "{name} a déclaré aux journalistes que les travaux du {chose} dureraient encore {n} semaines.",
    "Les habitants de {place} demandaient un nouveau {chose} depuis la tempête de {year}.",
    "Environ {n} personnes sont venues à la réunion de {place}, plus que jamais auparavant.",
    "L'opposition a estimé que le {chose} était trop cher pour une ville de cette taille.",
    "Un rapport publié en {year} avait compté {n} défauts dans l'ancien {chose}.",
    "{name}, qui dirige la commission depuis des années, a jugé la décision tardive.",
    "La circulation autour du {chose} de {place} sera déviée jusqu'à la fin du mois.",
)


@dataclass
class Outlet:
    """One outlet: ``fault`` ("" for a healthy one) holds from ``since`` to ``until``; ``rate`` is articles a day."""

    name: str
    rate: float
    fault: str = ""
    since: dt.datetime = START
    until: dt.datetime = NEVER
    times: list[dt.datetime] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"{self.name}.test"

    def source(self) -> Source:
        return Source(
            id=self.name,
            name=self.name.title(),
            home=f"http://{self.host}/",
            listens=(Listen(url=f"http://{self.host}/feed.xml", every=900),),
            country="IE",
            languages=("en",),
        )

    def publish(self, rng: np.random.Generator, days: int) -> None:
        """Draw the moments of all articles: a rhythm of its own over the day, quieter weekends, Poisson within."""
        peak, depth, weekend = rng.uniform(0, 24), rng.uniform(0.5, 1.0), rng.uniform(0.3, 1.0)
        hours = np.array([1 + depth * math.cos((hour - peak) / 24 * 2 * math.pi) for hour in range(24)])
        week = np.array([1.0] * 5 + [weekend] * 2)
        week *= 7 / week.sum()
        begin = START - dt.timedelta(days=1)
        for number in range((days + 1) * 24):
            at = begin + dt.timedelta(hours=number)
            mean = self.rate * week[at.weekday()] * hours[at.hour] / hours.sum()
            minutes = sorted(rng.uniform(0, 60, rng.poisson(mean)))
            self.times += [at + dt.timedelta(minutes=float(minute)) for minute in minutes]

    def is_ill(self, now: dt.datetime, *faults: str) -> bool:
        return self.fault in faults and self.since <= now < self.until

    def published(self, now: dt.datetime) -> range:
        """Numbers of the articles that stand in the feed at ``now``."""
        end = bisect_right(self.times, min(now, self.since) if self.fault == "silent" else now)
        return range(max(0, end - FEED_LENGTH), end)


class Press:
    """All outlets; ``answer`` is what their servers say at a moment."""

    def __init__(self, outlets: Sequence[Outlet], now: Callable[[], dt.datetime]) -> None:
        self.outlets = {outlet.host: outlet for outlet in outlets}
        self.now = now
        self.asked = 0

    def answer(self, host: str, path: str, headers: Mapping[str, str]) -> bytes | None:
        """Return a whole response; None closes the connection without one."""
        self.asked += 1
        now = self.now()
        if host.startswith("new-"):
            return self._serve(self.outlets[host.removeprefix("new-")], path, headers, now)
        outlet = self.outlets[host]
        if outlet.is_ill(now, "dead"):
            return None
        if outlet.is_ill(now, "gone"):
            return response(410, b"gone")
        if outlet.is_ill(now, "refusing"):
            return response(403, b"you are a robot")
        if outlet.is_ill(now, "moved") and path == "/feed.xml":
            return response(301, b"", location=f"http://new-{host}/feed.xml")
        return self._serve(outlet, path, headers, now)

    def _serve(self, outlet: Outlet, path: str, headers: Mapping[str, str], now: dt.datetime) -> bytes:
        if path == "/feed.xml":
            return conditional(feed_of(outlet, now), headers, "application/rss+xml")
        number = path.removeprefix("/a/").removesuffix("/again")
        if not number.isdigit():
            return response(404, b"no such page")
        if outlet.is_ill(now, "blocking") and outlet.times[int(number)] >= outlet.since:
            return response(403, b"subscribers only")
        return conditional(page_of(outlet, int(number), now).encode(), headers, "text/html; charset=utf-8")


def feed_of(outlet: Outlet, now: dt.datetime) -> bytes:
    items = []
    for number in reversed(outlet.published(now)):
        at = outlet.times[number]
        addresses = [f"http://{outlet.host}/a/{number}"]
        if outlet.fault == "repeated" and at >= outlet.since:
            addresses.append(f"http://{outlet.host}/a/{number}/again")
        items += [
            f"<item><title>{escape(title_of(outlet, number))}</title><link>{url}</link><guid>{url}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
            for url in addresses
        ]
    head = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{outlet.name}</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def _dice(outlet: Outlet, number: int) -> np.random.Generator:
    digest = hashlib.sha256(f"{outlet.name} {number}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def title_of(outlet: Outlet, number: int) -> str:
    dice = _dice(outlet, number)
    thing, place = dice.choice(CHOSES if _is_french(outlet, number) else THINGS), dice.choice(PLACES)
    return f"{place}: {thing} n° {number}" if _is_french(outlet, number) else f"{place} and its {thing}, part {number}"


def _is_french(outlet: Outlet, number: int) -> bool:
    return outlet.fault == "language" and outlet.times[number] >= outlet.since


def page_of(outlet: Outlet, number: int, now: dt.datetime) -> str:
    at = outlet.times[number]
    if outlet.fault == "soft-404" and at >= outlet.since:
        return PAGE_GONE
    if outlet.fault == "empty" and at >= outlet.since:
        return SHELL.format(escape(title_of(outlet, number)))
    dice = _dice(outlet, number)
    lines = []
    for sentence in FRENCH if _is_french(outlet, number) else ENGLISH:
        lines.append(
            sentence.format(
                place=dice.choice(PLACES),
                thing=dice.choice(THINGS),
                chose=dice.choice(CHOSES),
                name=dice.choice(NAMES),
                n=dice.integers(12, 900),
                year=dice.integers(1950, 2020),
            )
        )
    if outlet.is_ill(now, "edited") and at >= outlet.since and now - at > dt.timedelta(hours=6):
        lines[3] = f"Nobody came to the meeting in {dice.choice(PLACES)}, the mayor {dice.choice(NAMES)} says now."
    text = "".join(f"<p>{' '.join(lines[start : start + 2])}</p>" for start in range(0, len(lines), 2))
    title = escape(title_of(outlet, number))
    return (
        f"<html lang='en'><head><title>{title}</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='{at.isoformat()}'></head>"
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )


def response(status: int, body: bytes, **headers: str) -> bytes:
    fields = {"content-length": str(len(body)), "content-type": "text/html; charset=utf-8", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + body


def conditional(body: bytes, headers: Mapping[str, str], media_type: str) -> bytes:
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if headers.get("if-none-match") == tag:
        return response(304, b"", etag=tag)
    return response(200, body, etag=tag, **{"content-type": media_type})


class PressServer:
    """The press on loopback, in a thread of its own; use it as a context manager. Gives host → place."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="press", daemon=True)

    def __enter__(self) -> dict[str, tuple[str, int]]:
        self._thread.start()
        assert self._ready.wait(30)
        hosts = [name for host in self._press.outlets for name in (host, f"new-{host}")]
        return dict.fromkeys(hosts, ("127.0.0.1", self._port))

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(30)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, backlog=512)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                first, *lines = raw.decode("latin-1").rstrip().split("\r\n")
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
                host = headers["host"].partition(":")[0]
                answer = self._press.answer(host, first.split(" ")[1], headers)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
        writer.close()
