"""Every page of the documentation, and how to take it apart."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

ROOT = Path(__file__).resolve().parents[2]
TOP = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "AGENTS.md")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Pages = dict[str, str]
Fenced = Callable[[str, str], list[str]]
Sections = Callable[[str, int], dict[str, str]]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pages() -> Pages:
    """Path from the root → text, of every page."""
    paths = [*(ROOT / name for name in TOP), *sorted((ROOT / "docs").glob("*.md"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="session")
def fenced() -> Fenced:
    """(text, language) → the contents of its fenced blocks."""
    return lambda text, language: [body for kind, body in _FENCE.findall(text) if kind == language]


@pytest.fixture(scope="session")
def sections() -> Sections:
    """(text, level) → heading → what stands below it; headings inside fenced blocks do not count."""

    def split(text: str, level: int) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        heading, inside = "", False
        for line in text.splitlines():
            inside ^= line.startswith("```")
            if not inside and re.match(rf"#{{1,{level}}} ", line):
                heading = line.lstrip("#").strip()
                continue
            found.setdefault(heading, []).append(line)
        return {name: "\n".join(lines) for name, lines in found.items()}

    return split


@pytest.fixture(scope="session")
def verbs() -> dict[str, Any]:
    """Every command of the real command line by its full name, sub-commands included."""
    from babelscope import cli

    if not cli.app.registered_commands:
        cli._register()
    return dict(_walk("babelscope", typer.main.get_command(cli.app)))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
    else:
        for child, inner in children.items():
            yield from _walk(f"{name} {child}", inner)


@pytest.fixture(scope="session")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a shell script in which ``babelscope`` is the command line of this very code, in an empty folder."""
    folder = tmp_path_factory.mktemp("shell")
    program = folder / "bin" / "babelscope"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'from babelscope.cli import main; main()' \"$@\"\n")
    program.chmod(0o755)
    (folder / "work").mkdir()

    def run(script: str, *python_path: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([*python_path, str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]).strip(os.pathsep)
        environment = {
            **os.environ,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": path,
        }
        return subprocess.run(
            ["sh", "-c", script],
            cwd=folder / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run
