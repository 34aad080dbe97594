"""What the writer holds open, and where things stand in the store's folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from babelscope.flow.config import Config
from babelscope.store.evidence import EvidenceWriter
from babelscope.store.index import IndexWriter
from babelscope.store.record import RecordReader
from babelscope.store.vectors import VectorWriter


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


class Parts(msgspec.Struct, kw_only=True):
    """The open parts of the writer. ``acknowledged``: evidence segment → bytes that the database vouches for.

    ``handed_out`` are documents given to the pipeline and not yet settled; ``run`` is the current run.
    """

    config: Config
    layout: Layout
    engine: Engine
    evidence: EvidenceWriter
    index: IndexWriter
    vectors: VectorWriter
    records: RecordReader
    clock: Callable[[], dt.datetime]
    acknowledged: dict[str, int] = {}
    handed_out: set[str] = set()
    run: str = ""

    @property
    def countries(self) -> dict[str, str]:
        """Source → ISO country."""
        return {source.id: source.country for source in self.config.source}


def open_parts(config: Config, engine: Engine) -> Parts:
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
        clock=lambda: dt.datetime.now(dt.UTC),
    )
