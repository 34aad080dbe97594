"""``babelscope bench pipeline``: the whole path from preserved bytes to grouped documents, and where the time goes."""

from __future__ import annotations

import datetime as dt
import resource
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from babelscope.app.cycle import Cycle
from babelscope.bench.pages import read_pages
from babelscope.flow.config import Config
from babelscope.flow.events import Event, Processed
from babelscope.flow.shapes import Exchange
from babelscope.model import Capture, Document, Page, Rights, body_hash, capture_id
from babelscope.store.library import Library
from babelscope.store.reader import Reader

REQUEST = b"GET / HTTP/1.1\r\nHost: bench.example\r\n\r\n"
RECEIVE = 64


def run(config: Config, where: Path | None = None, documents: int = 1000) -> dict[str, Any]:
    """Return documents/s and seconds by part, for up to ``documents`` pages at ``where`` on the configured engine.

    Every page goes through evidence, stages, record, index, vectors, state and grouping; nothing is left out.
    """
    pages = read_pages(where, documents)
    seconds: defaultdict[str, float] = defaultdict(float)

    def listen(event: Event) -> None:
        if isinstance(event, Processed):
            for name, spent in event.seconds.items():
                seconds[name] += spent

    with tempfile.TemporaryDirectory() as folder:
        store = msgspec.structs.replace(config.store, directory=folder, database="")
        chosen = msgspec.structs.replace(config, store=store)
        with Library.open(chosen) as library:
            seconds["evidence"] = _receive(library, chosen, pages)
            started = time.perf_counter()
            Cycle(chosen, library, listen, threading.Event()).run()
            wall = time.perf_counter() - started
        with Reader.open(chosen) as reader:
            counts = reader.counts()
    return _report(chosen, pages, counts, seconds, wall)


def _receive(library: Library, config: Config, pages: Sequence[Document]) -> float:
    run_id = library.begin_run(config)
    started = time.perf_counter()
    for at in range(0, len(pages), RECEIVE):
        library.receive(run_id, [_exchange(page) for page in pages[at : at + RECEIVE]])
    taken = time.perf_counter() - started
    library.end_run(run_id, True)
    return taken


def _exchange(page: Document) -> Exchange:
    content = page.layers["page"]
    assert isinstance(content, Page)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(content.body)}\r\n\r\n".encode()
    capture = Capture(
        id=capture_id("bench", page.url, content.body),
        source="bench",
        url=page.url,
        final_url=page.url,
        fetched_at=dt.datetime.now(dt.UTC),
        status=200,
        media_type="text/html",
        charset="",
        body_hash=body_hash(content.body),
        size=len(content.body),
        rights=Rights(robots="not-applicable"),
    )
    return Exchange(capture=capture, request=REQUEST, response=head + content.body, body=content.body)


def _report(
    config: Config, pages: Sequence[Document], counts: dict[str, int], seconds: dict[str, float], wall: float
) -> dict[str, Any]:
    stages = {name: round(spent, 3) for name, spent in sorted(seconds.items(), key=lambda pair: -pair[1])}
    workers = config.run.workers if config.run.engine != "embedded" else 1
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "engine": config.run.engine,
        "workers": workers,
        "pages": len(pages),
        "documents": counts.get("documents", 0),
        "dropped": counts.get("dropped", 0),
        "quarantined": counts.get("quarantined", 0),
        "wall_seconds": round(wall, 2),
        "documents_per_second": round(len(pages) / (wall + seconds["evidence"]), 2),
        "stage_seconds": stages,
        "ms_per_page": {name: round(1000 * spent / len(pages), 2) for name, spent in stages.items()},
        "peak_rss_mb": round(own / 1024),
        "largest_worker_rss_mb": round(children / 1024),
    }
