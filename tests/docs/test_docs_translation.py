"""docs/translation.md names what the code has: translators, grades, bounds, the key's variable."""

from __future__ import annotations

from babelscope.flow.registry import names
from babelscope.translators.endpoint import KEY
from babelscope.translators.service import MAX_ANSWER, SECONDS
from babelscope.understand.cutting import MAX_WHOLE
from babelscope.understand.reading import GRADES
from babelscope.understand.routes import PIVOT_QUALITY


def test_translators_and_grades(pages: dict[str, str]) -> None:
    for name in (*names("babelscope.translators"), *GRADES):
        assert f"| `{name}` |" in pages["docs/translation.md"], name


def test_the_key_and_the_bounds(pages: dict[str, str]) -> None:
    page = pages["docs/translation.md"]
    assert f"`{KEY}`" in page and f"`{KEY}`" in pages["docs/configuration.md"]
    assert f"{SECONDS:.0f} s and {MAX_ANSWER // 1_000_000} MB" in page and f"{MAX_WHOLE:,}" in page
    assert f"product of {PIVOT_QUALITY:g}".replace("0.", ".") in page
