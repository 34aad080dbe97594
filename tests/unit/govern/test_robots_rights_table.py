"""Every case of the table, decided by the pure functions."""

from __future__ import annotations

import pytest

from babelscope.govern import directives, read_rights
from robots_rights import Case, cases, decided

CASES = cases()


def test_the_table_is_long_enough_and_names_a_paragraph_for_each_case() -> None:
    assert len(CASES) >= 60 and len({(case.source, case.name) for case in CASES}) == len(CASES)
    assert all(case.source.strip() for case in CASES)
    assert sum(case.source.startswith("RFC 9309 §5") for case in CASES) >= 13


@pytest.mark.responsible
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_c2_c3_decided_as_the_standard_says(case: Case) -> None:
    ends, file = decided(case)
    assert ends == case.ends
    if ends != "taken":
        return
    rights = read_rights("allowed", "", case.pairs, case.body, "text/html", file)
    assert (rights.robots_tag, rights.meta_robots) == (case.robots_tag, case.meta_robots)
    assert (rights.tdm_reservation, rights.tdm_policy, rights.tdm_source) == tuple(case.tdm)
    assert sorted(directives(f"{rights.robots_tag}, {rights.meta_robots}", case.agent)) == sorted(case.holds)
