"""Hostile sites: each ends as a refusal or a failed visit with a clear reason, never as a crash."""

from __future__ import annotations

import asyncio
import random
import time
import tracemalloc
import zlib

import brotli
import pytest

from babelscope.collect.feeds import FeedCollector
from babelscope.flow.shapes import Exchange, Refusal
from loopback import (
    FEED,
    HTML,
    Answer,
    Memory,
    Request,
    SimulatedClock,
    Site,
    answer,
    config,
    exchanges,
    feed,
    gather,
    polls,
    redirect,
    refusals,
    rss,
    source,
)

PAGE = "http://courier.test/page"


async def page_ends_as(found: Answer, **settings: object) -> str:
    """Return what becomes of a page that a feed points at: a reason, or "taken"."""
    async with Site({"courier.test/feed.xml": feed("/page"), "courier.test/page": found}) as site:
        collector = FeedCollector(
            config(**{"timeout": 1.5, **settings}), hosts=site.hosts("courier.test"), clock=SimulatedClock()
        )
        events = await gather(collector, [source(FEED)], Memory())
    results = [event for event in events if isinstance(event, Exchange | Refusal)]
    assert len(events) == 2 and len(results) == 1
    return refusals(events).get(PAGE, "taken")


async def feed_ends_as(found: Answer, **settings: object) -> str:
    """Return the error of the visit of a feed; "" when there is none."""
    async with Site({"courier.test/feed.xml": found}) as site:
        collector = FeedCollector(
            config(**{"timeout": 1.5, **settings}), hosts=site.hosts("courier.test"), clock=SimulatedClock()
        )
        (polled,) = polls(await gather(collector, [source(FEED)], Memory()))
    assert (polled.visit.failures == 1) is bool(polled.visit.error)
    return polled.visit.error


# ---------------------------------------------------------------- redirects ----


@pytest.mark.responsible
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0",
    ],
)
async def test_redirect_to_this_machine_makes_no_connection(host: str) -> None:
    async with Site({}) as inside:
        target = f"http://{host}:{inside.port}/admin"
        assert await page_ends_as(redirect(target)) == "private-address"
        assert inside.connections == 0


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data"]
)
async def test_redirect_to_a_private_network(target: str) -> None:
    assert await page_ends_as(redirect(target)) == "private-address"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/page", "redirects"),
        ("http://courier.test/page#again", "redirects"),
        ("", "redirects"),
        ("file:///etc/passwd", "bad-address"),
        ("gopher://courier.test/", "bad-address"),
        ("http://user:secret@courier.test/x", "credentials"),
        ("https://courier.test/login?next=/page", "login"),
        ("/" + "x" * 9000, "bad-address"),
        ("http://courier.test:99999/", "bad-address"),
    ],
)
async def test_bad_redirects(target: str, reason: str) -> None:
    assert await page_ends_as(redirect(target)) == reason


async def test_a_loop_is_seen_at_once() -> None:
    answers: dict[str, Answer] = {"courier.test/feed.xml": feed("/page"), "courier.test/page": redirect("/b")}
    answers["courier.test/b"] = redirect("/page")
    async with Site(answers) as site:
        collector = FeedCollector(config(max_redirects=50), hosts=site.hosts("courier.test"), clock=SimulatedClock())
        events = await gather(collector, [source(FEED)], Memory())
    assert refusals(events) == {PAGE: "redirects"} and len(site.asked()) == 5


async def test_a_chain_of_redirects_ends() -> None:
    answers: dict[str, Answer] = {f"courier.test/{n}": redirect(f"/{n + 1}") for n in range(50)}
    answers["courier.test/feed.xml"] = feed("/0")
    async with Site(answers) as site:
        collector = FeedCollector(config(), hosts=site.hosts("courier.test"), clock=SimulatedClock())
        events = await gather(collector, [source(FEED)], Memory())
    assert refusals(events) == {"http://courier.test/0": "redirects"}
    assert len(site.asked()) == 3 + 6


@pytest.mark.responsible
@pytest.mark.parametrize("status", [401, 402, 403])
async def test_c1_closed_doors(status: int) -> None:
    assert await page_ends_as(answer(HTML, status, www_authenticate="Basic")) == f"status-{status}"


# --------------------------------------------------------------- body bounds ----


def gzip_bomb(megabytes: int) -> bytes:
    stream = zlib.compressobj(1, wbits=31)
    piece = b" " * (1 << 20)
    return b"".join([stream.compress(piece) for _ in range(megabytes)]) + stream.flush()


def brotli_bomb(megabytes: int) -> bytes:
    stream = brotli.Compressor(quality=3)
    return b"".join([stream.process(b" " * (1 << 20)) for _ in range(megabytes)]) + stream.finish()


@pytest.mark.slow
@pytest.mark.parametrize(("coding", "megabytes"), [("gzip", 1024), ("br", 1024)])
async def test_a_bomb_of_one_gigabyte_takes_little_memory(coding: str, megabytes: int) -> None:
    bomb = gzip_bomb(megabytes) if coding == "gzip" else brotli_bomb(megabytes)
    assert len(bomb) < 8 << 20
    for ends_as in (page_ends_as, feed_ends_as):
        tracemalloc.start()
        try:
            reason = await ends_as(answer(bomb, content_encoding=coding), max_mb=8, timeout=20.0)
            peak = tracemalloc.get_traced_memory()[1] - len(bomb)
        finally:
            tracemalloc.stop()
        assert reason.startswith("too-large")
        assert peak < 64 << 20


async def test_coded_bodies_that_are_broken() -> None:
    packed = zlib.compress(HTML * 500, wbits=31)
    assert await page_ends_as(answer(packed, content_encoding="gzip")) == "taken"
    assert await page_ends_as(answer(packed[:-20], content_encoding="gzip")) == "truncated"
    assert await page_ends_as(answer(HTML, content_encoding="gzip")) == "bad-encoding"
    assert await page_ends_as(answer(HTML, content_encoding="x-own")) == "bad-encoding"


async def test_a_page_of_50_mb() -> None:
    sent = 0

    async def large(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(50 * 16):
            writer.write(b"x" * (1 << 16))
            await writer.drain()
            sent += 1 << 16

    assert await page_ends_as(answer(b"x" * 2_000_000)) == "too-large"
    assert await page_ends_as(large, timeout=10.0) == "too-large"
    assert sent < 20 << 20


async def test_a_feed_that_never_ends() -> None:
    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n<rss version='2.0'><channel>")
        while True:
            writer.write(b"<item><title>more</title><link>http://courier.test/x</link></item>" * 200)
            await writer.drain()

    assert (await feed_ends_as(endless, timeout=10.0)).startswith("too-large: ")


async def test_a_body_that_drips() -> None:
    async def drip(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    began = time.monotonic()
    assert await page_ends_as(drip, timeout=1.0) == "too-slow"
    assert (await feed_ends_as(drip, timeout=1.0)).startswith("too-slow: ")
    assert time.monotonic() - began < 6


async def test_a_server_that_says_nothing() -> None:
    async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    assert await page_ends_as(silent, timeout=0.5) == "too-slow"
    assert await page_ends_as(b"") == "connection"


# ------------------------------------------------------------------- framing ----

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (CHUNKED + b"zz\r\nhello\r\n0\r\n\r\n", "protocol"),
        (CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", "protocol"),
        (CHUNKED + b"5\r\nhello world\r\n0\r\n\r\n", "protocol"),
        (CHUNKED + b"ffffffffffffffffffffff\r\nhello", "protocol"),
        (CHUNKED + b"5\r\nhello\r\n", "truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 500\r\n\r\nshort", "protocol truncated"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nhello", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\nhello", "too-large protocol"),
        (b"HTTP/1.1 999999 OK\r\n\r\n", "protocol"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nwhat now", "protocol"),
        (b"ICY 200 OK\r\n\r\nhello", "protocol"),
        (b"\0" * 5000, "protocol"),
        (b"<html>no header at all</html>", "protocol connection"),
        (b"HTTP/1.1 200 OK\r\nX\0Y: z\r\nContent-Length: 2\r\n\r\nhi", "protocol"),
        (b"HTTP/1.1 200 OK\r\n folded: first\r\nContent-Length: 2\r\n\r\nhi", "protocol"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", "empty"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "status-other"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 5000, "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Flood: " + b"y" * 300_000 + b"\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Flood: y\r\n" * 50_000 + b"\r\n", "protocol"),
    ],
)
async def test_broken_framing(raw: bytes, reason: str) -> None:
    async def send(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    assert await page_ends_as(send) in reason.split()
    assert (await feed_ends_as(send)).partition(":")[0] in reason.split()


async def test_endless_header_and_endless_interim_answers() -> None:
    for piece in (b"X-Flood: y\r\n", b"\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\n"):

        async def flood(request: Request, writer: asyncio.StreamWriter, piece: bytes = piece) -> None:
            writer.write(b"HTTP/1.1 103 Early Hints\r\n")
            while True:
                writer.write(piece * 100)
                await writer.drain()

        assert await page_ends_as(flood, timeout=10.0) == "protocol"


async def test_random_answers_never_crash() -> None:
    source_of_noise = random.Random(7)
    good = answer(HTML, content_encoding="identity") + b"tail"
    for _ in range(60):
        raw = bytearray(good)
        for _ in range(source_of_noise.randrange(1, 8)):
            raw[source_of_noise.randrange(len(raw))] = source_of_noise.randrange(256)

        async def send(request: Request, writer: asyncio.StreamWriter, raw: bytes = bytes(raw)) -> None:
            writer.write(raw)

        assert await page_ends_as(send) != "fault"


# ------------------------------------------------------------------- content ----


async def test_media_types() -> None:
    assert await page_ends_as(answer(b"GIF89a", content_type="image/gif")) == "media-type"
    assert await page_ends_as(answer(b"{}", content_type="application/json")) == "media-type"
    assert await page_ends_as(answer(HTML, content_type="TEXT/HTML ; charset=x")) == "taken"
    assert await page_ends_as(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n" + HTML.ljust(40)) == "taken"
    assert await page_ends_as(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwhat") == "media-type"
    assert await page_ends_as(answer(b"%PDF-1.7 ...", content_type="application/pdf")) == "taken"


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset", "utf-16", "\"'; x=", "latin1\x00", "z" * 500])
async def test_wrong_charsets_and_zero_bytes(charset: str) -> None:
    body = "<title>Ärger\0 газета</title>".encode("cp1251", "replace") + bytes(range(256))
    page = answer(body, content_type=f"text/html; charset={charset}").replace(b"\x00\r", b"\r")
    async with Site({"courier.test/feed.xml": feed("/page"), "courier.test/page": page}) as site:
        collector = FeedCollector(config(), hosts=site.hosts("courier.test"), clock=SimulatedClock())
        taken = exchanges(await gather(collector, [source(FEED)], Memory()))[PAGE]
    assert taken.body == body and len(taken.capture.charset) <= 40
    raw = rss("/page").replace(b"News", b"Ne\0ws \xff\xfe\x80")
    assert (
        await feed_ends_as(answer(raw, content_type=f"application/rss+xml; charset={charset[:20].strip(chr(0))}")) == ""
    )


async def test_entity_bomb_as_a_feed() -> None:
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE rss [<!ENTITY a0 "ha">{lines}]><rss version="2.0"><channel><title>&a9;</title></channel></rss>'
    assert "entity bomb" in await feed_ends_as(answer(bomb.encode(), content_type="application/rss+xml"))


async def test_feed_with_markup_in_titles() -> None:
    titles = ["&lt;script&gt;alert(1)&lt;/script&gt;Bridge", "<![CDATA[<img src=x onerror=alert(1)>Bridge]]>"]
    for title in titles:
        async with Site(
            {"courier.test/feed.xml": feed("/page", title=title), "courier.test/page": answer(HTML)}
        ) as site:
            collector = FeedCollector(config(), hosts=site.hosts("courier.test"), clock=SimulatedClock())
            events = await gather(collector, [source(FEED)], Memory())
        assert exchanges(events)[PAGE].capture.hints.title == "Bridge"


async def test_a_feed_of_many_items_is_cut_to_the_limit() -> None:
    links = [f"http://courier.test/{number}" for number in range(3000)]
    async with Site({"courier.test/feed.xml": feed(*links)}) as site:
        collector = FeedCollector(config(max_items=7), hosts=site.hosts("courier.test"), clock=SimulatedClock())
        events = await gather(collector, [source(FEED)], Memory())
    assert len(polls(events)[0].items) == len(refusals(events)) == 7


async def test_validators_that_cannot_be_sent_back_are_forgotten() -> None:
    clock, memory = SimulatedClock(), Memory()
    async with Site({"courier.test/feed.xml": answer(rss(), etag='"\xe9\x7f"', last_modified="x" * 5000)}) as site:
        collector = FeedCollector(config(), hosts=site.hosts("courier.test"), clock=clock)
        for _ in range(2):
            await gather(collector, [source(FEED)], memory)
            clock.passed += 86400
    assert memory.visits[FEED].failures == 0 and memory.visits[FEED].etag == ""
    assert len(site.asked("feed.xml")) == 2


async def test_one_bad_host_does_not_hold_up_the_others() -> None:
    async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    names = [f"slow{number}.test" for number in range(4)]
    answers: dict[str, Answer] = {f"{name}/a": silent for name in names}
    answers |= {f"courier.test/{number}": answer(HTML) for number in range(20)}
    links = [*(f"http://{name}/a" for name in names), *(f"http://courier.test/{number}" for number in range(20))]
    answers["courier.test/feed.xml"] = feed(*links)
    async with Site(answers) as site:
        hosts = site.hosts("courier.test", *names)
        collector = FeedCollector(config(timeout=1.0, concurrency=8), hosts=hosts, clock=SimulatedClock())
        began = time.monotonic()
        events = await gather(collector, [source(FEED)], Memory())
    assert len(exchanges(events)) == 20 and set(refusals(events).values()) == {"too-slow"}
    assert time.monotonic() - began < 8


# ------------------------------------------------- cookies, rules files, hubs ----


@pytest.mark.responsible
async def test_c1_cookies_are_never_sent_back() -> None:
    page = answer(HTML, set_cookie="id=1; Path=/; Domain=test")
    answers: dict[str, Answer] = {"courier.test/feed.xml": feed("/page", "/jump", "http://herald.test/a")}
    answers |= {"courier.test/page": page, "herald.test/a": page}
    answers["courier.test/jump"] = redirect("http://herald.test/b").replace(b"\r\n", b"\r\nSet-Cookie: id=2\r\n", 1)
    answers["herald.test/b"] = page
    async with Site(answers) as site:
        hosts = site.hosts("courier.test", "herald.test")
        collector = FeedCollector(config(), hosts=hosts, clock=SimulatedClock())
        events = await gather(collector, [source(FEED)], Memory())
    assert len(exchanges(events)) == 3
    for request in site.log:
        assert not {"cookie", "authorization", "referer", "x-forwarded-for"} & set(request.headers)


@pytest.mark.parametrize(
    "found",
    [
        gzip_bomb(40),
        b"[" * 900_000,
        b"[" + b'{"location": "' + b"*a" * 200_000 + b'$", "tdm-reservation": 1},' + b"]",
        b"\xff\xfe\0\0" * 1000,
        b"x" * 3_000_000,
        b'[{"location": "/", "tdm-reservation": 1e999}]',
    ],
)
async def test_a_hostile_tdmrep_file_says_nothing_and_stops_nothing(found: bytes) -> None:
    coding = "gzip" if found.startswith(b"\x1f\x8b") else "identity"
    file = answer(found, content_type="application/json", content_encoding=coding)
    answers: dict[str, Answer] = {"courier.test/feed.xml": feed("/page"), "courier.test/page": answer(HTML)}
    async with Site({**answers, "courier.test/.well-known/tdmrep.json": file}) as site:
        collector = FeedCollector(config(timeout=5.0), hosts=site.hosts("courier.test"), clock=SimulatedClock())
        events = await gather(collector, [source(FEED)], Memory())
    assert exchanges(events)[PAGE].capture.rights.tdm_reservation == ""


@pytest.mark.parametrize(
    "body", [b"User-agent: *\nDisallow: /" + b"*a" * 200_000 + b"$\n", b"\0" * 900_000, b"User-agent:" * 90_000]
)
async def test_a_hostile_robots_file_takes_no_time(body: bytes) -> None:
    answers: dict[str, Answer] = {"courier.test/feed.xml": feed("/page"), "courier.test/page": answer(HTML)}
    async with Site({**answers, "courier.test/robots.txt": answer(body, content_type="text/plain")}) as site:
        collector = FeedCollector(config(timeout=5.0), hosts=site.hosts("courier.test"), clock=SimulatedClock())
        began = time.monotonic()
        events = await gather(collector, [source(FEED)], Memory())
    assert len(exchanges(events)) == 1 and time.monotonic() - began < 5


async def test_a_tdmrep_file_or_robots_that_redirects_inside_makes_no_connection() -> None:
    async with Site({}) as inside:
        target = redirect(f"http://127.0.0.1:{inside.port}/")
        answers: dict[str, Answer] = {"courier.test/feed.xml": feed("/page"), "courier.test/page": answer(HTML)}
        async with Site({**answers, "courier.test/.well-known/tdmrep.json": target}) as site:
            collector = FeedCollector(config(), hosts=site.hosts("courier.test"), clock=SimulatedClock())
            events = await gather(collector, [source(FEED)], Memory())
        assert len(exchanges(events)) == 1 and inside.connections == 0


async def test_a_link_header_of_noise_is_no_hub() -> None:
    noise = answer(rss(), content_type="application/rss+xml", link="<" * 4000 + ";rel=" * 4000)
    began = time.monotonic()
    assert await feed_ends_as(noise) == "" and time.monotonic() - began < 3
