from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.languages.numbers import numbers
from babelscope.languages.sentences import cut_at_sentence, first_words, sentence_spans, trimmed_sentences

TEXTS = st.text(alphabet=st.sampled_from(list("aB é.!?。！؟।\n\t 3”中タไ…" + "\u0301")), max_size=120) | st.text(
    max_size=80
)


@given(TEXTS)
def test_spans_are_ordered_and_leave_only_white_space(text: str) -> None:
    spans = trimmed_sentences(text)
    end = 0
    for start, stop in spans:
        assert end <= start < stop <= len(text)
        assert not text[end:start].strip()
        assert text[start:stop].strip() == text[start:stop]
        end = stop
    assert not text[end:].strip()


@given(TEXTS, st.integers(0, 100))
def test_a_cut_never_passes_the_limit(text: str, limit: int) -> None:
    assert 0 <= cut_at_sentence(text, limit) <= limit or len(text) <= limit


@given(TEXTS, st.integers(0, 20))
def test_first_words_are_a_beginning(text: str, count: int) -> None:
    assert text.startswith(first_words(text, count))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. Smith met Dr. Lee. They talked.", ["Mr. Smith met Dr. Lee.", "They talked."]),
        ("The U.S. economy grew 3.5 percent. Good!", ["The U.S. economy grew 3.5 percent.", "Good!"]),
        ("Am 3. Oktober feiern wir. Ja.", ["Am 3. Oktober feiern wir.", "Ja."]),
        ("Il est né en 1990. Il vit à Lyon.", ["Il est né en 1990.", "Il vit à Lyon."]),
        ("“Stop!” he said. Then he left.", ["“Stop!” he said.", "Then he left."]),
        ("今天天气很好。我们去公园吧！好吗？", ["今天天气很好。", "我们去公园吧！", "好吗？"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("यह सच है। हाँ।", ["यह सच है।", "हाँ।"]),
        ("Одно. Другое и т.д. третье.", ["Одно.", "Другое и т.д. третье."]),
        ("Headline without a stop\nThe text begins.", ["Headline without a stop", "The text begins."]),
        ("ሰላም። እንዴት ነህ።", ["ሰላም።", "እንዴት ነህ።"]),
    ],
)
def test_sentences_of_many_scripts(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in trimmed_sentences(text)] == sentences


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Nobody works on Nov. He met Sen. Lee, Gen. Roe and No. 7 of Acme Inc. The end.", 3),
        ("de", "Das gilt z. B. für Dr. Kohl am 3. Oktober usw. Der Rest folgt.", 2),
        ("en", "He came 3. Then he left.", 2),
        ("hy", "Նա եկավ: Մենք գնացինք:", 2),
        ("el", "Τι είναι αυτό; Δεν ξέρω.", 2),
        ("am", "ሰላም ነው፡፡ እንዴት ነህ፡፡", 2),
        ("hi", "यह सच है | हाँ |", 2),
        ("hi", "डॉ. सिंह आए। वे बोले।", 2),
        ("zu", "Uthe yebo. uMongameli uhambile.", 2),
        ("ja", "「行く。」と言った。彼は帰った。", 2),
        ("ps", "هغه راغی.‎ ‎ موږ لاړو.", 2),
        ("en", "It was reported.[12] Nobody knew. 😀 Fine!😀😀 Good.", 4),
        ("ru", "Он родился в г. Москве и т. д. Там он живёт.", 2),
        ("en", "1. First point. 2. Second point.", 2),
        ("fr", "« Venez ! » Il part.", 2),
    ],
)
def test_languages_have_their_own_rules(language: str, text: str, count: int) -> None:
    assert len(sentence_spans(text, language)) == count, [text[a:b] for a, b in sentence_spans(text, language)]


def test_a_long_text_of_a_language_without_marks_is_cut_at_blanks() -> None:
    text = "วันนี้อากาศดีมาก " * 40
    spans = sentence_spans(text, "th")
    assert len(spans) > 4 and max(end - start for start, end in spans) < 150
    assert len(sentence_spans(text, "")) == 1


def test_a_lead_ends_with_a_sentence_if_one_ends_late_enough() -> None:
    text = "One two three. Four five six. Seven eight nine ten eleven."
    assert text[: cut_at_sentence(text, 40)] == "One two three. Four five six."
    assert text[: cut_at_sentence("word " * 30, 22)].count("\n") == 0
    assert cut_at_sentence("x" * 100, 30) == 30


def test_words_without_spaces_count_by_two_letters() -> None:
    assert first_words("中国外交部发言人", 2) == "中国外交"
    assert first_words("one two three", 2) == "one two"


def test_numbers_read_alike_in_all_notations() -> None:
    assert numbers("1.500,5 and 1,500.5 and ١٢٣") == ["15005", "15005", "123"]
