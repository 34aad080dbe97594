"""Ctrl-C, as a terminal sends it: to the program and to all that it started. One is enough for a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from babelscope.flow.config import Config, StoreConfig
from babelscope.flow.errors import BabelscopeError
from babelscope.store.check import verify
from babelscope.store.reader import Reader
from babelscope.store.rows import RunRow
from commands import babelscope, program
from loopback import Answer, Serving, answer, rss

TESTS = str(Path(__file__).resolve().parents[1])
TEXT = (
    "<p>The harbour council met on Friday to talk about the dredging of the northern basin and its cost.</p>"
    "<p>Three fishing boats waited outside for the tide, and the pilot called the channel too shallow.</p>"
    "<p>A decision is expected in the spring, when the survey of the sea bed has been paid for and published.</p>"
)
PAGES = {f"/{n}": f"<html><title>Report {n}</title><article><p>No. {n}</p>{TEXT}".encode() for n in range(120)}


class Program:
    """A verb in a process group of its own, with its output in a file."""

    def __init__(self, folder: Path, *args: str) -> None:
        self.said = folder / "said.txt"
        with self.said.open("wb") as output:
            self._process = subprocess.Popen(
                [program(), *args], cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )

    def wait_for(self, condition: Callable[[], bool], seconds: float = 120) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert self._process.poll() is None, f"it ended by itself: {self.said.read_text(errors='replace')[-2000:]}"
            assert time.monotonic() < until, self.said.read_text(errors="replace")[-2000:]
            time.sleep(0.02)

    def interrupt(self, times: int = 1) -> tuple[int, str]:
        """Press Ctrl-C; return exit code and output. Nothing of the group may be left behind."""
        for n in range(times):
            time.sleep(0.5 * n)
            os.killpg(self._process.pid, signal.SIGINT)
        code = self._process.wait(timeout=90)
        until = time.monotonic() + 10
        while self._others():
            assert time.monotonic() < until, "a process was left behind"
            time.sleep(0.05)
        return code, self.said.read_text(errors="replace")

    def _others(self) -> bool:
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def stored(directory: Path) -> Config:
    return Config(store=StoreConfig(directory=str(directory)))


def seen(directory: Path) -> tuple[list[RunRow], dict[str, int]]:
    """Return runs and totals of the store by now."""
    if not (directory / "state.sqlite").exists():
        return [], {}
    try:
        with Reader.open(stored(directory)) as reader:
            return reader.runs(), reader.counts()
    except (BabelscopeError, OperationalError):  # its tables are being made at this very moment
        return [], {}


def runs(directory: Path) -> list[RunRow]:
    return seen(directory)[0]


def counted(directory: Path, what: str) -> int:
    return seen(directory)[1].get(what, 0)


def all_balanced(directory: Path) -> bool:
    with Reader.open(stored(directory)) as reader:
        return all(map(reader.balanced, (run.id for run in reader.runs(50))))


@pytest.mark.slow
def test_the_demo_ends_clean_and_the_next_one_completes(tmp_path: Path) -> None:
    store = tmp_path / "store"
    verb = ("demo", "--no-serve", "--directory", "store")
    for pause in (0.0, 1.0):
        before = len(runs(store))
        running = Program(tmp_path, *verb)
        running.wait_for(lambda before=before: len(runs(store)) > before)  # type: ignore[misc]
        time.sleep(pause)
        code, said = running.interrupt()
        assert code == 0 and "Traceback" not in said, said[-2000:]
        assert "ending: what is in hand is finished and kept" in said and "NOT BALANCED" not in said
        assert verify(stored(store)).problems == () and all_balanced(store)
    with Reader.open(stored(store)) as reader:
        assert [run.state for run in reader.runs()] == ["interrupted", "interrupted"]
        assert all(
            not visit.error.startswith("not-a-feed: the parser died") for s in reader.sources() for visit in s.visits
        )
    done = babelscope(*verb, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert verify(stored(store)).problems == () and all_balanced(store)
    with Reader.open(stored(store)) as reader:
        assert reader.counts()["documents"] >= 80 and reader.counts()["waiting"] == 0


def configured(folder: Path, port: int, engine: str, every: int = 3600) -> None:
    (folder / "babelscope.toml").write_text(
        f"""
        [store]
        directory = "store"
        [run]
        engine = "{engine}"
        stages = ["extract", "language", "fingerprint"]
        linkers = ["duplicates"]
        batch = 8
        commit_every = 16
        [collect]
        delay = 0.0
        allow_private = ["127.0.0.1"]
        [[source]]
        id = "paper"
        name = "Paper"
        home = "http://127.0.0.1:{port}/"
        listens = [{{ url = "http://127.0.0.1:{port}/feed.xml", every = {every} }}]
        """
    )


def site() -> Serving:
    answers: dict[str, Answer] = {f"127.0.0.1{path}": answer(body) for path, body in PAGES.items()}
    answers["127.0.0.1/feed.xml"] = answer(rss(*PAGES), content_type="application/rss+xml")
    return Serving(answers, pause=0.03)


@pytest.mark.parametrize("engine", ["embedded", "pool"])
def test_run_ends_clean_while_collecting_and_the_next_one_completes(tmp_path: Path, engine: str) -> None:
    store = tmp_path / "store"
    with site() as served:
        configured(tmp_path, served.port, engine)
        running = Program(tmp_path, "run")
        running.wait_for(lambda: counted(store, "documents") >= 1)
        code, said = running.interrupt()
        assert code == 0 and "Traceback" not in said, said[-2000:]
        assert verify(stored(store)).problems == () and all_balanced(store)
        with Reader.open(stored(store)) as reader:
            assert 0 < reader.counts()["documents"] < len(PAGES)
            assert [run.state for run in reader.runs(10)] == ["interrupted"]
        done = babelscope("run", "--once", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    with Reader.open(stored(store)) as reader:
        assert reader.counts()["documents"] == len(PAGES)
    assert verify(stored(store)).problems == () and all_balanced(store)


def test_run_ends_at_once_while_it_waits(tmp_path: Path) -> None:
    store = tmp_path / "store"
    with site() as served:
        configured(tmp_path, served.port, "embedded")
        running = Program(tmp_path, "run")
        running.wait_for(lambda: b"waiting" in running.said.read_bytes())
        started = time.monotonic()
        code, said = running.interrupt()
        assert code == 0 and "Traceback" not in said and time.monotonic() - started < 10
    with Reader.open(stored(store)) as reader:
        assert reader.counts()["documents"] == len(PAGES)
        assert [run.state for run in reader.runs(10)] == ["ok"]
    assert verify(stored(store)).problems == ()


def test_a_second_ctrl_c_ends_at_once_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a stage takes half a minute for what is in hand."""
    store = tmp_path / "store"
    with site() as served:
        configured(tmp_path, served.port, "embedded")
        file = tmp_path / "babelscope.toml"
        usual = file.read_text()
        file.write_text(usual.replace('"fingerprint"]', '"fingerprint", "fakes:Sleepy"]'))
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([TESTS, *filter(None, sys.path)]))
        running = Program(tmp_path, "run")
        running.wait_for(lambda: counted(store, "captures") >= 1)
        time.sleep(1.0)  # until the stage has it
        started = time.monotonic()
        code, said = running.interrupt(times=2)
        assert code == 130 and "Traceback" not in said and time.monotonic() - started < 10, said[-2000:]
        file.write_text(usual)
        done = babelscope("run", "--once", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    with Reader.open(stored(store)) as reader:
        assert [run.state for run in reader.runs(10)] == ["ok", "interrupted"]
        assert reader.counts()["documents"] == len(PAGES)
    assert verify(stored(store)).problems == () and all_balanced(store)
