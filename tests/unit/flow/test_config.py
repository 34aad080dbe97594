from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from babelscope.flow.config import Config, load_config, resolve_config
from babelscope.flow.errors import ConfigError


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "babelscope.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"collect\.timeot; did you mean collect\.timeout"):
        load_config(write(tmp_path, "[collect]\ntimeot = 3\n"))
    with pytest.raises(ConfigError, match="unknown key stor; did you mean store"):
        load_config(write(tmp_path, "[stor]\n"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[run]\nengine = 'spark'\n", "engine"),
        ("[run]\nworkers = 0\n", "at least 1"),
        ("[run]\nmax_failure_share = 2.0\n", "between 0 and 1"),
        ("[collect]\ntimeout = 'soon'\n", "timeout"),
        ("[collect]\ndelay = nan\n", "out of range"),
        ("[collect]\ntimeout = inf\n", "out of range"),
        ("[collect]\nmax_redirects = -1\n", "at least 0"),
        ("[connect]\ncopy_threshold = 7.0\n", "copy_threshold"),
        ("[serve]\nport = 99999\n", "65535"),
        ("[read]\ntranslators = 'firefox'\n", "translators"),
        ('[read]\nglossary = "a\\u0000b"\n', "read.glossary = .* no path can hold"),
        ('[models]\ndirectory = "a\\u0000b"\n', "models.directory = .* no path can hold"),
        ("[models]\nmanifest = '~nobody-of-that-name/m.toml'\n", "no such user"),
        ("[[source]]\nid='../x'\nname='A'\nhome='h'\n", "source id"),
        ("[[source]]\nid='a'\nname='A'\nhome='h'\ncountry='Ireland'\n", "two capital letters"),
        ("[[source]]\nid='a'\nname='A'\nhome='h'\nlistens=[{url='rss.xml'}]\n", "http"),
        ("[[source]]\nid='a'\nname='A'\nhome='h'\nlisten=[]\n", "did you mean source.listens"),
        ("x = [", "not valid TOML"),
        ("[collect]\nallow_private=['127.0.0.1:8080']\n", "without a port"),
        ("[collect]\nallow_private=['http://intranet/']\n", "without a port"),
        ("[[source]]\nid='a'\nname='A'\nhome='h'\n[[source]]\nid='a'\nname='B'\nhome='h'\n", "listed twice"),
        ("[[source]]\nid='a'\nname='A'\nhome='h'\npassword='x'\n", "password"),
    ],
)
def test_a_wrong_value_is_told_in_words(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_config(write(tmp_path, text))


def test_a_private_network_may_be_named_by_host_or_address(tmp_path: Path) -> None:
    names = ("intranet", "10.0.0.7", "::1")
    assert load_config(write(tmp_path, f"[collect]\nallow_private={list(names)}\n")).collect.allow_private == names


def test_a_missing_or_binary_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="babelscope init"):
        load_config(tmp_path / "none.toml")
    (tmp_path / "b.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(tmp_path / "b.toml")


def test_the_store_folder_counts_from_the_file(tmp_path: Path) -> None:
    assert load_config(write(tmp_path, "[store]\ndirectory = 'kept'\n")).store.directory == str(tmp_path / "kept")
    assert resolve_config({}, tmp_path).store.directory == str(tmp_path / "babelscope-data")


def test_there_are_at_most_sixty_keys() -> None:
    sections = [f.type for f in msgspec.structs.fields(Config) if f.name != "source"]
    assert sum(len(msgspec.structs.fields(s)) for s in sections) <= 60
