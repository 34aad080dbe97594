"""Hostile pages and feeds through the whole path: each ends as a clear row, and what is shown is harmless."""

from __future__ import annotations

import asyncio
import gzip
import re
import zlib
from collections.abc import Iterator
from html import escape
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from babelscope.app.cycle import run_once
from babelscope.flow.config import CollectConfig, Config, StoreConfig
from babelscope.model import Document, Listen, Source
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.reader import Reader
from babelscope.store.tables import captures, items
from babelscope.web.application import create_app
from loopback import Answer, Request, Serving, Site, answer, redirect, rss

HOST, ENDLESS, SECOND = "paper.test", "endless.test", "second.test"
SCRIPT = "<script>window.pwned=1</script>"
TITLE = f"Storm {SCRIPT} reaches the coast"
PARAGRAPHS = [
    "The storm reached the coast on Friday evening and the harbour master closed both basins to all ships.",
    "Rescue services brought forty people from the low islands to the school of the fishing village.",
    "The regional government said that the dykes had held and that the ferry would not sail before Sunday.",
]
RUSSIAN = [
    "Шторм достиг побережья в пятницу вечером, и капитан порта закрыл обе гавани для всех судов.",
    "Спасатели доставили сорок человек с низких островов в школу рыбацкой деревни.",
    "Правительство области сообщило, что дамбы выдержали и что паром не выйдет раньше воскресенья.",
]


def article(title: str, paragraphs: list[str]) -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article>"


def bomb() -> bytes:
    """Return 1 GiB of zeros as one gzip stream, about 4 MB."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
    chunk = bytes(1 << 20)
    return b"".join([*(squeeze.compress(chunk) for _ in range(1024)), squeeze.flush()])


async def fifty_megabytes(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><body><article>")
    for _ in range(50):
        writer.write(b"<p>x</p>" * (1 << 17))
        await writer.drain()


async def endless_feed(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n\r\n")
    writer.write(b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>')
    item = b"<item><title>more</title><link>http://endless.test/%d</link></item>"
    for number in range(1 << 40):
        writer.write((item % number) * 200)
        await writer.drain()


PAGES: dict[str, Answer] = {
    "/truncated": answer(gzip.compress(article("Cut", PARAGRAPHS * 40).encode())[:300], content_encoding="gzip"),
    "/bomb": answer(bomb(), content_encoding="gzip"),
    "/huge": fifty_megabytes,
    "/nul": answer(article("Nul", ["a\0b " + p.replace(" ", "\0 ") for p in PARAGRAPHS]).encode()),
    "/charset": answer(
        article("Шторм на море", RUSSIAN).encode("windows-1251"), content_type="text/html; charset=utf-8"
    ),
    "/deep": answer(b"<html><body>" + b"<div>" * 100_000 + b"<p>" + PARAGRAPHS[0].encode()),
    "/local": redirect("http://127.0.0.1/admin"),
    "/private": redirect("http://192.168.10.1/router"),
    "/script": answer(article(escape(TITLE), [escape(p + " " + SCRIPT) for p in PARAGRAPHS]).encode()),
    "/hint": answer(article("", [f"{p} It was the second storm of the week." for p in reversed(PARAGRAPHS)]).encode()),
    "/good": answer(article("Ferry sails again", [p.replace("storm", "ferry") for p in PARAGRAPHS]).encode()),
}
EXPECTED = {
    "/truncated": ("retry", "truncated"),  # the network may have cut it: a later run tries again
    "/bomb": ("refused", "too-large"),
    "/huge": ("refused", "too-large"),
    "/local": ("refused", "private-address"),
    "/private": ("refused", "private-address"),
    "/nul": ("kept", ""),
    "/charset": ("kept", ""),
    "/deep": ("quarantined", "extract@.*"),
    "/script": ("kept", ""),
    "/hint": ("kept", ""),
    "/good": ("kept", ""),
}


class World(msgspec.Struct):
    config: Config
    run: str
    site: Site
    ends: dict[str, tuple[str, str]]
    documents: dict[str, Document]


def configured(folder: Path) -> Config:
    hosts = (HOST, ENDLESS, SECOND)
    listed = [
        Source(
            id=h.partition(".")[0], name=h, home=f"http://{h}/", listens=(Listen(url=f"http://{h}/feed.xml", every=0),)
        )
        for h in hosts
    ]
    collect = CollectConfig(delay=0.0, timeout=20.0)
    return Config(store=StoreConfig(directory=str(folder)), collect=collect, source=tuple(listed))


def ends(config: Config) -> dict[str, tuple[str, str]]:
    """Return path → how it ended: the state of its capture, else of its item, with the reason."""
    engine = connect(config, read_only=True)
    with engine.connect() as connection:
        found = {row["url"]: (row["state"], row["reason"]) for row in connection.execute(select(items)).mappings()}
        rows = connection.execute(select(captures).where(captures.c.kind == "article")).mappings()
        found.update({row["url"]: (row["state"], row["reason"]) for row in rows})
    engine.dispose()
    return {url.removeprefix(f"http://{HOST}"): end for url, end in found.items()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    config = configured(tmp_path_factory.mktemp("hostile"))
    answers: dict[str, Answer] = {HOST + path: found for path, found in PAGES.items()}
    feed = rss(*PAGES, title=escape(escape(TITLE)))
    answers[f"{HOST}/feed.xml"] = answer(feed, content_type="application/rss+xml")
    answers[f"{ENDLESS}/feed.xml"] = endless_feed
    answers[f"{SECOND}/feed.xml"] = answer(
        b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0"><channel>&b;</channel></rss>',
        content_type="application/rss+xml",
    )
    with Serving(answers) as site:
        run = run_once(config, hosts=site.hosts(HOST, ENDLESS, SECOND))
    with Reader.open(config) as reader:
        hits = [i for group in reader.groups("duplicates") for i in group.documents]
        held = {d.url.removeprefix(f"http://{HOST}"): d for d in reader.documents(hits)}
    yield World(config=config, run=run, site=site, ends=ends(config), documents=held)


@pytest.mark.parametrize("path", list(EXPECTED))
def test_each_page_ends_as_one_clear_row(world: World, path: str) -> None:
    state, reason = EXPECTED[path]
    found = world.ends[path]
    assert found[0] == state and re.fullmatch(reason, found[1]), found


def test_nothing_else_came_of_it(world: World) -> None:
    assert world.ends.keys() == EXPECTED.keys() == PAGES.keys()
    assert world.documents.keys() == {path for path, (state, _) in EXPECTED.items() if state == "kept"}


def test_the_run_balances_and_the_store_is_clean(world: World) -> None:
    with Reader.open(world.config) as reader:
        assert reader.balanced(world.run)
        rows = {(r.stage, r.outcome): 0 for r in reader.ledger(world.run)}
        for row in reader.ledger(world.run):
            rows[row.stage, row.outcome] += row.count
        (failure,) = reader.failures()
    assert rows["collect", "found"] == len(PAGES) == rows["collect", "taken"] + rows["collect", "refused"]
    assert rows["process", "received"] == rows["collect", "taken"] == 6
    assert rows["poll", "failed"] == 2 and rows["poll", "answered"] == 1
    assert failure.error == "BadInput" and "nested" in failure.message
    report = verify(world.config)
    assert report.problems == () and report.checked["captures"] >= 7


def test_bad_feeds_are_told_by_their_source(world: World) -> None:
    with Reader.open(world.config) as reader:
        errors = {one.id: one.visits[0].error for one in reader.sources()}
    assert errors["endless"].startswith("too-large") and errors["second"].startswith("not-a-feed")
    assert errors["paper"] == ""


def test_what_could_be_read_was_read_right(world: World) -> None:
    assert world.documents["/charset"].title == "Шторм на море"
    assert RUSSIAN[0] in world.documents["/charset"].text
    assert world.documents["/charset"].layers["language"].code == "ru"
    assert "\0" not in world.documents["/nul"].text and "harbour" in world.documents["/nul"].text
    assert world.documents["/script"].title == TITLE
    assert world.documents["/hint"].title


@pytest.mark.responsible
def test_scripts_in_titles_are_shown_and_never_run(world: World) -> None:
    """No page of the dashboard lets a source's markup through, wherever the title or the text is shown."""
    document = world.documents["/script"]
    with Reader.open(world.config) as reader:
        membership = reader.membership("stories", document.id)
    assert membership is not None
    pages = ["/", f"/document/{document.id}", f"/story/{membership.group}", "/search?q=storm", f"/search?q={SCRIPT}"]
    shown = 0
    with TestClient(create_app(world.config), base_url="http://localhost") as client:
        for page in pages:
            response = client.get(page)
            assert response.status_code == 200, (page, response.text[:300])
            assert "<script>window" not in response.text, page
            assert "script-src" in response.headers["content-security-policy"]
            assert "unsafe-inline" not in response.headers["content-security-policy"].partition("script-src")[2]
            shown += "&lt;script&gt;window" in response.text
        raw = client.get(f"/api/v1/documents/{document.id}")
    assert shown == len(pages)
    assert raw.headers["content-type"].startswith("application/json")
    assert raw.headers["x-content-type-options"] == "nosniff"


def test_nothing_private_was_asked(world: World) -> None:
    """Only robots, feeds and pages of the three hosts were requested; nothing of a redirect's target."""
    assert {place.partition("/")[0] for place in world.site.asked()} == {HOST, ENDLESS, SECOND}
    assert not world.site.asked("admin") and not world.site.asked("router")


def test_a_second_run_changes_nothing(world: World) -> None:
    """Only what may have been an accident is asked again; nothing is captured twice."""
    answers = {f"{HOST}/feed.xml": answer(rss(*PAGES), content_type="application/rss+xml")}
    with Serving({**answers, f"{HOST}/truncated": PAGES["/truncated"]}) as site:
        run = run_once(world.config, hosts=site.hosts(HOST, ENDLESS, SECOND))
        asked = {place.removeprefix(HOST) for place in site.asked(HOST)}
    assert asked == {"/robots.txt", "/.well-known/tdmrep.json", "/feed.xml", "/truncated"}
    assert ends(world.config) == world.ends
    with Reader.open(world.config) as reader:
        assert reader.balanced(run)
