"""A small world for tests of the store: sources, exchanges as servers send them, documents as stages make them."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import msgspec
import numpy as np

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
