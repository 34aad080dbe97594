"""What a translation lost or invented, and what must not be called lost."""

from __future__ import annotations

import pytest

from babelscope.understand.glossary import Term
from babelscope.understand.protect import check


def found(original: str, translation: str, pair: str = "pt-en", terms: tuple[Term, ...] = ()) -> list[str]:
    faults = check(original, translation, *pair.split("-"), terms)
    return [f"{fault.kind} {fault.way} {fault.what}" for fault in faults]


@pytest.mark.parametrize(
    ("original", "translation", "pair"),
    [
        ("Morreram três pessoas.", "Three people died.", "pt-en"),
        ("Morreram 3 pessoas.", "Three people died.", "pt-en"),
        ("Custou 3,5 mil milhões de euros.", "It cost 3.5 billion euros.", "pt-en"),
        ("Custou 1.500 euros.", "It cost 1,500 euros.", "pt-en"),
        ("Às 15h30 de sábado.", "At 3:30 p.m. on Saturday.", "pt-en"),
        ("No dia 12, 340 pessoas", "On day 12, 340 people", "pt-en"),
        ("às 20h e 3 gols", "at 8 pm and three goals", "pt-en"),
        ("Nos anos 80.", "In the 1980s.", "pt-en"),
        ("No século XXI.", "In the 21st century.", "pt-en"),
        ("Na segunda-feira, 3 de março.", "On Monday, March 3.", "pt-en"),
        ("A Casa Branca falou.", "The White House spoke.", "pt-en"),
        ("Viajou para os Estados Unidos.", "He travelled to the US.", "pt-en"),
        ("Um jogador escocês da Alemanha.", "A Scottish player from Germany.", "pt-en"),
        ("Disse que «sim».", 'He said "yes".', "pt-en"),
        ("Сказал Владимир Путин в Москве.", "Vladimir Putin said in Moscow.", "ru-en"),
        ("वे 3 लोग थे।", "They were three people.", "hi-en"),
        ("They were 3 people.", "वे तीन लोग थे।", "en-hi"),
        ("Trump met Kim.", "ترامب يلتقي كيم.", "en-ar"),
        ("Der Bundestag tagt in Berlin.", "Parliament meets in Berlin.", "de-en"),
        ("What Barack Obama said.", "Was Barack Obama sagte.", "en-de"),
    ],
)
def test_nothing_is_missed(original: str, translation: str, pair: str) -> None:
    assert found(original, translation, pair) == []


@pytest.mark.parametrize(
    ("original", "translation", "pair", "faults"),
    [
        ("Morreram 312 pessoas.", "People died.", "pt-en", ["number lost 312"]),
        ("Morreram 312 pessoas.", "321 people died.", "pt-en", ["number lost 312", "number invented 321"]),
        ("340 mortos e 17 feridos", "34 dead and 17 injured", "pt-en", ["number lost 340", "number invented 34"]),
        ("Custou 3 milhões.", "It cost 3 dollars.", "pt-en", ["number lost 3 milhões", "number invented 3"]),
        ("Morreram três pessoas.", "People died.", "pt-en", ["number lost três"]),
        ("يبلغ 4٬312 شخصا", "People arrived", "ar-en", ["number lost 4٬312"]),
        ("Foi em março.", "It was in April.", "pt-en", ["date lost março", "date invented April"]),
        ("Ontem falou Celeste Moura.", "He spoke yesterday.", "pt-en", ["name lost Celeste Moura"]),
        (
            "Ontem falou o ministro na rua.",
            "He spoke with Bob Marley in the street.",
            "pt-en",
            ["name invented Bob Marley"],
        ),
        ("Veja https://x.org/a?b=1 já.", "See now.", "pt-en", ["address lost https://x.org/a?b=1"]),
        ("Veja já.", "See www.x.org now.", "pt-en", ["address invented www.x.org"]),
        ('Disse "sim" e saiu.', "He said yes and left.", "pt-en", ['quote lost "']),
        ("Disse sim.", 'He said "yes".', "pt-en", ['quote invented "']),
    ],
)
def test_what_is_missed(original: str, translation: str, pair: str, faults: list[str]) -> None:
    assert found(original, translation, pair) == faults


def test_a_term_of_the_user_must_stand_in_the_translation() -> None:
    term = Term("Banco Central", "Central Bank of Brazil")
    assert found("O banco central reuniu.", "The Bank met.", terms=(term,)) == ["name lost Banco Central"]
    assert found("O banco central reuniu.", "The central bank of Brazil met.", terms=(term,)) == []


@pytest.mark.parametrize("language", ["", "und", "xx", "zz-ZZ", "ar"])
def test_an_unknown_language_gives_no_false_alarm(language: str) -> None:
    assert check("Morreram 3 pessoas em Lisboa.", "Three people died in Lisbon.", language, "en") == ()
    assert check("Three people died in Lisbon.", "Morreram 3 pessoas em Lisboa.", "en", language) == ()


def test_long_and_hostile_texts_are_bounded() -> None:
    for text in ("A" * 1_000_000, "1," * 9_000, "Ab " * 6_000, "a\u0301" * 9_000, '"' * 19_000, "\ud800" * 9_000):
        check(text, text, "pt", "en")
        check(text, "", "pt", "en")
