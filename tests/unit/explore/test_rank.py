from __future__ import annotations

import datetime as dt
import itertools
import math

from hypothesis import given
from hypothesis import strategies as st

from babelscope.explore.rank import independent_sources, rank, upper_bound

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
PAIRS = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("UVWXY")), max_size=7)


def test_forty_reprints_of_one_wire_report_count_once() -> None:
    assert independent_sources([("wire", f"owner{n}") for n in range(40)]) == 1


def test_ten_reports_of_one_owner_count_once() -> None:
    assert independent_sources([(f"text{n}", "owner") for n in range(10)]) == 1


def test_an_own_report_beside_a_reprint_still_counts() -> None:
    # the wire is heard through the second owner, the first owner's own report stands for itself
    assert independent_sources([("wire", "first"), ("wire", "second"), ("own", "first")]) == 2


def test_nothing_has_no_source() -> None:
    assert independent_sources([]) == 0


@given(PAIRS)
def test_it_is_the_largest_choice_without_a_shared_family_or_owner(pairs: list[tuple[str, str]]) -> None:
    def fits(choice: tuple[tuple[str, str], ...]) -> bool:
        return len({f for f, _ in choice}) == len({o for _, o in choice}) == len(choice)

    sizes = (n for n in range(len(pairs), -1, -1) if any(map(fits, itertools.combinations(pairs, n))))
    assert independent_sources(pairs) == next(sizes)


@given(PAIRS, st.randoms(use_true_random=False))
def test_order_does_not_matter(pairs: list[tuple[str, str]], random: object) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert independent_sources(shuffled) == independent_sources(pairs)


def test_two_thousand_owners_need_no_deep_recursion() -> None:
    chain = [(f"f{n}", f"o{n}") for n in range(2000)] + [(f"f{n + 1}", f"o{n}") for n in range(1999)]
    assert independent_sources(chain) == 2000


def test_the_rank_is_breadth_times_novelty() -> None:
    made = rank(3, 4, NOW - dt.timedelta(hours=48), NOW)
    assert made.breadth == 3.0  # log2(4) + log2(4) / 2
    assert made.novelty == 0.5
    assert made.score == 1.5
    assert made.age_hours == 48.0


def test_a_story_from_the_future_is_merely_new() -> None:
    assert rank(1, 1, NOW + dt.timedelta(days=9), NOW).novelty == 1.0


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 10_000))
def test_no_story_passes_its_upper_bound(documents: int, independent: int, languages: int, minutes: int) -> None:
    latest = NOW - dt.timedelta(minutes=minutes)
    made = rank(min(independent, documents), min(languages, documents), latest, NOW)
    assert made.score <= upper_bound(documents, latest, NOW) + 1e-3
    assert math.isfinite(made.score) and made.score >= 0
