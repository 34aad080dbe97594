"""The user's own manifest: what it may say, and the one sentence about what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.flow.config import Config, ModelsConfig
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.manifest import manifest
from babelscope.flow.own_manifest import address_fault, find, is_file_name, known, own_pairs, pair_of

SHA = "ab" * 32
FILE = f'{{ name = "model.bin", size = 5, sha256 = "{SHA}", url = "https://files.example/model.bin" }}'
GOOD = f'[[model]]\nid = "own"\ntask = "translate"\nlanguages = "es-en"\nfiles = [{FILE}]\n'


def configuration(tmp_path: Path, text: str) -> Config:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    return Config(models=ModelsConfig(manifest=str(tmp_path / "own.toml")))


def test_an_entry_needs_little_and_promises_nothing(tmp_path: Path) -> None:
    config = configuration(tmp_path, GOOD)
    entry = find("own", config)
    assert (entry.pair, entry.languages, entry.kind, entry.optional) == (("es", "en"), "es→en", "user-supplied", True)
    assert (entry.weights_licence, entry.weights_status, entry.code_licence) == ("unclear", "unclear", "unclear")
    assert set(known(config)) == {*manifest(), "own"} and own_pairs(config) == [entry]
    with pytest.raises(BabelscopeError, match="no model is named 'other'"):
        find("other", config)


def test_without_a_manifest_there_are_the_built_in_models_and_no_addresses() -> None:
    assert known(Config()) == manifest() and own_pairs(Config()) == []
    assert not any(file.url for entry in manifest().values() for file in entry.files)


def test_a_model_of_another_task_is_for_plug_ins(tmp_path: Path) -> None:
    config = configuration(tmp_path, GOOD.replace('"translate"', '"stance"').replace("es-en", "many"))
    assert find("own", config).task == "stance" and own_pairs(config) == []


def test_a_change_of_the_file_is_noticed(tmp_path: Path) -> None:
    assert "own" in known(configuration(tmp_path, GOOD))
    assert "more" in known(configuration(tmp_path, GOOD.replace('"own"', '"more"')))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[model]]", "[model]", r"\[\[model\]\] tables"),
        ("[[model]]", "download = true\n[[model]]", r"\[\[model\]\] tables"),
        ("languages", "langages", "langages"),
        ('"es-en"', '"Spanish"', "write it like"),
        ('id = "own"', 'id = "../own"', "id: letters"),
        ('id = "own"', "id = 7", "expected `str`"),
        ("model.bin", "../model.bin", "not the name of a file"),
        ("model.bin", "/etc/model.bin", "not the name of a file"),
        ("model.bin", ".hidden", "not the name of a file"),
        ("model.bin", "model.part", "not the name of a file"),
        ("size = 5", "size = -1", "size = -1"),
        ("size = 5", "size = 99999999999999", "at most 16 GB"),
        (SHA, SHA[:-1] + "G", "64 digits"),
        (SHA, "", "64 digits"),
        ("https://files", "http://files", "not encrypted"),
        ("https://files", "file:///files", "no https address"),
        ("https://files", "https://me:secret@files", "password"),
        (FILE, "", "files: 1 to 64"),
        (FILE, f"{FILE}, {FILE}", "same name"),
        ("files = ", 'package = "os"\nfiles = ', "packages belong"),
        ("files = [", "files = [\x01", "not valid TOML"),
    ],
)
def test_what_it_may_not_say(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError, match=words):
        known(configuration(tmp_path, GOOD.replace(old, new, 1)))


def test_ids_are_unique_and_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="listed twice"):
        known(configuration(tmp_path, GOOD + GOOD))
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        known(Config(models=ModelsConfig(manifest=str(tmp_path / "nowhere.toml"))))


@given(st.text(max_size=60))
def test_a_name_of_a_file_never_leaves_the_folder(name: str) -> None:
    if is_file_name(name):
        path = Path("/models/own") / name
        assert path.is_relative_to("/models/own") and ".." not in path.parts and "\\" not in name and name.isascii()


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z0-9.:@\[\]/ %-]{0,40}", fullmatch=True))
def test_an_address_is_judged_whatever_it_holds(url: str) -> None:
    if not address_fault(url):
        assert url.lower().startswith(("https://", "http://")) and "@" not in url.partition("://")[2].partition("/")[0]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:80/x", "http://localhost/x", "http://[::1]:9/x", "https://a.example/"]
)
def test_addresses_that_are_fine(url: str) -> None:
    assert address_fault(url) == ""


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.evil.example/x", "http://10.0.0.1/x", "https:///x", "https://a.example:99999/", "data:x"]
)
def test_addresses_that_are_not(url: str) -> None:
    assert address_fault(url)


def test_pairs() -> None:
    assert pair_of("es→en") == pair_of("es->en") == pair_of("es-en") == ("es", "en")
    assert [pair_of(t) for t in ("es", "es-en-x", "ES-en", "not a pair", "e-en")] == [None] * 5
