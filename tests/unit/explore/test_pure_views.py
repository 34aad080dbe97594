from __future__ import annotations

import datetime as dt

import pytest

from babelscope.explore.fusion import fuse
from babelscope.explore.naming import country_name, direction, language_name, reading_direction
from babelscope.explore.originals import decode_body
from babelscope.explore.timeline import MAX_DAYS, parse_days, per_day


def test_fusion_gives_the_published_scores() -> None:
    fused = dict(fuse([["a", "b"], ["b", "c"]]))
    assert fused == pytest.approx({"b": 1 / 62 + 1 / 61, "a": 1 / 61, "c": 1 / 62})
    assert [id_ for id_, _ in fuse([["a", "b"], ["b", "c"]])] == ["b", "a", "c"]


def test_fusion_counts_a_repeated_id_once() -> None:
    assert fuse([["a", "a", "b"]]) == [("a", 1 / 61), ("b", 1 / 62)]


@pytest.mark.parametrize(
    ("script", "way"), [("Arab", "rtl"), ("Hebr", "rtl"), ("Hans", "ltr"), ("Zyyy", "auto"), ("", "auto")]
)
def test_direction_follows_the_script(script: str, way: str) -> None:
    assert direction(script) == way


def test_names_come_in_the_reading_language() -> None:
    assert language_name("ar", "en") == "Arabic"
    assert language_name("ar", "pt") == "árabe"
    assert language_name("und") == "Unknown language"
    assert language_name("xx-nonsense") == "xx-nonsense"
    assert country_name("EG", "en") == "Egypt"
    assert country_name("eg", "de") == "Ägypten"
    assert country_name("") == "Unknown country"
    assert reading_direction("fa") == "rtl"
    assert reading_direction("en") == "ltr"


def test_days_have_no_gaps_and_count_in_utc() -> None:
    east = dt.timezone(dt.timedelta(hours=9))
    days = per_day([dt.datetime(2026, 11, 20, 5, tzinfo=east), dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)])
    assert [(d.date, d.count) for d in days] == [
        ("2026-11-19", 1),
        ("2026-11-20", 0),
        ("2026-11-21", 0),
        ("2026-11-22", 1),
    ]


def test_days_are_bounded() -> None:
    assert len(parse_days([("1970-01-01", 1), ("2026-11-22", 2)])) == MAX_DAYS
    assert [d.count for d in parse_days([("2026-11-22", 2)], least_days=3)] == [0, 0, 2]
    assert parse_days([]) == ()


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("مرحبا بالعالم".encode("cp1256"), "windows-1256", "مرحبا"),
        (b'<html><meta charset="windows-1251">' + "Привет всем".encode("cp1251"), "", "Привет"),
        ("été".encode(), "no-such-charset", "été"),
        (b"abc", "base64", "abc"),
        (b"abc", "punycode", "abc"),
    ],
)
def test_an_original_is_decoded_by_what_it_declares(body: bytes, charset: str, text: str) -> None:
    made = decode_body(body, charset, "text/html")
    assert text in made.text
    assert made.is_text


def test_a_picture_is_not_shown_as_text() -> None:
    made = decode_body(b"%PDF-1.7", "", "application/pdf")
    assert not made.is_text
    assert "application/pdf" in made.text
