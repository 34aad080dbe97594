"""Extraction on the evaluation pages: floors under the measured scores.

Measured 2026 (in brackets: trafilatura 2.3 alone, fast / full): Zyte 4-gram shingle F1 .968 (.962 / .960); Fundus mean
of the pages' character-10-gram F1 .956 (.945 / .950), date 134 of 136 on the exact day, title 108 exact, authors 122
exact; trafilatura's segments F1 .921 (.922 / .924); goose3 recall .932 before the judgement whether it is an article
(.932 / .932), which drops two synthetic pages of 25 characters; newspaper4k mean F1 .931 (.909 / .897).
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from types import ModuleType
from typing import Any

import pytest

from babelscope.extract.page import extract_html, find_candidate
from babelscope.model import Article
from reading_cases import evaluation_set, metrics

Row = dict[str, Any]
pytestmark = pytest.mark.slow


def rows(name: str) -> list[Row]:
    return [row for row in evaluation_set(name) if row["html"]]


@pytest.fixture(scope="module", name="metrics")
def loaded_metrics() -> ModuleType:
    return metrics()


def extracted(pages: list[Row]) -> list[Article | None]:
    return [extract_html(page["html"], url=page.get("url") or "") for page in pages]


def text_of(article: Article | None) -> str:
    return article.text if article is not None else ""


def test_zyte(metrics: ModuleType) -> None:
    pages = rows("extract_zyte")
    score = metrics.extraction_f1([(p["text"], text_of(a)) for p, a in zip(pages, extracted(pages), strict=True)])
    assert score.f1 >= 0.965


@pytest.fixture(scope="module")
def fundus() -> list[tuple[Row, Article | None]]:
    pages = rows("extract_fundus")
    return list(zip(pages, extracted(pages), strict=True))


def test_fundus_body(metrics: ModuleType, fundus: list[tuple[Row, Article | None]]) -> None:
    scores = [metrics.char_ngram_prf(page["text"], text_of(article)).f1 for page, article in fundus]
    assert statistics.mean(scores) >= 0.953


def test_fundus_dates_are_exact_or_absent(fundus: list[tuple[Row, Article | None]]) -> None:
    right = wrong = 0
    for page, article in fundus:
        gold = dt.datetime.fromisoformat(page["date"])
        found = article.published_at if article is not None else None
        if found is not None:
            same = found.astimezone(gold.tzinfo or dt.UTC).date() == gold.date()
            right, wrong = right + same, wrong + (not same)
    assert right >= 132
    # both wrong ones are htmldate's, the last resort; one of them is day and month exchanged in the gold
    assert wrong <= 2


def test_fundus_titles_and_authors(fundus: list[tuple[Row, Article | None]]) -> None:
    titles = sum(a is not None and a.title == (p["title"] or "").strip() for p, a in fundus)
    authors = sum(a is not None and sorted(a.authors) == sorted(p["authors"] or []) for p, a in fundus)
    assert titles >= 106
    assert authors >= 118


def test_trafilatura_segments(metrics: ModuleType) -> None:
    pages = rows("extract_trafilatura")
    found = [(text_of(a), p["must"], p["must_not"]) for p, a in zip(pages, extracted(pages), strict=True)]
    assert metrics.segment_scores(found)["f1"] >= 0.92


def test_goose3_recall(metrics: ModuleType) -> None:
    pages = [page for page in rows("extract_goose3") if page["text"]]
    found = [find_candidate(page["html"], url=page["url"]).article.text for page in pages]
    scores = [metrics.char_ngram_prf(p["text"], text).recall for p, text in zip(pages, found, strict=True)]
    assert statistics.mean(scores) >= 0.93


def test_newspaper4k(metrics: ModuleType) -> None:
    pages = [page for page in rows("extract_newspaper4k") if page["text"]]
    scores = [metrics.char_ngram_prf(p["text"], text_of(a)).f1 for p, a in zip(pages, extracted(pages), strict=True)]
    assert statistics.mean(scores) >= 0.92


def test_speed() -> None:
    pages = rows("extract_zyte") + rows("extract_fundus")
    extracted(pages[:3])
    began = time.process_time()
    extracted(pages)
    # 88 to 97 pages per second of one core were measured; half of it is asked of a busy machine
    assert len(pages) / (time.process_time() - began) >= 45
