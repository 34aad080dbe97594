"""The invented documents of the small store: seven languages, copies, versions, markup in a title, a person."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from babelscope.model import Listen, Place, Source

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
