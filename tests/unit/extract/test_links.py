"""The layer ``links``: what a page says about its own addresses, and nothing when it says nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from babelscope.extract.links import MAX_SIBLINGS
from babelscope.extract.page import extract_html, read_html
from babelscope.extract.stage import build
from babelscope.flow.config import Config
from babelscope.model import Document, Links, Page, Sibling

URL = "https://x.test/en/bridge?utm=1"
BODY = "<body><article><h1>Bridge opens</h1><p>{}</p></article></body>".format(
    "The bridge opened on Tuesday, they said. " * 12
)


def html(head: str) -> bytes:
    return f"<html><head><title>Bridge opens</title>{head}</head>{BODY}</html>".encode()


def links(head: str, url: str = URL) -> Links | None:
    article, found = read_html(html(head), url=url)
    assert article == extract_html(html(""), url=url)
    return found


def test_canonical_and_translations() -> None:
    head = (
        '<link rel="canonical" href="/en/bridge"><link rel="canonical" href="/second">'
        '<link rel="alternate" hreflang="en" href="https://x.test/en/bridge">'
        '<link rel="alternate" hreflang="de_AT" href="//x.test/de/br%C3%BCcke">'
        '<link rel="ALTERNATE nofollow" hreflang="pt-BR" href="https://x.test/pt/ponte">'
        '<link rel="alternate" hreflang="en" href="https://x.test/en/bridge">'
        '<link rel="alternate" hreflang="x-default" href="https://x.test/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
    )
    assert links(head) == Links(
        canonical="https://x.test/en/bridge",
        siblings=(
            Sibling(language="en", url="https://x.test/en/bridge"),
            Sibling(language="de-AT", url="https://x.test/de/br%C3%BCcke"),
            Sibling(language="pt-BR", url="https://x.test/pt/ponte"),
        ),
    )
    assert links('<base href="https://y.test/a/"><link rel="canonical" href="b">') == Links(
        canonical="https://y.test/a/b"
    )


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<link rel="canonical" href="">',
        '<link rel="canonical" href="javascript:alert(1)">',
        '<link rel="canonical" href="https://me:secret@x.test/">',
        '<link rel="canonical" href="http://[::1/">',
        f'<link rel="canonical" href="/{"a" * 3000}">',
        '<link rel="alternate" hreflang="not a language" href="/a">',
        '<link rel="alternate" href="/a"><link rel="stylesheet" hreflang="de" href="/a">',
    ],
)
def test_nothing_usable_makes_no_layer(head: str) -> None:
    assert links(head) is None


def test_a_relative_address_needs_the_address_of_the_page() -> None:
    assert links('<link rel="canonical" href="/a">', url="") is None


def test_siblings_are_bounded() -> None:
    many = "".join(f'<link rel="alternate" hreflang="de" href="/{n}">' for n in range(300))
    found = links(many)
    assert found is not None and len(found.siblings) == MAX_SIBLINGS


def test_the_stage_adds_the_layer_only_where_there_is_one() -> None:
    stage = build(Config())
    stage.load()
    seen = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    bodies = [html('<link rel="canonical" href="/en/bridge">'), html("")]
    docs = [Document(id=str(n), url=URL, seen_at=seen, layers={"page": Page(body=b)}) for n, b in enumerate(bodies)]
    with_links, without = stage(docs)
    assert with_links.layers["links"] == Links(canonical="https://x.test/en/bridge")
    assert set(without.layers) == {"article"} and with_links.layers["article"] == without.layers["article"]
    assert "links" in stage.provides and stage.version == "2"
