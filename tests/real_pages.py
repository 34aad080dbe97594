"""Real pages for tests of the whole path: fictional hosts whose feeds point at pages of the evaluation data."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from email.utils import format_datetime
from xml.sax.saxutils import escape

from babelscope.model import Listen, Source
from loopback import Answer, answer
from reading_cases import evaluation_set

SETS = ("extract_zyte", "extract_trafilatura", "extract_fundus", "extract_goose3", "xling_ppn")
LARGEST = 1 << 20
FIRST = dt.datetime(2026, 9, 1, 6, 0, tzinfo=dt.UTC)


def real_pages(count: int, seed: int = 1) -> list[bytes]:
    """Return ``count`` pages of all sets, mixed, each of them once; skips the test where a set is absent."""
    bodies: dict[bytes, None] = {}
    for name in SETS:
        rows = evaluation_set(name, True) if name == "xling_ppn" else evaluation_set(name)
        bodies.update((row["html"], None) for row in rows if row["html"] and len(row["html"]) <= LARGEST)
    pages = list(bodies)
    random.Random(seed).shuffle(pages)
    assert len(pages) >= count, f"only {len(pages)} pages, {count} wanted"
    return pages[:count]


class PressOfPages:
    """``hosts`` fictional outlets, each with a feed and its share of ``pages``; ``answers`` are for a ``Site``."""

    def __init__(self, pages: list[bytes], hosts: int = 25) -> None:
        self.names = [f"outlet-{number:02d}.test" for number in range(hosts)]
        self.answers: dict[str, Answer] = {}
        self.urls: set[str] = set()
        listed: dict[str, list[tuple[str, dt.datetime]]] = {name: [] for name in self.names}
        for number, body in enumerate(pages):
            host, path = self.names[number % hosts], f"/news/{number:04d}.html"
            self.answers[host + path] = answer(body, content_type="text/html")
            self.urls.add(f"http://{host}{path}")
            listed[host].append((f"http://{host}{path}", FIRST + dt.timedelta(minutes=37 * number)))
        for host, items in listed.items():
            self.answers[f"{host}/feed.xml"] = answer(_feed(items), content_type="application/rss+xml")

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(self._sources())

    def _sources(self) -> Iterator[Source]:
        for name in self.names:
            listens = (Listen(url=f"http://{name}/feed.xml", every=0),)
            yield Source(id=name.partition(".")[0], name=name, home=f"http://{name}/", listens=listens)


def _feed(items: list[tuple[str, dt.datetime]]) -> bytes:
    entries = "".join(
        f"<item><link>{escape(url)}</link><guid>{escape(url)}</guid><pubDate>{format_datetime(at)}</pubDate></item>"
        for url, at in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{entries}</channel></rss>'.encode()
