"""docs/commands.md and the command line say the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]+)")


def _options(command: Any) -> set[str]:
    found: set[str] = set()
    for parameter in command.params:
        found.update(o for o in (*parameter.opts, *parameter.secondary_opts) if o.startswith("--"))
    return found - {"--help"}


def _arguments(command: Any) -> set[str]:
    return {p.name for p in command.params if p.param_type_name == "argument"}


def _documented(pages: dict[str, str], sections: Callable[[str, int], dict[str, str]]) -> dict[str, str]:
    found = sections(pages["docs/commands.md"], 2)
    return {name: text for name, text in found.items() if name.startswith("babelscope ")}


def test_every_verb_has_its_section_and_every_section_its_verb(
    pages: dict[str, str], sections: Any, verbs: dict[str, Any]
) -> None:
    assert set(_documented(pages, sections)) == set(verbs)


def test_every_option_is_documented_with_its_verb_and_no_other(
    pages: dict[str, str], sections: Any, verbs: dict[str, Any]
) -> None:
    for name, text in _documented(pages, sections).items():
        bullets = "\n".join(line for line in text.splitlines() if line.startswith("- "))
        assert set(_OPTION.findall(bullets)) == _options(verbs[name]), name
        assert set(_OPTION.findall(text)) <= _options(verbs[name]), name


def test_every_argument_is_named(pages: dict[str, str], sections: Any, verbs: dict[str, Any]) -> None:
    for name, text in _documented(pages, sections).items():
        for argument in _arguments(verbs[name]):
            assert argument.upper() in text, f"{name}: {argument} is not named"


def test_every_section_has_an_example_of_its_verb(
    pages: dict[str, str], sections: Any, fenced: Callable[[str, str], list[str]]
) -> None:
    for name, text in _documented(pages, sections).items():
        assert any(name in block for block in fenced(text, "sh")), name


def test_every_command_that_any_page_shows_exists(
    pages: dict[str, str], fenced: Callable[[str, str], list[str]], verbs: dict[str, Any]
) -> None:
    groups = {name.split()[1] for name in verbs if len(name.split()) == 3}
    for page, text in pages.items():
        shown = [*fenced(text, "sh"), *re.findall(r"`([^`\n]+)`", text)]
        for words in (
            m.split() for block in shown for m in re.findall(r"(?:^|[|&/(] ?)babelscope [^\n#|&]+", block, re.M)
        ):
            words = [w.strip("`'\"/|&(") for w in words]
            while words and words[0] != "babelscope":
                words = words[1:]
            if len(words) < 2 or not re.fullmatch(r"[a-z]+", words[1]):
                continue
            name = " ".join(words[:3] if words[1] in groups and len(words) > 2 else words[:2])
            if words[1] in groups and len(words) == 2:
                continue
            alternatives = name.rsplit(" ", 1)
            for one in alternatives[1].split("|"):
                assert f"{alternatives[0]} {one}" in verbs, f"{page}: {name}"
                used = {w.split("=")[0] for w in words if w.startswith("--")}
                assert used <= _options(verbs[f"{alternatives[0]} {one}"]) | {"--help"}, f"{page}: {' '.join(words)}"
