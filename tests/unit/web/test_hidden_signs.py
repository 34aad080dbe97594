"""What no reader sees is drawn as a badge, and offsets in the page stay those of the text."""

from __future__ import annotations

import re

import pytest

from babelscope.languages.marks import drawn
from babelscope.web.signs import MAX_BADGES, seen


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("a \u202eevil\u202c b", ["RLO", "PDF"]),
        ("pass\u200bword", ["ZWSP"]),
        ("\u2066x\u2069", ["LRI", "PDI"]),
        ("a\u200b\u200b\u200bb", ["ZWSP ×3"]),
        ("e" + "\u0301" * 30, ["+22 marks"]),
        ("می\u200cخواهم", []),
        ("plain <b>", []),
        ("", []),
    ],
)
def test_every_hidden_sign_gets_a_badge(text: str, marks: list[str]) -> None:
    html = str(seen(text))
    assert re.findall(r'data-mark="([^"]+)"', html) == marks
    assert len(plain(html).replace("&lt;", "<").replace("&gt;", ">")) == len(text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)


def test_markup_in_a_text_with_hidden_signs_stays_text() -> None:
    html = str(seen("<script>\u202e</script>"))
    assert "<script" not in html and "&lt;script&gt;" in html


def test_a_storm_of_hidden_signs_is_bounded() -> None:
    html = str(seen("x\u202e" * 50_000))
    assert html.count("data-mark") == MAX_BADGES and len(html) < 200_000
    assert len(plain(html)) == 100_000 and "\u202e" not in html


def test_where_no_markup_can_stand_signs_are_named() -> None:
    assert drawn("a\u202eb") == "a[RLO]b"
    assert drawn("plain") == "plain"
