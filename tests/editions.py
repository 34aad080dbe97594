"""Articles that were edited and deleted: invented versions in four scripts, written through the real Library."""

from __future__ import annotations

import datetime as dt

import msgspec

from babelscope.flow.config import Config
from babelscope.flow.shapes import Exchange, Item, Polled, Refusal, Visit
from babelscope.model import (
    Anchor,
    Article,
    Document,
    Language,
    Membership,
    Mention,
    Mentions,
    Translation,
    body_hash,
    capture_id,
)
from babelscope.store.library import Library
from newsroom import DAY, exchange_of
from newsroom_reports import Told

STAYS = "The bridge carries the road to the harbour and was closed for repairs two years ago, the council said.\n" * 5
V1 = (
    "At least 12 people died when a bridge near Tampa collapsed on Monday morning. The mayor said that work had "
    "begun.\n"
    f"{STAYS}"
    "A crane of the Harbour Union was brought to the place by ship in the night.\n"
    "Trains will not run before Friday."
)
V2 = (
    "A crane of the Harbour Union was brought to the place by ship in the night.\n"
    "At least 21 people died when a bridge near Alexandria collapsed on Monday morning. Nobody was charged. The mayor "
    f"said that work had begun.\n{STAYS}"
    "Trains will not run before Friday, 27 November."
)
AR1 = "قُتل 12 شخصا في انهيار جسر قرب الميناء صباح الاثنين.\nوقالت البلدية إن العمل بدأ فورا لرفع الركام."
AR2 = (
    "قُتل 21 شخصا في انهيار جسر قرب الميناء مساء الاثنين.\nوقالت البلدية إن العمل بدأ فورا لرفع الركام.\n"
    "ولم يعلق الوزير."
)
ZH1 = "亚历山大港码头工人罢工进入第二天，12人受伤。\n港务局表示，港口作业已全部停止。"
ZH2 = "亚历山大港码头工人罢工进入第三天，21人受伤。\n港务局表示，港口作业已部分恢复。"
TH1 = "รัฐบาลกล่าวเมื่อวันจันทร์ว่าการเลือกตั้งจะจัดขึ้นในเดือนมีนาคม"

DELETED = "https://manara.test/jisr"


class Edition(msgspec.Struct, kw_only=True):
    """One version: ``looked`` when a second look found it, ``modified`` what the page says of itself."""

    key: str
    address: str
    source: str
    language: str
    script: str
    title: str
    text: str
    hours: int
    looked: bool = False
    modified: str = ""
    places: tuple[str, ...] = ()


EDITIONS = (
    Edition(key="b1", address="bridge", source="delta-post", language="en", script="Latn", hours=0,
            title="Bridge collapse kills 12", text=V1, modified="2026-11-20T06:00:00Z", places=("Tampa",)),
    Edition(key="b2", address="bridge", source="delta-post", language="en", script="Latn", hours=3, looked=True,
            title="Bridge collapse kills 21", text=V2, modified="2026-11-20T06:00:00Z", places=("Alexandria",)),
    Edition(key="b3", address="bridge", source="delta-post", language="en", script="Latn", hours=9, looked=True,
            title="Bridge collapse kills 21", text=V2.replace("Nobody was charged", "Two people were charged"),
            modified="2026-11-20T14:30:00Z", places=("Alexandria",)),
    Edition(key="a1", address="jisr", source="manara", language="ar", script="Arab", hours=1,
            title="مقتل 12 شخصا في انهيار جسر", text=AR1),
    Edition(key="a2", address="jisr", source="manara", language="ar", script="Arab", hours=6, looked=True,
            title="مقتل 21 شخصا في انهيار جسر", text=AR2),
    Edition(key="z1", address="bagong", source="haigang", language="zh", script="Hans", hours=2,
            title="码头工人罢工进入第二天", text=ZH1),
    Edition(key="z2", address="bagong", source="haigang", language="zh", script="Hans", hours=8,
            title="码头工人罢工进入第三天", text=ZH2),
    Edition(key="one", address="once", source="praia", language="pt", script="Latn", hours=2,
            title="Uma só vez", text="Este artigo foi visto uma só vez."),
)  # fmt: skip


def fill_editions(config: Config) -> dict[str, str]:
    """Write the versions into the store of ``config``, the Arabic one deleted in the end; return key → document id."""
    with Library.open(config) as library:
        run = library.begin_run(config)
        ids: dict[str, str] = {}
        before: dict[str, str] = {}
        for one in EDITIONS:
            exchange = taken(one, before.get(one.address, ""))
            before[one.address] = exchange.capture.id
            library.receive(run, [*([] if one.looked else [announced(one, exchange)]), exchange])
            raw = library.pending(1)[0]
            ids[one.key] = raw.id
            library.commit(run, [read(one, raw)], {}, [])
        library.link("stories", "stories@1", [member(ids, one) for one in EDITIONS])
        library.link("duplicates", "duplicates@1", [member(ids, one) for one in EDITIONS])
        library.receive(run, [look(before["jisr"], "not-modified", 304)])
        library.receive(run, [look(before["jisr"], "status-410", 410)])
        library.end_run(run, ok=True)
    return ids


def taken(one: Edition, replaces: str) -> Exchange:
    """Return the exchange of an edition: the page says when it was changed, if it says so at all."""
    told = Told(key=one.address, source=one.source, language=one.language, script=one.script, title=one.title,
                text=one.text, hours=one.hours)  # fmt: skip
    plain = exchange_of(told)
    meta = f'<meta property="article:modified_time" content="{one.modified}">' if one.modified else ""
    body = plain.body.replace(b"<body>", f"<head><meta charset=utf-8>{meta}</head><body>".encode())
    capture = msgspec.structs.replace(
        plain.capture,
        id=capture_id(one.source, plain.capture.url, body),
        body_hash=body_hash(body),
        size=len(body),
        replaces=replaces if one.looked else "",
    )
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return Exchange(capture=capture, request=plain.request, response=head + body, body=body)


def announced(one: Edition, exchange: Exchange) -> Polled:
    feed = f"https://{one.source}.test/feed"
    seen = exchange.capture.fetched_at
    visit = Visit(url=feed, source=one.source, checked_at=seen, next_due=seen + dt.timedelta(hours=1), status=200)
    return Polled(visit=visit, items=(Item(source=one.source, url=exchange.capture.url, feed=feed, version=one.key),))


def read(one: Edition, raw: Document) -> Document:
    """Return ``raw`` with the layers that the stages would have made."""
    article = Article(title=one.title, text=one.text, published_at=DAY)
    found = [
        Mention(anchor=Anchor(of="text", start=at, end=at + len(name)), surface=name, kind="place", by="test")
        for name in one.places
        if (at := one.text.index(name)) >= 0
    ]
    same = one.language == "en"
    translation = Translation(to="en", grade="none", route="same" if same else "", reason="" if same else "no model")
    return (
        raw.with_layers({"article": article}, "extract@1")
        .with_layers({"language": Language(code=one.language, script=one.script, confidence=0.99)}, "language@1")
        .with_layers({"translation": translation}, "translate@1")
        .with_layers({"mentions": Mentions(items=tuple(found))}, "mentions@1")
        .without_transient()
    )


def member(ids: dict[str, str], one: Edition) -> Membership:
    first = next(other.key for other in EDITIONS if other.address == one.address)
    return Membership(document=ids[one.key], group=ids[first], why="another version" if first != one.key else "")


def look(capture: str, reason: str, status: int) -> Refusal:
    """Return what a look at the Arabic article brought that brought no new bytes."""
    return Refusal(source="manara", url=DELETED, reason=reason, again=capture, status=status)
