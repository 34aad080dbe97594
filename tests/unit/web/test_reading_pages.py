"""Reading in two languages and correcting, asked as a browser would: pages, forms, the background, the API."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient

from babelscope.model import Language
from babelscope.model.layers import LanguagePart
from babelscope.store.parts import system_clock
from babelscope.store.reader import Reader
from babelscope.store.reading import RenderingRow, text_hash
from babelscope.store.reading_writes import ReadingWrites
from babelscope.understand.reading import Reading
from babelscope.web.application import create_app
from babelscope.web.forms import is_own
from reading_world import PARAGRAPHS, fill_reading, reading_config
from web_site import Site

OWN = {"sec-fetch-site": "same-origin"}


class ReadingSite(Site):
    def send(self, path: str, status: int = 303, headers: dict[str, str] = OWN, **fields: str) -> str:
        answer = self.client.post(path, data=fields, headers=headers, follow_redirects=False)
        assert answer.status_code == status, answer.text[:400]
        return answer.headers.get("location", "") if status == 303 else answer.text

    def document(self, key: str = "pt") -> str:
        return f"/document/{self.ids[key]}"

    def correct(self, correction: str, **fields: str) -> str:
        said = {"sentence": "te0", "correction": correction, "author": "Ana", "kind": "wrong", **fields}
        return self.send(f"{self.document()}/corrections", **said)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ReadingSite]:
    config = reading_config(tmp_path)
    ids = fill_reading(config)
    with TestClient(create_app(config), base_url="http://localhost", raise_server_exceptions=False) as client:
        yield ReadingSite(client=client, ids=ids, config=config)


def test_paragraph_stands_beside_paragraph_with_route_and_label(site: ReadingSite) -> None:
    html = site.text(site.document())
    rows = re.findall(
        r'<div class="row[^"]*">\s*<div class="ours".*?</div>\s*<div class="theirs"(.*?)</div>', html, re.S
    )
    assert len(rows) == 4
    assert "because of the strike" in rows[1] and "minister" not in html
    assert "Portuguese → English (Firefox model)" in html
    assert 'class="grade neural"' in html and "made by a machine" in html
    assert html.count('data-s="te0"') == 2
    assert "From here on only the original." in html and "Translate the rest" in html


def test_the_other_ways_to_read(site: ReadingSite) -> None:
    lines = site.text(f"{site.document()}?view=lines")
    assert re.search(r'<p class="ours"[^>]*data-start="0">.*?</p>\s*<p class="theirs"', lines, re.S)
    alone = site.text(f"{site.document()}?view=original")
    assert "because of the strike" not in alone and PARAGRAPHS[2][:30] in alone
    arabic = site.text(site.document("ar"))
    assert "Not translated" in arabic and 'class="theirs"' not in arabic
    assert "translate it yourself" in site.text(f"{site.document('ar')}?view=lines")
    english = site.text(site.document("en"))
    assert "Translate the rest" not in english and "Sentence by sentence" not in english
    assert 'class="sheet way-side"' in site.text(f"{site.document()}?view=%22%3E%3Cscript%3E")


def test_the_rest_is_translated_in_the_background_without_any_script(site: ReadingSite) -> None:
    place = site.send(f"{site.document()}/translate", view="lines")
    assert place == f"{site.document()}?view=lines#reading"
    seen_waiting = False
    for _ in range(150):
        html = site.text(f"{site.document()}?view=lines")
        if "All of the text" in html:
            break
        if "is being translated" in html:
            seen_waiting = True
            assert '<noscript><meta http-equiv="refresh"' in html and "Translate the rest" not in html
        time.sleep(0.1)
    assert seen_waiting
    assert "All of the text" in html and "minister" in html.casefold()
    assert 'http-equiv="refresh"' not in html and "Translate the rest" not in html


def test_what_fails_in_the_background_says_why(site: ReadingSite) -> None:
    site.send(f"{site.document('ar')}/translate", view="")
    for _ in range(100):
        with Reader.open(site.config) as reader:
            wish = reader.reading.wish(site.ids["ar"], "en")
        if wish is not None and wish.state == "refused":
            break
        time.sleep(0.1)
    assert wish is not None and "ar" in wish.reason
    assert "Try again" in site.text(site.document("ar"))


def test_a_correction_is_shown_with_its_author_and_undone(site: ReadingSite) -> None:
    form = site.text(f"{site.document()}?report=te0")
    assert "Is this translation wrong?" in form and 'name="correction"' in form and 'http-equiv="refresh"' not in form
    machine = re.search(r"<textarea[^>]*>(.*?)</textarea>", form)
    assert machine is not None
    assert site.correct("The harbour is shut by a strike.", note="<b>seen</b>") == f"{site.document()}#te0"
    html = site.text(site.document())
    assert '<span class="corrected"' in html and "The harbour is shut by a strike." in html
    assert "corrected by <bdi>Ana</bdi>" in html and "1 sentence corrected by people" in html
    panel = site.text(f"{site.document()}?report=te0")
    assert machine[1] in panel and "&lt;b&gt;seen&lt;/b&gt;" in panel
    found = re.search(r'action="(/corrections/[0-9a-f]{32}/undo)"', panel)
    assert found is not None
    assert "Please fill in your name" in site.send(found[1], 400, author=" ")
    assert site.send(found[1], author="Rui", back="list") == "/corrections"
    listed = site.text("/corrections")
    assert "undone by <bdi>Rui</bdi>" in listed and "The harbour is shut by a strike." in listed
    assert machine[1] in site.text(site.document())
    assert "corrected by" not in site.text(site.document())


def test_a_corrected_title_is_the_heading(site: ReadingSite) -> None:
    site.correct("Strike shuts Setúbal harbour", sentence="ti0")
    head = re.search(r"<h1>(.*?)</h1>", site.text(site.document()), re.S)
    assert head is not None and "Strike shuts Setúbal harbour" in head[1]
    assert "title corrected by <bdi>Ana</bdi>" in site.text(site.document())


def test_a_paragraph_in_another_language_says_what_became_of_it(site: ReadingSite) -> None:
    writes = ReadingWrites.open(site.config)
    with Reader.open(site.config) as reader:
        document = reader.document(site.ids["pt"])
    assert document is not None
    ends = [match.start() for match in re.finditer("$", document.text, re.M)]
    cuts = [("ru", "Cyrl", 0, ends[0]), ("en", "Latn", ends[0] + 1, ends[1])]
    parts = tuple(
        LanguagePart(of="text", start=start, end=end, code=code, script=script, confidence=1.0)
        for code, script, start, end in cuts
    )
    reading = Reading(site.config)
    reading.load()
    mixed = document.with_layers({"language": Language(code="pt", script="Latn", confidence=1.0, parts=parts)}, "x@1")
    made = msgspec.structs.replace(reading.render(mixed, whole=True), grade="pivot")
    writes.keep(
        RenderingRow(
            document=document.id,
            language="en",
            text_hash=text_hash(document),
            translation=made,
            by="t@1",
            words=1,
            made_at=system_clock(),
        )
    )
    writes.close()
    html = site.text(site.document())
    assert re.search(r'<span class="grade none"[^>]*>none</span> <span id="te0">.*?translate it yourself', html, re.S)
    assert "parts of it through another language, most of it: " in html


def test_a_form_that_is_wrong_comes_back_with_what_was_typed(site: ReadingSite) -> None:
    said = {
        "sentence": "te0",
        "correction": "Better & <new>",
        "author": "",
        "kind": "name",
        "words": "x",
        "machine": "y",
    }
    html = site.send(f"{site.document()}/corrections", 400, **said)
    assert "Please fill in your name" in html and "Better &amp; &lt;new&gt;" in html
    assert '<option value="name" selected>' in html and 'value="x"' in html
    assert "Nobody has corrected" in site.text("/corrections")


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://localhost", "host": "localhost"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "http://localhost:8710", "host": "localhost:8710"}, True),
        ({"origin": "http://LOCALHOST:8710", "host": "localhost:8710"}, True),
        ({"origin": "http://evil.example", "host": "localhost:8710"}, False),
        ({"origin": "null", "host": "localhost:8710"}, False),
        ({"origin": "http://localhost:9999", "host": "localhost:8710"}, False),
        ({"host": "localhost:8710"}, False),
    ],
)
def test_only_forms_of_our_own_pages_are_taken(headers: dict[str, str], is_ours: bool) -> None:
    assert is_own(headers) is is_ours


def test_a_foreign_form_changes_nothing(site: ReadingSite) -> None:
    for path in (f"{site.document()}/translate", f"{site.document()}/corrections", f"/corrections/{'0' * 32}/undo"):
        refused = site.send(path, 403, {"sec-fetch-site": "cross-site"}, sentence="te0", correction="x", author="y")
        assert "not sent from a page of Babelscope" in refused
        assert site.client.post(path, headers={**OWN, "host": "evil.example"}).status_code == 421
    with Reader.open(site.config) as reader:
        assert reader.reading.count_open() == 0 and reader.reading.count_corrections() == 0


def test_forms_are_bounded_and_of_one_kind(site: ReadingSite) -> None:
    path = f"{site.document()}/corrections"
    assert "larger than 64 kB" in site.send(path, 400, correction="x" * 70_000)
    sent = site.client.post(path, json={"correction": "x"}, headers=OWN)
    assert sent.status_code == 400 and "ordinary form" in sent.text
    many = "&".join(f"f{n}=1" for n in range(40))
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert site.client.post(path, content=many, headers={**OWN, **kind}).status_code == 400
    for gone in (f"/document/{'0' * 32}/translate", f"/document/{'0' * 32}/corrections"):
        site.send(gone, 404, sentence="te0")
    site.send(f"/corrections/{'0' * 32}/undo", 400, author="Ana")
    for path in ("/document/x/translate", "/corrections", "/api/v1/corrections"):
        assert site.client.post(path, headers=OWN).status_code == 405


def test_pages_with_forms_let_browsers_say_where_a_form_comes_from(site: ReadingSite) -> None:
    for path in (site.document(), "/corrections"):
        assert site.client.get(path).headers["referrer-policy"] == "same-origin"
    assert site.client.get("/").headers["referrer-policy"] == "no-referrer"
    assert "form-action 'self'" in site.client.get(site.document()).headers["content-security-policy"]


def test_the_api_gives_sentences_words_and_corrections(site: ReadingSite) -> None:
    api = f"/api/v1/documents/{site.ids['pt']}"
    reading = site.client.get(f"{api}/reading").json()
    assert reading["extent"] == "lead" and reading["rows"][1]["sentences"][0]["key"] == "te0"
    at = PARAGRAPHS[0].index("Setúbal")
    asked = {"sentence": "te0", "side": "original", "start": at, "end": at + 7}
    assert "Setúbal" in site.client.get(f"{api}/words", params=asked).json()["words"]
    for wrong in ({"sentence": "zz"}, {"side": "left"}, {"start": "-1"}, {"end": "99999"}, {"end": ""}):
        assert site.client.get(f"{api}/words", params={**asked, **wrong}).status_code == 400, wrong
    assert site.client.get(f"{api}/words", params={**asked, "sentence": "te9999"}).status_code == 404
    assert site.client.get(f"/api/v1/documents/{'0' * 32}/reading").status_code == 404
    site.correct("Shut.")
    listed = site.client.get("/api/v1/corrections").json()
    assert listed["total"] == 1 and listed["items"][0]["correction"]["author"] == "Ana"
    assert site.client.get("/api/v1/corrections?page=0").status_code == 400


def test_hidden_signs_are_shown_and_cannot_turn_a_line(site: ReadingSite) -> None:
    html = site.text(site.document("bidi"))
    assert "\u202e" not in html and "\u202c" not in html
    assert re.search(r'<span class="sign turning" data-mark="RLO" title="Hidden sign: right-to-left override">', html)
    assert "\u202e" not in site.text("/")
