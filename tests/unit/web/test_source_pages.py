"""Pages about sources: the list, one source, coverage; what hostile names and questions do to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from babelscope.flow.config import Config
from babelscope.model import Listen, Source
from babelscope.store.library import Library
from babelscope.web.application import create_app
from newsroom import DAY, fill_store, make_config
from store_world import alarm_row

HOSTILE = Source(
    id="hostile", name="<b>Bad</b> “Name”", home="javascript:alert(1)", listens=(Listen(url="http://bad.test/<i>"),)
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    made = make_config(tmp_path_factory.mktemp("store"))
    made = msgspec.structs.replace(made, source=(*made.source, HOSTILE))
    fill_store(made)
    raised = DAY + dt.timedelta(hours=3)
    rows = [
        ("manara", "silent", "expected 12 in 18 h, received 0", None),
        ("praia", "moved", "<script>alert(1)</script>", None),
        ("sahel", "dead", "no answer", raised + dt.timedelta(hours=30)),
    ]
    with Library.open(made) as library:
        alarms = [
            alarm_row(source, kind, raised, cleared_at=cleared, detail=detail, expected=12.0)
            for source, kind, detail, cleared in rows
        ]
        library.note_alarms(alarms, raised)
        library.note_alarms(alarms, raised)  # doing it again changes nothing
    return made


@pytest.fixture(scope="module")
def client(config: Config) -> Iterator[TestClient]:
    with TestClient(create_app(config), base_url="http://127.0.0.1") as made:
        yield made


def test_the_worst_comes_first_and_says_why(client: TestClient) -> None:
    html = client.get("/sources").text
    assert html.index("المنارة") < html.index("Dead Feed") < html.index("Quiet One")
    assert "expected 12 in 18 h, received 0" in html
    assert "<bdi>المنارة</bdi>" in html
    assert 'href="/sources?condition=silent"' in html


def test_filters_are_kept_from_page_to_page(client: TestClient) -> None:
    html = client.get("/sources?condition=well").text
    assert 'aria-current="true"' in html
    assert '<input type="hidden" name="condition" value="well">' in html
    assert 'href="/sources?page=2"' in client.get("/sources").text
    assert 'href="/sources?language=en"' in client.get("/sources?language=en&condition=well").text
    assert "No source fits" in client.get("/sources?q=nobody").text
    assert client.get("/sources?condition=odd").status_code == 400
    assert client.get("/sources?page=0").status_code == 400


def test_a_source_shows_its_alarms_and_addresses(client: TestClient) -> None:
    html = client.get("/sources/manara").text
    assert "https://manara.test/feed" in html
    assert "HTTP 200" in html
    assert "text and data mining reserved" in html
    assert "<strong>still</strong>" in html
    over = client.get("/sources/sahel").text
    assert "no answer" in over
    assert "<strong>still</strong>" not in over
    assert client.get("/sources/nobody").status_code == 404
    assert client.get("/sources/%00").status_code == 404


def test_what_a_source_says_is_text(client: TestClient) -> None:
    assert "<b>Bad" not in client.get("/sources?q=hostile").text
    page = client.get("/sources/hostile").text
    assert "<b>Bad" not in page
    assert "&lt;i&gt;" in page
    assert 'href="javascript:' not in page
    assert "<script>alert" not in client.get("/sources/praia").text


def test_coverage_says_where_nobody_is(client: TestClient) -> None:
    html = client.get("/coverage").text
    assert "Nobody there" in html
    assert "Fiji" in html
    assert ">blind</span>" in html


def test_the_api_tells_health_and_coverage(client: TestClient) -> None:
    health = client.get("/api/v1/health").json()
    assert [(one["source"], one["level"]) for one in health["alarms"]] == [("manara", "alarm"), ("praia", "notice")]
    assert dict(health["conditions"])["silent"] == 1
    assert health["checked_at"] == "2026-11-20T09:00:00Z"
    rows = client.get("/api/v1/coverage").json()["rows"]
    assert {row["country"] for row in rows} >= {"EG", "FI"}
    assert client.get("/api/v1/sources/manara").json()["condition"] == "silent"
    assert client.get("/api/v1/sources/nobody").status_code == 404
    found = client.get("/api/v1/sources?condition=silent").json()
    assert [one["id"] for one in found["sources"]] == ["manara"]


def test_before_the_first_run(tmp_path: Path) -> None:
    made = make_config(tmp_path / "nothing")
    with TestClient(create_app(made), base_url="http://127.0.0.1") as client:
        assert "never visited" in client.get("/sources/manara").text
        assert "blind" in client.get("/coverage").text
        assert client.get("/api/v1/health").json()["alarms"] == []
    bare = msgspec.structs.replace(made, source=())
    with TestClient(create_app(bare), base_url="http://127.0.0.1") as client:
        assert "No source is configured" in client.get("/sources").text
        assert "nothing is covered" in client.get("/coverage").text
