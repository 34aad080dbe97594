"""Laws of the ledger's arithmetic: it balances exactly when as many came in as ended, and one lost thing is seen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from babelscope.store.ledger import SIDES, balanced, imbalance
from babelscope.store.rows import LedgerRow

COUNTS = st.integers(1, 1000)
REASONS = st.sampled_from(["", "robots", "no-article", "extract@1"])


def row(stage: str, outcome: str, reason: str, count: int) -> LedgerRow:
    return LedgerRow(stage=stage, outcome=outcome, reason=reason, count=count)


@st.composite
def balanced_ledgers(draw: st.DrawFn) -> list[LedgerRow]:
    """Draw how things ended at each stage, then let as many have come in, split over the ways to come in."""
    rows: list[LedgerRow] = [row("poll", "answered", "200", draw(COUNTS))]
    for stage, (came, ended) in SIDES.items():
        ends = draw(st.lists(st.tuples(st.sampled_from(sorted(ended)), REASONS, COUNTS), max_size=6))
        rows += [row(stage, outcome, reason, count) for outcome, reason, count in ends]
        rest = sum(count for _, _, count in ends)
        for outcome in sorted(came)[:-1]:
            part = draw(st.integers(0, rest))
            rest -= part
            rows.append(row(stage, outcome, "", part))
        rows.append(row(stage, sorted(came)[-1], "", rest))
    return draw(st.permutations(rows))


@given(balanced_ledgers())
def test_a_ledger_in_which_all_is_accounted_for_balances(rows: list[LedgerRow]) -> None:
    assert balanced(rows) and imbalance(rows) == []


@given(balanced_ledgers(), st.data())
def test_one_thing_lost_anywhere_is_seen_and_its_stage_named(rows: list[LedgerRow], data: st.DataObject) -> None:
    stages = [at for at, one in enumerate(rows) if one.stage in SIDES and one.count]
    if not stages:
        return
    at = data.draw(st.sampled_from(stages))
    lost = rows[at]
    changed = [*rows[:at], row(lost.stage, lost.outcome, lost.reason, lost.count - 1), *rows[at + 1 :]]
    assert not balanced(changed)
    (told,) = imbalance(changed)
    assert told.startswith(f"{lost.stage}: ")


@given(st.lists(st.builds(row, st.sampled_from(["poll", "collect", "process"]), REASONS, REASONS, COUNTS), max_size=8))
def test_outcomes_of_no_side_weigh_nothing(rows: list[LedgerRow]) -> None:
    assert balanced(rows)
