"""What the writer holds open, and where things stand in the store's folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Engine, select

from babelscope.flow.config import Config
from babelscope.store.database import mapping
from babelscope.store.evidence import EvidenceWriter
from babelscope.store.index import IndexWriter
from babelscope.store.record import RecordReader
from babelscope.store.tables import sources
from babelscope.store.vectors import VectorWriter

Clock = Callable[[], dt.datetime]
MAIN = "main"
"""Name of the writer that also keeps documents, among all that collect."""


class Layout(msgspec.Struct, frozen=True):
    """Folders of a store."""

    root: Path

    @classmethod
    def of(cls, config: Config) -> Layout:
        """Return the layout of the configured folder."""
        return cls(Path(config.store.directory))

    @property
    def evidence(self) -> Path:
        """WARC segments."""
        return self.root / "evidence"

    @property
    def record(self) -> Path:
        """Parquet segments."""
        return self.root / "record"

    @property
    def index(self) -> Path:
        """Full-text indexes."""
        return self.root / "index"

    @property
    def vectors(self) -> Path:
        """Vector indexes."""
        return self.root / "vectors"


class IntakeParts(msgspec.Struct, kw_only=True):
    """What a process that takes in captures holds open.

    ``holder`` is its name among all collectors. ``acknowledged``: its evidence segment → bytes that the database
    vouches for. ``run`` is the current run, ``handed_out`` are documents given to the pipeline and not yet settled.
    """

    config: Config
    layout: Layout
    engine: Engine
    evidence: EvidenceWriter
    clock: Clock
    holder: str
    acknowledged: dict[str, int] = {}
    handed_out: set[str] = set()
    run: str = ""


class Parts(IntakeParts, kw_only=True):
    """The open parts of the main writer, which also keeps documents."""

    index: IndexWriter
    vectors: VectorWriter
    records: RecordReader

    @property
    def countries(self) -> dict[str, str]:
        """Source → ISO country, as configured, else as an import brought it from the registry."""
        with self.engine.connect() as connection:
            known = mapping(connection, select(sources.c.id, sources.c.country))
        return known | {source.id: source.country for source in self.config.source}


def system_clock() -> dt.datetime:
    """Return the moment in UTC."""
    return dt.datetime.now(dt.UTC)


def open_parts(config: Config, engine: Engine, clock: Clock = system_clock) -> Parts:
    """Open every part of the store in ``config.store.directory``."""
    layout = Layout.of(config)
    layout.record.mkdir(parents=True, exist_ok=True)
    return Parts(
        config=config,
        layout=layout,
        engine=engine,
        evidence=EvidenceWriter(layout.evidence, config.store.segment_mb << 20),
        index=IndexWriter(layout.index),
        vectors=VectorWriter(layout.vectors),
        records=RecordReader(layout.record),
        clock=clock,
        holder=MAIN,
    )
