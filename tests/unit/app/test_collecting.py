"""Collecting only, as one of several; the main job reads what they bring."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from babelscope.app import collecting
from babelscope.app.collecting import collect_for_ever, collect_once
from babelscope.app.cycle import process_pending, run_once
from babelscope.flow.config import CollectConfig, Config, RunConfig, StoreConfig
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.events import Event, Received, Waiting
from babelscope.model import Listen, Source
from babelscope.store.check import verify
from babelscope.store.intake import Intake
from babelscope.store.reader import Reader
from commands import babelscope
from loopback import Answer, Serving, answer, feed

WORDS = "The harbour council met on Friday to talk about the dredging of the northern basin and its cost. " * 4
HOSTS = ("odd.test", "even.test")


def answers() -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for host in HOSTS:
        found[f"{host}/feed.xml"] = feed(*(f"http://{host}/{n}" for n in range(3)))
        for n in range(3):
            page = f"<html><head><title>Report {n} of {host}</title></head><body><p>{WORDS}{n} {host}</p></body></html>"
            found[f"{host}/{n}"] = answer(page.encode())
    return found


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        store=StoreConfig(directory=str(tmp_path / "store")),
        run=RunConfig(stages=("extract", "language", "fingerprint"), linkers=("duplicates",)),
        collect=CollectConfig(delay=0.0),
        source=tuple(
            Source(id=host, name=host, home=f"http://{host}/", listens=(Listen(url=f"http://{host}/feed.xml"),))
            for host in HOSTS
        ),
    )


def test_what_one_collects_another_process_reads(config: Config) -> None:
    events: list[Event] = []
    with Serving(answers()) as site:
        run = collect_once(config, "north", hosts=site.hosts(*HOSTS), listener=events.append)
        again = run_once(config, hosts=site.hosts(*HOSTS))
        assert len(site.asked(".test/feed.xml")) == 2 and len(site.asked(".test/1")) == 2
    assert [e.taken for e in events if isinstance(e, Received)][-1] == 6
    with Reader.open(config) as reader:
        assert reader.counts()["documents"] == 6
        assert {(r.id, r.holder, r.state) for r in reader.runs()} == {(run, "north", "ok"), (again, "main", "ok")}
        assert reader.balanced(run) and reader.balanced(again)
        assert {r.stage for r in reader.ledger(run)} == {"poll", "collect"}
        assert {r.stage for r in reader.ledger(again)} == {"process"}
    assert verify(config).problems == ()


def test_hosts_of_others_are_left_to_them(config: Config) -> None:
    """What waits at a host that another collector has is neither asked for nor lost."""
    with Serving(answers()) as site, Intake.open(config, "south") as south:
        assert south.leases.take("odd.test") is not None
        run = collect_once(config, "north", hosts=site.hosts(*HOSTS))
        assert site.asked("odd.test") == []
        south.leases.release("odd.test", south._parts.clock())
        second = collect_once(config, "north", hosts=site.hosts(*HOSTS))
        assert len(site.asked("odd.test/1")) == 1
    with Reader.open(config) as reader:
        assert reader.counts()["waiting"] == 6
        assert reader.balanced(run) and reader.balanced(second)


def test_for_ever_ends_when_it_is_told_to(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, waits = threading.Event(), []

    def listener(event: Event) -> None:
        if isinstance(event, Waiting):
            waits.append(event.seconds)
            if len(waits) == 2:
                stop.set()

    monkeypatch.setattr(collecting, "until_due", lambda config, memory: 0.01)
    nobody = msgspec.structs.replace(config, source=())
    collect_for_ever(nobody, "north", listener, stop)
    with Reader.open(config) as reader:
        assert [(r.holder, r.state) for r in reader.runs()] == [("north", "ok")] * 2


def test_a_run_that_is_told_to_stop_is_interrupted_and_balances(config: Config) -> None:
    stop = threading.Event()
    with Serving(answers(), pause=0.05) as site:
        run = collect_once(config, "north", hosts=site.hosts(*HOSTS), listener=lambda _: stop.set(), stop=stop)
    with Reader.open(config) as reader:
        assert reader.runs()[0].state == "interrupted" and reader.balanced(run)
    assert verify(config).problems == ()


def test_an_error_of_the_collector_ends_the_run_as_failed(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> int:
        raise BabelscopeError("no more room")

    monkeypatch.setattr(Intake, "receive", breaks)
    with Serving(answers()) as site, pytest.raises(BabelscopeError, match="no more room"):
        collect_once(config, "north", hosts=site.hosts(*HOSTS))
    with Reader.open(config) as reader:
        assert [r.state for r in reader.runs()] == ["failed"] and reader.balanced(reader.runs()[0].id)


def test_a_process_reads_up_to_where_it_began(config: Config) -> None:
    """What others bring while it reads is for the next one: else it would never end."""
    with Serving(answers()) as site:
        collect_once(config, "north", hosts=site.hosts(*HOSTS))
    run = process_pending(config)
    with Reader.open(config) as reader:
        assert sum(r.count for r in reader.ledger(run) if r.outcome == "kept") == 6


def test_the_command_line_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "babelscope.toml").write_text(
        '[[source]]\nid = "x"\nname = "X"\nhome = "http://x.test/"\nlistens = []\n', encoding="utf-8"
    )
    done = babelscope("collect", "--once", "--name", "No Good", cwd=tmp_path)
    assert done.returncode == 1 and b"a collector's name" in done.stderr and b"Traceback" not in done.stderr
    done = babelscope("collect", "--once", "--name", "north", cwd=tmp_path)
    assert done.returncode == 0 and b"balanced" in done.stdout
    with pytest.raises(ConfigError):
        Intake.open(Config(store=StoreConfig(directory=str(tmp_path))), "No Good")
