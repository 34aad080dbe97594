"""The pages and the API over a real store, asked as a browser or a program would."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from warcio.archiveiterator import ArchiveIterator

from babelscope.explore import search as searching
from babelscope.flow.config import Config
from babelscope.flow.errors import ModelMissing
from babelscope.web.application import create_app
from newsroom import PERSON, STORIES, fill_store, make_config, page_of
from web_site import Site

PAGES = ["/", "/search", "/search?q=الميناء", "/sources", "/quarantine", "/runs", "/about", "/api"]


def client_of(config: Config) -> TestClient:
    return TestClient(create_app(config), base_url="http://localhost", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    def missing(text: str, config: Config) -> bytes:
        raise ModelMissing("this test brings no model")

    config = make_config(tmp_path_factory.mktemp("store"))
    ids = fill_store(config)
    # the real model is measured elsewhere; without it the page must say so
    patch = pytest.MonkeyPatch()
    patch.setattr(searching.search, "__defaults__", (missing,))
    with client_of(config) as client:
        yield Site(client=client, ids=ids, config=config)
    patch.undo()


def all_pages(site: Site) -> list[str]:
    documents = [f"/document/{id_}" for id_ in site.ids.values()]
    return [*PAGES, *documents, f"/story/{site.ids['en1']}"]


def test_every_page_answers_and_is_whole(site: Site) -> None:
    for path in all_pages(site):
        html = site.text(path)
        assert html.startswith("<!doctype html>") and html.rstrip().endswith("</html>"), path
        assert html.count("<h1") == 1, path
        assert 'class="skip"' in html, path


def test_no_page_holds_inline_script_style_or_an_outside_address(site: Site) -> None:
    for path in all_pages(site):
        html = site.text(path)
        assert re.findall(r"<script(?![^>]*\bsrc=\"/static/)[^>]*>", html) == [], path
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", re.sub(r"&lt;.*?&gt;", "", html)), path
        loaded = re.findall(r"(?:src|href|action)=\"([^\"]+)\"", re.sub(r"<a [^>]*rel=\"noreferrer[^>]*>", "", html))
        assert all(address.startswith(("/", "#")) for address in loaded), (path, loaded)


def test_every_answer_carries_the_safety_headers(site: Site) -> None:
    for path in ["/", "/nowhere", "/api/v1/stories", "/health", "/search?page=x", "/static/none.css"]:
        headers = site.client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'"), path
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
        assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:8710", "", "[::1", "127.0.0.1.nip.io"]
)
def test_a_foreign_host_name_is_refused(site: Site, host: str) -> None:
    answer = site.client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "Dock workers" not in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8710", "127.0.0.1:8710", "[::1]:8710", "localhost.", "192.0.2.7:80"]
)
def test_its_own_names_and_addresses_are_answered(site: Site, host: str) -> None:
    assert site.client.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed(site: Site, method: str) -> None:
    answer = site.client.request(method, "/")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"


def test_head_answers_like_get_without_a_body(site: Site) -> None:
    for path in ["/", "/api/v1/stories", f"/document/{site.ids['ar1']}"]:
        answer = site.client.head(path)
        assert answer.status_code == 200
        assert answer.content == b""


def test_markup_in_a_title_is_text(site: Site) -> None:
    for path in ["/", f"/document/{site.ids['xss']}", f"/story/{site.ids['xss']}", "/search?q=fish"]:
        html = site.text(path)
        assert "alert(&#39;" in html, path
        assert "<script>alert" not in html and "<b>reopens" not in html and "<img" not in html, path
    assert "&lt;b&gt;at all&lt;/b&gt;" in site.text("/quarantine")


def test_a_query_is_text_too(site: Site) -> None:
    html = site.text('/search?q="><script>alert(1)</script>')
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_right_to_left_text_says_so(site: Site) -> None:
    html = site.text("/")
    assert re.search(r'<span lang="he" dir="rtl">שיטפון', html)
    document = site.text(f"/document/{site.ids['ar1']}")
    assert '<div class="ours" lang="ar" dir="rtl">' in document
    assert '<bdi class="source">المنارة</bdi>' in document


def test_the_front_page_shows_numbers_and_notes(site: Site) -> None:
    html = site.text("/")
    assert "4 independent sources" in html
    assert "log₂(1 + 4) + ½ log₂(4)" in html
    assert "not translated · Hebrew" in html
    assert "machine translation, neural, from Portuguese" in html
    assert "5 documents, 1 copy" in html


def test_a_story_shows_copies_coverage_and_names(site: Site) -> None:
    html = site.text(f"/story/{site.ids['en1']}")
    assert "1 copy of this text" in html
    assert "<td>United States</td><td>English</td>" in html
    assert re.search(r"<bdi>Alexandria</bdi><span class=\"num\">4</span>", html)


def test_a_document_shows_where_it_comes_from(site: Site) -> None:
    html = site.text(f"/document/{site.ids['pt1']}")
    body = next(page_of(told) for told in STORIES if told.key == "pt1")
    assert hashlib.sha256(body).hexdigest() in html
    for shown in [
        "https://praia.test/pt1",
        "babelscope-00000001.warc.gz",
        "&lt;urn:uuid:",
        "translate@1",
        "firefox-test",
        "HTTP 200",
    ]:
        assert shown in html, shown
    assert 'rel="noreferrer noopener nofollow"' in html
    assert "<strong>Machine translation</strong>" in html and "Portuguese → English (firefox-test)" in html
    assert "TDM reservation" in html


@pytest.mark.responsible
def test_o3_machine_output_is_marked_and_the_original_is_one_click_away(site: Site) -> None:
    html = site.text(f"/document/{site.ids['pt1']}")
    assert "made by a machine" in html and "neural" in html
    assert f'href="/document/{site.ids["pt1"]}/original"' in html


@pytest.mark.responsible
def test_p1_p4_a_person_stands_in_the_text_and_nowhere_else(site: Site) -> None:
    document = site.text(f"/document/{site.ids['en1']}")
    assert document.count(PERSON) == 1
    assert re.search(rf'<span class="name person"[^>]*>{PERSON}</span>', document)
    others = [path for path in all_pages(site) if site.ids["en1"] not in path or path.startswith("/story")]
    for path in [*others, "/search?q=Harbour", "/search?entity=Harbour%20Union"]:
        html = re.sub(r'<p class="snippet".*?</p>', "", site.text(path), flags=re.DOTALL)
        assert PERSON not in html, path
    assert "0 documents" in site.text(f"/search?entity={PERSON}").replace("\u202f", "")
    for path in ["/api/v1/stories", f"/api/v1/stories/{site.ids['en1']}", "/api/v1/sources", "/api/v1/runs"]:
        assert PERSON not in site.text(path), path
    assert PERSON not in json.dumps(site.client.get("/api/v1/search?q=strike").json()["facets"])


def test_the_original_is_shown_as_text_only(site: Site) -> None:
    for path in [f"/document/{site.ids['xss']}/original", f"/api/v1/documents/{site.ids['xss']}/original"]:
        answer = site.client.get(path)
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content == next(page_of(told) for told in STORIES if told.key == "xss")


def test_the_warc_download_is_a_warc_with_the_exact_bytes(site: Site) -> None:
    answer = site.client.get(f"/document/{site.ids['zh1']}/original.warc")
    assert answer.headers["content-type"] == "application/warc"
    assert "attachment" in answer.headers["content-disposition"]
    records = {r.rec_type: r.content_stream().read() for r in ArchiveIterator(io.BytesIO(answer.content))}
    assert set(records) == {"request", "response"}
    assert records["response"] == next(page_of(told) for told in STORIES if told.key == "zh1")


def test_search_marks_words_says_why_and_keeps_the_query(site: Site) -> None:
    html = site.text("/search?q=الميناء")
    assert "<mark>الميناء</mark>" in html
    assert "words in the original" in html
    assert 'value="الميناء"' in html
    assert "Searched in the text only" in html
    assert "<mark>罢工</mark>" in site.text("/search?q=罢工")
    assert "words in the translation" in site.text("/search?q=dockworkers")


def test_facets_lead_to_narrower_questions_and_back(site: Site) -> None:
    html = site.text("/search?q=ferry&language=pt")
    assert 'href="/search?q=ferry" aria-current="true"' in html
    assert '<input type="hidden" name="language" value="pt">' in html
    assert "2 documents" in html


def test_an_empty_answer_helps_on(site: Site) -> None:
    html = site.text('/search?q="nothing at all"&language=pt')
    for hint in ["Nothing found", "without filters", "without quotation marks"]:
        assert hint in html


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("q=" + "x" * 501, "501 characters long; at most 500"),
        ("page=0", "page: &#39;0&#39; is not a number"),
        ("page=١", "is not a number"),
        ("since=yesterday", "write it as 2026-11-24"),
        ("since=2026-11-24&until=2026-11-20", "nothing can match"),
        ("since=0001-01-01", "is not a day"),
        ("until=9000-12-31", "is not a day"),
        ("since=2262-04-12", "is not a day"),
        ("&".join(f"language=l{n}" for n in range(21)), "at most 20"),
        ("entity=" + "x" * 201, "longer than 200"),
    ],
)
def test_a_bad_question_gets_a_clear_page(site: Site, query: str, says: str) -> None:
    assert says in site.text(f"/search?{query}", 400)
    answer = site.client.get(f"/api/v1/search?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_an_address_without_end_is_refused(site: Site) -> None:
    assert site.client.get("/search?q=" + "x" * 9000).status_code == 414


@pytest.mark.parametrize(
    "path", ["/story/x", "/document/" + "0" * 32, "/document/../etc", "/nowhere", "/document/x/original"]
)
def test_unknown_things_are_not_found_in_words(site: Site, path: str) -> None:
    assert "Back to the stories" in site.text(path, 404)


def test_problems_are_problem_json(site: Site) -> None:
    answer = site.client.get("/api/v1/documents/" + "0" * 32)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such document in this store.",
    }
    assert site.client.get("/api/v1/none").json()["status"] == 404
    assert site.client.get("/api/v1/stories?page=-1").json()["title"] == "Bad Request"


def test_the_api_says_what_the_pages_say(site: Site) -> None:
    stories = site.client.get("/api/v1/stories").json()
    assert stories["stories"][0]["rank"]["independent"] == 4
    story = site.client.get(f"/api/v1/stories/{site.ids['en1']}").json()
    assert len(story["families"]) == 4
    document = site.client.get(f"/api/v1/documents/{site.ids['en1']}").json()
    assert document["provenance"]["capture"]["rights"]["robots"] == "allowed"
    assert site.client.get("/api/v1/search", params={"q": "罢工"}).json()["total"] == 1
    assert site.client.get("/api/v1/sources").json()["sources"][0]["condition"] == "failing"
    assert site.client.get("/api/v1/runs").json()["runs"][0]["balanced"] is True
    assert site.client.get("/api/v1/quarantine").json()["total"] == 1
    assert site.client.get("/health").json()["store"] == "ready"


def test_the_openapi_description_is_whole(site: Site) -> None:
    schema = site.client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    references = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schema)))
    assert references <= set(schema["components"]["schemas"])
    for path, methods in schema["paths"].items():
        assert set(methods) == {"get"}, path
        assert all("example" in parameter for parameter in methods["get"].get("parameters", [])), path
        assert path in site.text("/api")
    assert site.client.get("/docs").status_code == 404
    assert site.client.get("/redoc").status_code == 404


def test_an_empty_store_tells_what_to_do(tmp_path: Path) -> None:
    with client_of(make_config(tmp_path / "nothing")) as client:
        for path in ["/", "/search"]:
            answer = client.get(path)
            assert answer.status_code == 200
            assert "babelscope run" in answer.text and "babelscope demo" in answer.text
        assert "never visited" in client.get("/sources").text
        for path in ["/runs", "/quarantine"]:
            assert "babelscope run" in client.get(path).text
        assert client.get("/health").json() == {"status": "ok", "store": "empty", "version": "0.1.0"}
        answer = client.get("/api/v1/stories")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_a_store_that_appears_later_is_read(tmp_path: Path) -> None:
    config = make_config(tmp_path / "later")
    with client_of(config) as client:
        assert "Nothing here yet" in client.get("/").text
        fill_store(config)
        assert "Dock workers in Alexandria" in client.get("/").text


def test_damaged_evidence_is_said_in_words(tmp_path: Path) -> None:
    config = make_config(tmp_path / "torn")
    ids = fill_store(config)
    segment = next((tmp_path / "torn").rglob("*.warc.gz"))
    raw = bytearray(segment.read_bytes())
    raw[50:] = bytes(len(raw) - 50)
    segment.write_bytes(raw)
    with client_of(config) as client:
        page = client.get(f"/document/{ids['ar1']}")
        assert page.status_code == 200
        assert "إضراب" in page.text and "cannot be read" in page.text
        assert client.get(f"/document/{ids['ar1']}/original").status_code == 503


def test_a_damaged_record_is_a_fault_of_the_store_and_not_of_the_question(tmp_path: Path) -> None:
    config = make_config(tmp_path / "torn")
    ids = fill_store(config)
    for segment in (tmp_path / "torn").rglob("*.parquet"):
        segment.write_bytes(b"torn")
    with client_of(config) as client:
        for address in (f"/document/{ids['ar1']}", f"/story/{ids['en1']}", f"/api/v1/documents/{ids['ar1']}"):
            answer = client.get(address)
            assert (answer.status_code, "babelscope verify" in answer.text) == (503, True), address


def test_a_checkout_without_built_files_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("babelscope.web.rendering.STATIC", tmp_path)
    with client_of(make_config(tmp_path / "store")) as client:
        assert "python hatch_build.py" in client.get("/").text
