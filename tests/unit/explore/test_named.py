"""Names in questions: which words may be names, and the documents that hold them in other scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from babelscope.explore.highlight import find_names
from babelscope.explore.hits import reasons
from babelscope.explore.named import name_parts
from babelscope.explore.search import Question, SearchView, search
from babelscope.flow.config import Config
from babelscope.store.reader import Reader
from newsroom import fill_store, make_config, unit

ALIASES = {"Alexandria": ("الإسكندرية", "亚历山大"), "Dock Workers": ("عمال الميناء",), "nice": ("نيس",)}


def aliases(name: str) -> tuple[str, ...]:
    return ALIASES.get(name, ())


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Config, Reader, dict[str, str]]]:
    config = make_config(tmp_path_factory.mktemp("store"))
    ids = fill_store(config)
    with Reader.open(config) as reader:
        yield config, reader, {id_: key for key, id_ in ids.items()}


def ask(room: tuple[Config, Reader, dict[str, str]], text: str, **more: object) -> SearchView:
    question = Question(text=text, size=20, **more)  # type: ignore[arg-type]
    return search(room[1], room[0], question, lambda _text, _config: unit(300), aliases=aliases)


def test_an_alias_finds_other_scripts_and_is_named(room: tuple[Config, Reader, dict[str, str]]) -> None:
    view = ask(room, "Alexandria")
    by_key = {room[2][hit.document]: hit for hit in view.hits}
    assert (by_key["ar1"].why, by_key["ar1"].names) == (("name",), ("الإسكندرية",))
    assert (by_key["zh1"].why, by_key["zh1"].names) == (("name",), ("亚历山大",))
    assert by_key["en1"].why[0] == "text" and by_key["en1"].names == ()
    assert view.by_name == 2
    assert view.total == len(view.hits)
    marked = [span.text for span in by_key["ar1"].snippet if span.mark == "hit"]
    assert marked == ["الإسكندرية"]


def test_text_stands_before_names(room: tuple[Config, Reader, dict[str, str]]) -> None:
    whys = [hit.why for hit in ask(room, "Alexandria").hits]
    assert whys.index(("name",)) > max(place for place, why in enumerate(whys) if "text" in why)


def test_every_word_must_be_found_in_one_way_or_another(room: tuple[Config, Reader, dict[str, str]]) -> None:
    assert {room[2][h.document] for h in ask(room, "Alexandria الميناء").hits} == {"ar1"}
    assert ask(room, "Alexandria unheard").hits == ()


def test_filters_hold_for_names(room: tuple[Config, Reader, dict[str, str]]) -> None:
    assert {room[2][h.document] for h in ask(room, "Alexandria", languages=("zh",)).hits} == {"zh1"}


def test_a_quoted_name_is_meant_to_the_letter(room: tuple[Config, Reader, dict[str, str]]) -> None:
    assert ask(room, '"Alexandria"').by_name == 0
    assert name_parts("Alexandria -strike", aliases) == ()


def test_words_that_may_be_names() -> None:
    (first, second) = name_parts("strike in Alexandria", aliases)[::2]
    assert (first.text, first.keys, first.aliases) == ("strike", (), ())
    assert second.text == "Alexandria" and second.keys and second.aliases == ALIASES["Alexandria"]
    assert [part.text for part in name_parts("Dock Workers of Alexandria", aliases)] == [
        "Dock Workers",
        "of",
        "Alexandria",
    ]
    assert name_parts("strike over pay in a port", aliases) != ()  # all small: any longer word may be a name
    assert name_parts("of a in", aliases) == ()
    assert name_parts("... !!", aliases) == ()
    assert name_parts("普京", aliases)[0].keys


def test_names_are_marked_as_whole_words() -> None:
    text = "В Риме примет Рим, в 罗马市"
    assert [text[m.start : m.end] for m in find_names(text, ("Рим", "罗马"))] == ["Рим", "罗马"]
    assert find_names(text, ()) == []


def test_reasons_in_order() -> None:
    assert reasons((True, True, True), True, True) == ("text", "translation", "name", "meaning")
    assert reasons((False, True, False), False, False) == ("name",)
    assert reasons((True, False, False), False, False) == ("text",)
