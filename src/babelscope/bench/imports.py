"""``babelscope bench import``: records/s of a segment as Common Crawl News writes them, before and after it is known.

The segment is made here: for each page a request, a response and a metadata record, gzip per record; pages have the
sizes of news pages (log-normal, median 60 kB), words of several languages by Zipf's law, and markup around them.
"""

from __future__ import annotations

import io
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from babelscope.app.importing import Order, import_paths
from babelscope.bench.search import World, make_world
from babelscope.flow.config import Config
from babelscope.flow.events import silent

HOSTS = 400
PAGE_MEDIAN = 60_000
PAGE_SIGMA = 0.6
LARGEST = 400_000
TARGET = 300.0
"""Records a second, before understanding."""
_MARKUP = (
    '<div class="row-{0} col" data-track="{1}"><a href="/{2}/{1}" title="{2}">'
    '<img src="/img/{1}.jpg" alt=""></a></div>\n'
)


def run(config: Config, records: int = 10_000) -> dict[str, Any]:
    """Write a segment of ``records`` response records, import it twice into an empty store; return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        segment = Path(folder) / "CC-NEWS-20260101000000-00001.warc.gz"
        size = write_segment(segment, records)
        store = msgspec.structs.replace(config.store, directory=str(Path(folder) / "store"), database="")
        chosen = msgspec.structs.replace(config, store=store)
        clock = time.process_time()
        seconds = [_timed(chosen, segment)]
        busy = time.process_time() - clock
        seconds.append(_timed(chosen, segment))
    rates = [records / spent for spent in seconds]
    return {
        "records": records,
        "segment_mb": round(size / 1e6, 1),
        "seconds": round(seconds[0], 1),
        "records_per_second": round(rates[0]),
        "cpu_ms_per_record": round(1000 * busy / records, 2),
        "known_records_per_second": round(rates[1]),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "met": rates[0] >= TARGET,
    }


def _timed(config: Config, segment: Path) -> float:
    started = time.perf_counter()
    import_paths(config, Order(paths=(segment,), process=False), listener=silent)
    return time.perf_counter() - started


def write_segment(path: Path, records: int, seed: int = 11) -> int:
    """Write a segment of ``records`` pages at ``path``, the same for the same seed; return its size in bytes."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "bench", "format": "WARC 1.0"}))
        for number, body in enumerate(_pages(records, seed)):
            url = f"https://www.news-{number % HOSTS}.example/2026/01/01/{number}.html"
            date = f"2026-01-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            fields = [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", str(len(body)))]
            head = StatusAndHeaders("200 OK", fields, protocol="HTTP/1.1")
            asked = StatusAndHeaders(f"GET {url} HTTP/1.1", [("Host", f"www.news-{number % HOSTS}.example")])
            made = {"warc_headers_dict": {"WARC-Date": date}}
            response = writer.create_warc_record(url, "response", io.BytesIO(body), http_headers=head, **made)
            request = writer.create_warc_record(url, "request", http_headers=asked, **made)
            request.rec_headers.replace_header("WARC-Concurrent-To", response.rec_headers.get_header("WARC-Record-ID"))
            writer.write_record(request)
            writer.write_record(response)
            writer.write_record(writer.create_warc_record(url, "metadata", io.BytesIO(b"fetchTimeMs: 120\r\n"), **made))
    return path.stat().st_size


def _pages(records: int, seed: int) -> Iterator[bytes]:
    world = make_world(seed)
    random = world.random
    sizes = np.minimum(random.lognormal(np.log(PAGE_MEDIAN), PAGE_SIGMA, records), LARGEST)
    languages = list(world.vocabulary)
    for number, size in enumerate(sizes):
        yield _page(world, languages[number % len(languages)], number, int(size))


def _page(world: World, language: str, number: int, size: int) -> bytes:
    words = world.words(language, 500)
    paragraphs = "".join(f"<p>{' '.join(words[at : at + 50])}</p>\n" for at in range(0, 500, 50))
    title = " ".join(words[:9])
    rows = max(0, size - len(paragraphs)) // 130
    drawn = world.random.integers(0, 1 << 30, rows)
    around = "".join(_MARKUP.format(value % 12, value, words[value % 500]) for value in drawn)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:type" content="article"></head><body><nav>{around[: len(around) // 2]}</nav>'
        f"<article><h1>{title}</h1>{paragraphs}</article><footer>{around[len(around) // 2 :]}</footer></body></html>"
    ).encode()
