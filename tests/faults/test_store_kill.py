"""kill -9 in the middle of writing: everything acknowledged is there once, and the next writer goes on."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from babelscope.flow.errors import Unavailable
from babelscope.store.check import examine, verify
from babelscope.store.library import Library
from babelscope.store.reader import Reader
from babelscope.store.rows import IndexQuery
from babelscope.store.vectors import VectorWriter
from store_world import config, exchange, item, made, polled

TESTS = Path(__file__).parent.parent
ROUNDS = 6
CHILD = """
import sys
from pathlib import Path
from store_world import config, exchange, item, made, polled
from babelscope.model import Membership
from babelscope.store.library import Library
chosen = config(Path(sys.argv[1]), segment_mb=1)
number = int(sys.argv[2])
with Library.open(chosen) as library:
    run = library.begin_run(chosen)
    while True:
        batch = range(number, number + 5)
        padding = "x" * 30000
        articles = [exchange(n, text=f"{n} {padding}", coding="plain") for n in batch]
        library.receive(run, [polled(*map(item, batch)), *articles])
        print(*("R%d" % n for n in batch), flush=True)
        raw = library.pending(7)
        library.commit(run, [made(d, n) for n, d in enumerate(raw)], {}, [])
        print(*("K" + d.id for d in raw), flush=True)
        todo = list(library.unlinked("stories"))
        for d in todo:
            library.bands.add(d.id, [(0, d.id.encode())], b"m")
        library.link("stories", "s@1", [Membership(document=d.id, group=d.id) for d in todo])
        print(*("L" + d.id for d in todo), flush=True)
        number += 5
"""


def child(folder: Path, number: int, output: Path) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    with output.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder), str(number)],
            stdout=file,
            env={**os.environ, "PYTHONPATH": path},
        )


def said(output: Path) -> dict[str, set[str]]:
    """What the child acknowledged, by kind; a torn last line counts as not said."""
    whole = output.read_text().rpartition("\n")[0]
    found: dict[str, set[str]] = {"R": set(), "K": set(), "L": set()}
    for word in whole.split():
        found[word[0]].add(word[1:])
    return found


@pytest.mark.slow
def test_kill_9_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    folder, output = tmp_path / "data", tmp_path / "said"
    output.touch()
    chance = random.Random(11)
    for round_ in range(ROUNDS):
        process = child(folder, 1000 * round_, output)
        before, deadline = output.stat().st_size, time.monotonic() + 60
        while output.stat().st_size == before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.4))
        assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        _check_round(folder, output)


def _check_round(folder: Path, output: Path) -> None:
    chosen = config(folder, segment_mb=1)
    with Library.open(chosen) as library:
        acknowledged = said(output)
        run = library.begin_run(chosen)
        while raw := library.pending(50):
            library.commit(run, [made(d, n) for n, d in enumerate(raw)], {}, [])
        library.end_run(run, ok=True)
        assert library.balanced(run)
        unlinked = {d.id for d in library.unlinked("stories")}
        assert not unlinked & acknowledged["L"]
        for id_ in sorted(acknowledged["L"])[-5:]:
            assert library.bands.lookup([(0, id_.encode())]) == {id_: 1}
    report = verify(chosen)
    assert report.problems == ()
    with Reader.open(chosen) as reader:
        found = [row.url.rpartition("/")[2] for row in reader.rows(sorted(_all_ids(reader)))]
        assert len(found) == len(set(found)) == report.checked["documents"]
        assert acknowledged["R"] <= set(found)
        assert acknowledged["K"] <= _all_ids(reader)
        assert all(run.state != "running" and reader.balanced(run.id) for run in reader.runs(100))


def _all_ids(reader: Reader) -> set[str]:
    return {id_ for id_, _ in reader.search(IndexQuery(limit=10_000)).hits}


def test_a_full_disk_stops_the_run_and_keeps_the_evidence_whole(tmp_path: Path) -> None:
    """A limit on file size makes the write fail half-way, as a full disk does."""
    chosen = config(tmp_path / "data")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Library.open(chosen) as library:
        run = library.begin_run(chosen)
        library.receive(run, [exchange(1)])
        noise = random.Random(1).randbytes(400_000).hex()
        warc = next((tmp_path / "data" / "evidence").glob("*.warc.gz"))
        size = warc.stat().st_size
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, before[1]))
            with pytest.raises(Unavailable, match="evidence cannot be written"):
                library.receive(run, [exchange(2), exchange(3, text=noise)])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            signal.signal(signal.SIGXFSZ, ignored)
        assert warc.stat().st_size == size
        assert library.receive(run, [exchange(2), exchange(3, text=noise)]) == 2
        assert len(library.pending(9)) == 3
    with warc.open("rb") as file:
        assert sum(record.rec_type == "response" for record in ArchiveIterator(file)) == 3
    assert verify(chosen).problems == ()


@pytest.mark.slow
def test_a_reader_in_another_process_reads_while_the_writer_writes(tmp_path: Path) -> None:
    folder, output = tmp_path / "data", tmp_path / "said"
    output.touch()
    chosen = config(folder, segment_mb=1)
    with Library.open(chosen) as library:
        run = library.begin_run(chosen)
        library.receive(run, [polled(item(1)), exchange(1)])
        library.commit(run, [made(d) for d in library.pending(1)], {}, [])
        library.end_run(run, ok=True)
    process = child(folder, 1000, output)
    try:
        deadline, looks = time.monotonic() + 60, 0
        with Reader.open(chosen) as reader:
            while looks < 40 and len(said(output)["K"]) < 60 and time.monotonic() < deadline:
                looks += 1
                acknowledged = said(output)["K"]
                found = _all_ids(reader)
                assert acknowledged <= found
                for id_ in sorted(acknowledged)[-3:]:
                    document = reader.document(id_)
                    assert document is not None and document.layers["language"].code == "pt"
                    assert reader.nearest(document.layers["embedding"].vector, 1)
                    capture = reader.capture(document.capture)
                    assert capture is not None and reader.original(capture).body.startswith(b"<html>")
                reader.counts(), reader.sources(), reader.groups("stories"), reader.runs()
                time.sleep(0.05)
            assert said(output)["K"]
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


DIES_AT = """
import importlib, os, sys
from pathlib import Path
from store_world import config, exchange, item, made, polled
from babelscope.store.library import Library
chosen, where, when = config(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
module, _, name = where.rpartition(":")
holder = importlib.import_module(module)
for part in name.split(".")[:-1]:
    holder = getattr(holder, part)
name = name.split(".")[-1]
library = Library.open(chosen)
run = library.begin_run(chosen)
library.receive(run, [polled(*map(item, range(4))), exchange(0), exchange(1)])
library.commit(run, [made(d, n) for n, d in enumerate(library.pending(1))], {}, [])
plain = getattr(holder, name)
def dies(*args, **options):
    if when == "after":
        plain(*args, **options)
    os._exit(9)
setattr(holder, name, dies)
library.receive(run, [exchange(2), exchange(3)])
library.commit(run, [made(d, n) for n, d in enumerate(library.pending(9))], {}, [])
library.reprocess()
"""
POINTS = [
    ("babelscope.store.evidence:EvidenceWriter.append", "after", 2),
    ("babelscope.store.evidence:EvidenceWriter.sync", "after", 2),
    ("babelscope.store.ledger:record", "after", 2),
    ("babelscope.store.commit:write_segment", "before", 4),
    ("babelscope.store.commit:write_segment", "after", 4),
    ("babelscope.store.record:publish", "before", 4),
    ("babelscope.store.commit:add_vectors", "after", 4),
    ("babelscope.store.index:IndexWriter.commit", "after", 4),
    ("babelscope.store.commit:_note_failures", "after", 4),
    ("babelscope.store.vectors:VectorWriter.fold", "before", 4),
    ("babelscope.store.recover:_remove_doomed", "before", 4),
    ("babelscope.store.index:IndexWriter.drop", "after", 4),
]


@pytest.mark.slow
@pytest.mark.parametrize(("where", "when", "captures"), POINTS, ids=[f"{w.split(':')[1]}-{t}" for w, t, _ in POINTS])
def test_dying_at_any_point_is_mended_when_the_store_is_opened(
    tmp_path: Path, where: str, when: str, captures: int
) -> None:
    folder = tmp_path / "data"
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    command = [sys.executable, "-c", DIES_AT, str(folder), where, when]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, timeout=60).returncode == 9
    chosen = config(folder)
    with Library.open(chosen) as library:
        assert examine(chosen).problems == ()
        run = library.begin_run(chosen)
        assert len(library.memory.waiting(["herald"])) == 4 - captures
        missing = [exchange(n) for n in range(4)]
        library.receive(run, missing)
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(9))], {}, [])
        library.end_run(run, ok=True)
        assert library.balanced(run)
    report = verify(chosen)
    assert report.problems == ()
    assert (report.checked["captures"], report.checked["documents"]) == (4, 4)


NEAR_THEN_DOCUMENT = """
import sys
from pathlib import Path
from store_world import config, vector
from babelscope.store.reader import Reader
with Reader.open(config(Path(sys.argv[1]))) as reader:
    [(id_, _)] = reader.nearest(vector(1), 1)
    assert reader.document(id_).text
"""


def test_a_vector_search_before_the_first_parquet_read_does_not_end_the_process(tmp_path: Path) -> None:
    """usearch loaded before pyarrow did: a segmentation fault, whichever thread read."""
    chosen = config(tmp_path)
    with Library.open(chosen) as library:
        run = library.begin_run(chosen)
        library.receive(run, [exchange(n) for n in range(200)])
        library.commit(run, [made(d, n) for n, d in enumerate(library.pending(200))], {}, [])
        library.end_run(run, ok=True)
    VectorWriter(tmp_path / "vectors").fold("2026-01", at_least=1)
    path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
    command = [sys.executable, "-c", NEAR_THEN_DOCUMENT, str(tmp_path)]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, timeout=60).returncode == 0
