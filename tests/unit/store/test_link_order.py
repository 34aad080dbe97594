"""Linkers meet documents by (time, address, seen, id), so that a group is named after the version seen first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from babelscope.app.linking import link_all
from babelscope.connect.duplicates import Duplicates
from babelscope.flow.config import Config
from babelscope.flow.events import Event
from babelscope.model import Article, Document, Fingerprint
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from store_world import START, config, exchange

PUBLISHED = START - dt.timedelta(hours=1)
VERSIONS = 300


@pytest.fixture
def settings(tmp_path: Path) -> Config:
    return config(tmp_path / "data")


def version(number: int) -> Callable[[Document], Document]:
    """Return what makes a document of a version: all have one publication time and nearly one text."""
    minhash = bytes(4 * 127) + number.to_bytes(4, "little")

    def make(raw: Document) -> Document:
        article = Article(title="Same", text=f"Same text {number}", published_at=PUBLISHED)
        layers = {"article": article, "fingerprint": Fingerprint(minhash=minhash, permutations=128, shingles=90)}
        return raw.with_layers(layers, "test@1")

    return make


def keep(library: Library, settings: Config) -> None:
    run = library.begin_run(settings)
    raw = library.pending(VERSIONS)
    library.commit(run, [version(at)(document) for at, document in enumerate(raw)], {}, [])
    library.end_run(run, ok=True)


def ignore(event: Event) -> None:
    del event


def groups(settings: Config, ids: list[str]) -> set[str]:
    with Reader.open(settings) as reader:
        return {membership.group for membership in reader.memberships("duplicates", ids).values()}


def test_versions_of_one_publication_time_keep_their_group_when_made_anew(settings: Config) -> None:
    taken = []
    for number in range(VERSIONS):
        one = exchange(1, text=f"version {number}", hours=number)
        taken.append(
            msgspec.structs.replace(one, capture=msgspec.structs.replace(one.capture, url="http://herald.example/1"))
        )
    with Library.open(settings) as library:
        run = library.begin_run(settings)
        library.receive(run, taken)
        library.end_run(run, ok=True)
        ids = [document.id for document in library.pending(VERSIONS)]
        assert ids != sorted(ids)  # else the order of ids would hide the fault
        keep(library, settings)
        assert [document.id for document in library.unlinked("duplicates")] == ids
        link_all({"duplicates": Duplicates(settings, library)}, library, ignore)
    assert groups(settings, ids) == {ids[0]}
    with Library.open(settings) as library:
        library.reprocess()
        keep(library, settings)
        assert [document.id for document in library.unlinked("duplicates")] == ids
        link_all({"duplicates": Duplicates(settings, library)}, library, ignore)
        seen = [document.id for document, _ in library.linked_since("duplicates", PUBLISHED)]
    assert groups(settings, ids) == {ids[0]}
    assert seen == ids
