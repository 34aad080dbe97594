"""When an item is fetched (again): versions of feeds, sitemaps and section pages side by side."""

from __future__ import annotations

import pytest

from babelscope.collect.editions import is_news


@pytest.mark.parametrize(
    ("known", "offered", "news"),
    [
        (None, "", True),
        (None, "a", True),
        ("a", "a", False),
        ("a", "b", True),
        ("a", "", False),
        ("", "a", False),
        ("", "", False),
        ("sitemap:a", "sitemap:b", True),
        ("sitemap:a", "sitemap:a", False),
        ("sitemap:a", "b", False),
        ("a", "sitemap:b", False),
    ],
)
def test_an_edit_is_believed_from_the_same_kind_of_witness(known: str | None, offered: str, news: bool) -> None:
    assert is_news(known, offered) is news
