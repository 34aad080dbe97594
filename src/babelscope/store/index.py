"""The full-text index: tantivy, one index a month, BM25 over tokens of the shared analyser.

Scores of different months rest on the word statistics of their own month; they are merged as they are.
"""

from __future__ import annotations

import datetime as dt
import shutil
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from babelscope.languages.analyse import ANALYSER_VERSION
from babelscope.languages.readings import KEYS_VERSION
from babelscope.store.query import build_name_query, build_query, ways_of
from babelscope.store.rows import IndexQuery, IndexResult, NameHit, NamePart, NameWay
from babelscope.store.shown import IndexDocument

INDEX_VERSION = f"2.{ANALYSER_VERSION}.{KEYS_VERSION}"
"""Changes with the fields, the analyser or the keys of names: then the index is made anew."""
FACETS = ("language", "country", "source", "entity")
FACET_VALUES = 50
_SURE = {"key": 1, "text": 2, "alias": 3}
_HEAP = 64 << 20
_OPEN_WRITERS = 3


def schema() -> Any:
    """Return the fields: whitespace-separated tokens with positions, stems without, raw filter values with columns."""
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("title", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("keys", tokenizer_name="whitespace", index_option="basic")
    builder.add_bytes_field("names", stored=True, indexed=False)
    builder.add_date_field("time", indexed=True, fast=True)
    return builder.build()


class IndexWriter:
    """Adds and removes documents; what was added is found after ``commit``."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self._writers: dict[str, Any] = {}

    def add(self, month: str, documents: Iterable[IndexDocument]) -> None:
        """Add ``documents`` to a month, replacing those with the same id: doing it twice changes nothing."""
        writer = self._writer(month)
        for document in documents:
            writer.delete_documents_by_term("id", document.id)
            writer.add_document(_encode(document))

    def remove(self, month: str, ids: Iterable[str]) -> None:
        """Remove documents by id."""
        writer = self._writer(month)
        for document in ids:
            writer.delete_documents_by_term("id", document)

    def clear(self, month: str) -> None:
        """Remove every document of a month; readers see the old ones until ``commit``."""
        self._writer(month).delete_all_documents()

    def commit(self) -> None:
        """Make all changes durable and visible to readers."""
        for writer in self._writers.values():
            writer.commit()

    def abandon(self) -> None:
        """Forget changes that were not committed."""
        for writer in self._writers.values():
            writer.rollback()

    def count(self, month: str) -> int:
        """Return the committed documents of a month; -1 if its index is missing or cannot be read."""
        try:
            return int(_open(self.directory / month).searcher().num_docs)
        except (ValueError, OSError):
            return -1

    def months(self) -> list[str]:
        """Return the months that have a folder, in order."""
        return sorted(path.name for path in self.directory.iterdir() if path.is_dir())

    def drop(self, month: str) -> None:
        """Delete the index of a month."""
        self._release(month)
        shutil.rmtree(self.directory / month, ignore_errors=True)

    def close(self) -> None:
        """Wait for merges and let go of every month; uncommitted changes are lost."""
        for month in list(self._writers):
            self._release(month)

    def _writer(self, month: str) -> Any:
        if month not in self._writers:
            import tantivy

            if len(self._writers) >= _OPEN_WRITERS:
                oldest = next(iter(self._writers))
                self._writers[oldest].commit()
                self._release(oldest)
            path = self.directory / month
            path.mkdir(parents=True, exist_ok=True)
            try:
                index = tantivy.Index(schema(), path=str(path))
            except ValueError:  # torn, or of another schema: a view is made anew, see views.check_views
                shutil.rmtree(path)
                path.mkdir()
                index = tantivy.Index(schema(), path=str(path))
            self._writers[month] = index.writer(heap_size=_HEAP, num_threads=1)
        return self._writers[month]

    def _release(self, month: str) -> None:
        writer = self._writers.pop(month, None)
        if writer is not None:
            writer.wait_merging_threads()


def _encode(document: IndexDocument) -> Any:
    import tantivy

    encoded = tantivy.Document()
    encoded.add_text("id", document.id)
    for field, lists in (("title", document.titles), ("body", document.bodies), ("stems", (document.stems,))):
        for tokens in lists:
            if tokens:
                encoded.add_text(field, " ".join(tokens))
    for field, value in (("language", document.language), ("country", document.country), ("source", document.source)):
        if value:
            encoded.add_text(field, value)
    for entity in document.entities:
        encoded.add_text("entity", entity)
    if document.names:
        encoded.add_text("keys", " ".join({key: None for keys in document.names.values() for key in keys}))
        encoded.add_bytes("names", msgspec.json.encode((document.language, document.names)))
    encoded.add_date("time", document.time.astimezone(dt.UTC))
    return encoded


def _open(path: Path) -> Any:
    import tantivy

    if not (path / "meta.json").is_file():
        raise FileNotFoundError(path)
    index = tantivy.Index.open(str(path))
    index.config_reader("manual", 0)
    index.reload()
    return index


class IndexReader:
    """Searches the months; a commit of the writer, also in another process, is seen by the next search."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._open: dict[str, tuple[tuple[int, int], Any]] = {}

    def search(self, query: IndexQuery, months: Sequence[str]) -> IndexResult:
        """Answer ``query`` from ``months``; best first over all of them, newest first where there is no text."""
        built = build_query(query, schema())
        wanted = query.offset + query.limit
        by_time = built.scored is False
        found: list[tuple[float, str, str, Any]] = []
        total, facets, days = 0, {name: {} for name in FACETS}, {}  # type: ignore[var-annotated]
        for month, searcher in self._searchers(months):
            options = {"order_by_field": "time"} if by_time else {}
            result = searcher.search(built.query, limit=max(1, wanted), count=True, **options)
            total += result.count
            found += [(key, month, searcher, address) for key, address in result.hits]
            if result.count and (query.facets or query.histogram):
                _aggregate(searcher, built.query, query, facets, days)
        found.sort(key=lambda hit: -hit[0])
        page = found[query.offset : wanted] if query.limit else []
        hits = tuple((_id_of(searcher, address), 0.0 if by_time else key) for key, _, searcher, address in page)
        return IndexResult(
            hits=hits,
            total=total,
            facets={name: _most(values) for name, values in facets.items()} if query.facets else {},
            histogram=sorted(days.items()),
        )

    def named(self, query: IndexQuery, parts: Sequence[NamePart], months: Sequence[str]) -> list[NameHit]:
        """Return up to ``query.limit`` documents that hold every one of ``parts`` in one way or another but do not
        match the text of ``query``, surest ways first, then the latest month; its filters hold.

        A word found by its key alone is only a likeness: who asks compares it with the words of the hit.
        """
        built = build_name_query(query, parts, schema())
        asked = frozenset(key for part in parts for keys in part.keys for key in keys)
        found: list[NameHit] = []
        for _, searcher in reversed(self._searchers(months)):
            for score, address in searcher.search(built, limit=max(1, query.limit), count=False).hits:
                stored = searcher.doc(address)
                found.append(_name_hit(stored, ways_of(score, len(parts)), asked))
        found.sort(key=lambda hit: -min(map(_SURE.__getitem__, hit.ways)))
        return found[: query.limit]

    def ids(self, month: str) -> set[str]:
        """Return the ids of every document of a month (for checking)."""
        import tantivy

        out: set[str] = set()
        for _, searcher in self._searchers([month]):
            hits = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs)).hits
            out.update(_id_of(searcher, address) for _, address in hits)
        return out

    def _searchers(self, months: Sequence[str]) -> list[tuple[str, Any]]:
        with self._lock:
            found = [(month, self._searcher(month)) for month in months]
        return [(month, searcher) for month, searcher in found if searcher is not None]

    def _searcher(self, month: str) -> Any:
        path = self.directory / month
        try:
            state = (path / "meta.json").stat()
        except FileNotFoundError:
            self._open.pop(month, None)
            return None
        version = (state.st_mtime_ns, state.st_ino)
        if month not in self._open or self._open[month][0] != version:
            self._open[month] = (version, _open(path).searcher())
        return self._open[month][1]


def _name_hit(stored: Any, ways: tuple[NameWay, ...], asked: frozenset[str]) -> NameHit:
    raw = stored.get_first("names")
    language, names = msgspec.json.decode(bytes(raw), type=tuple[str, dict[str, list[str]]]) if raw else ("", {})
    words = {word: keys for word, keys in names.items() if asked.intersection(keys)}
    return NameHit(document=str(stored.get_first("id")), language=language, ways=ways, words=words)


def _id_of(searcher: Any, address: Any) -> str:
    return str(searcher.doc(address).get_first("id"))


def _most(values: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:FACET_VALUES]


def _aggregate(searcher: Any, built: Any, query: IndexQuery, facets: dict[str, Any], days: dict[str, int]) -> None:
    asked: dict[str, Any] = {}
    if query.facets:
        asked |= {name: {"terms": {"field": name, "size": FACET_VALUES}} for name in FACETS}
    if query.histogram:
        asked["days"] = {"date_histogram": {"field": "time", "fixed_interval": "1d", "min_doc_count": 1}}
    answer = searcher.aggregate(built, asked)
    for name in FACETS if query.facets else ():
        for bucket in answer[name]["buckets"]:
            facets[name][bucket["key"]] = facets[name].get(bucket["key"], 0) + bucket["doc_count"]
    for bucket in answer["days"]["buckets"] if query.histogram else ():
        day = bucket["key_as_string"][:10]
        days[day] = days.get(day, 0) + bucket["doc_count"]
