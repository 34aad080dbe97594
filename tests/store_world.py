"""A small world for tests of the store: sources, exchanges as servers send them, documents as stages make them."""

from __future__ import annotations

import datetime as dt
import gzip
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
from warcio.archiveiterator import ArchiveIterator

from babelscope.flow.config import Config, StoreConfig
from babelscope.flow.shapes import Exchange, Item, Polled, Refusal, Visit
from babelscope.model import (
    Anchor,
    Article,
    Capture,
    Document,
    Embedding,
    Fingerprint,
    Hints,
    Language,
    Listen,
    Mention,
    Mentions,
    Page,
    Rights,
    Source,
    Translation,
    body_hash,
    capture_id,
)
from babelscope.store.alarms import AlarmRow, alarm_id
from babelscope.store.intake import Intake
from babelscope.store.library import Library
from babelscope.store.parts import Layout

START = dt.datetime(2026, 1, 30, 8, 0, tzinfo=dt.UTC)
FEED = "http://herald.example/feed.xml"
DIMENSIONS = 16
HERALD = Source(
    id="herald",
    name="Herald",
    home="http://herald.example",
    listens=(Listen(url=FEED),),
    country="PT",
    languages=("pt",),
)
COURIER = Source(id="courier", name="Courier", home="http://courier.example", country="CZ")


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> dt.datetime:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)


def config(directory: Path, **store: object) -> Config:
    settings = StoreConfig(directory=str(directory), **store)  # type: ignore[arg-type]
    return Config(store=settings, source=(HERALD, COURIER))


def exchange(
    number: int, *, source: str = "herald", text: str = "", coding: str = "chunked", hours: float = 0
) -> Exchange:
    """Article ``number``: its page says ``text`` (default: the number), sent in ``coding`` (chunked, gzip or plain)."""
    body = f"<html><title>Artigo {number}</title><p>{text or f'Notícia número {number}'}</p></html>".encode()
    url = f"http://{source}.example/{number}"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html;  charset=utf-8\r\nSERVER: x\r\n"
    if coding == "chunked":
        half = len(body) // 2
        parts = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]))
        response = head + b"Transfer-Encoding: chunked\r\n\r\n" + parts + b"0\r\n\r\n"
    else:
        sent = gzip.compress(body, mtime=0) if coding == "gzip" else body
        extra = b"Content-Encoding: gzip\r\n" if coding == "gzip" else b""
        response = head + extra + b"Content-Length: %d\r\n\r\n" % len(sent) + sent
    capture = Capture(
        id=capture_id(source, url, body),
        source=source,
        url=url,
        final_url=url,
        fetched_at=START + dt.timedelta(hours=hours, seconds=number),
        status=200,
        media_type="text/html",
        charset="utf-8",
        body_hash=body_hash(body),
        size=len(body),
        rights=Rights(robots="allowed", tdm_reservation="0"),
        hints=Hints(title=f"Dica {number}", authors=("A. Autor",), published_at=START),
    )
    request = f"GET /{number} HTTP/1.1\r\nHost: {source}.example\r\nUser-Agent: t\r\n\r\n".encode()
    return Exchange(capture=capture, request=request, response=response, body=body)


def preserved(settings: Config) -> Counter[str]:
    """Return address → responses in the WARC segments, as another reader sees them."""
    found: Counter[str] = Counter()
    for path in sorted(Layout.of(settings).evidence.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response":
                    found[record.rec_headers.get_header("WARC-Target-URI")] += 1
    return found


def abandon(store: Library | Intake) -> None:
    """Leave a store as kill -9 leaves it: bytes that nobody acknowledged, a run that goes on, a free lock."""
    parts = store._parts
    parts.evidence.abandon()
    for name in list(parts.acknowledged)[-1:]:
        with (parts.layout.evidence / name).open("ab") as file:
            file.write(b"\x1f\x8b torn")
    parts.engine.dispose()
    if isinstance(store, Intake):
        store.leases.close()
    store._lock.release()


def alarm_row(source: str, kind: str, raised_at: dt.datetime = START, **more: object) -> AlarmRow:
    """An alarm, open unless ``more`` says otherwise."""
    told = {"cleared_at": None, "detail": "", "expected": 0.0, "received": 0.0, **more}
    return AlarmRow(id=alarm_id(source, kind, raised_at), source=source, kind=kind, raised_at=raised_at, **told)  # type: ignore[arg-type]


def now_fetched(of: Exchange) -> Exchange:
    """The same exchange, of this moment."""
    capture = msgspec.structs.replace(of.capture, fetched_at=dt.datetime.now(dt.UTC))
    return msgspec.structs.replace(of, capture=capture)


def item(number: int, version: str = "", source: str = "herald") -> Item:
    return Item(
        source=source,
        url=f"http://{source}.example/{number}",
        feed=FEED,
        version=version,
        hints=Hints(title=f"Dica {number}"),
    )


def polled(*items: Item, feed: Exchange | None = None, error: str = "") -> Polled:
    visit = Visit(
        url=FEED,
        source="herald",
        checked_at=START,
        next_due=START + dt.timedelta(minutes=15),
        status=200 if not error else 0,
        etag='"x"',
        error=error,
        found=len(items),
    )
    return Polled(visit=visit, exchange=feed, items=items)


def refusal(number: int, reason: str = "robots", final: bool = True) -> Refusal:
    return Refusal(source="herald", url=f"http://herald.example/{number}", reason=reason, final=final)


def vector(seed: int) -> bytes:
    raw = np.random.default_rng(seed).normal(size=DIMENSIONS)
    return (raw / np.linalg.norm(raw)).astype("<f2").tobytes()


def made(raw: Document, number: int = 0, *, text: str = "", language: str = "pt") -> Document:
    """What the stages make of a raw document: every layer of the model."""
    page = raw.layers["page"]
    assert isinstance(page, Page)
    words = text or page.body.decode().split("<p>")[1].removesuffix("</p></html>")
    text = f"{words} em Lisboa, disse a Câmara."
    start = text.index("Lisboa")
    place = Mention(
        anchor=Anchor(of="text", start=start, end=start + 6), surface="Lisboa", kind="place", reads_as="Lisbon"
    )
    layers = {
        "article": Article(title=f"Título {words}", text=text, published_at=raw.seen_at, authors=("Ana",)),
        "language": Language(code=language, script="Latn", confidence=0.9),
        "translation": Translation(
            to="en", grade="neural", route="t", title=f"Reading {words}", lead="In Lisbon, it said."
        ),
        "mentions": Mentions(items=(place,)),
        "fingerprint": Fingerprint(minhash=bytes(8), permutations=2, shingles=3),
        "embedding": Embedding(vector=vector(number), dimensions=DIMENSIONS, model="m", mean="z"),
    }
    return raw.with_layers(layers, "test@1")


def article_body(document: Document) -> bytes:
    page = document.layers["page"]
    assert isinstance(page, Page)
    return page.body


def same(left: Document, right: Document) -> bool:
    """Whether two documents are equal, layers and all."""
    return msgspec.structs.asdict(left) == msgspec.structs.asdict(right)
