"""Outlets to collect from, in a process of their own: many hosts on one loopback port, each answer held back.

Every request is logged with the moment at which the kernel received it (SO_TIMESTAMPNS), so that the distance between
two requests to a host does not depend on when this process gets to read them.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import socket
import struct
import sys
import time
from array import array
from itertools import pairwise
from typing import Any

HTML_BYTES = (30_000, 60_000)
TEMPLATES = 48
FEED_ENTRIES = 10
MARK = b"@@@@@@@@@@"
_TIMESTAMP = getattr(socket, "SO_TIMESTAMPNS", 35)
"""Linux's number of the option, which Python does not name."""
_TEXT = (
    "council harbour minister budget strike ferry storm court school hospital election river market railway union "
    "teacher village engineer parliament inquiry bridge winter supply energy farmer museum police airport border "
    "the of and in to a on for with that by from at as it was said after before would had been were its more than "
    "last year week monday tuesday people government region company million percent according reported announced"
)
_WORDS = _TEXT.split()


class Outlets:
    """The server: ``pages`` articles on each host named ``host-N``, one feed on each named ``feed-N``."""

    def __init__(self, latency: float, pages: int) -> None:
        self.latency = latency
        self.pages = pages
        self.arrivals: dict[str, array[float]] = {}
        self.answers: dict[int, int] = {}
        self.templates = [_template(number) for number in range(TEMPLATES)]
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Listen on a free port, say which, and end when the standard input does."""
        loop = asyncio.get_running_loop()
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        listener.setblocking(False)
        # Connections inherit the option. The kernel begins to stamp a moment after it is first asked to.
        listener.setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
        await asyncio.sleep(0.1)
        accepting = asyncio.create_task(self._accept(listener))
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)
        accepting.cancel()
        sys.stdout.write(json.dumps(self.report()) + "\n")

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            loop.add_reader(connection, self._read, connection)

    def _read(self, connection: socket.socket) -> None:
        """Take one request (the client sends each in one piece and waits) and answer it ``latency`` later."""
        loop = asyncio.get_running_loop()
        try:
            raw, extra, _, _ = connection.recvmsg(16_384, 256)
        except BlockingIOError:
            return
        except OSError:
            raw, extra = b"", []
        if not raw:
            loop.remove_reader(connection)
            connection.close()
            return
        target, host = raw.split(b" ", 2)[1].decode(), raw.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0].decode()
        self.arrivals.setdefault(host.partition(":")[0], array("d")).append(_kernel_time(extra))
        loop.call_later(self.latency, self._answer, connection, self.answer(host, target, raw))

    def _answer(self, connection: socket.socket, message: bytes) -> None:
        task = asyncio.ensure_future(self._send(connection, message))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _send(self, connection: socket.socket, message: bytes) -> None:
        try:
            await asyncio.get_running_loop().sock_sendall(connection, message)
        except OSError:
            asyncio.get_running_loop().remove_reader(connection)
            connection.close()

    def answer(self, host: str, target: str, raw: bytes) -> bytes:
        """Return the whole answer to a request."""
        if target == "/robots.txt":
            return self._message(200, b"text/plain", b"User-agent: *\nDisallow: /private/\n")
        if target == "/feed.xml":
            etag = b'"one"'
            if b"If-None-Match: " + etag in raw:
                return self._message(304, b"", b"", b"ETag: " + etag + b"\r\n")
            return self._message(200, b"application/rss+xml", self._feed(host), b"ETag: " + etag + b"\r\n")
        if target.startswith("/report/"):
            number = int(target.rpartition("/")[2])
            mark = b"%s %05d" % (host.partition(":")[0].encode()[-4:], number)
            body = self.templates[number % TEMPLATES].replace(MARK, mark)
            return self._message(200, b"text/html; charset=utf-8", body)
        return self._message(404, b"text/plain", b"nothing here")

    def _message(self, status: int, kind: bytes, body: bytes, more: bytes = b"") -> bytes:
        self.answers[status] = self.answers.get(status, 0) + 1
        fields = b"Content-Type: %s\r\nContent-Length: %d\r\n" % (kind, len(body)) if status != 304 else b""
        return b"HTTP/1.1 %d X\r\nServer: bench\r\n%s%s\r\n%s" % (status, fields, more, body)

    def _feed(self, host: str) -> bytes:
        """Return the feed of a host; all hosts that only have a feed list the same few articles."""
        name = host.partition(":")[0]
        of, count = (name, self.pages) if name.startswith("host-") else ("host-0000", FEED_ENTRIES)
        items = "".join(
            f"<item><title>Report {n}</title><link>http://{of}/report/{n}</link>"
            "<description>What the council said about the harbour.</description></item>"
            for n in range(count)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'.encode()

    def report(self) -> dict[str, Any]:
        """Return what the log says: requests, answers by status, distances between requests of one host in seconds."""
        gaps = array("d")
        for times in self.arrivals.values():
            gaps.extend(later - earlier for earlier, later in pairwise(times))
        ordered = sorted(gaps) or [0.0]
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "requests": sum(map(len, self.arrivals.values())),
            "hosts": len(self.arrivals),
            "answers": {str(status): count for status, count in sorted(self.answers.items())},
            "gaps": len(gaps),
            "least": ordered[0],
            "p50": ordered[len(ordered) // 2],
            "p95": ordered[int(len(ordered) * 0.95)],
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
        }


def _kernel_time(extra: list[tuple[int, int, bytes]]) -> float:
    for _, kind, data in extra:
        if kind == _TIMESTAMP and len(data) >= 16:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return float(seconds + nanoseconds / 1e9)
    return time.time()


def _template(number: int) -> bytes:
    """Return a page as outlets write them: metadata, scripts, navigation, text; its marks are filled in later."""
    draw = random.Random(number)  # noqa: S311  # the same pages every time, no secret
    size = draw.randint(*HTML_BYTES)
    mark = MARK.decode()
    text: list[str] = []
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Report {mark}</title>'
        f'<meta name="robots" content="max-image-preview:large"><meta property="og:title" content="Report {mark}">'
        '<meta property="article:published_time" content="2026-11-20T06:00:00Z">'
    )
    links = "".join(f'<li class="nav-item item-{n}"><a href="/section/{draw.choice(_WORDS)}-{n}">' for n in range(80))
    script = "".join(f'window.cfg["k{n}"]="{draw.getrandbits(64):016x}";' for n in range(150))
    fixed = f"{head}<script>{script}</script></head><body><nav><ul>{links}</ul></nav><article><h1>Report {mark}</h1>"
    while len(fixed) + sum(map(len, text)) < size:
        words = " ".join(draw.choice(_WORDS) for _ in range(draw.randint(40, 90)))
        text.append(f'<p class="par-{draw.getrandbits(16):04x}">{words.capitalize()}.</p>\n')
    return f"{fixed}{''.join(text)}</article></body></html>".encode()


if __name__ == "__main__":
    asyncio.run(Outlets(float(sys.argv[1]), int(sys.argv[2])).serve())
