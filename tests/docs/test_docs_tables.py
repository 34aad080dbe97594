"""Lists in the documentation that stand for lists in the code: entry points, reasons, models, languages, API, rooms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from babelscope.collect.reasons import REASONS
from babelscope.flow.config import resolve_config
from babelscope.flow.manifest import manifest
from babelscope.languages.analyse import SNOWBALL
from babelscope.model import LAYER_TYPES


def _project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def test_every_entry_point_is_documented_and_no_other(root: Path, pages: dict[str, str]) -> None:
    points = _project(root)["project"]["entry-points"]
    text = pages["docs/architecture.md"]
    rows = re.findall(r"\| `(babelscope\.\w+)` \| (.+?) \|$", text, re.MULTILINE)
    told = {group: re.findall(r"`([a-z_]+)`", names) for group, names in rows}
    assert told.pop("babelscope.outlets") == []
    assert {group: sorted(names) for group, names in told.items()} == {g: sorted(points[g]) for g in points}
    for names in points.values():
        for name in set(names) - {"feeds"}:
            assert f"- **{name}**:" in text, f"{name} is not described"


def test_every_reason_is_explained_and_no_other(pages: dict[str, str]) -> None:
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (.+?) \| (final|again) \|$", pages["docs/sources.md"], re.MULTILINE)
    meant = {reason: (m.text, "final" if m.final else "again") for reason, m in REASONS.items()}
    assert {reason: (text, last) for reason, text, last in rows} == meant


def test_every_model_with_package_and_licences(pages: dict[str, str]) -> None:
    rows = re.findall(r"^\| `([\w.-]+)` \| (.+) \|$", pages["docs/models.md"], re.MULTILINE)
    told = {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in rows}
    known = {}
    for model in manifest().values():
        status = model.weights_status
        weights = model.weights_licence if status == "unclear" else f"{model.weights_licence} ({status})"
        package = f"{model.distribution} {model.version}"
        known[model.id] = [model.task, model.languages, package, model.code_licence, weights]
    assert told == known


def test_placeholder_packages_are_named_as_the_lock_script_knows_them(root: Path, pages: dict[str, str]) -> None:
    script = (root / "scripts" / "lock.py").read_text(encoding="utf-8")
    names = re.findall(r'"([a-z]+-[a-z-]+)"', script.partition("PLACEHOLDERS = (")[2].partition(")")[0])
    told = re.findall(r"`([a-z]{2}-[a-z-]+)`", pages["docs/models.md"].partition("must not be installed")[2])
    assert len(names) == 8
    assert sorted(told) == sorted(names)


def test_stemmed_languages(pages: dict[str, str]) -> None:
    listed = re.search(r"word stems \(Snowball\) in: ([a-z,\s]+)\.", pages["docs/languages.md"])
    assert listed
    assert sorted(re.findall(r"[a-z]{2}", listed.group(1))) == sorted(SNOWBALL)


def test_languages_with_a_mean_of_their_own(pages: dict[str, str]) -> None:
    from babelscope.understand.embed import load_means

    assert f"{len(load_means().by_language)} have a mean vector" in pages["docs/languages.md"]


def test_layers(pages: dict[str, str]) -> None:
    listed = pages["docs/architecture.md"].partition("Layers: ")[2].partition("## ")[0]
    for name in LAYER_TYPES:
        assert f"`{name}`" in listed


def test_the_order_of_rooms_is_the_one_that_is_checked(
    root: Path, pages: dict[str, str], fenced: Callable[[str, str], list[str]]
) -> None:
    contract = _project(root)["tool"]["importlinter"]["contracts"][0]["layers"]
    block = next(b for b in fenced(pages["docs/architecture.md"], "") if b.rstrip().endswith("\nmodel"))
    assert block.split("\n")[:-1] == [line.replace("babelscope.", "") for line in contract]
    rooms = {name for line in contract for name in line.replace("babelscope.", "").split(" | ")}
    assert rooms == {p.parent.name for p in (root / "src" / "babelscope").glob("*/__init__.py")}
    told = set(re.findall(r"^\| `(\w+)` \| ", pages["docs/architecture.md"].partition("## Rooms")[2], re.MULTILINE))
    assert told == rooms


def test_api_paths_and_parameters(pages: dict[str, str], tmp_path: Path) -> None:
    from babelscope.web.application import create_app

    described = create_app(resolve_config({}, tmp_path)).openapi()["paths"]
    rows = re.findall(r"^\| `(/[^`]+)` \| .+? \| ?(.*?) ?\|$", pages["docs/api.md"], re.MULTILINE)
    told = {path: re.findall(r"`(\w+)`", names) for path, names in rows}
    served = {
        path: [p["name"] for p in methods["get"].get("parameters", []) if p["in"] == "query"]
        for path, methods in described.items()
    }
    assert told == served
    explained = pages["docs/api.md"].partition("| parameter | is |")[2]
    for name in {name for names in served.values() for name in names}:
        assert f"`{name}`" in explained, f"{name} is not explained"
