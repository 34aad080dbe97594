"""A small store for tests of what is read: invented documents in seven languages, written through the real Library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from babelscope.flow.config import Config, ServeConfig, StoreConfig
from babelscope.flow.shapes import Exchange, Item, Polled, Refusal, Visit
from babelscope.model import (
    Anchor,
    Article,
    Capture,
    Document,
    Embedding,
    Failure,
    Hints,
    Language,
    Membership,
    Mention,
    Mentions,
    Rights,
    Translation,
    body_hash,
    capture_id,
    failure_id,
)
from babelscope.store.library import Library
from newsroom_reports import PERSON, SOURCES, STORIES, Told

__all__ = ["DAY", "PERSON", "SOURCES", "STORIES", "fill_store", "make_config", "page_of", "unit"]

DAY = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)


def make_config(folder: Path) -> Config:
    """Return a configuration whose store lies in ``folder``."""
    return Config(store=StoreConfig(directory=str(folder)), serve=ServeConfig(page_size=5), source=SOURCES)


def fill_store(config: Config) -> dict[str, str]:
    """Write the documents, one failure and two bad sources into the store of ``config``; return key → document id."""
    with Library.open(config) as library:
        run = library.begin_run(config)
        exchanges = {told.key: exchange_of(told) for told in STORIES}
        broken = exchange_of(
            Told(key="bad", source="manara", language="ar", script="Arab", title="", text="\x00", hours=60)
        )
        library.receive(run, [*polls([*exchanges.values(), broken]), *exchanges.values(), broken, *refusals()])
        raw = {document.capture: document for document in library.pending(100)}
        made = {told.key: read(told, raw[exchanges[told.key].capture.id]) for told in STORIES}
        bad = raw[broken.capture.id]
        failure = Failure(
            id=failure_id(bad.id, "extract@1"),
            document=bad.id,
            stage="extract@1",
            error="BadInput",
            message="no text <b>at all</b>",
            where="article.py:40",
            at=DAY,
        )
        library.commit(run, list(made.values()), {}, [failure])
        ids = {key: document.id for key, document in made.items()}
        library.link("duplicates", "duplicates@1", memberships(ids, "family"))
        library.link("stories", "stories@1", memberships(ids, "story"))
        library.end_run(run, ok=True)
    return ids


def page_of(told: Told) -> bytes:
    return f"<html><body><h1>{told.title}</h1><p>{told.text}</p><script>alert(1)</script></body></html>".encode()


def exchange_of(told: Told) -> Exchange:
    url = told.url or f"https://{told.source}.test/{told.key}"
    body = page_of(told)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    capture = Capture(
        id=capture_id(told.source, url, body),
        source=told.source,
        url=url,
        final_url=url,
        status=200,
        fetched_at=DAY + dt.timedelta(hours=told.hours, minutes=7),
        media_type="text/html",
        charset="utf-8",
        body_hash=body_hash(body),
        size=len(body),
        rights=Rights(robots="allowed", robots_hash="ab" * 32, tdm_reservation="1"),
        hints=Hints(title=told.title),
    )
    request = f"GET /{told.key} HTTP/1.1\r\nHost: {told.source}.test\r\n\r\n".encode()
    return Exchange(capture=capture, request=request, response=head + body, body=body)


def polls(exchanges: Sequence[Exchange]) -> list[Polled]:
    """Return a good poll of every source with documents (and its items), a failed one of the dead feed."""
    made = []
    for one in SOURCES:
        own = [e for e in exchanges if e.capture.source == one.id]
        url = one.listens[0].url
        items = tuple(Item(source=one.id, url=e.capture.url, feed=url, version=e.capture.id) for e in own)
        extra = tuple(Item(source=r.source, url=r.url, feed=url) for r in refusals() if r.source == one.id)
        dead = one.id == "dead-feed"
        visit = Visit(
            url=url,
            source=one.id,
            checked_at=DAY,
            next_due=DAY + dt.timedelta(hours=1),
            status=0 if dead else 200,
            failures=4 if dead else 0,
            error="the host does not answer" if dead else "",
            found=len(items) + len(extra),
        )
        if one.id != "quiet-one":
            made.append(Polled(visit=visit, items=items + extra))
    return made


def refusals() -> list[Refusal]:
    return [
        Refusal(source="manara", url="https://manara.test/private", reason="robots", detail="robots.txt forbids it")
    ]


def read(told: Told, raw: Document) -> Document:
    """Return ``raw`` with the layers that the stages would have made."""
    article = Article(title=told.title, text=told.text, published_at=DAY + dt.timedelta(hours=told.hours))
    same = told.language == "en"
    translation = Translation(
        to="en",
        grade=told.grade,
        route="same" if same else "firefox-test" if told.reads else "",
        title=told.reads,
        lead=told.lead,  # type: ignore[arg-type]
        lead_end=min(200, len(told.text)) if told.reads else 0,
        reason="" if told.reads else f"no model translates {told.language}",
    )
    language = Language(code=told.language, script=told.script, confidence=0.98)
    document = raw.with_layers({"article": article}, "extract@1").with_layers({"language": language}, "language@1")
    document = document.with_layers({"translation": translation}, "translate@1")
    document = document.with_layers({"mentions": Mentions(items=tuple(mentions_in(told)))}, "mentions@1")
    return document.with_layers({"embedding": vector_of(told.axis)}, "embed@1").without_transient()


def mentions_in(told: Told) -> list[Mention]:
    found = []
    for surface, kind, reads_as, place in told.names:
        start = told.text.index(surface)
        anchor = Anchor(of="text", start=start, end=start + len(surface))
        found.append(Mention(anchor=anchor, surface=surface, kind=kind, reads_as=reads_as, place=place, by="test"))  # type: ignore[arg-type]
    return sorted(found, key=lambda mention: mention.anchor.start)


def vector_of(axis: int) -> Embedding:
    return Embedding(vector=unit(axis), dimensions=384, model="test", mean="none")


def unit(axis: int) -> bytes:
    vector = np.zeros(384, dtype="<f2")
    vector[axis] = 1.0
    return vector.tobytes()


def memberships(ids: dict[str, str], kind: str) -> list[Membership]:
    """Return one membership per document; a group is named after its first document."""
    first: dict[str, str] = {}
    made = []
    for told in STORIES:
        name = getattr(told, kind) or told.key
        group = first.setdefault(name, ids[told.key])
        alone = group == ids[told.key]
        why = "" if alone else f"close to the first {kind}"
        made.append(
            Membership(
                document=ids[told.key],
                group=group,
                score=1.0 if alone else 0.8,
                nearest="" if alone else group,
                why=why,
            )
        )
    return made
