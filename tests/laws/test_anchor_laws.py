"""The law of anchors: what a mention says stands at its place in the original, in every language, whatever the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.demo.addresses import path_of, url_of
from babelscope.demo.press import BEFORE, load_press
from babelscope.demo.site import render
from babelscope.flow.apply import PipelineSpec, apply
from babelscope.flow.config import Config
from babelscope.flow.shapes import Stage
from babelscope.model import Anchor, Document, Language, Mention, Mentions, Page, Translation, content_id
from babelscope.store.check import anchor_problems

STAGES = ("extract", "language", "translate", "mentions")
ODD = st.sampled_from(
    ["\u202e", "\u0301", "👩‍👩‍👧", "\u200b", "İ", "ﷺ", "ß", "\n", " ", "“", "\u00ad", "\ufeff", "𝕂", "च्"]
)


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    return PipelineSpec(stages=STAGES, config=Config()).open()


@pytest.fixture(scope="module")
def corpus(stages: Sequence[Stage]) -> list[Document]:
    press = load_press()
    raw = []
    for outlet in press.outlets:
        for article in press.of(outlet, 2):
            body = render(press, outlet.host, path_of(article), 2).body
            name, url = content_id("test", article.slug, body), url_of(outlet, article)
            raw.append(Document(id=name, url=url, seen_at=BEFORE.replace(year=2027), layers={"page": Page(body=body)}))
    outcome = apply(stages, raw)
    assert not outcome.failed and not outcome.dropped
    return list(outcome.kept)


def broken(document: Document) -> list[str]:
    """Return every way in which the document's layers do not fit its own characters."""
    found = list(anchor_problems(document))
    mentions, translation = document.layers["mentions"], document.layers["translation"]
    assert isinstance(mentions, Mentions) and isinstance(translation, Translation)
    for mention in mentions.items:
        original = {"title": document.title, "text": document.text}[mention.anchor.of]
        if original[mention.anchor.start : mention.anchor.end] != mention.surface or not mention.surface.strip():
            found.append(f"{mention.surface!r} is not at {mention.anchor}")
    if not 0 <= translation.lead_end <= len(document.text):
        found.append(f"the lead ends at {translation.lead_end} of {len(document.text)}")
    return found


def test_every_mention_of_the_demo_stands_where_it_says(corpus: list[Document]) -> None:
    assert [problem for document in corpus for problem in broken(document)] == []
    found: Counter[str] = Counter()
    for document in corpus:
        language = document.layers["language"]
        assert isinstance(language, Language)
        found[language.code] += len(document.layers["mentions"].items)
    assert sum(found.values()) > 500 and len(found) >= 18
    assert {code for code, count in found.items() if count} >= {"ar", "zh", "ru", "el", "hi", "en", "pt"}


def test_the_check_sees_a_mention_that_is_one_character_off(corpus: list[Document]) -> None:
    """Guards the guard: the test above cannot pass by looking at nothing."""
    document = next(d for d in corpus if d.layers["mentions"].items)
    first: Mention = document.layers["mentions"].items[0]
    moved = Anchor(of=first.anchor.of, start=first.anchor.start + 1, end=first.anchor.end + 1)
    wrong = Mentions(items=(msgspec.structs.replace(first, anchor=moved),))
    assert len(broken(document.with_layers({"mentions": wrong}, "test@1"))) == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_characters_move_no_anchor(stages: Sequence[Stage], corpus: list[Document], data: st.DataObject) -> None:
    """Marks, joiners, direction controls and astral characters are put anywhere into title and text."""
    document = corpus[data.draw(st.integers(0, len(corpus) - 1))]
    text = document.text[:600]
    for at, odd in data.draw(st.lists(st.tuples(st.integers(0, 600), ODD), min_size=1, max_size=12)):
        text = text[:at] + odd + text[at:]
    title = data.draw(ODD) + document.title + data.draw(ODD)
    changed = Document(id="odd", title=title, text=text, seen_at=document.seen_at)
    outcome = apply(stages[1:], [changed])
    assert not outcome.failed and [problem for d in outcome.kept for problem in broken(d)] == []
