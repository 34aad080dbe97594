"""A hub on loopback, the collector and the dashboard's callback together: subscribed, verified, pushed, polled."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from babelscope.collect.feeds import FeedCollector
from babelscope.collect.schedule import PUSHED
from babelscope.flow.config import CollectConfig, Config, StoreConfig
from babelscope.flow.shapes import Polled
from babelscope.store.library import Library
from babelscope.store.subscriptions import SqlSubscriptions
from babelscope.web.application import create_app
from loopback import FEED, Request, Site, answer, feed, source

CALLBACK = "https://public.example"


def settings(directory: Path, **collect: object) -> Config:
    chosen = {"delay": 0.0, "timeout": 5.0, "callback": CALLBACK, **collect}
    return Config(store=StoreConfig(directory=str(directory)), collect=CollectConfig(**chosen))  # type: ignore[arg-type]


@asynccontextmanager
async def dashboard(config: Config) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(config)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
        yield client


class Hub:
    """A hub that verifies before it answers, as WebSub allows."""

    def __init__(self, client: httpx.AsyncClient, status: int = 202) -> None:
        self.client, self.status = client, status
        self.asked: list[dict[str, str]] = []
        self.confirmed: list[bool] = []

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        fields = {name: value[0] for name, value in parse_qs(request.body.decode()).items()}
        self.asked.append(fields)
        if self.status == 202:
            query = {f"hub.{name}": fields[f"hub.{name}"] for name in ("mode", "topic")}
            query |= {"hub.challenge": "c" * 40, "hub.lease_seconds": "86400"}
            found = await self.client.get(f"{fields['hub.callback']}?{urlencode(query)}")
            self.confirmed.append((found.status_code, found.text) == (200, "c" * 40))
        writer.write(answer(b"", self.status))

    async def push(self, body: bytes, secret: str = "") -> int:
        fields = self.asked[-1]
        signature = hmac.new((secret or fields["hub.secret"]).encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={signature}"}
        return (await self.client.post(fields["hub.callback"], content=body, headers=headers)).status_code


def offered(hub: str = "http://hub.test/") -> bytes:
    return feed("/a").replace(b"\r\n", f"\r\nLink: <{hub}>; rel=hub, <{FEED}>; rel=self\r\n".encode(), 1)


async def cycle(config: Config, library: Library, site: Site) -> list[Polled]:
    """Collect once, as the main job does."""
    listener = FeedCollector(
        config, hosts=site.hosts("courier.test", "hub.test"), subscriptions=SqlSubscriptions.open(config)
    )
    run = library.begin_run(config)
    events = [event async for event in listener.collect([source(FEED)], library.memory)]
    library.receive(run, events)
    library.end_run(run, True)
    return [event for event in events if isinstance(event, Polled)]


async def test_subscribe_verify_push_poll(tmp_path: Path) -> None:
    config = settings(tmp_path)
    with Library.open(config) as library:
        async with dashboard(config) as client:
            hub = Hub(client)
            answers = {"courier.test/feed.xml": offered(), "courier.test/a": answer(b"<p>text"), "hub.test/": hub}
            async with Site(answers) as site:
                await cycle(config, library, site)
                assert hub.confirmed == [True] and hub.asked[0]["hub.topic"] == FEED
                assert hub.asked[0]["hub.callback"].startswith(f"{CALLBACK}/websub/")
                known = SqlSubscriptions.open(config).of_listen(FEED)
                assert known is not None and known.state == "active" and known.until is not None
                assert await cycle(config, library, site) == []  # not due
                assert await hub.push(b"<rss>news</rss>", "stolen") == 202
                assert await cycle(config, library, site) == []  # a wrong signature is ignored
                assert await hub.push(b"<rss>news</rss>") == 202
                (polled,) = await cycle(config, library, site)
                assert polled.visit.next_due - polled.visit.checked_at >= dt.timedelta(seconds=PUSHED)
                assert await cycle(config, library, site) == [] and len(hub.asked) == 1
                assert len(site.asked("feed.xml")) == 2


async def test_a_hub_that_fails_or_denies_is_written_down_and_polling_goes_on(tmp_path: Path) -> None:
    config = settings(tmp_path)
    with Library.open(config) as library:
        async with dashboard(config) as client:
            hub = Hub(client, 500)
            answers = {"courier.test/feed.xml": offered(), "courier.test/a": answer(b"<p>text"), "hub.test/": hub}
            async with Site(answers) as site:
                (polled,) = await cycle(config, library, site)
            known = SqlSubscriptions.open(config).of_listen(FEED)
            assert known is not None and (known.state, known.error) == ("failed", "status 500")
            assert polled.visit.next_due - polled.visit.checked_at < dt.timedelta(seconds=PUSHED)
            query = {"hub.mode": "denied", "hub.topic": FEED, "hub.reason": "closed"}
            assert (await client.get(f"{hub.asked[0]['hub.callback']}?{urlencode(query)}")).status_code == 200
            known = SqlSubscriptions.open(config).of_listen(FEED)
            assert known is not None and (known.state, known.error) == ("denied", "denied: closed")


@pytest.mark.responsible
async def test_a_hub_in_a_private_network_is_not_asked(tmp_path: Path) -> None:
    config = settings(tmp_path)
    async with Site({"127.0.0.1/": answer(b"", 202)}) as inside:
        answers = {"courier.test/feed.xml": offered(f"http://127.0.0.1:{inside.port}/"), "courier.test/a": answer(b"x")}
        with Library.open(config) as library:
            async with Site(answers) as site:
                await cycle(config, library, site)
            known = SqlSubscriptions.open(config).of_listen(FEED)
        assert known is not None and known.error.startswith("private-address: ") and inside.connections == 0


async def test_the_callback_opens_nothing_else(tmp_path: Path) -> None:
    config = settings(tmp_path, max_mb=1)
    with Library.open(config):
        pass
    async with dashboard(config) as client:
        assert (await client.get(f"{CALLBACK}/")).status_code == 421
        assert (await client.post(f"{CALLBACK}/api/v1/search")).status_code == 421
        assert (await client.get(f"{CALLBACK}/websub/unknown?hub.mode=subscribe")).status_code == 404
        assert (await client.post(f"{CALLBACK}/websub/unknown", content=b"x")).status_code == 410
        assert (await client.post("http://127.0.0.1/", content=b"x")).status_code == 405
    async with dashboard(settings(tmp_path, callback="")) as client:
        assert (await client.post("http://127.0.0.1/websub/unknown", content=b"x")).status_code == 405


async def test_a_push_is_bounded_and_a_challenge_is_plain_text(tmp_path: Path) -> None:
    config = settings(tmp_path, max_mb=1)
    with Library.open(config) as library:
        async with dashboard(config) as client:
            hub = Hub(client, 500)
            answers = {"courier.test/feed.xml": offered(), "courier.test/a": answer(b"<p>text"), "hub.test/": hub}
            async with Site(answers) as site:
                await cycle(config, library, site)
            assert await hub.push(b"x" * (2 << 20)) == 413
            place = urlsplit(hub.asked[0]["hub.callback"])
            query = {"hub.mode": "subscribe", "hub.topic": FEED, "hub.challenge": "<script>alert(1)</script>"}
            found = await client.get(f"{CALLBACK}{place.path}?{urlencode(query)}")
            assert found.text == query["hub.challenge"] and found.headers["content-type"].startswith("text/plain")
            assert found.headers["x-content-type-options"] == "nosniff"


def test_subscriptions_are_kept_and_forgotten(tmp_path: Path) -> None:
    from babelscope.flow.errors import BabelscopeError

    config = settings(tmp_path / "none")
    with pytest.raises(BabelscopeError):
        SqlSubscriptions.open(config)
