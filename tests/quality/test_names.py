"""Names across scripts: ranking, decisions, keys; floors a little below what was measured (docs/benchmarks.md)."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from babelscope.languages import name_matching
from babelscope.languages.name_matching import DECISION, compare_closely, match_names
from babelscope.languages.readings import name_keys
from babelscope.languages.transliterate import evidence, latin_letters
from reading_cases import evaluation_set, metrics

pytestmark = pytest.mark.slow
QUERIES, DISTRACTORS = 2000, 20
Pairs = dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    found: Pairs = defaultdict(list)
    for row in evaluation_set("names_netranslit"):
        found[row["script"]].append((row["latin"], row["target"]))
    return found


@pytest.mark.parametrize(
    ("script", "floor"),
    [
        ("russian", 0.981),
        ("hebrew", 0.983),
        ("arabic", 0.979),
        ("japanese", 0.975),
        ("chinese", 0.945),
        ("korean", 0.905),
    ],
)
def test_the_right_name_ranks_first_among_random_ones(pairs: Pairs, script: str, floor: float) -> None:
    draw = random.Random(2)
    ranked, right = [], []
    for latin, target in random.Random(1).sample(pairs[script], QUERIES):
        others = [t for _, t in draw.sample(pairs[script], DISTRACTORS + 1) if t != target][:DISTRACTORS]
        letters = latin_letters(latin)
        # the target last: a tie counts against it
        ranked.append(sorted([*others, target], key=lambda word: -evidence(word, letters)))
        right.append([target])
    assert metrics().mrr(ranked, right) >= floor


@pytest.mark.parametrize(
    ("script", "floor", "ceiling"),
    [
        ("russian", 0.92, 0.016),
        ("hebrew", 0.93, 0.01),
        ("arabic", 0.91, 0.015),
        ("japanese", 0.91, 0.01),
        ("chinese", 0.81, 0.021),
        ("korean", 0.8, 0.017),
    ],
)
def test_one_name_in_two_scripts_shares_a_key(pairs: Pairs, script: str, floor: float, ceiling: float) -> None:
    sample = random.Random(1).sample(pairs[script], QUERIES)
    keys = [(set(name_keys(latin)), set(name_keys(target))) for latin, target in sample]
    assert all(len(one) <= 4 and len(other) <= 4 for one, other in keys)
    assert sum(bool(one & other) for one, other in keys) / len(keys) >= floor
    draw = random.Random(3)
    random_pairs = [(draw.choice(keys)[0], draw.choice(keys)[1]) for _ in range(20_000)]
    assert sum(bool(one & other) for one, other in random_pairs) / len(random_pairs) <= ceiling


def test_names_of_different_people_stay_apart() -> None:
    lines = Path(__file__).with_name("names_apart.txt").read_text(encoding="utf-8").splitlines()
    apart = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    assert len(apart) >= 400
    wrong = [pair for pair in apart if match_names(*pair).score >= DECISION]
    assert len(wrong) / len(apart) <= 0.02, wrong


def test_names_of_one_person_in_two_scripts_match() -> None:
    lines = Path(__file__).with_name("names_same.txt").read_text(encoding="utf-8").splitlines()
    same = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    assert len(same) >= 150
    missed = [pair for pair in same if match_names(*pair).score < DECISION]
    assert len(missed) / len(same) <= 0.08, missed


def test_decisions_on_labelled_pairs_of_sanctions_lists() -> None:
    rows = evaluation_set("names_opensanctions")
    said = [match_names(row["name1"], row["name2"]).score >= DECISION for row in rows]
    both = sum(s and row["match"] for s, row in zip(said, rows, strict=True))
    f1 = 2 * both / (sum(said) + sum(bool(row["match"]) for row in rows))
    assert f1 >= 0.795  # logic_v2 of nomenklatura: .791


def test_the_filter_before_the_matcher_costs_few_matches(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(row["name1"], row["name2"]) for row in evaluation_set("names_opensanctions")]
    for script in sorted(pairs):
        rows += random.Random(5).sample(pairs[script], 500)
    filtered = [match_names(*row).score >= DECISION for row in rows]
    monkeypatch.setattr(name_matching, "may_be_alike", lambda one, other: True)
    closely = [compare_closely(*sorted(row)).score >= DECISION for row in rows]
    assert not any(one and not other for one, other in zip(filtered, closely, strict=True))
    lost = sum(other and not one for one, other in zip(filtered, closely, strict=True))
    assert sum(closely) > 2_500 and lost / sum(closely) <= 0.005
