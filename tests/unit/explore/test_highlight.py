from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.explore.highlight import (
    Mark,
    find_terms,
    mention_marks,
    query_terms,
    shorten,
    snippet,
    spans,
    without_overlap,
)
from babelscope.model import Anchor, Mention

MARKS = st.lists(st.tuples(st.integers(0, 80), st.integers(1, 20)).map(lambda p: Mark(p[0], p[0] + p[1], "hit")))


@pytest.mark.parametrize(
    ("query", "language", "text", "found"),
    [
        ("elections", "en", "The election was held", ["election"]),
        ("election", "en", "Selection of hats", []),
        ("港口罢工", "zh", "上海港口工人罢工。", ["港口", "罢工"]),
        ("罢工", "zh", "码头工人罢工进入第二天", ["罢工"]),
        ('"port strike"', "en", "the Port Strike, a port and a strike", ["Port Strike"]),
        ("हड़ताल", "hi", "बंदरगाह पर हड़ताल हुई", ["हड़ताल"]),
        ("الميناء", "ar", "قالت هيئة الميناء", ["الميناء"]),
        ("ميناء", "ar", "إضرابٌ في مِيناء", ["مِيناء"]),
        ("STRASSE", "de", "In der Straße", ["Straße"]),
        ("fish -chips", "en", "fish and chips", ["fish"]),
        ("", "en", "nothing is asked", []),
    ],
)
def test_terms_are_found_as_the_index_finds_them(query: str, language: str, text: str, found: list[str]) -> None:
    marks = find_terms(text, query_terms(query), language)
    assert [text[m.start : m.end] for m in marks] == found


@given(st.text(max_size=80), MARKS)
def test_cut_text_joins_to_itself(text: str, marks: list[Mark]) -> None:
    assert "".join(span.text for span in spans(text, without_overlap(marks))) == text


@given(st.text(alphabet="ab 字", max_size=900), st.text(alphabet="ab 字", max_size=8))
def test_a_snippet_is_short_and_comes_from_the_text(text: str, query: str) -> None:
    made = snippet(text, find_terms(text, query_terms(query)), width=100)
    inside = "".join(span.text for span in made).removeprefix("… ").removesuffix(" …")
    assert inside in text
    assert len(inside) <= 100


def test_a_snippet_shows_the_first_dense_hit() -> None:
    text = "filler " * 100 + "the strike began " + "filler " * 100
    made = snippet(text, find_terms(text, query_terms("strike"), "en"))
    assert [span.text for span in made if span.mark == "hit"] == ["strike"]
    assert made[0].text == "… "
    assert made[-1].text == " …"


def test_wide_characters_count_twice() -> None:
    assert shorten("港口罢工" * 100, 80) == "港口罢工" * 10 + " …"
    assert shorten("word " * 100, 22) == "word word word word …"
    assert shorten("short", 80) == "short"
    wide = snippet("港口罢工" * 200, [], width=100)
    assert len("".join(span.text for span in wide)) == 50 + len(" …")


def test_overlapping_marks_keep_the_longer_of_two_that_start_together() -> None:
    kept = without_overlap([Mark(0, 4, "place"), Mark(0, 9, "organisation"), Mark(5, 12, "person")])
    assert kept == [Mark(0, 9, "organisation")]


def test_mentions_outside_of_the_text_are_left_out() -> None:
    def named(start: int, end: int) -> Mention:
        return Mention(anchor=Anchor(of="text", start=start, end=end), surface="x", kind="place")

    marks = mention_marks([named(0, 3), named(8, 30), named(5, 5)], "text", 10)
    assert [(m.start, m.end) for m in marks] == [(0, 3)]
