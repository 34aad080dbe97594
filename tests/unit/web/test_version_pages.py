"""The page and the API of an address's versions, over a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest
from fastapi.testclient import TestClient

from babelscope.explore.versions import VersionsView
from babelscope.web.application import create_app
from editions import fill_editions
from newsroom import make_config
from web_site import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    config = make_config(tmp_path_factory.mktemp("store"))
    ids = fill_editions(config)
    with TestClient(create_app(config), base_url="http://localhost", raise_server_exceptions=False) as client:
        yield Site(client=client, ids=ids, config=config)


def test_the_page_says_what_changed_without_relying_on_colour(site: Site) -> None:
    html = site.text(f"/document/{site.ids['b2']}/versions")
    assert (
        '<del><strong class="stress number">12</strong></del><ins><strong class="stress number">21</strong></ins>'
        in html
    )
    assert "edited silently" in html and "first seen" in html
    assert "Moved here from paragraph 7" in html and "3 paragraphs unchanged" in html
    assert html.count("<h1") == 1 and not re.search(r"\sstyle=|\son[a-z]+=|<style", html)


def test_any_two_versions_have_an_address(site: Site) -> None:
    path = f"/document/{site.ids['b2']}/versions?from={site.ids['b1']}&to={site.ids['b3']}"
    html = site.text(path)
    assert "What changed from version 1 to version 3" in html
    assert "<ins>Two people were charged. </ins>" in html


def test_arabic_is_set_from_right_to_left(site: Site) -> None:
    html = site.text(f"/document/{site.ids['a2']}/versions")
    assert re.search(r'class="difference body" lang="ar" dir="rtl"', html)
    assert "Deleted by the publisher" in html and "answered 410" in html


def test_document_story_and_search_bear_the_mark(site: Site) -> None:
    document = site.text(f"/document/{site.ids['a1']}")
    assert "Deleted by the publisher" in document and "Edited silently, 2 versions" in document
    assert f'href="/document/{site.ids["a2"]}">Latest version' in document
    story = site.text(f"/story/{site.ids['a1']}")
    assert "deleted by the publisher" in story and "edited silently" in story and "1 other version" in story
    assert f"/document/{site.ids['b1']}/versions" in site.text("/search?q=bridge")
    once = site.text(f"/document/{site.ids['one']}")
    assert "versions." not in once and "Deleted" not in once


def test_one_version_has_nothing_to_compare(site: Site) -> None:
    assert "nothing to compare" in site.text(f"/document/{site.ids['one']}/versions")


def test_wrong_questions_are_answered_in_words(site: Site) -> None:
    own = f"/document/{site.ids['b1']}/versions"
    assert "is not a version of this address" in site.text(f"{own}?to={site.ids['a1']}", 400)
    assert "32 hexadecimal digits" in site.text(f"{own}?from=%3Cscript%3E", 400)
    assert "no such document" in site.text(f"/document/{'0' * 32}/versions", 404)
    assert "no such document" in site.text("/document/x/versions", 404)


def test_programs_get_the_same_answer(site: Site) -> None:
    path = f"/api/v1/documents/{site.ids['b2']}/versions"
    view = msgspec.json.decode(site.client.get(path).content, type=VersionsView)
    assert [version.how for version in view.versions] == ["first", "silently", "openly"]
    assert view.change is not None
    assert [(fact.old, fact.new) for fact in view.change.comparison.facts] == [("12", "21"), ("Tampa", "Alexandria")]
    other = msgspec.json.decode(site.client.get(f"{path}?from={site.ids['b3']}&to={site.ids['b1']}").content)
    assert (other["change"]["old"], other["change"]["new"]) == (3, 1)
    assert site.client.get(f"{path}?to={site.ids['z1']}").status_code == 400
    assert site.client.get(f"/api/v1/documents/{'0' * 32}/versions").status_code == 404
    schema = site.client.get("/api/v1/openapi.json").json()
    asked = schema["paths"]["/api/v1/documents/{id}/versions"]["get"]["parameters"]
    assert [one["name"] for one in asked] == ["from", "to", "id"]
    assert "VersionsView" in schema["components"]["schemas"]
