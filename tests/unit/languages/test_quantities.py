"""Numbers with their values: digits, separators, scale and words of many languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from babelscope.languages.quantities import quantities


def values(text: str, language: str, sure: bool = True) -> list[list[float]]:
    return [[float(v) for v in q.values] for q in quantities(text, language) if q.sure or not sure]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1.500 euros", "pt", [[1500]]),
        ("1.500 percent", "en", [[1.5, 1500]]),
        ("1,500 people", "en", [[1500]]),
        ("1,200.50", "en", [[1200.5]]),
        ("1.200,50", "de", [[1200.5]]),
        ("1 200,50", "fr", [[1200.5]]),
        ("1,00,000", "hi", [[100000]]),
        ("3,5 mil milhões", "pt", [[3.5e9]]),
        ("3,5 bilhões", "pt", [[3.5e9]]),
        ("2 mil", "es", [[2000]]),
        ("$3bn", "en", [[3e9]]),
        ("$3m", "en", [[3e6, 3]]),
        ("300万", "zh", [[3e6]]),
        ("३ करोड़", "hi", [[3e7]]),
        ("٣ مليون", "ar", [[3e6]]),
        ("12/03/2026", "pt", [[12], [3], [2026]]),
        ("1.2.3", "en", [[1], [2], [3]]),
        ("vinte e três mil", "pt", [[23000]]),
        ("two hundred and fifty", "en", [[250]]),
        ("two three four", "en", [[3], [4]]),
        ("dreiundzwanzig Millionen", "de", [[23e6]]),
        ("двадцать три тысячи", "ru", [[23000]]),
        ("três", "", []),
        ("um dos dois", "pt", []),
        ("1.7 million four years ago", "en", [[1.7e6], [4]]),
    ],
)
def test_values(text: str, language: str, expected: list[list[float]]) -> None:
    assert values(text, language) == expected


def test_spans_lie_where_the_number_stands() -> None:
    text = "Custou 3,5 mil milhões e vinte e três euros"
    assert [text[q.start : q.end] for q in quantities(text, "pt") if q.sure] == ["3,5 mil milhões", "vinte e três"]


def test_what_may_stand_for_a_number_is_not_sure() -> None:
    loose = [q for q in quantities("both were here, thousands came", "en") if not q.sure]
    assert [q.values for q in loose] == [(Decimal(2),), (Decimal(1000),)]
    assert quantities("both were here", "xx") == []


def test_an_endless_run_of_digits_is_no_quantity() -> None:
    assert quantities("9" * 100_000, "en") == []
