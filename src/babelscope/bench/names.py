"""How fast names are compared: one by one, and one name with a whole list through its index."""

from __future__ import annotations

import functools
import random
import statistics
import time
from collections.abc import Callable
from typing import Any, TypeVar

from babelscope.languages.name_index import NameIndex
from babelscope.languages.name_matching import is_worth_comparing, match_names

_SYLLABLES = {
    "Latn": "ka to mi ro sen gar lin vel dor ash bra kov ich ian ez wal ter shan mar nor",
    "Cyrl": "ка то ми ро сен гар лин вел дор аш бра ков ич иан ез вал тер шан мар нор",
    "Arab": "كا تو مي رو سن غار لين فل دور اش برا كوف يش يان از وال تر شان مار نور",
    "Jpan": "カ ト ミ ロ セン ガル リン ベル ドル アシュ ブラ コフ イチ イアン エズ ワル テル シャン マル ノル",
    "Kore": "카 토 미 로 센 가르 린 벨 도르 애시 브라 코프 이치 이안 에즈 월 터 샨 마르 노르",
}
_Result = TypeVar("_Result")
_PAIRS, _LIST = 5_000, 300
_SHARES = {"Latn": 0.6, "Cyrl": 0.15, "Arab": 0.1, "Jpan": 0.1, "Kore": 0.05}


def made_up_names(count: int, seed: int = 1) -> list[str]:
    """Return ``count`` invented names of two or three words, most in Latin letters."""
    draw = random.Random(seed)  # noqa: S311
    names = []
    for _ in range(count):
        syllables = _SYLLABLES[draw.choices(list(_SHARES), list(_SHARES.values()))[0]].split()
        words = ("".join(draw.choices(syllables, k=draw.choice((2, 3, 3, 4)))) for _ in range(draw.choice((2, 2, 3))))
        names.append(" ".join(words).title())
    return names


def run(names: int = 20_000, queries: int = 100) -> dict[str, Any]:
    """Return comparisons a second: pairs, all of two lists, and an index of ``names`` invented names.

    A comparison is a pair that has got its decision, by the consonants alone (the filter) or by the matcher.
    """
    match_names("Владимир Петров", "Vladimir Petrov")
    index_of, built = _timed(lambda: NameIndex(made_up_names(names)))
    times = [_timed(functools.partial(index_of.find, name))[1] for name in made_up_names(queries, seed=2)]
    return {
        "pairs of names never seen, pairs a second": _pairs_a_second(),
        **_all_with_all(),
        "names in the index": names,
        "building the index, s": round(built, 2),
        "query of the index, ms": {
            "median": round(statistics.median(times) * 1000, 2),
            "p95": round(sorted(times)[int(len(times) * 0.95)] * 1000, 2),
        },
        "comparisons a second, through the index": round(names * queries / sum(times)),
    }


def _timed(work: Callable[[], _Result]) -> tuple[_Result, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


def _pairs_a_second() -> int:
    pairs = list(zip(made_up_names(_PAIRS, seed=3), made_up_names(_PAIRS, seed=4), strict=True))
    _, taken = _timed(lambda: [match_names(*pair) for pair in pairs])
    return round(len(pairs) / taken)


def _all_with_all() -> dict[str, Any]:
    """Compare each name of one list with each of another; no pair twice, the names' own preparation included."""
    one, other = made_up_names(_LIST, seed=5), made_up_names(_LIST, seed=6)
    _, taken = _timed(lambda: [match_names(a, b) for a in one for b in other])
    closely = sum(is_worth_comparing(a, b) for a in one for b in other)
    return {
        "two lists, pairs a second": round(_LIST**2 / taken),
        "of these left to the matcher, %": round(100 * closely / _LIST**2, 2),
    }
