"""Feeds, sitemaps and section pages are parsed in a process of their own, which is killed when it takes too long.

No parser is safe from every crafted input (a megabyte of line ends makes one of feedparser's patterns run for hours),
and a thread cannot be stopped. Its memory is bounded too. Frames (``flow.child``) hold MessagePack.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec

from babelscope.collect.discover import FeedPage, ParsedFeed, parse
from babelscope.flow import child
from babelscope.flow.errors import BadInput, Unavailable

PARSE_SECONDS = 20.0
START_SECONDS = 60.0
MAX_REPLY = 64 << 20


class _Reply(msgspec.Struct):
    feed: ParsedFeed | None = None
    error: str = ""


class FeedSandbox:
    """One worker process, started when first needed and again after it had to be killed."""

    def __init__(self, seconds: float = PARSE_SECONDS) -> None:
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._lock = asyncio.Lock()

    async def parse(self, page: FeedPage) -> ParsedFeed:
        """Return what ``page`` holds by its kind; raises ``BadInput`` as ``parse`` does, and when a bound is passed."""
        async with self._lock:
            done = False
            try:
                reply = await self._ask(page)
                done = True
            except TimeoutError:
                raise BadInput(f"parsing took longer than {self._seconds:g} s") from None
            except (OSError, asyncio.IncompleteReadError, msgspec.DecodeError):
                raise BadInput("the parser died on it (memory bound)") from None
            finally:
                if not done:
                    await self._kill()
        if reply.feed is None:
            raise BadInput(reply.error)
        return reply.feed

    async def close(self) -> None:
        """End the worker."""
        await self._kill()

    async def _ask(self, page: FeedPage) -> _Reply:
        process = self._process or await self._start()
        writer, reader = process.stdin, process.stdout
        if writer is None or reader is None:
            raise Unavailable("the feed parser has no pipes")
        async with asyncio.timeout(self._seconds):
            writer.write(child.frame(msgspec.msgpack.encode(page)))
            await writer.drain()
            size = int.from_bytes(await reader.readexactly(4), "big")
            if size > MAX_REPLY:
                raise BadInput("the parsed feed is too large")
            return msgspec.msgpack.decode(await reader.readexactly(size), type=_Reply)

    async def _start(self) -> asyncio.subprocess.Process:
        try:
            async with asyncio.timeout(START_SECONDS):
                self._process = process = await _spawn()
                ready = await process.stdout.read(1) if process.stdout else b""
        except (OSError, TimeoutError) as error:
            raise Unavailable(f"the feed parser's process cannot be started: {error}") from None
        if ready != child.READY:
            raise Unavailable("the feed parser's process cannot be started: it ended at once")
        return process

    async def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()  # reads both pipes to their end, so that nothing outlives the event loop


async def _spawn() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *child.command("babelscope.collect.sandbox"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=child.environment(),
    )


def _prepare() -> None:
    """Import the parsers, which is paid before the first clock runs."""
    import feedparser  # noqa: F401
    import lxml.etree  # noqa: F401
    import selectolax.lexbor  # noqa: F401
    import tld  # noqa: F401


def _answer(raw: bytes) -> bytes:
    page = msgspec.msgpack.decode(raw, type=FeedPage)
    try:
        return msgspec.msgpack.encode(_Reply(feed=parse(page)))
    except BadInput as error:
        told = str(error)
    except Exception as error:  # whatever a parser raises on hostile bytes is the feed's fault
        told = f"{type(error).__name__}: {str(error)[:200]}"
    return msgspec.msgpack.encode(_Reply(error=told.encode("utf-8", "replace").decode("utf-8")))


if __name__ == "__main__":
    child.run(_prepare, _answer)
