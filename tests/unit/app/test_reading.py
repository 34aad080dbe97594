"""``babelscope read``: one document from a file, with everything found in it; addresses are guarded like any other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from babelscope.demo.addresses import path_of, url_of
from babelscope.demo.press import load_press
from babelscope.demo.site import render
from commands import babelscope
from loopback import Serving, answer


@pytest.fixture
def article(tmp_path: Path) -> Path:
    press = load_press()
    outlet = next(o for o in press.outlets if "pt" in o.languages)
    found = next(a for a in press.of(outlet) if a.language == "pt")
    path = tmp_path / "page.html"
    path.write_bytes(render(press, outlet.host, path_of(found), 1).body)
    assert url_of(outlet, found)
    return path


def test_a_file_is_read_with_all_its_layers(article: Path, tmp_path: Path) -> None:
    done = babelscope("read", str(article), "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert {"id", "title", "text", "published_at", "authors", "url", "layers", "made_by"} == set(row)
    assert set(row["layers"]) == {"language", "fingerprint", "translation", "mentions", "embedding"}
    assert row["layers"]["language"]["code"] == "pt"
    made = row["layers"]["translation"]
    assert made["route"] == "firefox-pt-en-tiny" and made["title"]
    assert made["grade"] == ("gist" if made["reason"] else "neural")
    assert row["url"] == article.absolute().as_uri() and len(row["text"]) > 200
    assert list(tmp_path.iterdir()) == [article]


def test_a_person_reads_words_not_json(article: Path, tmp_path: Path) -> None:
    done = babelscope("read", str(article), cwd=tmp_path)
    shown = done.stdout.decode()
    assert done.returncode == 0 and "language pt (Latn" in shown
    assert "translation: neural" in shown or "translation: gist" in shown


@pytest.mark.responsible
def test_a_loopback_address_is_refused_and_never_asked(tmp_path: Path) -> None:
    with Serving({"127.0.0.1/secret": answer(b"<p>secret")}) as site:
        done = babelscope("read", f"http://127.0.0.1:{site.port}/secret", cwd=tmp_path)
        connections = site.connections
    said = done.stderr.decode()
    assert done.returncode == 1 and "private-address" in said and "Traceback" not in said
    assert connections == 0


def test_an_address_that_the_owner_allows_is_read(article: Path, tmp_path: Path) -> None:
    (tmp_path / "babelscope.toml").write_text('[collect]\nallow_private = ["127.0.0.1"]\ndelay = 0.0\n')
    with Serving({"127.0.0.1/page": answer(article.read_bytes())}) as site:
        done = babelscope("read", f"http://127.0.0.1:{site.port}/page", "--json", cwd=tmp_path)
        asked = site.asked()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["layers"]["language"]["code"] == "pt"
    assert asked == ["127.0.0.1/robots.txt", "127.0.0.1/.well-known/tdmrep.json", "127.0.0.1/page"]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("missing.html", None, "cannot be read"),
        ("empty.html", b"", "no-article"),
        ("bomb.html", b"<div>" * 100_000, "nested too deep"),
        ("large.html", b"x" * (11 << 20), "collect.max_mb"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(tmp_path: Path, name: str, body: bytes | None, words: str) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    done = babelscope("read", name, cwd=tmp_path)
    said = done.stderr.decode()
    assert done.returncode == 1 and words in said and "Traceback" not in said
