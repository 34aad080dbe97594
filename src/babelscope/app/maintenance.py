"""Views made anew from the record."""

from __future__ import annotations

from babelscope.app.linking import link_all, open_linkers
from babelscope.flow.config import Config
from babelscope.flow.events import Listener, silent
from babelscope.store.library import Library


def rebuild(config: Config, listener: Listener = silent) -> int:
    """Make index, vectors, rows and groups anew from the record; return the number of documents."""
    with Library.open(config) as library:
        linkers = open_linkers(config, library)
        count = library.rebuild()
        library.forget_links()
        link_all(linkers, library, listener)
    return count
