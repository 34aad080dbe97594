"""Pages that were made to hurt: each is refused or read within seconds, none crashes the worker."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.extract.bounds import MAX_BYTES
from babelscope.extract.page import extract_html
from babelscope.flow.errors import BadInput
from babelscope.flow.markup import check_markup

SECONDS = 10
TEXT = "<p>" + "Some real text of an article, with a comma. " * 10 + "</p>"
BODY = "<html><body><article>"

REFUSED = {
    "100,000 nested div": "<div>" * 100_000 + TEXT + "</div>" * 100_000,
    "100,000 nested span": "<span>" * 100_000 + TEXT,
    "5,000 nested div": "<html><body>" + "<div>" * 5_000 + TEXT,
    "nested lists": "<ul><li>" * 50_000 + TEXT,
    "nested tables": "<table>" * 50_000 + TEXT,
    "10 MB of <": "<" * (MAX_BYTES - 10),
    "1 M attributes": "<div " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">" + TEXT,
    "attributes behind quotes": "<div " + " ".join(f"a{n}='<p>'" for n in range(20_000)) + ">" + TEXT,
    "huge text node": BODY + "<p>" + "word " * 2_000_000 + "</p>",
    "300,000 paragraphs": BODY + "<p>Hello world, this is text.</p>" * 300_000,
    "options": "<select>" + "<option>" * 100_000,
    "too large": "x" * (MAX_BYTES + 1),
    "entities": "<p>" + "&amp;" * 2_000_000,
    "comments": "<!--" * 2_500_000,
}
READ = {
    "wide cells": "<html><body><table><tr>" + "<td colspan=1000 rowspan=9999>a" * 39_000,
    "links at depth 240": "<html><body>" + "<div>" * 240 + "<p>word, word <a href=x>l</a> " * 3_300,
    "spans": BODY + "<p>" + "<span>a</span>" * 19_000,
    "line breaks": BODY + "line<br>" * 39_000,
    "unclosed paragraphs": BODY + "<p>text, " * 39_000,
    "named furniture": "<div class='share related'><p>word word</p></div>" * 9_500 + TEXT,
    "long word": BODY + "<p>" + "a" * 2_000_000 + "</p>",
    "deep JSON-LD": "<script type='application/ld+json'>" + "[" * 900_000 + "</script>" + TEXT,
    "separators in the title": "<title>" + " - " * 300_000 + "</title>" + TEXT,
    "NUL bytes": "\0" * 1_000_000 + TEXT + "\0" * 100,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_over_a_bound_goes_to_the_quarantine(name: str) -> None:
    began = time.process_time()
    with pytest.raises(BadInput):
        extract_html(REFUSED[name].encode())
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", READ)
def test_what_is_within_the_bounds_is_read_in_time(name: str) -> None:
    began = time.process_time()
    article = extract_html(READ[name].encode())
    assert time.process_time() - began < SECONDS
    assert article is None or len(article.text) <= 1_000_000


def test_sloppy_markup_is_not_taken_for_deep_nesting() -> None:
    sloppy = "<div><p>One <b>two <i>three</div>" * 5_000 + "<ul><li>a<li>b</ul><br></br></div></span>"
    assert check_markup(sloppy) < 10


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_random_bytes_never_raise(body: bytes) -> None:
    extract_html(b"<html><body><article><p>" + body + TEXT.encode())


FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<div class='share'>", "</div>", "<table><tr><td>", "<a href=x>", "text, text. ", "&#xD800;",
     "&#0;", "<!--", "-->", "<script>", "</script>", "<svg>", "<template>", "<form>", "<h1>", "\x00", "é", "字",
     "<br/>", "<li>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(FRAGMENTS, max_size=60))
def test_random_markup_never_raises_and_gives_clean_text(parts: list[str]) -> None:
    article = extract_html(("".join(parts) + TEXT).encode("utf-8", "surrogatepass"))
    if article is not None:
        (article.title + article.text).encode("utf-8")
        assert "\x00" not in article.text
