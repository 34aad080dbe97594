"""Rules over observations: what begins an alarm, what goes on, what ends it, and which one tells the cause."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.explore.alarming import changes
from babelscope.explore.expectation import DayVolume, learn
from babelscope.explore.symptoms import CHANCE, HIDES, MEANINGS, Observed, Share, findings, tail
from babelscope.flow.shapes import Visit
from babelscope.store.alarms import AlarmRow
from store_world import alarm_row

NOW = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
TEN = learn([DayVolume((NOW - dt.timedelta(days=number)).date(), 10) for number in range(1, 43)])


def visit(url: str = "http://courier.test/feed", error: str = "", failures: int = 0, moved: str = "") -> Visit:
    return Visit(
        url=url, source="courier", checked_at=NOW, next_due=NOW + HOUR, error=error, failures=failures, moved=moved
    )


def seen(**more: object) -> Observed:
    known = {"source": "courier", "now": NOW, "expectation": TEN, "settled": TEN, "answered_at": NOW, "last_at": NOW}
    return Observed(**{**known, "visits": (visit(),), **more})  # type: ignore[arg-type]


def alarm(kind: str, raised_at: dt.datetime, detail: str = "") -> AlarmRow:
    return alarm_row("courier", kind, raised_at, detail=detail)


def kinds(observed: Observed, *open_alarms: AlarmRow) -> list[str]:
    return [one.kind for one in findings(observed, {one.kind: one for one in open_alarms})]


def test_a_healthy_source_has_nothing_to_report() -> None:
    assert kinds(seen()) == []


def test_silence_is_an_alarm_when_it_is_improbable() -> None:
    assert kinds(seen(last_at=NOW - 12 * HOUR)) == []
    (found,) = findings(seen(last_at=NOW - 48 * HOUR), {})
    assert found.kind == "silent"
    assert found.expected == pytest.approx(20, rel=0.1)
    assert "expected 20 in 48 h, received 0" in found.detail


def test_silence_is_judged_only_by_polls_that_were_answered() -> None:
    assert kinds(seen(last_at=NOW - 60 * HOUR, answered_at=NOW - 50 * HOUR)) == []
    assert kinds(seen(last_at=NOW - 48 * HOUR, answered_at=None)) == []


def test_silence_goes_on_until_an_article_comes() -> None:
    opened = alarm("silent", NOW - 10 * HOUR)
    assert kinds(seen(last_at=NOW - 60 * HOUR, expectation=learn([])), opened) == ["silent"]
    assert kinds(seen(last_at=NOW - HOUR), opened) == []


def test_failing_becomes_dead_after_a_day() -> None:
    broken = seen(visits=(visit(error="dns: no address", failures=3),), answered_at=None)
    assert kinds(broken) == ["failing"]
    assert kinds(broken, alarm("failing", NOW - 23 * HOUR)) == ["failing"]
    assert kinds(broken, alarm("failing", NOW - 24 * HOUR)) == ["dead"]
    assert kinds(broken, alarm("dead", NOW - HOUR)) == ["dead"]
    one_of_two = seen(visits=(visit(), visit("http://courier.test/b", "dns: no address", 9)))
    assert kinds(one_of_two, alarm("failing", NOW - 99 * HOUR)) == ["failing"]


def test_to_be_refused_is_told_from_being_dead() -> None:
    refused = seen(visits=(visit(error="status-403: access is refused", failures=3),), answered_at=None)
    assert kinds(refused) == ["blocked"]
    assert kinds(seen(visits=(visit(error="status-403: no", failures=1),), answered_at=None)) == ["failing"]
    assert kinds(seen(), alarm("blocked", NOW - HOUR)) == []


def test_a_share_must_be_sudden_and_large() -> None:
    assert kinds(seen(blocked=Share(8, 20, 0, 200, "not taken"))) == ["blocked"]
    assert kinds(seen(blocked=Share(4, 4, 0, 200))) == []  # too few to judge
    assert kinds(seen(blocked=Share(8, 20, 80, 200))) == []  # that is usual
    assert kinds(seen(empty=Share(6, 10, 1, 300))) == ["soft-404"]
    assert kinds(seen(foreign=Share(9, 12, 0, 300, "in fr"))) == ["language"]
    assert kinds(seen(refused=Share(15, 20, 2, 300))) == ["refused"]


def test_a_share_ends_below_a_quarter_of_where_it_began() -> None:
    opened = alarm("soft-404", NOW - HOUR)
    assert kinds(seen(empty=Share(2, 20, 0, 300)), opened) == ["soft-404"]
    assert kinds(seen(empty=Share(0, 3, 0, 300)), opened) == ["soft-404"]  # too few to say that it is over
    assert kinds(seen(empty=Share(1, 20, 0, 300)), opened) == []


def test_one_page_under_many_addresses_is_no_article() -> None:
    (found,) = findings(seen(documents=9, alike=6, alike_title="Not found", twice=0), {})
    assert found.kind == "soft-404"
    assert "6 of 9" in found.detail
    assert kinds(seen(documents=20, alike=2, twice=8)) == ["repeated"]


def test_moves_edits_and_removals_are_notices() -> None:
    moved = seen(visits=(visit(moved="http://new.test/feed"),))
    assert "http://new.test/feed" in findings(moved, {})[0].detail
    assert kinds(seen(edited=("“A bridge”",))) == ["edited"]
    assert kinds(seen(configured=False, visits=(visit(error="dns: gone", failures=5),))) == ["removed"]
    assert kinds(seen(dropped_listens=("http://courier.test/b",))) == ["removed"]


def test_much_less_than_expected_is_a_notice() -> None:
    assert kinds(seen(fewer=(5, 3.0))) == ["fewer"]
    assert kinds(seen(fewer=(20, 3.0))) == []
    assert kinds(seen(fewer=(15, 3.0)), alarm("fewer", NOW - HOUR)) == ["fewer"]
    assert kinds(seen(fewer=(20, 3.0)), alarm("fewer", NOW - HOUR)) == []
    assert kinds(seen(fewer=None), alarm("fewer", NOW - HOUR)) == ["fewer"]


def test_causes_hide_what_follows_from_them() -> None:
    both = seen(last_at=NOW - 60 * HOUR, blocked=Share(8, 8, 0, 200), fewer=(0, 3.0))
    assert kinds(both) == ["blocked"]
    assert set(HIDES) <= set(MEANINGS)


def test_changes_are_written_once() -> None:
    first = changes([seen(last_at=NOW - 48 * HOUR)], [], NOW)
    (raised,) = first.raised
    assert raised.kind == "silent"
    again = changes([seen(last_at=NOW - 48 * HOUR)], [raised], NOW + HOUR)
    assert (again.raised, again.updated, again.cleared) == ((), (), ())
    over = changes([seen(last_at=NOW + HOUR)], [raised], NOW + HOUR)
    assert [(one.id, one.cleared_at) for one in over.cleared] == [(raised.id, NOW + HOUR)]


def test_an_address_that_was_dropped_is_told_of_for_a_month_and_once() -> None:
    dropped = seen(dropped_listens=("http://courier.test/b",))
    (raised,) = changes([dropped], [], NOW).raised
    later = NOW + dt.timedelta(days=31)
    (cleared,) = changes([msgspec.structs.replace(dropped, now=later)], [raised], later).cleared
    assert changes([dropped], [cleared], later) == changes([], [], later)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.001, 0.99))
@settings(deadline=None)
def test_the_tail_is_the_binomial_tail(part: int, more: int, chance: float) -> None:
    whole = part + more
    exact = sum(_binomial(whole, k, chance) for k in range(part, whole + 1))
    assert tail(part, whole, chance) == pytest.approx(min(exact, 1.0), rel=1e-6, abs=1e-300)
    assert 0 < CHANCE < 0.001


def _binomial(whole: int, part: int, chance: float) -> float:
    from math import comb

    return comb(whole, part) * chance**part * (1 - chance) ** (whole - part)
