"""Laws of several collectors over one store: whatever each does and whenever one dies, every ledger balances at every
moment, no page is kept twice, and nothing that was found is lost.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError
from babelscope.flow.shapes import Exchange, Item, Refusal
from babelscope.store import ledger
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.intake import Intake
from babelscope.store.library import Library
from babelscope.store.recover import living
from babelscope.store.tables import captures, items, runs
from store_world import abandon, config, exchange, item, made, now_fetched, polled, preserved, refusal

CALM = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = ("main", "a", "b")
ITEMS = 5
STEPS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(["poll", "look-round", "take", "take", "take", "refuse", "later", "end", "die"]),
        st.integers(0, ITEMS - 1),
    ),
    min_size=5,
    max_size=25,
)


class World:
    """Three processes in one: each has its store open, a run, and what it last saw waiting, perhaps out of date."""

    def __init__(self, chosen: Config) -> None:
        self.config = chosen
        Library.open(chosen).close()
        self.open: dict[str, Library | Intake] = {}
        self.runs: dict[str, str] = {}
        self.seen: dict[str, list[Item]] = {}
        self.met: dict[str, set[str]] = {}
        self.bytes = 0

    def do(self, name: str, action: str, number: int) -> None:
        if action == "end":
            self.end(name)
            return
        if action == "die":
            self.die(name)
            return
        store = self.begin(name)
        if action == "poll":
            found = [item(n, "v1") for n in {number, (number + 1) % ITEMS}]
            known = store.memory.known([one.url for one in found])
            fresh = [one for one in found if known.get(one.url) != one.version]
            store.receive(self.runs[name], [polled(*fresh)])
            self.see(name, fresh)
        elif action == "look-round":
            self.see(name, store.memory.waiting(["herald"]))
        elif chosen := self.seen[name][number : number + 2]:
            del self.seen[name][number : number + 2]
            store.receive(self.runs[name], [self.result(one, action) for one in chosen])

    def see(self, name: str, found: Sequence[Item]) -> None:
        """A collector asks for an address once in a run."""
        fresh = [one for one in found if one.url not in self.met[name]]
        self.met[name].update(one.url for one in fresh)
        self.seen[name] += fresh

    def result(self, of: Item, action: str) -> Exchange | Refusal:
        """The page is another one at every fetch, as dynamic pages are."""
        number = int(of.url.rpartition("/")[2])
        self.bytes += 1
        if action == "take":
            return now_fetched(exchange(number, text=f"draw {self.bytes}"))
        return refusal(number, "robots" if action == "refuse" else "connection", action == "refuse")

    def begin(self, name: str) -> Library | Intake:
        if name not in self.open:
            self.open[name] = Library.open(self.config) if name == "main" else Intake.open(self.config, name)
        if name not in self.runs:
            self.runs[name] = self.open[name].begin_run(self.config)
            self.seen[name], self.met[name] = [], set()
            self.see(name, self.open[name].memory.waiting(["herald"]))
        return self.open[name]

    def end(self, name: str) -> None:
        if name in self.runs:
            self.open[name].end_run(self.runs.pop(name), ok=True)

    def die(self, name: str) -> None:
        if (store := self.open.pop(name, None)) is not None:
            abandon(store)
            self.runs.pop(name, None)

    def close(self) -> None:
        for name in NAMES:
            self.end(name)
            if name in self.open:
                self.open.pop(name).close()

    def unbalanced(self) -> list[str]:
        engine = connect(self.config, read_only=True)
        with engine.connect() as connection:
            ids = connection.execute(select(runs.c.id)).scalars().all()
            told = [f"{id_}: {problem}" for id_ in ids for problem in ledger.imbalance(ledger.read(connection, id_))]
        engine.dispose()
        return told

    def kept(self) -> Counter[str]:
        engine = connect(self.config, read_only=True)
        with engine.connect() as connection:
            found = Counter(connection.execute(select(captures.c.url).where(captures.c.kind == "article")).scalars())
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    """A store without anything: making one anew for each example would take most of the time."""
    with tempfile.TemporaryDirectory() as name:
        Library.open(config(Path(name))).close()
        yield Path(name)


def check_laws(world: World, steps: Sequence[tuple[str, str, int]]) -> None:
    for step in steps:
        world.do(*step)
        assert world.unbalanced() == [], step
    for name in list(world.open):
        world.die(name)
    with Library.open(world.config) as library:
        assert living(library._parts.layout, library._parts.engine) == set()
        run = library.begin_run(world.config)
        for left in library.memory.waiting(["herald"]):
            library.receive(run, [now_fetched(exchange(int(left.url.rpartition("/")[2])))])
        while raw := library.pending(50):
            library.commit(run, [made(d, n) for n, d in enumerate(raw)], {}, [])
        library.end_run(run, ok=True)
    kept = world.kept()
    assert set(kept.values()) <= {1}
    assert preserved(world.config) == kept
    assert verify(world.config).problems == ()
    assert open_items(world.config) == 0


def open_items(chosen: Config) -> int:
    engine = connect(chosen, read_only=True)
    with engine.connect() as connection:
        found = connection.execute(select(items.c.id).where(items.c.open)).scalars().all()
    engine.dispose()
    return len(found)


@CALM
@given(steps=STEPS)
def test_several_collectors_keep_every_page_once_and_every_ledger_balanced(
    migrated: Path, steps: list[tuple[str, str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        shutil.copytree(migrated, Path(name) / "store")
        check_laws(World(config(Path(name) / "store")), steps)


@settings(CALM, max_examples=8)
@given(steps=STEPS)
def test_so_they_do_on_postgresql(postgres: object, steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        address = postgres.database()  # type: ignore[attr-defined]
        check_laws(World(config(Path(name) / "store", database=address)), steps)


def test_a_run_that_was_held_for_dead_can_keep_nothing_more(tmp_path: Path) -> None:
    """Another process may only think so when the lock of the collector is free; then what it brings late is refused."""
    chosen = config(tmp_path)
    with Library.open(chosen) as library:
        one = Intake.open(chosen, "a")
        run = one.begin_run(chosen)
        one.receive(run, [polled(item(1)), now_fetched(exchange(1))])
        one._lock.release()
        library.begin_run(chosen)
        size = sum(path.stat().st_size for path in (tmp_path / "evidence").glob("*.warc.gz"))
        with pytest.raises(BabelscopeError, match="was ended by another process"):
            one.receive(run, [polled(item(2)), now_fetched(exchange(2))])
        assert sum(path.stat().st_size for path in (tmp_path / "evidence").glob("*.warc.gz")) == size
        one.close()
        assert library.balanced(run)
    assert verify(chosen).problems == ()


def test_what_two_collectors_fetched_at_once_is_kept_once(tmp_path: Path) -> None:
    chosen = config(tmp_path)
    with Intake.open(chosen, "a") as one, Intake.open(chosen, "b") as two:
        first, second = one.begin_run(chosen), two.begin_run(chosen)
        assert one.receive(first, [polled(item(1)), now_fetched(exchange(1))]) == 1
        assert two.receive(second, [now_fetched(exchange(1))]) == 0
        assert two.receive(second, [now_fetched(exchange(1, text="other bytes"))]) == 0
        assert two.receive(second, [refusal(1, "connection", final=False), polled(item(1))]) == 0
        assert two.memory.waiting(["herald"]) == []
        counts = Counter({(row.stage, row.outcome): row.count for row in two.ledger(second)})
        assert counts["collect", "duplicate"] == 2 and counts["collect", "repeated"] == 1
        one.end_run(first, ok=True)
        two.end_run(second, ok=True)
        assert one.balanced(first) and one.balanced(second)
    assert {path.name for path in (tmp_path / "evidence").glob("*.warc.gz")} == {"babelscope-a-00000001.warc.gz"}
    assert verify(chosen).problems == ()


def test_an_item_that_another_run_settles_is_handed_over(tmp_path: Path) -> None:
    chosen = config(tmp_path)
    with Intake.open(chosen, "a") as one, Intake.open(chosen, "b") as two:
        first, second = one.begin_run(chosen), two.begin_run(chosen)
        one.receive(first, [polled(item(1), item(2))])
        assert two.receive(second, [now_fetched(exchange(1))]) == 1
        one.end_run(first, ok=True)
        assert two.receive(second, [now_fetched(exchange(2))]) == 1
        two.end_run(second, ok=True)
        told = [{(r.outcome, r.count) for r in one.ledger(run) if r.stage == "collect"} for run in (first, second)]
    assert told == [{("found", 2), ("handed", 1), ("waiting", 1)}, {("carried", 2), ("taken", 2)}]
