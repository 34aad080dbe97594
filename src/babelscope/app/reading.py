"""Read one file or address with everything that the pipeline can find in it; nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from babelscope.app.memory import ListMemory
from babelscope.collect.archives.files import MEDIA_TYPES
from babelscope.flow.apply import PipelineSpec, apply
from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.registry import factory
from babelscope.flow.shapes import Exchange, Item, Polled, Refusal
from babelscope.model import Document, Page, Source, body_hash, capture_id, document_id


def read(target: str, config: Config) -> Document:
    """Return the document at ``target`` (a file or an http(s) address); raises ``BabelscopeError`` in words."""
    raw = _from_address(target, config) if _scheme(target) in ("http", "https") else _from_file(target, config)
    outcome = apply(PipelineSpec(stages=config.run.stages, config=config).open(), [raw])
    for drop in outcome.dropped:
        raise BabelscopeError(f"{target}: no document: {drop.reason}")
    for failure in outcome.failed:
        raise BabelscopeError(f"{target}: {failure.stage}: {failure.error}: {failure.message}")
    return outcome.kept[0]


def _scheme(target: str) -> str:
    try:
        return urlsplit(target).scheme.lower()
    except ValueError as error:
        raise BabelscopeError(f"{target}: not an address: {error}") from None


def _from_file(target: str, config: Config) -> Document:
    path = Path(target)
    limit = config.collect.max_mb << 20
    try:
        with path.open("rb") as stream:
            body = stream.read(limit + 1)
    except OSError as error:
        raise BabelscopeError(f"{target}: cannot be read: {error.strerror or error}") from None
    if len(body) > limit:
        raise BabelscopeError(f"{target}: larger than collect.max_mb = {config.collect.max_mb}")
    page = Page(body=body, media_type=MEDIA_TYPES.get(path.suffix.lower(), "text/html"))
    return Document(id=body_hash(body)[:32], url=path.absolute().as_uri(), layers={"page": page})


def _from_address(target: str, config: Config) -> Document:
    source = Source(id="read", name="read", home=target)
    item = Item(source=source.id, url=target, feed="")
    collector = factory("babelscope.collectors", "feeds")(config)
    event = asyncio.run(_first(collector.collect([source], ListMemory([item]))))
    if not isinstance(event, Exchange):
        reason = f"{event.reason} {event.detail}".strip() if isinstance(event, Refusal) else "nothing came"
        raise BabelscopeError(f"{target}: not taken: {reason}")
    capture = event.capture
    page = Page(body=event.body, media_type=capture.media_type, charset=capture.charset, hints=capture.hints)
    return Document(
        id=document_id(capture_id(source.id, target, event.body)),
        capture=capture.id,
        url=capture.final_url,
        seen_at=capture.fetched_at,
        layers={"page": page},
    )


async def _first(events: AsyncIterator[Polled | Exchange | Refusal]) -> Exchange | Refusal | None:
    async for event in events:
        if not isinstance(event, Polled):
            return event
    return None
