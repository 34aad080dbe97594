"""A small store for tests of what is read: invented documents in seven languages, written through the real Library."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import msgspec
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
    Listen,
    Membership,
    Mention,
    Mentions,
    Place,
    Rights,
    Source,
    Translation,
    body_hash,
    capture_id,
    failure_id,
)
from babelscope.store.library import Library

DAY = dt.datetime(2026, 11, 20, 6, 0, tzinfo=dt.UTC)
PERSON = "Odalys Ferrant"
TAMPA = Place(id="4174757", name="Tampa", country="US", latitude=27.9, longitude=-82.4)
ALEXANDRIA = Place(id="361058", name="Alexandria", country="EG", latitude=31.2, longitude=29.9)


class Told(msgspec.Struct, kw_only=True):
    """One invented report; ``names`` are (surface, kind, reads_as, place)."""

    key: str
    source: str
    language: str
    script: str
    title: str
    text: str
    hours: int
    reads: str = ""
    lead: str = ""
    grade: str = "none"
    story: str = ""
    family: str = ""
    url: str = ""
    names: Sequence[tuple[str, str, str, Place | None]] = ()
    axis: int = 0


def source(id_: str, name: str, country: str, language: str, owner: str = "") -> Source:
    home = f"https://{id_}.test/"
    listens = (Listen(url=f"{home}feed"),)
    return Source(id=id_, name=name, home=home, listens=listens, country=country, languages=(language,), owner=owner)


SOURCES = (
    source("delta-post", "Delta Post", "US", "en", "Meridian Group"),
    source("delta-evening", "Delta Evening", "US", "en", "Meridian Group"),
    source("manara", "المنارة", "EG", "ar"),
    source("haigang", "海港日报", "CN", "zh"),
    source("praia", "Diário da Praia", "PT", "pt"),
    source("sahel", "ساحل", "IR", "fa"),
    source("namal", "הנמל", "IL", "he"),
    source("quiet-one", "Quiet One", "FI", "fi"),
    source("dead-feed", "Dead Feed", "KE", "en"),
)

WIRE = "Dock workers in Alexandria stopped work on Thursday over pay, the port authority said. " * 6
STORIES = [
    Told(
        key="en1",
        source="delta-post",
        language="en",
        script="Latn",
        hours=0,
        story="strike",
        family="wire",
        axis=0,
        title="Dock workers in Alexandria begin a strike over pay",
        text=f"{WIRE}\n{PERSON}, who leads the Harbour Union, spoke in Tampa.",
        grade="neural",
        reads="Dock workers in Alexandria begin a strike over pay",
        lead=WIRE[:200],
        names=[
            (PERSON, "person", "", None),
            ("Harbour Union", "organisation", "", None),
            ("Tampa", "place", "", TAMPA),
            ("Alexandria", "place", "", ALEXANDRIA),
        ],
    ),
    Told(
        key="en2",
        source="delta-evening",
        language="en",
        script="Latn",
        hours=3,
        story="strike",
        family="wire",
        axis=0,
        title="Strike over pay at Alexandria docks",
        text=f"{WIRE}\nMore follows.",
        grade="neural",
        reads="Strike over pay at Alexandria docks",
        lead=WIRE[:200],
        names=[("Alexandria", "place", "", ALEXANDRIA)],
    ),
    Told(
        key="ar1",
        source="manara",
        language="ar",
        script="Arab",
        hours=5,
        story="strike",
        axis=0,
        title="إضراب عمال الميناء في الإسكندرية يدخل يومه الثاني",
        text="دخل إضراب عمال الميناء في الإسكندرية يومه الثاني.\nوقالت هيئة الميناء إن الحركة توقفت تمامًا.",
        names=[
            ("الإسكندرية", "place", "Alexandria", ALEXANDRIA),
            ("هيئة الميناء", "organisation", "Port Authority", None),
        ],
    ),
    Told(
        key="zh1",
        source="haigang",
        language="zh",
        script="Hans",
        hours=30,
        story="strike",
        axis=0,
        title="亚历山大港码头工人罢工进入第二天",
        text="亚历山大港码头工人罢工进入第二天。\n港务局表示，港口作业已全部停止。",
        names=[("亚历山大", "place", "Alexandria", ALEXANDRIA)],
    ),
    Told(
        key="pt1",
        source="praia",
        language="pt",
        script="Latn",
        hours=32,
        story="strike",
        axis=0,
        grade="neural",
        title="Greve dos estivadores em Alexandria entra no segundo dia",
        text="A greve dos estivadores em Alexandria entrou no segundo dia.",
        reads="Dockworkers’ strike in Alexandria enters second day",
        lead="The dockworkers’ strike in Alexandria has entered its second day.",
        names=[("Alexandria", "place", "Alexandria", ALEXANDRIA)],
    ),
    Told(
        key="he1",
        source="namal",
        language="he",
        script="Hebr",
        hours=40,
        story="flood",
        axis=1,
        title="שיטפון בנמל חיפה לאחר גשמים כבדים",
        text="שיטפון פקד את נמל חיפה לאחר גשמים כבדים.",
    ),
    Told(
        key="fa1",
        source="sahel",
        language="fa",
        script="Arab",
        hours=44,
        story="flood",
        axis=1,
        grade="gist",
        reads="flood harbor rain",
        lead="flood harbor",
        title="سیل در بندر پس از باران شدید",
        text="سیل در بندر پس از باران شدید رخ داد.",
    ),
    Told(
        key="xss",
        source="delta-post",
        language="en",
        script="Latn",
        hours=50,
        story="market",
        axis=2,
        grade="neural",
        title="<script>alert('fish')</script> Fish market <b>reopens</b>",
        text="<img src=x onerror=alert(1)> The fish market reopens.\nPrices & “quotes” stay.",
        reads="<script>alert('fish')</script> Fish market <b>reopens</b>",
        lead="<img src=x> The fish market reopens.",
    ),
    Told(
        key="v1",
        source="praia",
        language="pt",
        script="Latn",
        hours=51,
        story="ferry",
        axis=3,
        grade="neural",
        url="https://praia.test/ferry",
        title="Novo ferry para a ilha",
        text="Um novo ferry liga a ilha ao continente.",
        reads="New ferry to the island",
        lead="A new ferry links the island to the mainland.",
    ),
    Told(
        key="v2",
        source="praia",
        language="pt",
        script="Latn",
        hours=53,
        story="ferry",
        axis=3,
        grade="pivot",
        url="https://praia.test/ferry",
        title="Novo ferry para a ilha (atualizado)",
        text="Um novo ferry liga a ilha ao continente desde hoje.",
        reads="New ferry to the island (updated)",
        lead="A new ferry links the island.",
    ),
]


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
