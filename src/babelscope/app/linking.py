"""Grouping: every linker over what it has not seen, in order of (time, id), one transaction each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import cast

from babelscope.flow.config import Config
from babelscope.flow.events import Linked, Listener
from babelscope.flow.registry import factory
from babelscope.flow.shapes import Linker, stamp
from babelscope.model import Document, Membership
from babelscope.store.library import Library

CHUNK = 256


def link_all(config: Config, library: Library, listener: Listener) -> None:
    """Run the configured linkers, in order, over the documents that each has not grouped yet."""
    for name in config.run.linkers:
        linker = cast(Linker, factory("babelscope.linkers", name)(config, library))
        linker.load()
        memberships = list(_memberships(linker, library.unlinked(name)))
        library.link(name, stamp(linker), memberships)
        listener(Linked(linker=name, documents=len(memberships)))


def _memberships(linker: Linker, docs: Iterator[Document]) -> Iterator[Membership]:
    while chunk := list(islice(docs, CHUNK)):
        yield from linker(chunk)
