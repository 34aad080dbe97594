"""Links lead somewhere, and the first screen shows what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    plain = re.sub(r"[`*\[\]()]", "", heading.lower())
    return re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")


def _headings(text: str) -> set[str]:
    outside = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {_anchor(line.lstrip("# ")) for line in outside.splitlines() if re.match(r"#+ ", line)}


def test_every_link_resolves(root: Path, pages: dict[str, str]) -> None:
    checked = 0
    for page, text in pages.items():
        for target in _LINK.findall(text):
            if re.match(r"https?://|mailto:", target):
                continue
            path, _, anchor = target.partition("#")
            place = (root / page).parent / path if path else root / page
            assert place.exists(), f"{page}: {target} leads nowhere"
            if anchor:
                assert anchor in _headings(place.read_text(encoding="utf-8")), f"{page}: {target}: no such heading"
            checked += 1
    assert checked > 40


def test_every_page_is_reached_from_the_index(pages: dict[str, str]) -> None:
    linked = set(_LINK.findall(pages["docs/index.md"]))
    for page in pages:
        if page.startswith("docs/") and page != "docs/index.md":
            assert page.removeprefix("docs/") in linked, f"docs/index.md does not link {page}"


def test_the_first_screen_has_the_picture_and_exactly_the_two_commands(
    root: Path, pages: dict[str, str], fenced: Any
) -> None:
    readme = pages["README.md"]
    first = readme.partition("\n## ")[0]
    assert set(re.findall(r"^make [\w-]+", fenced(first, "sh")[0], re.MULTILINE)) == {"make demo", "make test"}
    assert set(re.findall(r"\bmake (?:demo|test|install|check|lock|clean)\b", readme)) == {"make demo", "make test"}
    assert re.search(r'<img src="docs/images/front\.png" width="900" alt="[^"]{20,}">', first)
    picture = root / "docs" / "images" / "front.png"
    assert picture.is_file(), "docs/images/front.png is missing: take a screenshot of the front page after `make demo`"
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), "docs/images/front.png is not a PNG"


def test_make_targets_that_are_shown_exist(root: Path, pages: dict[str, str]) -> None:
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page, text in pages.items():
        for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE):
            assert target in targets, f"{page}: make {target}"


def test_files_and_folders_that_are_named_exist(root: Path, pages: dict[str, str]) -> None:
    named = re.compile(
        r"`((?:src|tests|scripts|bench|docs|frontend|flow|collect|store|connect|understand|model|languages)/[\w./-]*)`"
    )
    for page, text in pages.items():
        for path in named.findall(text):
            assert (root / path).exists() or (root / "src" / "babelscope" / path).exists(), f"{page}: {path}"
