"""docs/responsible-use.md lists every rule once, and no rule is called enforced without a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

RULES = [
    f"{letter}{number}"
    for letter, count in (("C", 5), ("P", 6), ("F", 8), ("O", 4), ("R", 5), ("E", 6))
    for number in range(1, count + 1)
]
_ROW = re.compile(r"^\| ([A-Z]\d) \| (.+) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _rows(text: str) -> dict[str, str]:
    return dict(_ROW.findall(text))


def _defined(path: Path) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_rule_stands_in_exactly_one_table(pages: dict[str, str]) -> None:
    told = [rule for rule, _ in _ROW.findall(pages["docs/responsible-use.md"])]
    assert sorted(told) == sorted(RULES)


def test_every_enforced_rule_names_a_test_that_exists(root: Path, pages: dict[str, str], sections: Any) -> None:
    parts = sections(pages["docs/responsible-use.md"], 2)
    for heading in ("Enforced today", "Enforced in part"):
        rows = _rows(parts[heading])
        assert rows
        for rule, text in rows.items():
            named = _TEST.findall(text)
            assert named, f"{rule} names no test"
            for path, name in named:
                assert (root / path).is_file(), f"{rule}: {path} does not exist"
                assert name in _defined(root / path), f"{rule}: {path} has no {name}"


def test_a_test_that_bears_a_rules_name_is_run_by_the_marker(root: Path) -> None:
    """``pytest -m responsible`` must not miss one."""
    bearing = re.compile(r"test_(?:[cpfore]\d_)+")
    missed = []
    for path in (root / "tests").rglob("test_*.py"):
        for name, node in _defined(path).items():
            marks = " ".join(ast.unparse(d) for d in node.decorator_list)
            if bearing.match(name) and "responsible" not in marks and "pytestmark" not in path.read_text("utf-8"):
                missed.append(f"{path.relative_to(root)}::{name}")
    assert not missed


def test_rules_that_are_not_built_name_no_test(pages: dict[str, str], sections: Any) -> None:
    assert not _TEST.findall(sections(pages["docs/responsible-use.md"], 2)["Not built yet"])
