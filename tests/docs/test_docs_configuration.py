"""docs/configuration.md, babelscope.toml.example and every TOML block agree with the configuration's definition."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from babelscope.app.example import _toml, example_config, key_docs, sections
from babelscope.flow.config import resolve_config
from babelscope.flow.models import ENVIRONMENT
from babelscope.model import Listen, Source
from babelscope.model.source import Standing

_ROW = re.compile(r"^\| `([a-z_.]+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def _rows(pages: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {key: (default, meaning) for key, default, meaning in _ROW.findall(pages["docs/configuration.md"])}


def _defined() -> dict[str, tuple[str, str]]:
    rows = {}
    for name, section in sections().items():
        docs = key_docs(section)
        for field in msgspec.structs.fields(section):
            rows[f"{name}.{field.name}"] = (f"`{_toml(field.default)}`", docs[field.name].replace("``", "`"))
    return rows


def _source_defaults() -> dict[str, str]:
    rows = {}
    for prefix, kind in (("source", Source), ("source.listens", Listen)):
        for field in msgspec.structs.fields(kind):
            required = field.default is msgspec.NODEFAULT
            rows[f"{prefix}.{field.name}"] = "required" if required else f"`{_toml(field.default)}`"
    return rows


def test_every_key_with_its_default_and_meaning(pages: dict[str, str]) -> None:
    told = {key: row for key, row in _rows(pages).items() if not key.startswith("source.")}
    assert told == _defined()


def test_every_key_of_a_source_with_its_default(pages: dict[str, str]) -> None:
    told = {key: default for key, (default, _) in _rows(pages).items() if key.startswith("source.")}
    assert told == _source_defaults()


def test_the_environment_variable_is_named(pages: dict[str, str]) -> None:
    assert f"`{ENVIRONMENT}`" in pages["docs/configuration.md"]
    assert f"`{ENVIRONMENT}`" in pages["docs/models.md"]


def test_every_standing_is_explained(pages: dict[str, str]) -> None:
    told = re.findall(r"^\| `([a-z]+)` \| [a-z]", pages["docs/sources.md"].partition("## How we listen")[0], re.M)
    assert sorted(told) == sorted(Standing.__args__)  # type: ignore[attr-defined]


def test_every_toml_block_is_a_configuration(pages: dict[str, str], fenced: Any, tmp_path: Path) -> None:
    blocks = [(page, block) for page, text in pages.items() for block in fenced(text, "toml")]
    assert len(blocks) >= 6
    for page, block in blocks:
        resolve_config(tomllib.loads(block), tmp_path, page)


def test_the_example_file_is_what_init_writes(root: Path, tmp_path: Path) -> None:
    text = (root / "babelscope.toml.example").read_text(encoding="utf-8")
    assert text == example_config(), "babelscope init FOLDER writes the new example"
    resolve_config(tomllib.loads(text), tmp_path)


def test_the_sources_commented_out_in_the_example_are_right(tmp_path: Path) -> None:
    table = example_config().partition("# [[source]]\n")[2].replace("# ", "")
    config = resolve_config(tomllib.loads("[[source]]\n" + table), tmp_path)
    assert config.source[0].listens[0].every == 900
