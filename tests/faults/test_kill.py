"""kill -9 at random moments: after the next complete run nothing is lost, nothing is there twice.

``BABELSCOPE_FULL=1`` does 20 rounds over 1,000 real pages; otherwise 6 rounds over 150.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from babelscope.flow.config import CollectConfig, Config, RunConfig, StoreConfig
from babelscope.model import Document, encode_document
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.reader import Reader
from babelscope.store.tables import captures, documents
from kill_child import Task
from loopback import Serving, Site
from real_pages import PressOfPages, real_pages
from store_world import preserved

FULL = os.environ.get("BABELSCOPE_FULL") == "1"
PAGES = 1000 if FULL else 150
BATCH = 32 if FULL else 16
EACH = 5 if FULL else 1
"""Rounds that hit each of collecting, processing and committing, besides the first one."""
LATE = (1, 2, 3, 4) if FULL else (2, 4)
"""Which steps of linking are hit: both linkers read, then write; the last one is followed by the end of the run."""
MOST = {"processing": 2, "committing": 10}
"""Which announcement at most: a commit makes five (begin, record, vectors, index, rows)."""
LONGEST = {"collecting": 0.06, "processing": 0.5, "committing": 0.02, "linking": 0.02}
"""Seconds after an announcement in which the blow falls."""
SEED = 20260105
CHILD = Path(__file__).resolve().parents[1] / "kill_child.py"


class Moment(msgspec.Struct, frozen=True):
    """When to kill: ``after`` seconds behind the ``count``-th announcement of ``phase``."""

    phase: str
    count: int
    after: float


class Kept(msgspec.Struct):
    """What a store holds, in a form that two runs must agree on: all but the clock."""

    documents: dict[str, bytes]
    groups: dict[str, dict[str, str]]
    captures: dict[tuple[str, str], tuple[str, str, str]]


def moments(chance: random.Random) -> list[Moment]:
    """Return the rounds: collecting while there is something to collect, linking when everything else is done.

    A run goes from one to the next, so each kind is hit in a store that the kinds before it have left half done.
    """
    first = ["collecting"] * (EACH + 1)
    then = ["processing", "committing"] * EACH
    chance.shuffle(then)
    counts = [2, *(chance.randint(1, 2) for _ in first[1:])] if FULL else [2, 1]
    counts += [chance.randint(1, MOST[phase]) if FULL else MOST[phase] // 2 for phase in then]
    early = [Moment(phase, n, chance.uniform(0, LONGEST[phase])) for phase, n in zip(first + then, counts, strict=True)]
    late = [Moment("linking", n, chance.uniform(0, LONGEST["linking"] / n**2)) for n in LATE]
    return [*early, *late]


def config(folder: Path, press: PressOfPages) -> Config:
    return Config(
        store=StoreConfig(directory=str(folder), segment_mb=4),
        run=RunConfig(batch=BATCH, commit_every=BATCH),
        collect=CollectConfig(delay=0.0, max_items=PAGES),
        source=press.sources,
    )


class Children:
    """Runs in processes of their own, over one store."""

    def __init__(self, folder: Path, press: PressOfPages, site: Site) -> None:
        self.config = config(folder / "store", press)
        self._task = folder / "task.json"
        folder.mkdir()
        task = Task(config=self.config, hosts=site.hosts(*press.names))
        self._task.write_bytes(msgspec.json.encode(task))
        self._errors = folder / "errors.txt"

    def run(self, moment: Moment | None = None) -> str:
        """Run to the end, or to ``moment``; return the last line that the child said."""
        with self._errors.open("wb") as errors:
            command = [sys.executable, str(CHILD), str(self._task)]
            child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
            last, counts = "", Counter[str]()
            assert child.stdout is not None
            for line in child.stdout:
                last = line.strip()
                counts[last] += 1
                if moment is not None and counts[moment.phase] == moment.count:
                    time.sleep(moment.after)
                    child.kill()
                    break
            child.stdout.close()
            code = child.wait(timeout=60)
        said = self._errors.read_text(errors="replace")
        assert code == (0 if moment is None else -9), f"{moment}: ended with {code} after {last!r}: {said[-3000:]}"
        return last.removeprefix("done ")


def kept(config: Config) -> Kept:
    engine = connect(config, read_only=True)
    with engine.connect() as connection:
        ids = connection.execute(select(documents.c.id)).scalars().all()
        rows = connection.execute(select(captures)).mappings().all()
    engine.dispose()
    found = Counter((row["kind"], row["url"]) for row in rows)
    assert max(found.values()) == 1, f"captured twice: {found.most_common(3)}"
    with Reader.open(config) as reader:
        held = {document.id: timeless(document) for document in reader.documents(ids)}
        groups = {name: {i: m.group for i, m in reader.memberships(name, ids).items()} for name in config.run.linkers}
    assert len(held) == len(ids) == len(set(ids))
    return Kept(
        documents=held,
        groups=groups,
        captures={(row["kind"], row["url"]): (row["id"], row["state"], row["reason"]) for row in rows},
    )


def timeless(document: Document) -> bytes:
    return encode_document(msgspec.structs.replace(document, seen_at=None))


@pytest.fixture(scope="module")
def press() -> PressOfPages:
    return PressOfPages(real_pages(PAGES))


@pytest.fixture(scope="module")
def site(press: PressOfPages) -> Iterator[Site]:
    with Serving(press.answers, pause=0.03) as site:
        yield site


@pytest.mark.slow
def test_killed_runs_end_as_an_undisturbed_one(tmp_path: Path, press: PressOfPages, site: Site) -> None:
    undisturbed, killed = Children(tmp_path / "a", press, site), Children(tmp_path / "b", press, site)
    undisturbed.run()
    rounds = moments(random.Random(SEED))
    assert {moment.phase for moment in rounds} == set(LONGEST) and len(rounds) == (20 if FULL else 6)
    for moment in rounds:
        killed.run(moment)
    last = killed.run()

    expected, found = kept(undisturbed.config), kept(killed.config)
    assert {url for kind, url in found.captures if kind == "article"} == press.urls
    assert found.captures == expected.captures
    assert found.documents.keys() == expected.documents.keys() and len(found.documents) > 0.6 * PAGES
    assert found.documents == expected.documents
    for linker in killed.config.run.linkers:
        assert found.groups[linker].keys() == found.documents.keys()
        assert found.groups[linker] == expected.groups[linker]
    assert preserved(killed.config) == preserved(undisturbed.config)
    assert set(preserved(killed.config).values()) == {1}
    with Reader.open(killed.config) as reader:
        states = Counter(run.state for run in reader.runs(100))
        assert states == {"interrupted": len(rounds), "ok": 1}
        assert reader.balanced(last)
    report = verify(killed.config)
    assert report.problems == () and report.checked["runs"] == len(rounds) + 1
    assert verify(undisturbed.config).problems == ()
