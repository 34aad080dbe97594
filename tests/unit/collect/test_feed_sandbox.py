"""The parser's own process: it answers, it is killed when it hangs, and it comes back."""

from __future__ import annotations

import asyncio
import time

import pytest

from babelscope.collect.discover import FeedPage
from babelscope.collect.sandbox import FeedSandbox
from babelscope.flow.errors import BadInput, Unavailable
from loopback import rss


def page(body: bytes) -> FeedPage:
    return FeedPage(body=body, url="http://x.test/feed", listen="http://x.test/feed", source="x")


HANG = b"<?xml version='1.0'?>" + b"\n" * 400_000 + rss("http://x.test/a")
"""A run of line ends before the root makes one of feedparser's patterns quadratic."""


async def test_a_parser_that_hangs_is_killed_and_the_next_feed_is_parsed() -> None:
    sandbox = FeedSandbox(seconds=1.0)
    try:
        assert len((await sandbox.parse(page(rss("http://x.test/a")))).items) == 1
        began = time.monotonic()
        with pytest.raises(BadInput, match="longer than 1 s"):
            await sandbox.parse(page(HANG))
        assert time.monotonic() - began < 4
        assert len((await sandbox.parse(page(rss("http://x.test/a")))).items) == 1
        with pytest.raises(BadInput, match="neither a feed"):
            await sandbox.parse(page(b"hello"))
    finally:
        await sandbox.close()


async def test_lone_surrogates_pass() -> None:
    items = b'[{"url": "http://x.test/a\\ud800", "title": "a\\ud800b", "id": "\\udfff", "language": "\\ud800"}]'
    sandbox = FeedSandbox()
    try:
        (item,) = (await sandbox.parse(page(b'{"items": ' + items + b"}"))).items
        assert item.hints.title == "a\ufffdb" and item.hints.language == "" and item.url.isascii()
        with pytest.raises(BadInput):
            await sandbox.parse(page(b'{"\\ud800": 1}'))
    finally:
        await sandbox.close()


async def test_cancelling_ends_the_process() -> None:
    sandbox = FeedSandbox(seconds=30.0)
    task = asyncio.ensure_future(sandbox.parse(page(HANG)))
    await asyncio.sleep(1.5)
    process = sandbox._process
    assert process is not None and process.returncode is None
    task.cancel()
    await asyncio.wait({task})
    assert process.returncode is not None


async def test_a_process_that_cannot_start_blames_no_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/true")
    with pytest.raises(Unavailable):
        await FeedSandbox().parse(page(rss("http://x.test/a")))
