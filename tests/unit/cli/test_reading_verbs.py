"""translate, corrections, glossary: as a user types them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from babelscope import cli
from babelscope.app.correcting import Proposal, correct
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.store.check import verify
from babelscope.store.parts import system_clock
from babelscope.store.reader import Reader
from babelscope.store.reading_writes import ReadingWrites
from babelscope.store.tables import renderings
from commands import babelscope
from reading_world import fill_reading, reading_config

cli._register()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Config, dict[str, str]]:
    config = reading_config(tmp_path / "store")
    text = '[store]\ndirectory = "store"\n[read]\nlead_chars = 150\ntranslators = ["firefox"]\n'
    (tmp_path / "babelscope.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return config, fill_reading(config)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli.app, list(words))


def test_translate_says_what_became_of_each(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    good = run("translate", ids["pt"])
    assert good.exit_code == 0 and f"{ids['pt']}  translated" in good.output
    assert f"{ids['pt']}  kept" in run("translate", ids["pt"]).output
    bad = run("translate", ids["ar"], "--again")
    assert bad.exit_code == 1 and "refused" in bad.output
    writes = ReadingWrites.open(config)
    writes.ask(ids["bidi"], "en", "test", system_clock())
    writes.close()
    assert f"{ids['bidi']}  translated" in run("translate", "--wishes").output
    assert "nothing to translate" in run("translate", "--wishes").output


def test_translate_wants_one_thing_to_do(world: tuple[Config, dict[str, str]]) -> None:
    for words in ([], [world[1]["pt"], "--wishes"], ["--story", "x", "--wishes"]):
        failed = run("translate", *words)
        assert isinstance(failed.exception, BabelscopeError) and "exactly one" in str(failed.exception)


def test_corrections_are_listed_undone_and_exported(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    assert "nobody has corrected" in run("corrections", "list").output
    assert run("glossary", "export").output.count("\n") == 1
    said = Proposal(
        document=ids["pt"], sentence="te0", correction="Setubal", words="Setúbal", machine="Setúbal", author="Ana"
    )
    writes = ReadingWrites.open(config)
    with Reader.open(config) as reader:
        kept = correct(config, reader, writes, said)
    writes.close()
    assert "pt\tSetúbal\ten\tSetubal\n" in run("glossary", "export").output
    listed = json.loads(run("corrections", "list", "--json").output)
    assert listed["id"] == kept.id and listed["author"] == "Ana"
    assert "Setubal" in run("corrections", "list").output
    assert run("corrections", "undo", kept.id, "--author", "Rui").exit_code == 0
    assert run("corrections", "undo", kept.id, "--author", "Rui").exit_code == 1
    assert "Setubal" not in run("glossary", "export").output


def test_verify_looks_at_what_readers_added(world: tuple[Config, dict[str, str]]) -> None:
    config, ids = world
    run("translate", ids["pt"])
    report = verify(config)
    assert report.problems == () and report.checked["renderings"] == 1
    writes = ReadingWrites.open(config)
    writes.ask("0" * 32, "en", "test", system_clock())
    with writes._engine.begin() as connection:  # damage, as a bad disk would make it
        connection.execute(renderings.update().values(translation="{"))
    writes.close()
    problems = "\n".join(verify(config).problems)
    assert f"wishes: document {'0' * 32} is not kept" in problems
    assert f"the whole translation of {ids['pt']} cannot be read" in problems


def test_bytes_that_are_no_text_are_refused_in_words(world: tuple[Config, dict[str, str]], tmp_path: Path) -> None:
    for words in (["translate", os.fsdecode(b"\xff")], ["corrections", "undo", os.fsdecode(b"\xfe"), "--author", "A"]):
        done = babelscope(*words, cwd=tmp_path)
        said = done.stderr.decode()
        assert (done.returncode, "Traceback" in said, "is not text in UTF-8" in said) == (1, False, True), said


def test_search_says_what_a_machine_made_and_knows_languages(world: tuple[Config, dict[str, str]]) -> None:
    found = run("search", "strike", "--language", "por").output
    assert "Greve fecha o porto de Setúbal (above: machine translation, neural)" in found
    assert "machine translation: " in found.split("\n", 3)[3]
    wrong = run("search", "strike", "--language", "zzz")
    assert isinstance(wrong.exception, BabelscopeError) and "'zzz' is not a known language code" in str(wrong.exception)


def test_search_names_signs_that_would_turn_the_line(world: tuple[Config, dict[str, str]]) -> None:
    found = run("search", "navio", "--language", "pt").output
    assert "[RLO]" in found and "\u202e" not in found
