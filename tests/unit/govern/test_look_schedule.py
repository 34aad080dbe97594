"""When pages are looked at again: at double the age, to the last day, and not for ever."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.govern.looks import MAX_FAILURES, MAX_LOOKS, SOONEST, look_state, next_look

FIRST = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def looks(days: int, late: dt.timedelta = dt.timedelta(0)) -> list[dt.timedelta]:
    """The ages at which a page that stays is looked at, each time so much too late."""
    at, ages = FIRST, []
    while (due := next_look(FIRST, at, len(ages), 0, days)) is not None:
        at = due + late
        ages.append(at - FIRST)
    return ages


@pytest.mark.responsible
def test_the_age_doubles_and_the_last_look_falls_on_the_last_day() -> None:
    hours = [age / dt.timedelta(hours=1) for age in looks(30)]
    assert hours == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720]


def test_never_means_never() -> None:
    assert next_look(FIRST, FIRST, 0, 0, 0) is None


def test_who_does_not_bring_the_page_is_left_alone_after_a_while() -> None:
    assert next_look(FIRST, FIRST, 3, MAX_FAILURES - 1, 30) is not None
    assert next_look(FIRST, FIRST, 3, MAX_FAILURES, 30) is None
    assert next_look(FIRST, FIRST, MAX_LOOKS, 0, 30) is None


@given(st.integers(1, 400), st.timedeltas(dt.timedelta(0), dt.timedelta(days=3)))
def test_looks_are_few_and_never_close_together(days: int, late: dt.timedelta) -> None:
    ages = looks(days, late)
    assert 1 <= len(ages) <= MAX_LOOKS
    assert all(after - before >= SOONEST for before, after in zip([dt.timedelta(0), *ages], ages, strict=False))


@given(st.timedeltas(dt.timedelta(days=-400), dt.timedelta(days=400)), st.integers(0, 30), st.integers(0, 6))
def test_a_look_is_never_due_in_the_past(age: dt.timedelta, count: int, failures: int) -> None:
    due = next_look(FIRST, FIRST + age, count, failures, 30)
    assert due is None or due >= FIRST + age + SOONEST


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        ("unchanged", "same"),
        ("not-modified", "same"),
        ("status-404", "gone"),
        ("status-410", "gone"),
        ("status-403", "blocked"),
        ("robots", "blocked"),
        ("login", "blocked"),
        ("too-slow", "failing"),
        ("dns", "failing"),
    ],
)
def test_what_a_look_found(reason: str, state: str) -> None:
    assert look_state(reason) == state
