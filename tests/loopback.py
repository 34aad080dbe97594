"""A real HTTP server on loopback whose every answer the test writes byte by byte, a simulated clock, a small memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import heapq
import re
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from babelscope.collect.feeds import FeedCollector
from babelscope.flow.config import CollectConfig, Config
from babelscope.flow.shapes import Exchange, HostLeases, Item, Look, Polled, Refusal, Visit
from babelscope.model import Listen, Source

START = dt.datetime(2026, 1, 5, 12, 0, tzinfo=dt.UTC)
FEED = "http://courier.test/feed.xml"
HTML = b"<!doctype html><title>t</title><p>text"


@dataclass
class Request:
    """One request as it came in: ``place`` is host + target, without the port."""

    place: str
    headers: dict[str, str]
    raw: bytes
    at: float
    body: bytes = b""


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
Answer = bytes | Handler | list[bytes]


def answer(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    """Return a whole response; header names are written with underscores."""
    fields = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body)), **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} X\r\n{lines}\r\n".encode("latin-1") + body


def redirect(location: str, status: int = 302) -> bytes:
    return answer(status=status, location=location)


class Site:
    """Serves ``answers`` by host + target; a list is used up one answer at a time, its last one stays."""

    def __init__(self, answers: Mapping[str, Answer], clock: SimulatedClock | None = None, **server: object) -> None:
        self.answers = dict(answers)
        self.log: list[Request] = []
        self.connections = 0
        self.closed = 0
        self.active: dict[str, int] = {}
        self.most_active: dict[str, int] = {}
        self._clock = clock
        self._options = server
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Site:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, **self._options)  # type: ignore[arg-type]
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def place(self) -> tuple[str, int]:
        return ("127.0.0.1", self.port)

    def hosts(self, *names: str) -> dict[str, tuple[str, int]]:
        return dict.fromkeys(names, self.place)

    def asked(self, part: str = "") -> list[str]:
        return [request.place for request in self.log if part in request.place]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"(?i)\r\ncontent-length: (\d+)", raw)
                body = await reader.readexactly(int(length[1])) if length else b""
                if not await self._answer(raw, body, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.closed += 1
            self._tasks.discard(task)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, raw: bytes, body: bytes, writer: asyncio.StreamWriter) -> bool:
        first, *lines = raw.decode("latin-1").rstrip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        host = headers["host"].rpartition(":")[0] if ":" in headers["host"] else headers["host"]
        at = self._clock.monotonic() if self._clock else asyncio.get_running_loop().time()
        request = Request(host + first.split(" ")[1], headers, raw, at, body)
        self.log.append(request)
        self.active[host] = self.active.get(host, 0) + 1
        self.most_active[host] = max(self.most_active.get(host, 0), self.active[host])
        try:
            found = self.answers.get(request.place, answer(b"nothing here", 404))
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
            if isinstance(found, bytes):
                writer.write(found)
                await writer.drain()
                return b"content-length" in found.lower()
            await found(request, writer)
            return False
        finally:
            self.active[host] -= 1


class Serving:
    """A ``Site`` in a thread of its own, for what runs an event loop itself or stands in another process.

    Every answer given as bytes is held back for ``pause`` seconds, as a network would.
    """

    def __init__(self, answers: Mapping[str, Answer], pause: float = 0.0) -> None:
        self.site = Site({place: _held_back(found, pause) for place, found in answers.items()}, backlog=256)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="site", daemon=True)

    def __enter__(self) -> Site:
        self._thread.start()
        if not self._ready.wait(30):
            raise RuntimeError("the site does not start")
        return self.site

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with self.site:
            self._ready.set()
            await self._end.wait()


def _held_back(found: Answer, pause: float) -> Answer:
    if not pause or not isinstance(found, bytes):
        return found

    async def later(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(pause)
        writer.write(found)
        await writer.drain()

    return later


class SimulatedClock:
    """Time that passes only when everybody sleeps, and then to the moment when the first one wakes.

    ``SETTLE`` real seconds are left for what is on its way over the loopback before time jumps.
    """

    SETTLE = 0.002

    def __init__(self) -> None:
        self.passed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._count += 1
        woken: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._sleepers, (self.passed + seconds, self._count, woken))
        if self._timer is None or self._timer.cancelled() or self._loop is not loop:
            self._loop, self._timer = loop, loop.call_later(self.SETTLE, self._pass)
        await woken

    def _pass(self) -> None:
        """Wake the first sleeper; whoever sleeps after him is woken no sooner than he had time to act."""
        self._timer = None
        while self._sleepers:
            wake, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self.passed = max(self.passed, wake)
                woken.set_result(None)
                break
        if self._sleepers and self._loop is not None:
            self._timer = self._loop.call_later(self.SETTLE, self._pass)


@dataclass
class Memory:
    """Remembers what a store would: visits, versions of what was taken or finally refused, what waits."""

    visits: dict[str, Visit] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    found: dict[str, Item] = field(default_factory=dict)
    again: list[Look] = field(default_factory=list)

    def visit(self, url: str) -> Visit | None:
        return self.visits.get(url)

    def known(self, urls: Sequence[str]) -> Mapping[str, str]:
        return {url: self.versions[url] for url in urls if url in self.versions}

    def waiting(self, sources: Sequence[str]) -> Sequence[Item]:
        return [item for item in self.found.values() if item.source in sources]

    def looks(self, sources: Sequence[str], now: dt.datetime) -> Sequence[Look]:
        return [look for look in self.again if look.item.source in sources]

    def take(self, event: Polled | Exchange | Refusal) -> None:
        if isinstance(event, Exchange | Refusal) and self._looked(event):
            return
        if isinstance(event, Polled):
            self.visits[event.visit.url] = event.visit
            self.found.update({item.url: item for item in event.items})
            return
        url = event.capture.url if isinstance(event, Exchange) else event.url
        if isinstance(event, Exchange) or event.final:
            self.versions[url] = self.found.pop(url).version if url in self.found else self.versions.get(url, "")

    def _looked(self, event: Exchange | Refusal) -> bool:
        capture = event.capture.replaces if isinstance(event, Exchange) else event.again
        self.again = [look for look in self.again if look.capture != capture]
        return bool(capture)


def config(**collect: object) -> Config:
    return Config(collect=CollectConfig(**{"delay": 0.0, "timeout": 5.0, "max_mb": 1, **collect}))  # type: ignore[arg-type]


def collector(
    site: Site, clock: SimulatedClock | None = None, leases: HostLeases | None = None, **collect: object
) -> FeedCollector:
    """Return a collector for which ``site`` stands in for four hosts."""
    hosts = site.hosts("courier.test", "www.courier.test", "herald.test", "gazette.test")
    return FeedCollector(config(**collect), hosts=hosts, clock=clock or SimulatedClock(), leases=leases)


def source(*feeds: str, name: str = "courier", every: int = 900) -> Source:
    listens = tuple(Listen(url=url, every=every) for url in feeds)
    return Source(id=name, name=name.title(), home=f"http://{name}.test/", listens=listens)


def rss(*links: str, title: str = "News", date: str = "Mon, 05 Jan 2026 10:00:00 GMT") -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate></item>"
        for link in links
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()


def feed(*links: str, **options: str) -> bytes:
    return answer(rss(*links, **options), content_type="application/rss+xml")


async def gather(collector: object, sources: Sequence[Source], memory: Memory) -> list[Polled | Exchange | Refusal]:
    """Run one collection to its end; the memory learns as a store would."""
    events: list[Polled | Exchange | Refusal] = []
    async for event in collector.collect(sources, memory):  # type: ignore[attr-defined]
        events.append(event)
        memory.take(event)
    return events


def refusals(events: Sequence[object]) -> dict[str, str]:
    return {event.url: event.reason for event in events if isinstance(event, Refusal)}


def exchanges(events: Sequence[object]) -> dict[str, Exchange]:
    return {event.capture.url: event for event in events if isinstance(event, Exchange)}


def polls(events: Sequence[object]) -> list[Polled]:
    return [event for event in events if isinstance(event, Polled)]
