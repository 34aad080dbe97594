"""The demonstration: the fictional press on loopback, the real collector and pipeline, and a score card."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from babelscope.app.cycle import run_once
from babelscope.demo.addresses import feed_path
from babelscope.demo.press import Edition, Outlet, Press, load_press
from babelscope.demo.scoring import Score, score
from babelscope.demo.server import DemoServer
from babelscope.flow.config import CollectConfig, Config, RunConfig, StoreConfig
from babelscope.flow.events import Listener, silent
from babelscope.model import Listen, Source
from babelscope.store.reader import Reader

EDITIONS: tuple[Edition, ...] = (1, 2)


class DemoResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a demonstration leaves: its runs (one per edition of the press) and the score card."""

    runs: tuple[str, ...]
    scores: tuple[Score, ...]
    forbidden_fetched: int


def demo_config(directory: Path, engine: str = "embedded") -> Config:
    """Return the configuration of the demonstration: the fictional outlets, and no waiting between requests."""
    press = load_press()
    return Config(
        store=StoreConfig(directory=str(directory.resolve())),
        run=RunConfig(engine=engine),  # type: ignore[arg-type]
        collect=CollectConfig(delay=0.0),
        source=tuple(_source(outlet) for outlet in press.outlets),
    )


def _source(outlet: Outlet) -> Source:
    home = f"http://{outlet.host}/"
    return Source(
        id=outlet.id,
        name=outlet.name,
        home=home,
        listens=(Listen(url=home.rstrip("/") + feed_path(outlet), every=0),),
        country=outlet.country,
        languages=outlet.languages,
        owner=outlet.owner,
        standing=outlet.standing,
        reference="fictional",
    )


def run_demo(
    config: Config, *, press: Press | None = None, listener: Listener = silent, stop: threading.Event | None = None
) -> DemoResult:
    """Serve the press, collect both editions, process, group and score; everything but the press is the real thing."""
    halt = stop or threading.Event()
    runs: list[str] = []
    with DemoServer(press or load_press()) as server:
        for edition in EDITIONS:
            server.edition = edition
            runs.append(run_once(config, hosts=server.hosts, listener=listener, stop=halt))
            if halt.is_set():
                break
        robots = {a.slug for a in server.press.articles if a.robots == "disallow"}
        fetched = sum(1 for access in server.log if any(f"/{slug}.html" in access.path for slug in robots))
        return DemoResult(runs=tuple(runs), scores=tuple(score_card(config, server.press)), forbidden_fetched=fetched)


def score_card(config: Config, press: Press) -> list[Score]:
    """Compare what is in the store with what is known of ``press``."""
    with Reader.open(config) as reader:
        ids = [i for group in reader.groups("duplicates") for i in group.documents]
        stories = {i: m.group for i, m in reader.memberships("stories", ids).items()}
        families = {i: m.group for i, m in reader.memberships("duplicates", ids).items()}
        return score(press, reader.documents(ids), stories, families)
