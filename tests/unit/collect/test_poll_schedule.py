"""When an address is due again."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from babelscope.collect.schedule import LONGEST, due_after, is_due, next_interval
from babelscope.flow.shapes import Visit
from loopback import START


def visit(interval: float, failures: int = 0) -> Visit:
    due = START + dt.timedelta(seconds=interval)
    return Visit(url="http://x.test/", source="x", checked_at=START, next_due=due, failures=failures)


def test_halves_doubles_and_stays_between_bounds() -> None:
    assert next_interval(None, 900, "nothing") == 900
    assert next_interval(visit(4000), 900, "new") == 2000
    assert next_interval(visit(4000), 900, "nothing") == 8000
    assert next_interval(visit(1000), 900, "new") == 900
    assert next_interval(visit(80_000), 900, "nothing") == LONGEST
    assert [next_interval(visit(900, n), 900, "failed") for n in (0, 1, 2, 50)] == [1800, 3600, 7200, LONGEST]


def test_due() -> None:
    assert is_due(None, START) and is_due(visit(10), START + dt.timedelta(seconds=10))
    assert not is_due(visit(10), START + dt.timedelta(seconds=9))


@given(st.text(max_size=20), st.floats(1, LONGEST))
def test_law_jitter_is_the_same_every_time_and_bounded(url: str, interval: float) -> None:
    due = due_after(url, START, interval)
    assert due == due_after(url, START, interval)
    assert interval - 0.001 <= (due - START).total_seconds() <= min(interval * 1.1, LONGEST) + 0.001
    assert len({due_after(str(n), START, 1000) for n in range(50)}) > 40
