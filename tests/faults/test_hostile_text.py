"""Hostile text in every room: bounded time, right offsets, no crash.

Time is compared, never stopped: ten times the text may take thirty times the processor's time of this thread, where a
method of the square would take a hundred. What takes less than a blink is not measured at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pytest

from babelscope.connect import fingerprint
from babelscope.explore.highlight import find_terms, query_terms
from babelscope.extract import stage as extract
from babelscope.flow.apply import apply
from babelscope.flow.shapes import Stage
from babelscope.languages.analyse import analyse
from babelscope.languages.marks import drawable, has_bidi_override, has_hidden, visible
from babelscope.languages.numbers import numbers
from babelscope.languages.script import dominant_script
from babelscope.languages.segments import segments
from babelscope.languages.sentences import cut_at_sentence, first_words, sentence_spans, trimmed_sentences
from babelscope.languages.words import word_spans
from babelscope.model import Document, Embedding, Language, Mentions, Page, Translation
from babelscope.model.document import decode_document, encode_document
from babelscope.store.query import clauses
from babelscope.understand import embed, language, mentions, translate
from hostile_text import NAMES, hostile, many_languages
from mention_cases import check
from reading_cases import configuration

SMALL, LARGE, MEGABYTE = 10_000, 100_000, 1_000_000
BLINK = 0.1
MILLIONS = ["one word", "no space, Han", "marks", "overrides", "surrogates", "families", "languages"]
PURE: dict[str, Callable[[str], Any]] = {
    "sentences": sentence_spans,
    "sentences of Thai": lambda text: sentence_spans(text, "th"),
    "trimmed sentences": trimmed_sentences,
    "lead": lambda text: cut_at_sentence(text, len(text) - 1),
    "first words": lambda text: first_words(text, len(text)),
    "words": word_spans,
    "segments": segments,
    "visible": visible,
    "tokens": lambda text: analyse(text, "en"),
    "numbers": numbers,
    "script": dominant_script,
    "query": clauses,
    "highlight": lambda text: find_terms(text, query_terms("lisbon 中国 \U0001f525 a"), "en"),
}
BUILDERS = {
    "language": language.build,
    "fingerprint": fingerprint.build,
    "translate": translate.build,
    "mentions": mentions.build,
    "embed": embed.build,
}


def spent(work: Callable[[str], Any], text: str) -> float:
    started = time.thread_time()
    work(text)
    return time.thread_time() - started


@pytest.fixture(scope="module", autouse=True)
def _opened() -> None:
    """Build patterns and open dictionaries before anything is measured."""
    for work in PURE.values():
        work(many_languages()[:5_000])


@pytest.mark.parametrize("name", NAMES)
def test_ten_times_the_text_takes_about_ten_times_the_time(name: str) -> None:
    small, large = hostile(name, SMALL), hostile(name, LARGE)
    for what, work in PURE.items():
        first = spent(work, small)
        assert spent(work, large) <= 30 * max(first, BLINK), what


@pytest.mark.parametrize("name", MILLIONS)
def test_a_megabyte_keeps_its_offsets(name: str) -> None:
    text = hostile(name, MEGABYTE)
    assert "".join(text[a:b] for a, b in sentence_spans(text)) == text
    assert "".join(segments(text)) == text
    end = 0
    for start, stop in word_spans(text):
        assert end <= start < stop <= MEGABYTE and not any(map(str.isalnum, text[end:start]))
        end = stop
    pieces = visible(text)
    assert [p.start for p in pieces] == [0, *(p.end for p in pieces[:-1])] and pieces[-1].end == MEGABYTE
    assert len(drawable(text)) == MEGABYTE


def test_three_hundred_languages_in_one_text() -> None:
    text = many_languages()
    assert text.count("\n") >= 299
    assert len(sentence_spans(text)) >= 300
    assert len(word_spans(text)) > 5_000


def test_ten_thousand_marks_are_one_word_and_are_told() -> None:
    text = "Li" + "\u0301" * 10_000 + "sbon rose."
    assert word_spans(text) == [(0, 10_006), (10_007, 10_011)]
    (stack,) = [piece for piece in visible(text) if piece.mark]
    assert stack.mark == "+9992 marks" and (stack.start, stack.end) == (10, 10_002)
    assert text[stack.start : stack.end] == "\u0301" * 9_992


def test_overrides_are_named_where_they_stand() -> None:
    text = "Lis\u202ebon\u202c and \u2067x\u2069\ud800"
    found = [(p.start, p.mark, p.direction) for p in visible(text) if p.mark]
    assert found == [(3, "RLO", True), (7, "PDF", True), (13, "RLI", True), (15, "PDI", True), (16, "U+D800", False)]
    assert has_bidi_override(text) and has_hidden(text)
    assert not has_bidi_override("שלום, עולם") and not has_hidden("می\u200cخواهم 👨‍👩‍👧 ❤️")


@pytest.fixture(scope="module")
def stages() -> dict[str, Stage]:
    made = {name: build(configuration()) for name, build in BUILDERS.items()}
    for stage in made.values():
        stage.load()
    return made


def given(text: str, code: str) -> Document:
    layer = Language(code=code, script="Latn", confidence=1.0)
    return Document(id="d", title=text[: len(text) // 10], text=text).with_layers({"language": layer}, "given")


def outcome(stage: Stage, doc: Document) -> Document:
    """Return the document as the stage leaves it; a document in quarantine would be a fault of the stage."""
    done = apply([stage], [doc])
    assert done.failed == () and done.dropped == (), (stage.name, done.failed)
    return done.kept[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_real_stages_read_it(stages: dict[str, Stage], name: str) -> None:
    text = hostile(name, LARGE)
    for code in ("pt", "ar", "und"):
        doc = given(text, code)
        layers = outcome(stages["mentions"], doc).layers
        assert isinstance(layers["mentions"], Mentions)
        check(doc, layers["mentions"].items)
    layer = outcome(stages["language"], Document(id="d", title=text[:500], text=text)).layers["language"]
    assert isinstance(layer, Language) and 0 <= layer.confidence <= 1
    translation = outcome(stages["translate"], given(text, "pt")).layers["translation"]
    assert isinstance(translation, Translation) and 0 <= translation.lead_end <= LARGE
    embedded = outcome(stages["embed"], given(text, "pt")).layers.get("embedding")
    assert isinstance(embedded, Embedding) or not text.strip(), "only an empty text has no vector"
    outcome(stages["fingerprint"], given(text, "pt"))


@pytest.mark.parametrize("name", NAMES)
def test_bounded_stages_look_at_a_beginning_only(stages: dict[str, Stage], name: str) -> None:
    small, large = hostile(name, SMALL), hostile(name, LARGE)
    for stage in (stages["language"], stages["fingerprint"]):

        def read(text: str, stage: Stage = stage) -> Sequence[Any]:
            doc = Document(id="d", title=text[:500], text=text)
            return stage([doc if stage.name == "language" else given(text, "pt")])

        read(small[:1_000])
        first = spent(read, small)
        assert spent(read, large) <= 30 * max(first, BLINK), stage.name


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_it_is_an_article_or_a_clear_no(name: str) -> None:
    text = hostile(name, LARGE)
    body = f"<html><head><title>{escape(text[:200])}</title></head><body><article><p>{escape(text)}</p></article>"
    page = Page(body=body.encode("utf-8", "surrogatepass"), media_type="text/html", charset="utf-8")
    stage = extract.build(configuration())
    stage.load()
    done = apply([stage], [Document(id="d", url="http://paper.test/a").with_layers({"page": page}, "given")])
    assert done.received == 1
    assert all(one.error == "BadInput" for one in done.failed), done.failed
    for doc in done.kept:
        sentences = sentence_spans(doc.text)
        assert "".join(doc.text[a:b] for a, b in sentences) == doc.text
        assert decode_document(encode_document(doc)).text == doc.text
