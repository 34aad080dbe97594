"""Dates as feeds write them, in many languages."""

from __future__ import annotations

import datetime as dt

import pytest

from babelscope.collect.moments import parse_moment

DAY = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
MOMENT = dt.datetime(2026, 1, 5, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("2026-01-05T09:30:00Z", ""),
        ("2026-01-05T18:30:00+0900", ""),
        ("2026-01-05 09:30:00", ""),
        ("2026/01/05 09:30", ""),
        ("20260105T093000Z", ""),
        ("20260105093000", ""),
        ("Mon, 05 Jan 2026 12:30:00 +0300", ""),
        ("Mon, 5 Jan 2026 10:30 CET", ""),
        ("Mon, 05 Jan 2026 12:30:00 MSK", ""),
        ("05 January 2026, 09:30", ""),
        ("January 5, 2026 9:30 AM", ""),
        ("1767605400", ""),
        ("1767605400000", ""),
        ("Пн, 05 янв 2026 12:30:00 +0300", "ru"),
        ("5 января 2026 г., 09:30", "ru-RU"),
        ("lun, 05 ene 2026 09:30:00 GMT", "es"),
        ("lun., 05 janv. 2026 10:30:00 +0100", "fr"),
        ("Mo, 05 Jän 2026 09:30:00 +0000", "de-AT"),
        ("Pzt, 05 Oca 2026 12:30:00 +0300", "tr"),
        ("Sen, 05 Jan 2026 16:30:00 +0700", "id"),
        ("2026年1月5日 18:30 JST", "ja"),
        ("2026년 1월 5일 오후 6:30 KST", "ko"),
        ("الاثنين 5 يناير 2026 09:30", "ar"),
        ("٥ يناير ٢٠٢٦ ٠٩:٣٠", "ar"),
        ("5 มกราคม 2569 09:30", "th"),
        ("५ जनवरी २०२६ ०९:३०", "hi"),
        ("05/01/2026 09:30", "fr"),
        ("01/05/2026 9:30 am", "en-US"),
        ("05.01.2026 09:30", ""),
    ],
)
def test_a_moment(text: str, language: str) -> None:
    assert parse_moment(text, language) == MOMENT


@pytest.mark.parametrize(
    ("text", "language"),
    [("2026-01-05", ""), ("5 janvier 2026", "fr"), ("05 Jan 2026", ""), ("5 ledna 2026", ""), ("2026年1月5日", "")],
)
def test_a_day_without_a_time_is_midnight(text: str, language: str) -> None:
    assert parse_moment(text, language) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "3 hours ago",
        "01/05/2026",
        "2026-13-45",
        "99999999999999",
        "0001-01-01T00:00:00+14:00",
        "1",
        "٣" * 90,
        "9" * 5000,
        "5 xyz 2026",
        "Mon, 99 Jan 2026 99:99:99 +9999",
        "12:30",
    ],
)
def test_what_cannot_be_told_is_none(text: str) -> None:
    assert parse_moment(text) is None
