from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.model import (
    Anchor,
    Article,
    Document,
    Language,
    Mention,
    Mentions,
    Page,
    Source,
    capture_id,
    content_id,
    decode_document,
    document_id,
    encode_document,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3))
def test_documents_survive_a_round_trip_byte_for_byte(title: str, text: str, authors: list[str]) -> None:
    mention = Mention(anchor=Anchor(of="text", start=0, end=1), surface=text[:1], kind="place")
    document = Document(id="a", title=title, seen_at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC)).with_layers(
        {
            "article": Article(title=title, text=text, authors=tuple(authors)),
            "language": Language(code="fa", script="Arab", confidence=0.9),
            "mentions": Mentions(items=(mention,)),
            "plugin": {"free": [1, 2]},
        },
        "test@1",
    )
    raw = encode_document(document)
    assert decode_document(raw) == document
    assert encode_document(decode_document(raw)) == raw


def test_the_article_fills_the_fields_once_and_the_page_is_not_kept() -> None:
    document = Document(id="a", layers={"page": Page(body=b"x")})
    read = document.with_layers({"article": Article(title="T", text="B")}, "extract@1").without_transient()
    assert (read.title, read.text, dict(read.layers)) == ("T", "B", {})
    assert read.made_by == {"article": "extract@1"}


def test_ids_depend_on_every_part_and_on_where_parts_end() -> None:
    assert content_id("k", "ab", "c") != content_id("k", "a", "bc")
    assert content_id("k", "a") != content_id("j", "a")
    assert capture_id("s", "u", b"1") != capture_id("s", "u", b"2")
    assert len(document_id(capture_id("s", "u", b""))) == 32


def test_a_document_that_does_not_fit_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_document(b'{"id": 3}')
    with pytest.raises(msgspec.ValidationError):
        decode_document(b'{"id": "a", "layers": {"language": {"code": 1}}}')


def test_a_misspelt_key_of_a_source_is_refused_also_where_it_is_listened_to() -> None:
    source = {"id": "a", "name": "A", "home": "https://a.example/"}
    with pytest.raises(msgspec.ValidationError, match="evry"):
        msgspec.convert({**source, "listens": [{"url": "https://a.example/rss.xml", "evry": 1}]}, Source)


def test_time_is_published_else_seen() -> None:
    seen, published = dt.datetime(2026, 1, 2, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    assert Document(id="a", seen_at=seen).time == seen
    assert Document(id="a", seen_at=seen, published_at=published).time == published
    assert Document(id="a").time.year == 1970
