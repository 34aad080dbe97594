"""The stage: one patch per page, decisions as drops, malformed input as ``BadInput``."""

from __future__ import annotations

import datetime as dt
import random
import zlib

import pytest

from babelscope.extract.decode import is_binary
from babelscope.extract.stage import build
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Stage
from babelscope.model import Article, Document, Hints, Page, Patch

HTML = (
    b"<html><head><title>Dam breaks</title>"
    b"<meta name=date content='2031-05-01'></head><body><article><h1>Dam breaks</h1><p>"
    + b"The dam above the village broke early on Tuesday, the fire brigade said. " * 4
    + b"</p></article></body></html>"
)
SEEN = dt.datetime(2024, 5, 2, tzinfo=dt.UTC)


def document(page: Page) -> Document:
    return Document(id="1", url="https://example.org/a", seen_at=SEEN, layers={"page": page})


@pytest.fixture(scope="module")
def stage() -> Stage:
    made = build(Config())
    made.load()
    return made


def test_it_has_the_shape_of_a_stage(stage: Stage) -> None:
    assert isinstance(stage, Stage)
    assert (stage.needs, stage.provides) == (frozenset({"page"}), frozenset({"article", "links", "sheets"}))


def test_patches_come_in_order(stage: Stage) -> None:
    hints = Hints(published_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC))
    patches = stage(
        [
            document(Page(body=HTML, hints=hints)),
            document(Page(body=b"<html></html>")),
            document(Page(body=b"PK\3\4", media_type="application/zip")),
            document(Page(body=b"{}", media_type="application/json; charset=utf-8")),
            document(Page(body=HTML, media_type="Text/HTML; charset=utf-8")),
            document(Page(body=b"Title\n" + b"A line of plain text. " * 9, media_type="text/plain")),
        ]
    )
    assert [p.drop for p in patches] == ["", "no-article", "media-type", "media-type", "", ""]
    first = patches[0].layers["article"]
    assert isinstance(first, Article)
    assert first.title == "Dam breaks"
    assert first.published_at == hints.published_at
    assert patches[4].layers["article"].published_at is None
    assert patches[5].layers["article"].method == "text"
    assert isinstance(patches[0], Patch)


def test_too_large_a_page_is_bad_input(stage: Stage) -> None:
    with pytest.raises(BadInput, match="at most"):
        stage([document(Page(body=b"x" * ((10 << 20) + 1)))])
    with pytest.raises(BadInput):
        stage([Document(id="1", layers={"page": {"body": "x"}})])


BYTES = random.Random(1).randbytes(5_000)


@pytest.mark.parametrize("media_type", ["text/html", "text/plain"])
@pytest.mark.parametrize("body", [BYTES, b"\x89PNG\r\n\x1a\n" + BYTES, b"%PDF-1.7\n" + HTML, zlib.compress(BYTES)])
def test_a_picture_under_the_name_of_a_page_is_no_article(stage: Stage, media_type: str, body: bytes) -> None:
    (patch,) = stage([document(Page(body=body, media_type=media_type))])
    assert patch == Patch(drop="media-type")


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-32", "iso2022_jp", "hz", "gb18030", "koi8-r"])
def test_no_charset_of_the_web_is_taken_for_a_picture(charset: str) -> None:
    for text in ("<p>Наводнение в городе</p>", "<p>東京で激しい雨が続く</p>", HTML.decode()):
        assert not is_binary(text.encode(charset, "replace") * 20)
    assert not is_binary(b"") and not is_binary(HTML + b"\0" * 5)
