"""Pipes: every stage and linker alone, on NDJSON, with the code of the pipeline (docs/pipes.md).

Each input line gives one output line, in order; a line that cannot be read or processed gives one JSON line on the
error stream instead, and the rest goes on.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, cast

import msgspec

from babelscope.app.memory import PipeMemory
from babelscope.flow.apply import GIVEN_BY, Outcome, PipelineSpec, apply
from babelscope.flow.config import Config
from babelscope.flow.errors import BadInput, ConfigError
from babelscope.flow.registry import factory, names, with_prerequisites
from babelscope.flow.shapes import Linker, Stage
from babelscope.languages.script import dominant_script
from babelscope.model import Document, Hints, Language, Page

MAX_LINE = 64 << 20
CHUNK = 64
TEXT_GIVEN = frozenset({"article"})


class Row(msgspec.Struct, kw_only=True):
    """One input line. ``html`` (or ``html_base64``, for bytes in another charset) is for ``extract``."""

    id: str
    html: str | None = None
    html_base64: str | None = None
    url: str = ""
    title: str = ""
    text: str = ""
    language: str | None = None
    published_at: dt.datetime | None = None
    source: str = ""


_DECODER = msgspec.json.Decoder(Row)
_ENCODER = msgspec.json.Encoder()
Report = Callable[[dict[str, Any]], None]


def run_pipe(parts: str, config: Config, lines: BinaryIO, out: BinaryIO, err: BinaryIO) -> int:
    """Run the comma-separated ``parts`` over ``lines``; return the number of bad lines. Raises ``ConfigError``."""
    wanted = tuple(p.strip() for p in parts.split(",") if p.strip())
    bad = 0

    def report(problem: dict[str, Any]) -> None:
        nonlocal bad
        bad += 1
        err.write(_ENCODER.encode(problem) + b"\n")
        err.flush()

    for row in _outputs(wanted, config, lines, report):
        out.write(_ENCODER.encode(row) + b"\n")
        out.flush()
    return bad


def _outputs(wanted: tuple[str, ...], config: Config, lines: BinaryIO, report: Report) -> Iterator[Mapping[str, Any]]:
    linkers = [name for name in wanted if name in names("babelscope.linkers")]
    if linkers and len(wanted) > 1:
        raise ConfigError("a linker (duplicates, stories, entities) runs alone: `babelscope pipe stories`")
    if linkers:
        yield from _linked(linkers[0], config, lines, report)
    else:
        stages = _open(wanted, config)
        for chunk in _chunks(read_documents(lines, "extract" in wanted, report)):
            yield from _described(apply(stages, chunk), chunk, wanted == ("extract",), report)


def _open(wanted: tuple[str, ...], config: Config) -> list[Stage]:
    given = TEXT_GIVEN if "extract" not in wanted else frozenset({"page"})
    if not wanted:
        raise ConfigError(
            f"name at least one of: {', '.join([*names('babelscope.stages'), *names('babelscope.linkers')])}"
        )
    order = with_prerequisites(wanted, config, given)
    return PipelineSpec(stages=order, config=config).open(given)


def _linked(name: str, config: Config, lines: BinaryIO, report: Report) -> Iterator[Mapping[str, Any]]:
    linker = cast(Linker, factory("babelscope.linkers", name)(config, PipeMemory()))
    order = with_prerequisites(_providers(linker, config), config, TEXT_GIVEN)
    stages = PipelineSpec(stages=order, config=config).open(TEXT_GIVEN)
    linker.load()
    for chunk in _chunks(read_documents(lines, False, report)):
        outcome = apply(stages, chunk)
        _tell_failures(outcome, report)
        details = getattr(linker, "details", None)
        for document, membership in zip(outcome.kept, linker(outcome.kept), strict=True):
            row = {"id": document.id, "group": membership.group, "score": round(membership.score, 4)}
            yield row | (details(document) if details else {})


def _providers(linker: Linker, config: Config) -> tuple[str, ...]:
    stages = [cast(Stage, factory("babelscope.stages", name)(config)) for name in config.run.stages]
    return tuple(s.name for s in stages if s.provides & (linker.needs - TEXT_GIVEN))


def read_documents(lines: BinaryIO, html: bool, report: Report) -> Iterator[Document]:
    """Yield one document per good line; tell ``report`` of the others."""
    number = 0
    while line := lines.readline(MAX_LINE + 1):
        number += 1
        if not line.strip():
            continue
        try:
            if len(line) > MAX_LINE:
                _skip_rest(lines)
                raise BadInput(f"line is longer than {MAX_LINE >> 20} MB")
            yield _document(_DECODER.decode(line), html)
        except (msgspec.DecodeError, BadInput, UnicodeDecodeError, RecursionError) as error:
            report({"line": number, "error": type(error).__name__, "message": str(error)[:500]})


def _skip_rest(lines: BinaryIO) -> None:
    while (more := lines.readline(MAX_LINE)) and not more.endswith(b"\n"):
        pass


def _document(row: Row, html: bool) -> Document:
    published = row.published_at
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=dt.UTC)
    if html:
        page = Page(
            body=_html(row), charset="utf-8" if row.html is not None else "", hints=Hints(published_at=published)
        )
        return Document(id=row.id, url=row.url, source=row.source, layers={"page": page})
    document = Document(
        id=row.id, url=row.url, source=row.source, title=row.title, text=row.text, published_at=published
    )
    if row.language:
        script = dominant_script(f"{row.title} {row.text}")
        document = document.with_layers(
            {"language": Language(code=row.language, script=script, confidence=1.0)}, GIVEN_BY
        )
    return document


def _html(row: Row) -> bytes:
    if row.html is not None:
        return row.html.encode("utf-8", "surrogatepass")
    if row.html_base64 is None:
        raise BadInput(f"{row.id}: `extract` needs html or html_base64")
    try:
        return base64.b64decode(row.html_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput(f"{row.id}: html_base64 is not base64: {error}") from None


def _described(
    outcome: Outcome, chunk: list[Document], only_article: bool, report: Report
) -> Iterator[Mapping[str, Any]]:
    """Yield one row per document that was not quarantined, in the order of the input."""
    kept = {d.id: d for d in outcome.kept}
    dropped = {d.document: d.reason for d in outcome.dropped}
    for document in chunk:
        done = kept.get(document.id)
        if done is None and document.id not in dropped:
            continue
        row = describe(done or document.without_transient(), only_article)
        yield row if done else row | {"dropped": dropped[document.id]}
    _tell_failures(outcome, report)


def describe(document: Document, only_article: bool = False) -> dict[str, Any]:
    """Return what a pipe prints of a document: the article, and with ``only_article`` nothing else."""
    row = {
        "id": document.id,
        "title": document.title,
        "text": document.text,
        "published_at": document.published_at,
        "authors": document.authors,
    }
    if only_article:
        return row
    return row | {"url": document.url, "layers": document.layers, "made_by": document.made_by}


def _tell_failures(outcome: Outcome, report: Report) -> None:
    for failure in outcome.failed:
        report({"id": failure.document, "stage": failure.stage, "error": failure.error, "message": failure.message})


def _chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Group documents; ids within a chunk are unique, so that rows can be told apart by id."""
    chunk: list[Document] = []
    ids: set[str] = set()
    for document in documents:
        if len(chunk) >= CHUNK or document.id in ids:
            yield chunk
            chunk, ids = [], set()
        chunk.append(document)
        ids.add(document.id)
    if chunk:
        yield chunk
