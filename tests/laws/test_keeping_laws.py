"""Laws of shields, checks and alignments, for any text."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.understand.alignment import align_words, project
from babelscope.understand.glossary import Row, Term, glossary_of, glossary_rows
from babelscope.understand.protect import check, restore, shield, survived

ALPHABET = st.sampled_from(
    [*"aZé ñ,.;:!?'\"“«( )-@#/_0123456789XQxq\n\t", "ﷺ", "مرحبا", "北京", "ไทย", "हिन्दी", "한국", "İ", "ß", "\u0301",
     "\u202e",      "https://x.org/", "www.a.pt ", "a@b.org ", "XQ1", " Lisboa ", " três ", " 3 mil ", "🧨", "\ud800"]
)  # fmt: skip
TEXT = st.lists(ALPHABET, max_size=40).map("".join)
LANGUAGE = st.sampled_from(["pt", "en", "de", "zh", "ar", "th", "", "und", "xx"])
TERMS = st.lists(st.builds(Term, TEXT, TEXT), max_size=3).map(tuple)


@settings(deadline=None)
@given(TEXT, st.lists(TEXT.filter(bool), max_size=3))
def test_what_is_shielded_comes_back(text: str, terms: list[str]) -> None:
    shielded = shield(text, tuple(Term(term, term) for term in terms))
    assert survived(shielded.text, shielded)
    restored = restore(shielded.text, shielded)
    assert restored.casefold().replace(" ", "") == text.casefold().replace(" ", "")
    assert restore(text, shield(text)) in (text, restore(text, shield(text)))


@settings(deadline=None)
@given(TEXT)
def test_an_unshielded_text_is_unchanged(text: str) -> None:
    shielded = shield(text)
    if not shielded.holds:
        assert shielded.text == text
    assert restore(shielded.text, shielded).replace(" ", "") == text.replace(" ", "")


@settings(deadline=None)
@given(TEXT, TEXT, LANGUAGE, LANGUAGE, TERMS)
def test_a_check_names_what_stands_there(a: str, b: str, source: str, target: str, terms: tuple[Term, ...]) -> None:
    wanted = {term.term for term in terms}
    for fault in check(a, b, source, target, terms):
        assert fault.what in (a if fault.way == "lost" else b) or fault.what in wanted


@settings(deadline=None)
@given(TEXT, LANGUAGE)
def test_a_copy_has_no_faults(text: str, language: str) -> None:
    assert check(text, text, language, language) == ()


@settings(deadline=None)
@given(TEXT, TEXT, LANGUAGE, LANGUAGE)
def test_links_lie_inside_both_texts_in_order(a: str, b: str, source: str, target: str) -> None:
    links = align_words(a, b, source, target)
    assert links == align_words(a, b, source, target)
    assert all(0 <= x.start < x.end <= len(a) and 0 <= x.at < x.to <= len(b) for x in links)
    assert all(x.end <= y.start for x, y in pairwise(links))


@settings(deadline=None)
@given(TEXT, TEXT, LANGUAGE, LANGUAGE, st.integers(0, 60), st.integers(0, 60))
def test_a_projection_lies_inside(a: str, b: str, source: str, target: str, one: int, other: int) -> None:
    span = project(align_words(a, b, source, target), min(one, other), max(one, other))
    assert span is None or 0 <= span[0] < span[1] <= len(b)


@settings(deadline=None)
@given(st.lists(st.builds(Row, st.sampled_from(["pt", "*"]), TEXT, st.just("en"), TEXT), max_size=5))
def test_a_written_glossary_has_one_line_per_row(rows: list[Row]) -> None:
    lines = glossary_rows(rows).split("\n")[1:-1]
    assert all(line.count("\t") == 3 for line in lines)
    assert len(glossary_of(rows).pairs) <= 2
