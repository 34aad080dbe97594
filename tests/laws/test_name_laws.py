"""Laws of names: a name is itself, likeness has no direction, keys are few, no text breaks anything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from babelscope.languages.name_index import NameIndex
from babelscope.languages.name_matching import match_names
from babelscope.languages.name_origins import origins, same_origin
from babelscope.languages.name_sketch import may_match, sketch
from babelscope.languages.readings import MAX_KEYS, name_keys, romanise
from babelscope.languages.transliterate import log_odds, readings
from babelscope.languages.word_likeness import word_likeness

# all code points, lone surrogates too
ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
LETTERS = st.text("abcdeхийвалимدمحبןבאカナ王毅김이은ảßøñ'-. ", max_size=30)
NAME = st.one_of(ANY, LETTERS)


@given(NAME, NAME)
def test_matching_has_no_direction_and_stays_in_range(one: str, other: str) -> None:
    match = match_names(one, other)
    assert match == match_names(other, one)
    assert 0.0 <= match.score <= 1.0 and match.why


@given(NAME)
def test_a_name_matches_itself(name: str) -> None:
    assert match_names(name, name).score == 1.0


@given(NAME, NAME)
def test_likeness_of_words_has_no_direction(one: str, other: str) -> None:
    assert word_likeness(one, other) == word_likeness(other, one)
    assert 0.0 <= word_likeness(one, other) <= 1.0


@given(NAME)
def test_keys_are_few_short_and_ascii(word: str) -> None:
    keys = name_keys(word)
    assert len(keys) <= MAX_KEYS and len(set(keys)) == len(keys)
    assert all(key and key.isascii() and len(key) <= 6 for key in keys)
    assert keys == name_keys(word)


@given(NAME)
def test_readings_are_letters_with_falling_likelihood(word: str) -> None:
    found = readings(word)
    assert all(latin.isascii() and latin.isalpha() and latin.islower() for latin, _ in found)
    assert [log for _, log in found] == sorted((log for _, log in found), reverse=True)
    assert romanise(word) == "" or romanise(word).isalpha()


@given(NAME, st.text("abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_odds_are_finite(word: str, latin: str) -> None:
    assert -1000 < log_odds(word, latin) < 1000


@given(NAME, NAME)
def test_the_filter_has_no_direction_and_knows_a_name_again(one: str, other: str) -> None:
    assert may_match(sketch(one), sketch(other)) == may_match(sketch(other), sketch(one))
    assert may_match(sketch(one), sketch(one))


@given(NAME, NAME)
def test_origins_are_probabilities(one: str, other: str) -> None:
    found = origins(one)
    assert not found or abs(sum(found.values()) - 1) < 1e-9
    assert abs(same_origin(one, other) - same_origin(other, one)) < 1e-9
    assert -10 < same_origin(one, other) < 10


@given(st.lists(NAME, max_size=6), NAME)
def test_an_index_finds_only_what_matches(names: list[str], asked: str) -> None:
    for found in NameIndex(names).find(asked):
        assert found.match == match_names(asked, names[found.at]) and found.match.score >= 0.7
