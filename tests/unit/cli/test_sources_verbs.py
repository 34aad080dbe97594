"""`babelscope sources …` as a user runs it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from babelscope.flow.sources import built_in
from commands import babelscope, to_nobody


def test_list_and_show(tmp_path: Path) -> None:
    everything = json.loads(babelscope("sources", "list", "--json", cwd=tmp_path).stdout)
    assert len(everything) == len(built_in())
    assert not any(one["listened"] for one in everything)
    some = json.loads(
        babelscope("sources", "list", "--country", "Kenya", "--language", "swa", "--json", cwd=tmp_path).stdout
    )
    assert {one["country"] for one in some} == {"KE"}
    assert all("sw" in one["languages"] for one in some)
    assert (
        f"{len(some)} sources, 0 of them"
        in babelscope("sources", "list", "--country", "ke", "--language", "sw", cwd=tmp_path).stdout.decode()
    )
    shown = babelscope("sources", "show", some[0]["id"], cwd=tmp_path).stdout.decode()
    assert some[0]["home"] in shown
    assert "Kenya" in shown
    as_json = json.loads(babelscope("sources", "show", some[0]["id"], "--json", cwd=tmp_path).stdout)
    assert as_json == some[0]


def test_a_list_goes_in_and_out(tmp_path: Path) -> None:
    (tmp_path / "feeds.opml").write_text(
        "<opml version='2.0'><body><outline text='Ireland'><outline text='C' xmlUrl='https://c.example.ie/rss' "
        "htmlUrl='https://c.example.ie/'/></outline></body></opml>",
        encoding="utf-8",
    )
    done = babelscope("sources", "import", "feeds.opml", "--language", "ga", "--to", "own", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert b"1 new sources, 0 known already, 0 remarks" in done.stderr
    assert babelscope("sources", "check", "own", cwd=tmp_path).returncode == 0
    (tmp_path / "babelscope.toml").write_text('[registry]\ndirectory = "own"\nuse = ["ie-example"]\n', encoding="utf-8")
    listened = json.loads(babelscope("sources", "list", "--listened", "--json", cwd=tmp_path).stdout)
    assert [(one["id"], one["languages"], one["from"]) for one in listened] == [("ie-example", ["ga"], "own registry")]
    out = babelscope("sources", "export", "--format", "opml", cwd=tmp_path).stdout
    assert b'xmlUrl="https://c.example.ie/rss"' in out
    assert babelscope("sources", "export", "--format", "csv", "--to", "x.csv", cwd=tmp_path).returncode == 0
    again = babelscope("sources", "import", "x.csv", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, b"")
    assert b"there already, as ie-example" in again.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["sources", "show", "nosuch-source"], "no source 'nosuch-source'"),
        (["sources", "list", "--country", "Atlantis"], "no country"),
        (["sources", "check", "nosuch"], "no such file or folder"),
        (["sources", "check", "bad.toml"], "did you mean name"),
        (["sources", "import", "nosuch.opml"], "cannot be read"),
        (["sources", "import", "broken.opml"], "not OPML"),
        (["sources", "add", "courier.example"], "babelscope init"),
        (["sources", "add", "http://127.0.0.1/", "--dry-run"], "private-address"),
        (["sources", "add", "http://[::ffff:10.0.0.1]/", "--to", "own"], "private-address"),
        (["sources", "add", "https://x.test/signin", "--to", "own"], "login"),
        (["sources", "status"], "nothing to read yet"),
        (["run"], "babelscope init"),
        (["process"], "there is no store there"),
        (["process", "--again"], "there is no store there"),
        (["rebuild"], "there is no store there"),
        (["quarantine", "retry"], "there is no store there"),
    ],
)
def test_a_mistake_is_answered_in_words_and_makes_nothing(tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "bad.toml").write_text('[[source]]\nid = "a"\nnmae = "A"\nhome = "https://a.test/"\n')
    (tmp_path / "broken.opml").write_text("<html></html>")
    before = sorted(tmp_path.iterdir())
    done = babelscope(*words, cwd=tmp_path)
    said = done.stderr.decode()
    assert (done.returncode, "Traceback" in said) == (1, False), said
    assert says in said
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize(
    "words", ["--help", "sources --help", "sources list --help", "sources list", "sources export --of registry"]
)
def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path, words: str) -> None:
    done = to_nobody(*words.split(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
