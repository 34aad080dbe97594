"""Versions of an address as the store holds them: which edits were open, which silent, what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from babelscope.explore.documents import document_view
from babelscope.explore.fates import fates, number_of
from babelscope.explore.search import Question, search
from babelscope.explore.story import story_view
from babelscope.explore.versions import VersionsView, versions_view
from babelscope.extract.modified import stated_modification
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from editions import EDITIONS, fill_editions, look, taken
from newsroom import DAY, make_config, unit


class Room(msgspec.Struct):
    config: Config
    reader: Reader
    ids: dict[str, str]

    def versions(self, key: str, old: str = "", new: str = "") -> VersionsView:
        view = versions_view(self.reader, self.config, self.ids[key], self.ids.get(old, ""), self.ids.get(new, ""))
        assert view is not None
        return view


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    config = make_config(tmp_path)
    ids = fill_editions(config)
    with Reader.open(config) as reader:
        yield Room(config=config, reader=reader, ids=ids)


def test_each_version_says_how_it_came_about(room: Room) -> None:
    assert [v.how for v in room.versions("b1").versions] == ["first", "silently", "openly"]
    assert [v.how for v in room.versions("a1").versions] == ["first", "silently"]
    assert [v.how for v in room.versions("z1").versions] == ["first", "openly"]
    assert [v.document for v in room.versions("b2").versions] == [room.ids[key] for key in ("b1", "b2", "b3")]
    assert room.versions("b3").versions[2].why == "the page says that it was changed"
    assert room.versions("z2").versions[1].why == "a feed announced a new version"


def test_a_document_is_compared_with_the_one_before_it(room: Room) -> None:
    change = room.versions("b2").change
    assert change is not None and (change.old, change.new) == (1, 2)
    assert [(f.old, f.new) for f in change.comparison.facts] == [("12", "21"), ("Tampa", "Alexandria")]
    assert [piece.text for piece in change.comparison.title] == ["Bridge collapse kills ", "12", "21"]
    any_two = room.versions("b2", "b1", "b3").change
    assert any_two is not None and (any_two.old, any_two.new) == (1, 3)
    arabic = room.versions("a2").change
    assert arabic is not None and arabic.direction == "rtl" and arabic.language == "ar"


def test_other_addresses_cannot_be_compared_and_unknown_documents_are_not_there(room: Room) -> None:
    with pytest.raises(BadInput, match="not a version of this address"):
        room.versions("b1", "a1")
    assert versions_view(room.reader, room.config, "0" * 32) is None
    assert room.versions("one").change is None


def test_a_deleted_page_is_told_on_its_document_its_story_and_in_search(room: Room) -> None:
    assert room.versions("a1").standing.presence == "gone"
    view = document_view(room.reader, room.config, room.ids["a2"])
    assert view is not None and view.fate is not None
    assert (view.fate.presence, view.fate.status, view.fate.silently, view.fate.number) == ("gone", 410, 1, 2)
    assert view.fate.since is not None and view.fate.since > DAY
    story = story_view(room.reader, room.config, room.ids["a1"])
    assert story is not None
    family = story.families[0]
    assert family.first.fate is not None and family.first.fate.presence == "gone"
    assert (len(family.copies), len(family.versions), story.card.copies) == (0, 1, 0)
    hits = search(room.reader, room.config, Question(text="البلدية"), lambda *_: unit(300)).hits
    assert [(hit.fate.presence, hit.fate.versions, hit.fate.silently) for hit in hits if hit.fate] == [
        ("gone", 2, -1)
    ] * 2


def test_what_is_seen_once_bears_no_mark(room: Room) -> None:
    view = document_view(room.reader, room.config, room.ids["one"])
    assert view is not None and view.fate is None and view.versions == ()
    rows = room.reader.rows([room.ids["b1"], room.ids["one"]])
    assert list(fates(room.reader, rows)) == [room.ids["b1"]]


def test_a_page_that_came_back_is_not_called_deleted(room: Room) -> None:
    capture = room.reader.rows([room.ids["a2"]])[0].capture
    with Library.open(room.config) as library:
        run = library.begin_run(room.config)
        library.receive(run, [look(capture, "unchanged", 200)])
        library.end_run(run, ok=True)
    standing = room.versions("a1").standing
    assert (standing.presence, standing.since, standing.looks) == ("back", standing.looked_at, 4)


def test_a_page_that_reads_as_before_again_is_told(room: Room) -> None:
    assert room.versions("b3").standing.current == 3
    first, *_, last = room.versions("b1").versions
    again = taken(EDITIONS[0], room.reader.rows([last.document])[0].capture)
    capture = msgspec.structs.replace(again.capture, replaces=room.reader.rows([last.document])[0].capture)
    with Library.open(room.config) as library:
        run = library.begin_run(room.config)
        library.receive(run, [msgspec.structs.replace(again, capture=capture)])
        library.end_run(run, ok=True)
    view = room.versions("b1")
    assert view.standing.current == 1 and view.versions[0].document == first.document


def test_damaged_evidence_leaves_the_versions_readable(room: Room) -> None:
    for segment in Path(room.config.store.directory, "evidence").glob("*.gz"):
        segment.write_bytes(b"\0" * segment.stat().st_size)
    assert [v.how for v in room.versions("b1").versions] == ["first", "silently", "silently"]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<meta property="article:modified_time" content="2026-11-20T14:30:00+02:00">', "2026-11-20T12:30:00+00:00"),
        ('<meta itemprop="dateModified" content="2026-11-20">', "2026-11-20T00:00:00+00:00"),
        ('<script type="application/ld+json">{"@type":"NewsArticle","dateModified":"2026-11-19T08:00Z"}</script>',
         "2026-11-19T08:00:00+00:00"),
        ('<time itemprop="dateModified" datetime="2026-11-18T01:02:03Z">x</time>', "2026-11-18T01:02:03+00:00"),
        ('<meta property="article:modified_time" content="2031-01-01">', None),
        ("<p>Updated today</p>", None),
        ("\x89PNG\r\n", None),
    ],
)  # fmt: skip
def test_a_page_says_when_it_was_changed(page: str, found: str | None) -> None:
    said = stated_modification(page.encode("latin-1"), "utf-8", DAY)
    assert (said.isoformat() if said else None) == found


def test_of_very_many_versions_the_first_and_the_latest_keep_their_numbers() -> None:
    assert [number_of(place, 4, 60) for place in range(4)] == [1, 58, 59, 60]
    assert [number_of(place, 3, 3) for place in range(3)] == [1, 2, 3]
