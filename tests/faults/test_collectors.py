"""Three collectors share one PostgreSQL, one of them is killed at work: every address is captured once.

``BABELSCOPE_FULL=1`` does it over 5,000 addresses of 50 hosts; otherwise over 300 of 20.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from babelscope.flow.config import CollectConfig, Config, StoreConfig
from babelscope.model import Listen, Source
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.tables import captures, items, runs
from collector_child import Task
from loopback import Serving, Site, answer, feed
from store_world import preserved

FULL = os.environ.get("BABELSCOPE_FULL") == "1"
HOSTS, PAGES = (50, 100) if FULL else (20, 15)
DELAY = 0.2 if FULL else 0.25
TOLERANCE = 0.08
"""Seconds by which a request may seem early to the server: it was sent in time, but the one before arrived late."""
PAUSE = 0.03
"""Seconds that every answer takes."""
NAMES = ("one", "two", "three")
KILLED = "two"
LONGEST = 400 if FULL else 90
CHILD = Path(__file__).resolve().parents[1] / "collector_child.py"
ADDRESSES = {f"http://host{h}.test/{p}" for h in range(HOSTS) for p in range(PAGES)}


def answers() -> dict[str, bytes]:
    """The sites: a feed each, with all its pages, and no robots.txt."""
    found: dict[str, bytes] = {}
    for host in range(HOSTS):
        name = f"host{host}.test"
        found[f"{name}/feed.xml"] = feed(*(f"http://{name}/{page}" for page in range(PAGES)))
        for page in range(PAGES):
            text = f"Page {page} of host {host}. " * 20
            found[f"{name}/{page}"] = answer(f"<html><title>{page}</title><p>{text}</p></html>".encode())
    return found


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Serving(answers(), pause=PAUSE) as site:
        yield site


def configuration(folder: Path, database: str) -> Config:
    listens = [Listen(url=f"http://host{h}.test/feed.xml", every=86_400) for h in range(HOSTS)]
    return Config(
        store=StoreConfig(directory=str(folder), database=database, segment_mb=1),
        collect=CollectConfig(delay=DELAY, max_items=PAGES),
        source=tuple(
            Source(id=f"s{h}", name=f"S{h}", home=f"http://host{h}.test/", listens=(listens[h],)) for h in range(HOSTS)
        ),
    )


class Crew:
    """The collectors' processes."""

    def __init__(self, config: Config, folder: Path, site: Site) -> None:
        self.config, self._folder = config, folder
        self._hosts = site.hosts(*(f"host{h}.test" for h in range(HOSTS)))
        self.children: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str) -> None:
        task = self._folder / f"{name}.json"
        task.write_bytes(msgspec.json.encode(Task(config=self.config, hosts=self._hosts, name=name)))
        with (self._folder / f"{name}.err").open("ab") as errors:
            command = [sys.executable, str(CHILD), str(task)]
            self.children[name] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)

    def said(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in self._folder.glob("*.err"))

    def end(self) -> list[int]:
        for child in self.children.values():
            child.terminate()
        return [child.wait(60) for child in self.children.values()]


def urls(config: Config) -> Counter[str]:
    engine = connect(config, read_only=True)
    with engine.connect() as connection:
        article = select(captures.c.url).where(captures.c.kind == "article")
        found = Counter(connection.execute(article).scalars())
    engine.dispose()
    return found


def wait_for(config: Config, crew: Crew, enough: int) -> None:
    """Wait until so many articles are kept (all of them: until nothing waits any more)."""
    deadline = time.monotonic() + LONGEST
    engine = connect(config, read_only=True)
    try:
        while True:
            with engine.connect() as connection:
                article = select(func.count()).select_from(captures).where(captures.c.kind == "article")
                kept = connection.execute(article).scalar_one()
                waiting = connection.execute(select(func.count()).select_from(items).where(items.c.open)).scalar_one()
            if kept >= enough and (enough < len(ADDRESSES) or not waiting):
                return
            assert time.monotonic() < deadline, f"{kept} kept, {waiting} waiting after {LONGEST} s\n{crew.said()}"
            time.sleep(0.05)
    finally:
        engine.dispose()


@pytest.mark.slow
def test_three_collectors_one_killed_capture_every_address_once(tmp_path: Path, database: str, site: Site) -> None:
    site.log.clear()
    site.most_active.clear()
    config = configuration(tmp_path / "store", database)
    Library.open(config).close()
    crew = Crew(config, tmp_path, site)
    try:
        for name in NAMES:
            crew.start(name)
        wait_for(config, crew, len(ADDRESSES) // 3)
        crew.children[KILLED].send_signal(signal.SIGKILL)
        crew.children.pop(KILLED).wait()
        at_the_kill = urls(config)
        wait_for(config, crew, len(ADDRESSES))
    finally:
        codes = crew.end()
    assert codes == [0, 0], crew.said()
    Library.open(config).close()

    kept = urls(config)
    assert kept.keys() == ADDRESSES and set(kept.values()) == {1}
    found = preserved(config)
    assert {url: found[url] for url in ADDRESSES} == kept
    report = verify(config)
    assert report.problems == ()
    check_runs(config)
    check_requests(site, at_the_kill)


def check_runs(config: Config) -> None:
    with Reader.open(config) as reader:
        told = reader.runs(10_000)
        assert all(reader.balanced(run.id) for run in told)
        states = Counter((run.holder, run.state) for run in told)
    assert states[KILLED, "interrupted"] == 1 and not [name for name, state in states if state == "running"]
    engine = connect(config, read_only=True)
    with engine.connect() as connection:
        query = select(runs.c.holder, func.count()).select_from(captures.join(runs, runs.c.id == captures.c.run))
        by_holder = dict(connection.execute(query.group_by(runs.c.holder)).all())  # type: ignore[arg-type]
    engine.dispose()
    assert by_holder.keys() == set(NAMES), "one of them has done nothing"


def check_requests(site: Site, at_the_kill: Counter[str]) -> None:
    """What was kept was asked for once, what was in flight at the kill twice at most; no host was hurried."""
    asked = Counter(f"http://{request.place}" for request in site.log)
    twice = {url for url in ADDRESSES if asked[url] > 1}
    print(f"\n{len(ADDRESSES)} addresses, {len(twice)} asked for twice, in flight at the kill")
    assert not twice & at_the_kill.keys()
    assert all(asked[url] <= 2 for url in ADDRESSES)
    assert max(site.most_active.values()) == 1
    for host in range(HOSTS):
        pages = [request.at for request in site.log if request.place.startswith(f"host{host}.test/")]
        gaps = [later - before for before, later in pairwise(pages)]
        assert min(gaps) > DELAY - TOLERANCE, f"host{host}: {min(gaps):.3f} s between two requests"
