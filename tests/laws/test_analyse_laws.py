"""Laws of the analyser: twice is once, tokens are clean, what stands in a text is found in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from babelscope.languages.analyse import MAX_TOKEN, SNOWBALL, analyse, normalise, plausible_stems

TEXT = st.text(max_size=80)
LANGUAGES = st.sampled_from([*sorted(SNOWBALL), "zh", "und", ""])


@given(TEXT)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(TEXT, LANGUAGES)
def test_tokens_are_bounded_and_hold_no_space(text: str, language: str) -> None:
    tokens = analyse(text, language)
    for token in (*tokens.words, *tokens.stems):
        assert token and not any(sign.isspace() for sign in token)
    assert all(len(word) <= MAX_TOKEN for word in tokens.words)


@given(TEXT, LANGUAGES)
def test_analysing_the_tokens_again_gives_the_same_tokens(text: str, language: str) -> None:
    words = analyse(text, language).words
    assert analyse(" ".join(words), language).words == words


@given(TEXT, LANGUAGES)
def test_the_language_never_changes_the_words(text: str, language: str) -> None:
    assert analyse(text, language).words == analyse(text).words


@given(st.lists(st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=8), max_size=6), st.integers(0, 5))
def test_a_word_of_a_text_is_found_in_it(words: list[str], at: int) -> None:
    if not words:
        return
    whole, part = analyse(" ".join(words)).words, analyse(words[at % len(words)]).words
    width = len(part)
    assert any(whole[i : i + width] == part for i in range(len(whole) - width + 1))


@given(TEXT)
def test_a_query_reaches_every_stem_that_a_document_of_a_known_script_has(text: str) -> None:
    for word in analyse(text).words:
        for stem in plausible_stems(word):
            language = stem.partition(":")[0]
            assert stem in analyse(word, language).stems
