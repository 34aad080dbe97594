"""The record: documents with all their layers in Parquet segments by day, append-only, whole or absent.

Any tool that reads Parquet can read it: columns are plain, ``layers`` is canonical JSON (its embedding without the
vector, which has a column of its own), times are UTC with microseconds.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from babelscope.flow.disk import sync_directory
from babelscope.flow.errors import BadInput
from babelscope.model import Document, read_layer
from babelscope.store.files import publish
from babelscope.store.shown import embedding_of

ROW_GROUP = 64
"""Rows read from disk to get one document."""
_CACHED_GROUPS = 8
_ENCODER = msgspec.json.Encoder(order="deterministic")


def _schema() -> Any:
    import pyarrow as pa

    time = pa.timestamp("us", tz="UTC")
    text = ("id", "capture", "source", "url", "title", "text")
    plain = ("image", "language", "script", "grade")
    return pa.schema(
        [
            *((name, pa.string()) for name in text),
            ("published_at", time),
            ("seen_at", time),
            ("authors", pa.list_(pa.string())),
            *((name, pa.string()) for name in plain),
            ("layers", pa.binary()),
            ("made_by", pa.map_(pa.string(), pa.string())),
            ("embedding", pa.binary()),
        ]
    )


def encode_row(document: Document) -> dict[str, Any]:
    """Return the row of ``document``; ``BadInput`` if it holds what the record cannot (a lone surrogate …)."""
    try:
        layers = dict(document.layers)
        embedding = embedding_of(document)
        if embedding is not None:
            layers["embedding"] = msgspec.structs.replace(embedding, vector=b"")
        language, translation = layers.get("language"), layers.get("translation")
        row = {
            **{name: getattr(document, name) for name in ("id", "capture", "source", "url", "title", "text", "image")},
            "published_at": _utc(document.published_at),
            "seen_at": _utc(document.seen_at),
            "authors": list(document.authors),
            "language": getattr(language, "code", ""),
            "script": getattr(language, "script", ""),
            "grade": getattr(translation, "grade", ""),
            "layers": _ENCODER.encode(layers),
            "made_by": sorted(document.made_by.items()),
            "embedding": None if embedding is None else embedding.vector,
        }
        for value in (*row.values(), *document.authors):
            if isinstance(value, str):
                value.encode("utf-8")
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError) as error:
        raise BadInput(f"cannot be kept: {error}") from None
    return row


def decode_row(row: dict[str, Any]) -> Document:
    """Return the document of a row; raises ``BadInput`` if its layers are not what the model says."""
    try:
        layers = {name: read_layer(name, value) for name, value in msgspec.json.decode(row["layers"]).items()}
        if row["embedding"] is not None:
            layers["embedding"] = msgspec.structs.replace(layers["embedding"], vector=row["embedding"])
    except (msgspec.MsgspecError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"record row of {row.get('id')!r} cannot be read: {error}") from None
    plain = ("id", "capture", "source", "url", "title", "text", "image", "published_at", "seen_at")
    return Document(
        **{name: row[name] for name in plain},
        authors=tuple(row["authors"]),
        layers=layers,
        made_by=dict(row["made_by"]),
    )


def _utc(at: dt.datetime | None) -> dt.datetime | None:
    if at is None:
        return None
    return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)


def segment_path(directory: Path, segment: str) -> Path:
    """Return where a segment ("day=2026-01-31/00000001") stands."""
    return directory / f"{segment}.parquet"


def write_segment(directory: Path, segment: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write ``rows`` as one Parquet file: to a temporary name, forced to disk, then renamed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    final = segment_path(directory, segment)
    if not final.parent.is_dir():
        final.parent.mkdir(parents=True, exist_ok=True)
        sync_directory(directory)
    temporary = final.with_name(f".{final.name}.tmp")
    table = pa.Table.from_pylist(list(rows), schema=_schema())
    pq.write_table(
        table, temporary, compression="zstd", row_group_size=ROW_GROUP, use_dictionary=["source", "language"]
    )
    publish(temporary, final)


def remove_segment(directory: Path, segment: str) -> None:
    """Delete a segment that nothing lists, and what is left of writing it."""
    final = segment_path(directory, segment)
    final.unlink(missing_ok=True)
    final.with_name(f".{final.name}.tmp").unlink(missing_ok=True)
    if final.parent.is_dir() and not any(final.parent.iterdir()):
        final.parent.rmdir()


def stored_segments(directory: Path) -> list[str]:
    """Return the names of the segments on disk, in order."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in directory.glob("day=*/*.parquet"))


def read_segment(directory: Path, segment: str) -> Iterator[Document]:
    """Yield the documents of a segment in row order; raises ``BadInput`` if the file cannot be read."""
    for group in range(_groups(directory, segment)):
        for row in _read_group(directory, segment, group):
            yield decode_row(row)


def _groups(directory: Path, segment: str) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(segment_path(directory, segment)) as file:
            return int(file.metadata.num_row_groups)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"record segment {segment} cannot be read: {error}") from None


def _read_group(directory: Path, segment: str, group: int) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(segment_path(directory, segment)) as file:
            rows: list[dict[str, Any]] = file.read_row_group(group, use_threads=False).to_pylist()
    except (OSError, pa.ArrowException, IndexError) as error:
        raise BadInput(f"record segment {segment} cannot be read: {error}") from None
    return rows


class RecordReader:
    """Reads documents by (segment, row), keeping the last few row groups; safe to share between threads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._groups: OrderedDict[tuple[str, int], list[dict[str, Any]]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, segment: str, row: int) -> Document:
        """Return one document; raises ``BadInput`` if the segment or the row cannot be read."""
        group, inside = divmod(row, ROW_GROUP)
        rows = self._group(segment, group)
        if inside >= len(rows):
            raise BadInput(f"record segment {segment} has no row {row}")
        return decode_row(rows[inside])

    def read_many(self, places: Sequence[tuple[str, int]]) -> list[Document]:
        """Return the documents at ``places``, in the order asked, reading each row group once."""
        order = sorted(range(len(places)), key=lambda i: places[i])
        found: dict[int, Document] = {i: self.read(*places[i]) for i in order}
        return [found[i] for i in range(len(places))]

    def _group(self, segment: str, group: int) -> list[dict[str, Any]]:
        with self._lock:
            if (segment, group) in self._groups:
                self._groups.move_to_end((segment, group))
                return self._groups[segment, group]
        rows = _read_group(self.directory, segment, group)
        with self._lock:
            self._groups[segment, group] = rows
            while len(self._groups) > _CACHED_GROUPS:
                self._groups.popitem(last=False)
        return rows
