from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from babelscope.demo import press as module
from babelscope.demo.press import Article, Press, load_press

PREDICATES = frozenset(
    [
        "owns",
        "part_of",
        "leads",
        "works_for",
        "acquires",
        "awards_contract_to",
        "supplies",
        "sanctions",
        "accuses",
        "opposes",
        "cooperates_with",
        "located_in",
        "regulates",
        "strikes_against",
        "arrests",
        "member_of",
        "funds",
        "operates",
    ]
)


@pytest.fixture(scope="module")
def press() -> Press:
    return load_press()


def words_of(article: Article) -> str:
    """The first and the second version, as a reader may have seen them."""
    second = article.at(2)
    return "\n".join((article.title, article.body, second.title, second.body))


def test_the_press_is_large_and_diverse(press: Press) -> None:
    assert len(press.articles) >= 80
    assert len(press.outlets) >= 16
    assert len({article.language for article in press.articles}) >= 18
    assert len(press.gold.stories) >= 15
    assert {outlet.template for outlet in press.outlets} == set(get_args(module.Layout))
    assert {outlet.feed for outlet in press.outlets} == set(get_args(module.FeedFormat))


def test_outlets_keep_to_the_format(press: Press) -> None:
    hosts = [outlet.host for outlet in press.outlets]
    assert len(set(hosts)) == len(hosts)
    for outlet in press.outlets:
        assert outlet.host == f"{outlet.id}.test"
        assert outlet.standing in get_args(module.Standing)
        assert len(outlet.country) == 2
        assert outlet.country.isupper()
        assert press.of(outlet) or "dead-feed" in outlet.quirks, f"{outlet.id} has no article"
        "é".encode(outlet.charset, errors="replace")


def test_articles_keep_to_the_format(press: Press) -> None:
    outlets = {outlet.id: outlet for outlet in press.outlets}
    stories = {story.id for story in press.gold.stories}
    for article in press.articles:
        assert article.language in outlets[article.outlet].languages, article.key
        assert article.kind in get_args(module.Kind), article.key
        assert article.story == "" or article.story in stories, article.key
        assert article.robots in ("", "disallow"), article.key
        assert article.title, article.key
        assert article.summary, article.key
        assert article.section, article.key
        assert len(article.paragraphs) >= 4, article.key
        assert all("\n" not in paragraph for paragraph in article.paragraphs), article.key
        assert article.slug.isascii(), article.key
        assert dt.date(2026, 11, 9) <= article.published.date() <= dt.date(2026, 11, 20), article.key
        assert not article.dateline or article.agency, article.key


def test_pages_can_be_written_in_their_outlets_charset(press: Press) -> None:
    outlets = {outlet.id: outlet for outlet in press.outlets}
    for article in press.articles:
        text = "".join((article.title, article.summary, article.body, *article.authors))
        assert text.encode(outlets[article.outlet].charset), article.key


def test_gold_stories_are_the_articles_stories(press: Press) -> None:
    told = {story.id: set(story.articles) for story in press.gold.stories}
    written: dict[str, set[str]] = {}
    for article in press.articles:
        if article.story:
            written.setdefault(article.story, set()).add(article.key)
    assert told == written


def test_gold_families_are_the_copies(press: Press) -> None:
    copies: dict[str, set[str]] = {}
    for article in press.articles:
        if article.copy_of:
            assert press.article(article.copy_of).published < article.published, article.key
            copies.setdefault(article.copy_of, {article.copy_of}).add(article.key)
    families = [frozenset(family.articles) for family in press.gold.families]
    assert Counter(families) == Counter(frozenset(members) for members in copies.values())


def test_every_surface_occurs_in_its_article(press: Press) -> None:
    for found in (*press.gold.places, *press.gold.organisations):
        assert found.surface in words_of(press.article(found.article)), found
        assert found.name, found
    for place in press.gold.places:
        assert len(place.country) == 2, place
        assert place.country.isupper(), place


def test_every_quote_occurs_in_its_body(press: Press) -> None:
    for tie in press.gold.ties:
        article = press.article(tie.article)
        assert any(tie.quote in body for body in (article.body, article.at(2).body)), tie
        assert tie.predicate in PREDICATES, tie
        assert tie.stance in get_args(module.Stance), tie
        assert tie.subject, tie
        assert tie.object, tie


def test_an_edit_is_later_and_changes_something(press: Press) -> None:
    edited = [article for article in press.articles if article.edited]
    assert edited
    for article in edited:
        second = article.at(2)
        assert article.at(1) == article
        assert second.updated is not None
        assert second.updated > article.published
        assert (second.title, second.body) != (article.title, article.body)
        assert second.changed == second.updated


def test_articles_come_newest_first(press: Press) -> None:
    for outlet in press.outlets:
        times = [article.published for article in press.of(outlet)]
        assert times == sorted(times, reverse=True)


def test_an_unknown_article_is_a_key_error(press: Press) -> None:
    with pytest.raises(KeyError):
        press.article("no-outlet/no-article")


OUTLET = """[[outlet]]
id = "one"
name = "One"
host = "one.test"
country = "DE"
languages = ["de"]
standing = "private"
owner = "One"
city = "Bonn"
feed = "rss"
template = "a"
"""
ARTICLE = """[[article]]
slug = "first"
language = "de"
kind = "news"
published = 2026-11-09T08:00:00+01:00
section = "Politik"
title = "Titel"
summary = "Kurz."
body = "Text."
"""


def write(folder: Path, articles: str) -> Path:
    (folder / "articles").mkdir()
    (folder / "outlets.toml").write_text(OUTLET)
    (folder / "articles" / "one.toml").write_text(articles)
    for name in module.GOLD_FILES:
        (folder / name).write_text("")
    return folder


def test_a_press_of_ones_own_is_read(tmp_path: Path) -> None:
    own = load_press(write(tmp_path, ARTICLE))
    assert [article.key for article in own.articles] == ["one/first"]
    assert own.at_host("ONE.test:8080") == own.outlets[0]
    assert own.at_host("two.test") is None
    assert own.article("one/first").published == dt.datetime(2026, 11, 9, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("articles", "complaint"),
    [
        (ARTICLE + 'colour = "red"\n', r"one\.toml: article 1 \(first\): .*colour"),
        (ARTICLE.replace("+01:00", ""), r"one\.toml: article 1 \(first\): the time .* has no offset"),
        (ARTICLE.replace('title = "Titel"\n', ""), r"one\.toml: article 1 \(first\): .*title"),
        (ARTICLE + ARTICLE, "named twice: one/first"),
        ("[[article", r"one\.toml: "),
    ],
)
def test_a_file_that_breaks_the_format_is_named(tmp_path: Path, articles: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        load_press(write(tmp_path, articles))


def test_the_data_cannot_be_changed(press: Press) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        press.articles[0].title = "another"  # type: ignore[misc]
