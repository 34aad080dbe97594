"""What a user may get wrong on the command line: a sentence and a sensible exit code, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from babelscope import __version__
from babelscope.cli.options import output
from babelscope.cli.read import _print
from babelscope.cli.serve import _listen
from babelscope.cli.tables import folding
from babelscope.flow.errors import BabelscopeError
from babelscope.model import Anchor, Document, Mention, Mentions
from commands import babelscope, ndjson, program, to_nobody

BRACKETS = "[/b] rises [red]again[/] :warning: [link=x]"


def test_what_a_page_says_is_printed_as_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    found = Mention(anchor=Anchor(of="text", start=0, end=4), surface="[/b]", kind="thing", reads_as="[/x]")
    _print(Document(id="a", title=BRACKETS, text=BRACKETS, layers={"mentions": Mentions(items=(found,))}))
    table = folding("message")
    table.add_row(BRACKETS)
    output().print(table)
    said = capsys.readouterr().out
    assert said.count(BRACKETS) == 3
    assert "[/x]" in said


def test_a_narrow_table_folds_and_cuts_nothing_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    table = folding("a", "b")
    table.add_row("x" * 30, "y" * 30)
    output().print(table)
    said = capsys.readouterr().out
    assert said.count("x") == said.count("y") == 30
    assert "…" not in said


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["init", "file"], 1, "choose another folder"),
        (["init", "file/below"], 1, "choose another folder"),
        (["demo", "--no-serve", "--engine", "warp"], 2, "'embedded', 'pool', 'ray'"),
        (["bench", "pipeline", "--engine", "warp"], 2, "'embedded', 'pool', 'ray'"),
        (["bench", "search", "--documents", "0"], 2, "--documents"),
        (["demo", "--port", "65536"], 2, "--port"),
        (["serve", "--port", "-1"], 2, "--port"),
        (["quarantine", "retry", "nosuch"], 1, "there is no store there"),
        (["import", ""], 1, "an empty path"),
    ],
)
def test_a_mistake_is_answered_in_words(tmp_path: Path, words: list[str], code: int, says: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = babelscope(*words, cwd=tmp_path)
    said = done.stderr.decode()
    assert (done.returncode, "Traceback" in said) == (code, False), said
    assert says in said


def test_a_port_of_the_configuration_that_does_not_exist_is_said_in_words() -> None:
    with pytest.raises(BabelscopeError, match="ports go from 0 to 65535"):
        _listen("127.0.0.1", 99_999)


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and devices")
@pytest.mark.parametrize(
    ("redirect", "code", "says"),
    [("> /dev/full", 1, "No space left on device"), ("<&-", 1, "one of them is closed")],
)
def test_a_full_disk_or_a_closed_stream_is_said_in_words(tmp_path: Path, redirect: str, code: int, says: str) -> None:
    line = f'echo \'{{"id": "a", "text": "Guten Morgen"}}\' | {program()} pipe language {redirect}'
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    said = done.stderr.decode()
    assert (done.returncode, "Traceback" in said) == (code, False), said
    assert says in said


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize("verb", ["doctor", "pipe language"])
def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path, verb: str) -> None:
    done = to_nobody(*verb.split(), cwd=tmp_path, stdin=ndjson({"id": "a", "text": "Guten Morgen"}))
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [[program(), "--version"], [sys.executable, "-m", "babelscope", "--version"]])
def test_the_version_is_told(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"babelscope {__version__}\n"
