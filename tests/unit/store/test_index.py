"""The full-text index: what is found, filtered, counted, and seen by a reader while it is written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from babelscope.languages.analyse import analyse
from babelscope.model import Anchor, Document, Mention, Mentions, Place
from babelscope.store.index import IndexReader, IndexWriter
from babelscope.store.query import MAX_CLAUSES, clauses
from babelscope.store.rows import IndexQuery
from babelscope.store.shown import MAX_ENTITIES, IndexDocument, entity_names, month_of

JANUARY = dt.datetime(2026, 1, 15, 12, tzinfo=dt.UTC)
TEXTS = {
    "pt": (
        "pt",
        "Governo anuncia eleições",
        "O governo anunciou as eleições de março em Lisboa",
        "Government calls election",
    ),
    "en": ("en", "Budget vote", "Parliament voted on the budget while elections loom", ""),
    "zh": ("zh", "中国经济增长", "中国的经济在增长，国家主席表示。", "China's economy grows"),
    "th": ("th", "รัฐบาลไทย", "รัฐบาลประกาศการเลือกตั้งในประเทศไทย", "Thai government announces election"),
    "ru": ("ru", "Выборы", "Итоги выборов объявлены", "Election results announced"),
}


def entry(name: str, *, at: dt.datetime = JANUARY, entities: tuple[str, ...] = ()) -> IndexDocument:
    language, title, text, reading = TEXTS[name]
    head, body, read = analyse(title, language), analyse(text, language), analyse(reading, "en")
    return IndexDocument(
        id=name,
        time=at,
        titles=(head.words, read.words),
        bodies=(body.words, ()),
        stems=(*head.stems, *body.stems, *read.stems),
        language=language,
        country=language.upper(),
        source=f"source-{language}",
        entities=entities,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    writer = IndexWriter(tmp_path)
    writer.add("2026-01", [entry(name, entities=("Lisbon", name)) for name in ("pt", "en", "zh")])
    later = JANUARY + dt.timedelta(days=31)
    writer.add("2026-02", [entry(name, at=later, entities=("Lisbon",)) for name in ("th", "ru")])
    writer.commit()
    writer.close()
    return tmp_path


def find(folder: Path, text: str = "", **query: object) -> set[str]:
    result = IndexReader(folder).search(IndexQuery(text=text, **query), ["2026-01", "2026-02"])  # type: ignore[arg-type]
    assert result.total == len(result.hits)
    return {id_ for id_, _ in result.hits}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anunciar", {"pt"}),
        ("election", {"pt", "en", "th", "ru"}),
        ("ELEIÇÕES", {"pt"}),
        ("выбор", {"ru"}),
        ("经济", {"zh"}),
        ("经济增长", {"zh"}),
        ("การเลือกตั้ง", {"th"}),
        ("governo lisboa", {"pt"}),
        ("governo budget", set()),
        ('"eleições de março"', {"pt"}),
        ('"março de eleições"', set()),
        ('"中国经济"', {"zh"}),
        ("“the budget” elections", {"en"}),
        ("election -government", {"en", "ru"}),
        ('election -"on the budget"', {"pt", "th", "ru"}),
        ("-lisboa", {"en", "zh", "th", "ru"}),
        ("... !", set()),
        ('unbalanced "budget', set()),
        ("", {"pt", "en", "zh", "th", "ru"}),
    ],
)
def test_what_a_question_finds(folder: Path, text: str, found: set[str]) -> None:
    assert find(folder, text) == found


def test_filters(folder: Path) -> None:
    assert find(folder, languages=("pt", "ru")) == {"pt", "ru"}
    assert find(folder, "election", countries=("TH",)) == {"th"}
    assert find(folder, sources=("source-zh",)) == {"zh"}
    assert find(folder, entities=("zh", "en")) == {"zh", "en"}
    assert find(folder, "election", languages=("pt",), entities=("nobody",)) == set()
    assert find(folder, since=JANUARY + dt.timedelta(days=1)) == {"th", "ru"}
    assert find(folder, until=JANUARY) == set()
    assert find(folder, since=JANUARY, until=JANUARY + dt.timedelta(seconds=1)) == {"pt", "en", "zh"}
    assert find(folder, since=JANUARY.replace(tzinfo=None), until=JANUARY + dt.timedelta(days=1)) == {"pt", "en", "zh"}


def test_the_title_counts_more(folder: Path) -> None:
    result = IndexReader(folder).search(IndexQuery(text="election"), ["2026-01"])
    assert [id_ for id_, _ in result.hits] == ["pt", "en"]
    assert result.hits[0][1] > result.hits[1][1] > 0


def test_facets_and_histogram_run_over_months(folder: Path) -> None:
    query = IndexQuery(facets=True, histogram=True, limit=1)
    result = IndexReader(folder).search(query, ["2026-01", "2026-02"])
    assert result.total == 5 and len(result.hits) == 1
    assert result.facets["entity"] == [("Lisbon", 5), ("en", 1), ("pt", 1), ("zh", 1)]
    assert result.facets["language"] == [(name, 1) for name in ("en", "pt", "ru", "th", "zh")]
    assert result.histogram == [("2026-01-15", 3), ("2026-02-15", 2)]


def test_no_text_gives_the_newest_first_and_pages_do_not_overlap(folder: Path) -> None:
    reader = IndexReader(folder)
    pages = [reader.search(IndexQuery(limit=2, offset=at), ["2026-01", "2026-02"]).hits for at in (0, 2, 4, 6)]
    ids = [id_ for page in pages for id_, _ in page]
    assert sorted(ids) == sorted(TEXTS) and set(ids[:2]) == {"th", "ru"}
    assert pages[3] == ()
    assert reader.search(IndexQuery(limit=0), ["2026-01"]).total == 3


def test_adding_again_changes_nothing_and_removing_removes(folder: Path) -> None:
    writer = IndexWriter(folder)
    writer.add("2026-01", [entry("pt"), entry("pt")])
    writer.commit()
    assert writer.count("2026-01") == 3
    writer.remove("2026-01", ["pt", "nothing"])
    writer.commit()
    writer.close()
    assert find(folder, "lisboa") == set()


def test_a_reader_sees_each_commit_and_nothing_before_it(folder: Path) -> None:
    reader, writer = IndexReader(folder), IndexWriter(folder)
    query = IndexQuery(languages=("th",))
    assert reader.search(query, ["2026-01"]).total == 0
    writer.add("2026-01", [entry("th")])
    assert reader.search(query, ["2026-01"]).total == 0
    writer.commit()
    assert reader.search(query, ["2026-01"]).total == 1
    writer.clear("2026-01")
    assert reader.search(query, ["2026-01"]).total == 1
    writer.commit()
    assert reader.search(query, ["2026-01"]).total == 0
    writer.drop("2026-01")
    assert reader.search(query, ["2026-01"]).total == 0
    writer.close()


def test_more_months_than_writers_stay_open(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path)
    months = [f"2026-{n:02d}" for n in range(1, 8)]
    for month in months:
        writer.add(month, [entry("pt")])
    writer.commit()
    assert [writer.count(month) for month in months] == [1] * 7
    writer.close()


def test_a_torn_index_counts_as_missing_and_is_made_anew(folder: Path) -> None:
    (folder / "2026-01" / "meta.json").write_text("{")
    writer = IndexWriter(folder)
    assert writer.count("2026-01") == -1
    writer.add("2026-01", [entry("pt")])
    writer.commit()
    assert writer.count("2026-01") == 1
    writer.close()


def test_clauses_are_bounded() -> None:
    assert len(clauses(" ".join(f"w{n}" for n in range(1000)))) == MAX_CLAUSES
    assert clauses("same same") == clauses("same")
    assert clauses('"') == []


def mention(kind: str, surface: str, reads_as: str = "", place: Place | None = None) -> Mention:
    anchor = Anchor(of="text", start=0, end=1)
    return Mention(anchor=anchor, surface=surface, kind=kind, reads_as=reads_as, place=place)  # type: ignore[arg-type]


def named(*mentions: Mention) -> tuple[str, ...]:
    return entity_names(Document(id="x", layers={"mentions": Mentions(items=mentions)}))


@pytest.mark.responsible
def test_persons_are_no_entities() -> None:
    assert named(mention("person", "Ana Silva"), mention("organisation", "Câmara", "City Council")) == ("City Council",)


def test_entity_names_are_readable_and_bounded() -> None:
    place = Place(id="1", name="Lisbon", country="PT", latitude=0, longitude=0)
    lisbon = mention("place", "Lisboa", "Lisboa", place)
    assert named(mention("organisation", "ONU"), lisbon, lisbon, mention("thing", "Rock")) == ("Lisbon", "ONU")
    assert named(mention("place", "EU"), mention("place", "中国"), mention("place", " New\n York ")) == (
        "中国",
        "New York",
    )
    assert len(named(*(mention("place", f"Place {n}") for n in range(99)))) == MAX_ENTITIES
    assert entity_names(Document(id="x")) == ()


def test_the_month_is_the_one_in_which_it_was_seen() -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    seen = dt.datetime(2026, 2, 1, 3, tzinfo=east)
    assert month_of(Document(id="x", seen_at=seen, published_at=dt.datetime(1999, 1, 1, tzinfo=dt.UTC))) == "2026-01"
