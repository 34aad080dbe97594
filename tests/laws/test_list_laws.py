"""What is exported comes back as it was, in every format; no bytes raise anything but ``BadInput``."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.collect.lists.formats import read_list
from babelscope.collect.lists.listed import gather
from babelscope.collect.lists.opml import write_opml
from babelscope.collect.lists.tables import write_toml
from babelscope.collect.lists.tabular import write_csv
from babelscope.flow.errors import BadInput
from babelscope.model import Listen, Source

CALM = settings(max_examples=60, deadline=None)

texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
).filter(lambda text: text.strip() != "")
paths = st.text("abcxyz0123/-_.?=&%~é\"'<>", max_size=20)
urls = st.builds(lambda host, path: f"https://{host}.test/{path}", st.text("abcxyz", min_size=1, max_size=6), paths)
listens = st.builds(
    Listen, url=urls, kind=st.sampled_from(["feed", "sitemap", "page"]), every=st.integers(0, 1_000_000)
)
ids = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)


def source(id_: str) -> st.SearchStrategy[Source]:
    return st.builds(
        Source,
        id=st.just(id_),
        name=texts,
        home=urls,
        listens=st.lists(listens, max_size=4, unique_by=lambda listen: listen.url).map(tuple),
        country=st.sampled_from(["", "IE", "KE", "XK"]),
        languages=st.lists(st.sampled_from(["en", "ga", "sw", "zh"]), unique=True, max_size=3).map(tuple),
        kind=st.sampled_from(["press", "broadcast", "agency", "official", "organisation", "archive"]),
        owner=st.one_of(st.just(""), texts),
        standing=st.sampled_from(["state", "public", "unknown"]),
        reference=st.one_of(st.just(""), texts),
        terms=st.one_of(st.just(""), urls),
        expects=st.one_of(st.just(0.0), st.floats(0.001, 1e6)),
    )


several = st.lists(ids, unique=True, max_size=6).flatmap(lambda names: st.tuples(*map(source, names)))


@CALM
@given(several)
def test_opml_comes_back_as_it_was(found: tuple[Source, ...]) -> None:
    assert gather(read_list(write_opml(found))).sources == found


@CALM
@given(several)
def test_csv_comes_back_as_it_was(found: tuple[Source, ...]) -> None:
    assert gather(read_list(write_csv(found))).sources == found


@CALM
@given(several)
def test_toml_comes_back_as_it_was(found: tuple[Source, ...]) -> None:
    tables = tomllib.loads(write_toml(found).decode()).get("source", [])
    assert tuple(msgspec.convert(tables, list[Source])) == found


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(
            lambda text: f"<opml><body><outline xmlUrl='{text}'/></body></opml>".encode("utf-8", "replace")
        ),
        st.text(max_size=200).map(lambda text: f"name,url,country\n{text}".encode("utf-8", "replace")),
        st.recursive(
            st.one_of(st.none(), st.text(max_size=9), st.integers()),
            lambda inner: st.one_of(
                st.lists(inner, max_size=4),
                st.dictionaries(st.sampled_from(["name", "url", "feeds", "languages", "country", "home"]), inner),
            ),
        ).map(msgspec.json.encode),
    )
)
def test_no_list_does_harm(raw: bytes) -> None:
    with suppress(BadInput):
        found = gather(read_list(raw))
        assert len({one.id for one in found.sources}) == len(found.sources)
        tomllib.loads(write_toml(found.sources).decode())
