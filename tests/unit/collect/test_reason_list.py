"""The closed list of reasons."""

from __future__ import annotations

from typing import get_args

import pytest

from babelscope.collect.reasons import REASONS, Reason, Refused, reason_of_status


def test_every_reason_has_a_meaning_and_no_other_is_listed() -> None:
    assert set(REASONS) == set(get_args(Reason))
    assert all(len(meaning.text) > 3 for meaning in REASONS.values())


@pytest.mark.parametrize(
    ("status", "reason", "final"),
    [
        (401, "status-401", True),
        (404, "status-404", True),
        (418, "status-4xx", True),
        (429, "status-429", False),
        (503, "status-503", False),
        (500, "status-5xx", False),
        (204, "status-other", True),
        (999, "status-other", True),
    ],
)
def test_statuses(status: int, reason: str, final: bool) -> None:
    refused = Refused(reason_of_status(status))
    assert (refused.reason, refused.final) == (reason, final) and refused.detail
