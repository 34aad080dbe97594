"""The examples that can be run are run, through the real command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

_EXAMPLE = re.compile(r"^```sh\n(.*?)^```\n+```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PIPES = (Path(__file__).resolve().parents[2] / "docs" / "pipes.md").read_text(encoding="utf-8")
EXAMPLES = [(script, [json.loads(line) for line in rows.splitlines()]) for script, rows in _EXAMPLE.findall(PIPES)]


def _holds(found: Any, told: Any) -> bool:
    """Say whether ``found`` has everything that is ``told`` (pages show the interesting part of a line)."""
    if isinstance(told, dict):
        return isinstance(found, dict) and all(k in found and _holds(found[k], v) for k, v in told.items())
    return bool(found == told)


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=[re.findall(r"pipe (\S+)", s)[0] for s, _ in EXAMPLES])
def test_pipes_give_what_the_page_says(example: tuple[str, list[Any]], shell: Any) -> None:
    script, told = example
    done = shell(script)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(told), done.stderr
    for line, expected in zip(found, told, strict=True):
        assert _holds(line, expected), f"{json.dumps(expected)} is not in {json.dumps(line, ensure_ascii=False)}"
    assert done.returncode == (3 if "not json" in script else 0), done.stderr


@pytest.mark.slow
def test_bad_lines_are_told_as_json_and_the_rest_goes_on_in_order(shell: Any) -> None:
    rows = [
        '{"id": "1", "text": "Guten Morgen allerseits"}',
        "{",
        '{"id": 7}',
        '{"id": "2", "text": "Bonjour à tous"}',
        "[]",
    ]
    quoted = " ".join(f"'{row}'" for row in rows)
    done = shell(f"printf '%s\\n' {quoted} | babelscope pipe language")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["1", "2"]
    problems = [json.loads(line) for line in done.stderr.splitlines()]
    assert [problem["line"] for problem in problems] == [2, 3, 5]
    assert all(problem["error"] and problem["message"] for problem in problems)
    assert done.returncode == 3


@pytest.mark.slow
def test_extract_takes_bytes_and_tells_what_it_drops(shell: Any) -> None:
    import base64

    page = "<html><head><title>Мост открыт</title><meta property='og:type' content='article'></head><body><article><p>"
    page += (
        "Мост через реку снова открыт для движения, сообщили в пятницу городские власти. " * 4
        + "</p></article></body></html>"
    )
    rows = [
        {"id": "bytes", "html_base64": base64.b64encode(page.encode("windows-1251")).decode()},
        {"id": "empty", "html": "<html><body><p>Hello</p></body></html>"},
    ]
    lines = "\n".join(json.dumps(row) for row in rows)
    done = shell(f"babelscope pipe extract <<'END'\n{lines}\nEND")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert set(first) == {"id", "title", "text", "published_at", "authors"}
    assert first["title"] == "Мост открыт"
    assert second["dropped"] == "no-article"
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_an_unknown_part_is_told_with_the_nearest_name(shell: Any) -> None:
    done = shell('echo \'{"id": "1"}\' | babelscope pipe langage')
    assert done.returncode == 1
    assert "did you mean 'language'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_recipe_for_a_stage_works_as_a_plug_in(
    pages: dict[str, str], fenced: Any, shell: Any, tmp_path: Path
) -> None:
    """Its entry point is found the way that every installed package's is: by a dist-info folder on the path."""
    text = pages["CONTRIBUTING.md"]
    (tmp_path / "reading_time.py").write_text(fenced(text, "python")[0], encoding="utf-8")
    settings = next(block for block in fenced(text, "ini") if "entry-points" in block)
    group, entry = re.findall(r'\[project\.entry-points\."(.+?)"\]\n(\w+) = "(.+?)"', settings)[0][0:1], settings
    name, target = re.findall(r'^(reading_time) = "(.+?)"$', entry, re.MULTILINE)[0]
    info = tmp_path / "babelscope_reading_time-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: babelscope-reading-time\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group[0]}]\n{name} = {target}\n")
    script = next(block for block in fenced(text, "sh") if "pipe reading_time" in block)
    done = shell(script, str(tmp_path))
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row["layers"]["reading_time"] == {"minutes": 0.0}
    assert row["made_by"] == {"reading_time": "reading_time@1"}
