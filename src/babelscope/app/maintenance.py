"""What is done to a store that is there: views made anew from the record."""

from __future__ import annotations

from babelscope.app.linking import link_all, open_linkers
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.events import Listener, silent
from babelscope.store.library import Library
from babelscope.store.parts import Layout


def need_store(config: Config) -> None:
    """Raise ``BabelscopeError`` where nothing was ever collected: a mistyped folder must not become an empty store."""
    layout = Layout.of(config)
    if not any(place.exists() for place in (layout.root / "state.sqlite", layout.evidence, layout.record)):
        raise BabelscopeError(
            f"{layout.root}: there is no store there; look at store.directory, or collect something: `babelscope run`"
        )


def rebuild(config: Config, listener: Listener = silent) -> int:
    """Make index, vectors, rows and groups anew from the record; return the number of documents.

    Raises ``BabelscopeError`` if there is no store.
    """
    need_store(config)
    with Library.open(config) as library:
        linkers = open_linkers(config, library)
        count = library.rebuild()
        library.forget_links()
        link_all(linkers, library, listener)
    return count
