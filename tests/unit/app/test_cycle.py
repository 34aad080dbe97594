"""The main job over the demo press: a second run, reading again, rebuilding and retrying change nothing that stands."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from babelscope.app import gathering
from babelscope.app.cycle import process_pending, run_for_ever, run_once
from babelscope.app.feeder import CollectEvent
from babelscope.collect.feeds import FeedCollector
from babelscope.demo.runner import DemoResult, demo_config, run_demo
from babelscope.flow.config import CollectConfig, Config, RunConfig, StoreConfig
from babelscope.flow.errors import BabelscopeError, ConfigError, TooManyFailures, Unavailable
from babelscope.flow.events import Committed, Event, Linked, Processed, Received, Waiting
from babelscope.flow.shapes import CollectMemory, Exchange
from babelscope.model import Listen, Source, encode_document
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery
from babelscope.store.tables import captures, documents
from commands import babelscope
from loopback import Answer, Serving, answer, rss

BROKEN = b"<html><body><p " + b" ".join(b"a%d=1" % n for n in range(3_000)) + b">x"
ODD = Source(id="odd", name="Odd", home="http://odd.test/", listens=(Listen(url="http://odd.test/feed.xml", every=0),))
QUERIES = ["flood", "Hochwasser", "大雨", "election", "president", "الحكومة", "ministry -court"]
PARAGRAPH = "The harbour council met on Friday to talk about the dredging of the northern basin and its cost. " * 3


class Kept(msgspec.Struct):
    """All that a store says of its documents."""

    documents: dict[str, bytes]
    groups: dict[str, dict[str, str]]
    captures: dict[str, tuple[str, str, str]]
    quarantine: dict[str, tuple[str, str]]

    def regrouped(self) -> Kept:
        """With each group named by its least document: one that was linked in two goes may bear another name."""
        named: dict[str, dict[str, str]] = {}
        for linker, groups in self.groups.items():
            least: dict[str, str] = {}
            for document, group in sorted(groups.items()):
                least.setdefault(group, document)
            named[linker] = {document: least[group] for document, group in groups.items()}
        return msgspec.structs.replace(self, groups=named)


def kept(config: Config) -> Kept:
    engine = connect(config, read_only=True)
    with engine.connect() as connection:
        ids = connection.execute(select(documents.c.id)).scalars().all()
        rows = connection.execute(select(captures)).mappings().all()
    engine.dispose()
    with Reader.open(config) as reader:
        held = {document.id: encode_document(document) for document in reader.documents(ids)}
        groups = {name: {i: m.group for i, m in reader.memberships(name, ids).items()} for name in config.run.linkers}
        failures = {f.document: (f.stage, f.error) for f in reader.failures()}
    assert len(held) == len(ids)
    return Kept(held, groups, {row["id"]: (row["url"], row["state"], row["reason"]) for row in rows}, failures)


def answers_of(config: Config) -> dict[str, list[str]]:
    with Reader.open(config) as reader:
        found = {text: reader.search(IndexQuery(text=text, limit=50)) for text in QUERIES}
    return {text: [id_ for id_, _ in result.hits] for text, result in found.items()}


def odd_site(pages: dict[str, bytes]) -> dict[str, Answer]:
    answers: dict[str, Answer] = {f"odd.test{path}": answer(body) for path, body in pages.items()}
    return answers | {"odd.test/feed.xml": answer(rss(*pages), content_type="application/rss+xml")}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, DemoResult]:
    """The demo, run once, and one page in the quarantine."""
    config = demo_config(tmp_path_factory.mktemp("first") / "store")
    result = run_demo(config)
    with Serving(odd_site({"/broken": BROKEN})) as site:
        run_once(msgspec.structs.replace(config, source=(ODD,)), hosts=site.hosts("odd.test"))
    return config, result


@pytest.fixture
def config(first: tuple[Config, DemoResult], tmp_path: Path) -> Config:
    """A copy of the first store, to be changed at will; its folder has a babelscope.toml."""
    shutil.copytree(first[0].store.directory, tmp_path / "store")
    (tmp_path / "babelscope.toml").write_text('[store]\ndirectory = "store"\n')
    return msgspec.structs.replace(first[0], store=StoreConfig(directory=str(tmp_path / "store")))


# ------------------------------------------------------------ nothing changes ----


def test_the_demo_keeps_its_press(first: tuple[Config, DemoResult]) -> None:
    config, result = first
    found = kept(config)
    assert len(found.documents) >= 80 and len(result.runs) == 2 and result.forbidden_fetched == 0
    assert set(found.quarantine.values()) == {("extract@2", "BadInput")} and len(found.quarantine) == 1
    assert all(groups.keys() == found.documents.keys() for groups in found.groups.values())
    assert verify(config).problems == ()


def test_a_second_run_changes_nothing(config: Config) -> None:
    before, events = kept(config), []
    result = run_demo(config, listener=events.append)
    assert kept(config) == before
    assert not any(isinstance(event, Processed | Committed) for event in events)
    with Reader.open(config) as reader:
        assert all(reader.balanced(run) for run in result.runs)
        assert all(row.count == 0 or row.outcome != "taken" for run in result.runs for row in reader.ledger(run))


def test_reading_again_from_the_evidence_makes_the_same(config: Config) -> None:
    before, searched = kept(config), answers_of(config)
    run = process_pending(config, again=True)
    assert kept(config).regrouped() == before.regrouped()
    assert {text: sorted(ids) for text, ids in answers_of(config).items()} == {
        text: sorted(ids) for text, ids in searched.items()
    }
    with Reader.open(config) as reader:
        assert reader.balanced(run)
        counts = Counter({(row.stage, row.outcome): row.count for row in reader.ledger(run)})
    assert counts["process", "kept"] == len(before.documents) and counts["process", "quarantined"] == 1
    assert verify(config).problems == ()


def test_rebuilding_gives_the_same_answers_and_groups(config: Config) -> None:
    before, searched = kept(config), answers_of(config)
    assert sum(map(len, searched.values())) > 10 and searched["大雨"]
    done = babelscope("rebuild", cwd=Path(config.store.directory).parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().split()[0] == str(len(before.documents))
    assert kept(config).regrouped() == before.regrouped() and answers_of(config) == searched
    assert verify(config).problems == ()


# ------------------------------------------------------------ the quarantine ----


def test_the_quarantine_is_listed_shown_and_tried_again(config: Config) -> None:
    folder = Path(config.store.directory).parent
    (document,) = kept(config).quarantine
    listed = babelscope("quarantine", "list", cwd=folder)
    assert listed.returncode == 0 and b"BadInput" in listed.stdout
    shown = babelscope("quarantine", "show", document[:8], cwd=folder).stdout.decode()
    assert "http://odd.test/broken" in shown and "attempt   1" in shown and ".warc.gz at" in shown
    retried = babelscope("quarantine", "retry", cwd=folder)
    assert retried.returncode == 0 and b"1 tried again; 1 in the quarantine" in retried.stdout
    assert b"attempt   2" in babelscope("quarantine", "show", document, cwd=folder).stdout
    missing = babelscope("quarantine", "show", "zzz", cwd=folder)
    assert missing.returncode == 1 and b"no document in the quarantine" in missing.stderr
    assert verify(config).problems == ()


def test_a_page_that_can_be_read_after_all_leaves_the_quarantine(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a new version of a stage: the document is read, kept, grouped, and its failure is gone."""
    from babelscope.extract import judge, page
    from babelscope.flow import markup

    monkeypatch.setattr(markup, "MAX_ATTRIBUTES", 10_000)
    monkeypatch.setattr(page, "is_article", lambda *_, **__: True)
    assert judge.is_article("", "", declared=False, announced="") is False
    before = kept(config)
    (document,) = before.quarantine
    with Library.open(config) as library:
        assert library.retry([document]) == 1
    process_pending(config)
    after = kept(config)
    assert after.quarantine == {} and after.documents.keys() - before.documents.keys() == {document}
    assert all(groups[document] == document for groups in after.groups.values())
    assert verify(config).problems == ()


# ------------------------------------------------------------ verify ----


def test_verify_is_clean_and_sees_one_changed_byte(config: Config) -> None:
    folder = Path(config.store.directory).parent
    clean = babelscope("verify", cwd=folder)
    assert clean.returncode == 0 and clean.stdout.decode().splitlines()[-1] == "clean"
    segment = next(Path(config.store.directory).rglob("*.warc.gz"))
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 2] ^= 1
    segment.write_bytes(raw)
    dirty = babelscope("verify", cwd=folder)
    assert dirty.returncode == 1 and b"PROBLEM capture" in dirty.stderr and b"Traceback" not in dirty.stderr


# ------------------------------------------------------------ runs that end early ----


def small(folder: Path, *stages: str, **run: object) -> Config:
    return Config(
        store=StoreConfig(directory=str(folder)),
        run=RunConfig(stages=stages or ("extract", "language", "fingerprint"), linkers=("duplicates",), **run),  # type: ignore[arg-type]
        collect=CollectConfig(delay=0.0, max_items=500),
        source=(ODD,),
    )


def story(number: int) -> bytes:
    return f"<html><head><title>Report {number}</title></head><body><article><p>{number}: {PARAGRAPH}</p>".encode()


@pytest.fixture
def pages() -> Iterator[dict[str, bytes]]:
    yield {f"/{n}": story(n) for n in range(150)}


def test_too_many_failures_stop_the_run_and_lose_nothing(tmp_path: Path, pages: dict[str, bytes]) -> None:
    pages.update({f"/{n}": BROKEN for n in range(0, 150, 10)})
    config = small(tmp_path)
    with Serving(odd_site(pages)) as site:
        with pytest.raises(TooManyFailures, match="quarantined, more than"):
            run_once(config, hosts=site.hosts("odd.test"))
        with Reader.open(config) as reader:
            (run,) = reader.runs()
            assert run.state == "failed" and reader.balanced(run.id)
            assert len(reader.failures()) >= 10
        tolerant = msgspec.structs.replace(config, run=msgspec.structs.replace(config.run, max_failure_share=0.2))
        run_once(tolerant, hosts=site.hosts("odd.test"))
    found = kept(config)
    assert len(found.documents) == 135 and len(found.quarantine) == 15
    assert verify(config).problems == ()


def test_a_missing_model_blames_no_document(tmp_path: Path, pages: dict[str, bytes]) -> None:
    config = small(tmp_path, "extract", "language", "fingerprint", "fakes:Weightless")
    with Serving(odd_site(pages)) as site:
        with pytest.raises(Unavailable, match="bring them"):
            run_once(config, hosts=site.hosts("odd.test"))
        with Reader.open(config) as reader:
            (run,) = reader.runs()
            assert run.state == "failed" and reader.balanced(run.id) and reader.failures() == []
        run_once(small(tmp_path), hosts=site.hosts("odd.test"))
    assert len(kept(config).documents) == 150 and verify(config).problems == ()


@pytest.mark.parametrize(
    ("engine", "moment", "batch"), [("embedded", Processed, 8), ("pool", Processed, 8), ("embedded", Received, 500)]
)
def test_a_run_that_is_told_to_stop_ends_in_order(
    tmp_path: Path, pages: dict[str, bytes], engine: str, moment: type[Event], batch: int
) -> None:
    """What is in hand is kept, the ledger balances, and the next run does the rest; also while a batch is filling."""
    config = small(tmp_path, engine=engine, batch=batch, commit_every=16)
    stop = threading.Event()
    seen: list[Event] = []

    def listener(event: Event) -> None:
        seen.append(event)
        if isinstance(event, moment) and (not isinstance(event, Received) or event.taken):
            stop.set()

    with Serving(odd_site(pages)) as site:
        run_once(config, hosts=site.hosts("odd.test"), listener=listener, stop=stop)
        with Reader.open(config) as reader:
            (run,) = reader.runs()
            assert reader.balanced(run.id) and run.state == "interrupted"
            assert reader.counts()["documents"] < 150 and reader.counts()["captures"] > 0
            assert (reader.counts()["documents"] > 0) is (moment is Processed)
        assert not any(isinstance(event, Linked) for event in seen)
        assert verify(config).problems == ()
        run_once(config, hosts=site.hosts("odd.test"))
    assert len(kept(config).documents) == 150 and verify(config).problems == ()


def test_a_collector_that_breaks_ends_the_run(tmp_path: Path, pages: dict[str, bytes]) -> None:
    """Its error is told, not swallowed, and what had come is kept."""

    class Breaking(FeedCollector):
        async def collect(self, sources: Sequence[Source], memory: CollectMemory) -> AsyncIterator[CollectEvent]:
            async for event in super().collect(sources, memory):
                yield event
                if isinstance(event, Exchange):
                    raise Unavailable("the network cable is out")

    config = small(tmp_path)
    with pytest.MonkeyPatch.context() as patch, Serving(odd_site(pages)) as site:
        patch.setattr(gathering, "factory", lambda group, name: Breaking)
        with pytest.raises(Unavailable, match="cable"):
            run_once(config, hosts=site.hosts("odd.test"))
    with Reader.open(config) as reader:
        (run,) = reader.runs()
        assert run.state == "failed" and reader.balanced(run.id) and reader.counts()["captures"] == 1
    assert verify(config).problems == ()


def test_a_linker_without_its_layers_is_refused_before_anything_is_asked(
    tmp_path: Path, pages: dict[str, bytes]
) -> None:
    config = small(tmp_path)
    config = msgspec.structs.replace(config, run=msgspec.structs.replace(config.run, linkers=("duplicates", "stories")))
    with Serving(odd_site(pages)) as site:
        with pytest.raises(ConfigError, match="'stories' needs embedding"):
            run_once(config, hosts=site.hosts("odd.test"))
        assert site.asked() == []


def test_run_for_ever_waits_until_the_next_address_is_due(tmp_path: Path, pages: dict[str, bytes]) -> None:
    config = msgspec.structs.replace(small(tmp_path), collect=CollectConfig(delay=0.0, allow_private=("127.0.0.1",)))
    stop, waits = threading.Event(), []

    def listener(event: Event) -> None:
        if isinstance(event, Waiting):
            waits.append(event.seconds)
            if len(waits) == 2:
                stop.set()

    with Serving({f"127.0.0.1{k.removeprefix('odd.test')}": v for k, v in odd_site({"/1": story(1)}).items()}) as site:
        home = f"http://127.0.0.1:{site.port}"
        source = Source(id="odd", name="Odd", home=home, listens=(Listen(url=f"{home}/feed.xml", every=0),))
        run_for_ever(msgspec.structs.replace(config, source=(source,)), listener, stop)
        polls = site.asked("feed.xml")
    assert len(polls) == 2 and all(0 <= seconds <= 60 for seconds in waits)
    assert len(kept(config).documents) == 1


def test_two_writers_are_refused_in_words(tmp_path: Path) -> None:
    config = small(tmp_path)
    with Library.open(config), pytest.raises(BabelscopeError, match="being written by process"):
        process_pending(config)
