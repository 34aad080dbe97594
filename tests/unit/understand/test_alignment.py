"""Which words stand for which: the sure cases, and the bounds."""

from __future__ import annotations

import pytest

from babelscope.understand.alignment import Link, align_words, project, turned


def shown(original: str, translation: str, pair: str, words: str) -> str:
    links = align_words(original, translation, *pair.split("-"))
    start = original.index(words)
    span = project(links, start, start + len(words))
    return translation[slice(*span)] if span else ""


@pytest.mark.parametrize(
    ("original", "translation", "pair", "words", "expected"),
    [
        ("O presidente da Alemanha falou", "Germany's president spoke", "pt-en", "Alemanha", "Germany's"),
        ("Morreram vinte e três pessoas", "As many as 23 people died", "pt-en", "vinte e três", "23"),
        (
            "Vladimir Putin chegou a Moscou",
            "To Moscow came Vladimir Putin",
            "pt-en",
            "Vladimir Putin",
            "Vladimir Putin",
        ),
        ("В понедельник Трамп встретил Меркель", "Trump met Merkel on Monday", "ru-en", "Меркель", "Merkel"),
        ("В понедельник Трамп встретил Меркель", "Trump met Merkel on Monday", "ru-en", "понедельник", "Monday"),
        ("التقى ترامب ميركل في برلين", "In Berlin, Trump met Merkel", "ar-en", "برلين", "Berlin"),
        ("川普总统会见了默克尔", "President Trump met Merkel", "zh-en", "默克尔", "Merkel"),
        ("President Trump met Merkel in Berlin", "トランプはベルリンでメルケルと会談", "en-ja", "Merkel", "メルケル"),
        ("O primeiro-ministro de Londres", "London's prime minister", "pt-en", "Londres", "London's"),
    ],
)
def test_words_are_found(original: str, translation: str, pair: str, words: str, expected: str) -> None:
    assert shown(original, translation, pair, words) == expected


def test_every_word_of_the_original_has_a_link() -> None:
    links = align_words("um dois três quatro", "alpha beta gamma", "pt", "xx")
    assert [link.start for link in links] == [0, 3, 8, 13]
    assert [link.at for link in links] == sorted(link.at for link in links)


def test_empty_sides_have_no_links() -> None:
    assert align_words("", "a b", "pt", "en") == ()
    assert align_words("a b", " — ", "pt", "en") == ()
    assert project((), 0, 5) is None


def test_a_projection_never_covers_half_a_sentence() -> None:
    links = (Link(0, 3, 0, 3), Link(4, 7, 90, 99), Link(8, 11, 100, 104))
    assert project(links, 0, 11) == (90, 104)
    assert project(links, 3, 4) is None


def test_a_sure_link_wins_over_a_longer_one() -> None:
    assert project((Link(0, 3, 0, 3, True), Link(4, 7, 90, 99)), 0, 7) == (0, 3)


def test_links_can_be_turned() -> None:
    links = align_words("Lisboa e Porto", "Porto and Lisboa", "pt", "en")
    assert project(turned(links), 0, 5) == (9, 14)
    assert turned(turned(links)) == links


def test_long_texts_follow_the_diagonal() -> None:
    text = " ".join(f"w{n}" for n in range(1000))
    links = align_words(text, text, "pt", "en")
    assert len(links) == 1000
    assert all((link.start, link.end) == (link.at, link.to) for link in links)
