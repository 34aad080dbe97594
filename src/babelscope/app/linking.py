"""Grouping: every linker over what it has not seen, in order of (time, address, seen, id), one transaction each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import cast

from babelscope.flow.config import Config
from babelscope.flow.errors import ConfigError
from babelscope.flow.events import Linked, Listener
from babelscope.flow.registry import build_stages, factory
from babelscope.flow.shapes import Linker, LinkMemory, stamp
from babelscope.model import Document, Membership
from babelscope.store.library import Library

CHUNK = 256


def open_linkers(config: Config, memory: LinkMemory) -> dict[str, Linker]:
    """Return configured name → linker, loaded, in order; raises ``ConfigError`` or ``Unavailable``.

    A linker whose needs no configured stage provides is refused: it would group by what is not there.
    """
    have = frozenset[str]().union(*(stage.provides for stage in build_stages(config.run.stages, config)))
    linkers: dict[str, Linker] = {}
    for name in config.run.linkers:
        linker = cast(Linker, factory("babelscope.linkers", name)(config, memory))
        if missing := linker.needs - have:
            raise ConfigError(
                f"linker {name!r} needs {', '.join(sorted(missing))}, which no stage provides; "
                f"put the stage that provides it into run.stages, or take the linker out of run.linkers"
            )
        linker.load()
        linkers[name] = linker
    return linkers


def link_all(linkers: Mapping[str, Linker], library: Library, listener: Listener) -> None:
    """Run ``linkers``, in order, over the documents that each has not grouped yet."""
    for name, linker in linkers.items():
        memberships = list(_memberships(linker, library.unlinked(name)))
        library.link(name, stamp(linker), memberships)
        listener(Linked(linker=name, documents=len(memberships)))


def _memberships(linker: Linker, docs: Iterator[Document]) -> Iterator[Membership]:
    while chunk := list(islice(docs, CHUNK)):
        yield from linker(chunk)
