"""Importing with the real store: captures, ledger, attribution, doing it again, and being killed in the middle."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from babelscope.app.ahead import Ahead
from babelscope.app.importing import Order, import_paths
from babelscope.flow.config import CollectConfig, Config, RunConfig, StoreConfig
from babelscope.flow.errors import BabelscopeError, ConfigError
from babelscope.flow.events import Event, Imported
from babelscope.model import Source
from babelscope.store.check import verify
from babelscope.store.database import connect
from babelscope.store.reader import Reader
from babelscope.store.tables import captures, items
from babelscope.store.tables import sources as source_rows
from commands import babelscope
from loopback import Serving, answer
from papers import column, paper
from warc_records import message, record

PARAGRAPH = "The harbour council met on Friday to talk about the dredging of the northern basin and its cost. " * 3
PT = Source(id="gazeta", name="Gazeta", home="https://www.gazeta.example", country="PT")


def config(tmp_path: Path, *known: Source, **collect: object) -> Config:
    return Config(
        store=StoreConfig(directory=str(tmp_path / "store")),
        run=RunConfig(stages=("extract", "language", "fingerprint"), linkers=("duplicates",)),
        source=known,
        collect=CollectConfig(**collect),  # type: ignore[arg-type]
    )


def page(number: int, title: str = "Basin") -> bytes:
    article = f"<article><p>{number} {PARAGRAPH}</p></article>"
    return f"<html><head><title>{title} {number}</title></head><body>{article}</body></html>".encode()


def warc(path: Path, numbers: range, host: str = "www.gazeta.example", broken: int = 0) -> Path:
    made = bytearray()
    for number in numbers:
        packed = gzip.compress(record("response", message(page(number)), f"https://{host}/{number}"))
        made += packed[: len(packed) // 2] if number < broken else packed
        made += gzip.compress(record("metadata", b""))
    path.write_bytes(made)
    return path


def ledger(chosen: Config, run: str) -> dict[tuple[str, str, str], int]:
    with Reader.open(chosen) as reader:
        assert reader.balanced(run)
        return {(row.stage, row.outcome, row.reason): row.count for row in reader.ledger(run)}


def rows(chosen: Config) -> list[dict[str, object]]:
    engine = connect(chosen, read_only=True)
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(select(captures).order_by(captures.c.seq)).mappings()]
    engine.dispose()
    return found


def test_an_archive_becomes_captures_and_documents_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    chosen = config(tmp_path, PT)
    heard: list[Event] = []
    path = warc(tmp_path / "a.warc.gz", range(30), broken=2)
    done = import_paths(chosen, Order(paths=(path,)), listener=heard.append)
    first = ledger(chosen, done.runs[0])
    assert first["collect", "taken", ""] == 28
    assert first["import", "skipped", "record-type"] == 30
    assert first["import", "record", ""] == first["import", "handed", ""] + 30
    assert first["collect", "refused", "damaged"] == first["import", "handed", ""] - 28 >= 2
    assert ledger(chosen, done.runs[1])["process", "kept", ""] == 28
    assert not done.named
    assert max(e.taken for e in heard if isinstance(e, Imported)) == 28
    before = rows(chosen)
    assert {row["source"] for row in before} == {"gazeta"}
    assert {row["request_offset"] for row in before} == {-1}
    again = import_paths(chosen, Order(paths=(path,)))
    assert ledger(chosen, again.runs[0])["collect", "duplicate", ""] == 28
    assert rows(chosen) == before
    assert not verify(chosen).problems


def test_our_own_segments_can_be_imported_and_other_tools_read_them(tmp_path: Path) -> None:
    """What is written is a whole WARC again: warcio's check passes, another reader sees the same, and so do we."""
    fastwarc = pytest.importorskip("fastwarc.warc", reason="fastwarc is a tool of the tests: make test installs it")
    folder = tmp_path / "in"
    folder.mkdir()
    warc(folder / "a.warc.gz", range(12))
    (folder / "b.pdf").write_bytes(paper([column(PARAGRAPH, 50, 700, 400)]))
    chosen = config(tmp_path)
    import_paths(chosen, Order(paths=(folder,), process=False))
    (segment,) = (tmp_path / "store" / "evidence").glob("*.warc.gz")
    warcio = shutil.which("warcio") or Path(sys.executable).with_name("warcio")
    checked = subprocess.run([warcio, "check", "-v", segment], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with segment.open("rb") as file:
        seen = Counter(record.rec_type for record in ArchiveIterator(file))
    records = list(fastwarc.ArchiveIterator(segment.open("rb"), verify_digests=True))
    assert Counter(record.headers["WARC-Type"] for record in records) == seen
    assert seen["response"] == 12 and seen["resource"] == 1
    other = config(tmp_path / "other")
    import_paths(other, Order(paths=(segment,), process=False))
    keys = ("source", "url", "body_hash", "media_type", "fetched_at", "form")
    assert [[r[k] for k in keys] for r in rows(other)] == [
        [r[k] for k in keys] for r in rows(chosen) if r["form"] == "http"
    ]


def test_a_folder_of_files_is_read_and_shown_as_what_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "a.html").write_bytes(
        page(1).replace(b"<head>", b'<head><link rel=canonical href="https://www.gazeta.example/1">')
    )
    (folder / "b.pdf").write_bytes(paper([column(PARAGRAPH, 50, 700, 400), column(PARAGRAPH[:90], 50, 700, 400)]))
    (folder / "c.pdf").write_bytes(paper([[]]))
    (folder / "d.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "e.txt").write_text(f"Minutes\n{PARAGRAPH}", encoding="utf-8")
    message = EmailMessage()
    message["Subject"] = "A letter about the basin"
    message.set_content(PARAGRAPH)
    message.add_attachment(
        paper([column(PARAGRAPH, 50, 700, 400)]), maintype="application", subtype="pdf", filename="x.pdf"
    )
    (folder / "f.eml").write_bytes(message.as_bytes())
    chosen = config(tmp_path, PT)
    done = import_paths(chosen, Order(paths=(folder,)))
    assert done.named == ("import-dossier",)
    assert ledger(chosen, done.runs[0])["import", "named", "import-dossier"] == 7
    second = ledger(chosen, done.runs[1])
    assert second["process", "kept", ""] == 5
    assert second["process", "dropped", "extract: no-text"] == 1
    assert second["process", "quarantined", "extract@" + _extract_version()] == 1
    found = rows(chosen)
    assert {row["form"] for row in found} == {"resource"} and {row["source"] for row in found} == {"import-dossier"}
    assert [str(row["url"]).removeprefix("file:///dossier/") for row in found] == [
        "a.html", "b.pdf", "c.pdf", "d.pdf", "e.txt", "f.eml", "f.eml#part-1.2",
    ]  # fmt: skip
    with Reader.open(chosen) as reader:
        documents = {d.url.rpartition("/")[2]: d for d in reader.documents([str(r["document"]) for r in found])}
    assert documents["f.eml"].title == "A letter about the basin"
    starts = documents["b.pdf"].layers["sheets"].starts
    assert documents["b.pdf"].text[starts[1] :].startswith("The harbour council")
    assert not verify(chosen).problems


def _extract_version() -> str:
    from babelscope.extract.stage import ExtractStage

    return ExtractStage.version


def test_sources_that_nobody_configured_are_named_after_their_domains(tmp_path: Path) -> None:
    chosen = config(tmp_path)
    first = warc(tmp_path / "a.warc.gz", range(3), host="news.other.co.uk")
    done = import_paths(
        chosen, Order(paths=(first, warc(tmp_path / "b.warc.gz", range(2), host="x.example")), process=False)
    )
    assert done.named == ("other.co.uk", "x.example")
    engine = connect(chosen, read_only=True)
    with engine.connect() as connection:
        found = connection.execute(select(source_rows.c.id, source_rows.c.home))
        known = {row.id: row.home for row in found}
    engine.dispose()
    assert known == {"other.co.uk": "https://other.co.uk", "x.example": "https://x.example"}
    mine = import_paths(config(tmp_path / "2"), Order(paths=(first,), source="my-crawl", process=False))
    assert {row["source"] for row in rows(config(tmp_path / "2"))} == {"my-crawl"} and mine.named == ("my-crawl",)


@pytest.mark.responsible("C1")
def test_addresses_of_a_list_go_to_the_collector_which_asks_first(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("http://a.test/1\nhttp://a.test/closed\nhttp://b.test/2\n", encoding="utf-8")
    site = {
        "a.test/robots.txt": answer(b"User-agent: *\nDisallow: /closed", content_type="text/plain"),
        "b.test/robots.txt": answer(status=404),
        "a.test/1": answer(page(1)),
        "b.test/2": answer(page(2)),
    }
    chosen = config(tmp_path, delay=0.0)
    with Serving(site) as served:
        order = Order(paths=(path,), process=False, hosts=served.hosts("a.test", "b.test"))
        done = import_paths(chosen, order)
        counts = ledger(chosen, done.runs[0])
        assert counts["collect", "taken", ""] == 2 and counts["collect", "refused", "robots"] == 1
        assert not served.asked("/closed")
        again = import_paths(chosen, order)
        assert ledger(chosen, again.runs[0])["collect", "refused", "already-seen"] == 3
        assert len([place for place in served.asked() if place == "a.test/1"]) == 1
    assert sorted(str(row["source"]) for row in rows(chosen)) == ["a.test", "b.test"]


@pytest.mark.parametrize("path", ["missing.warc", "picture.png"])
def test_a_wrong_path_is_told_before_a_store_is_made(tmp_path: Path, path: str) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(ConfigError, match=path):
        import_paths(config(tmp_path), Order(paths=(tmp_path / path,)))
    with pytest.raises(ConfigError, match="64 at most"):
        import_paths(config(tmp_path), Order(paths=(warc(tmp_path / "a.warc.gz", range(1)),), source="a b"))
    assert not (tmp_path / "store").exists()


def test_an_import_that_is_stopped_keeps_what_is_in_hand_and_is_finished_by_doing_it_again(tmp_path: Path) -> None:
    chosen = config(tmp_path, PT)
    path = warc(tmp_path / "a.warc.gz", range(600))
    stop = threading.Event()
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        stop.set()

    done = import_paths(chosen, Order(paths=(path,)), listener=listen, stop=stop)
    taken = ledger(chosen, done.runs[0])["collect", "taken", ""]
    assert 0 < taken < 600 and len(done.runs) == 1
    again = import_paths(chosen, Order(paths=(path,), process=False))
    assert ledger(chosen, again.runs[0])["collect", "duplicate", ""] == taken
    assert len({row["id"] for row in rows(chosen)}) == len(rows(chosen)) == 600


def kept(store: Path) -> int:
    """How many captures the database vouches for; 0 while there is none."""
    try:
        state = sqlite3.connect(f"file:{next(store.glob('state.sqlite'))}?mode=ro", uri=True)
        return int(state.execute("select count(*) from captures").fetchone()[0])
    except (sqlite3.Error, StopIteration):
        return 0


def test_an_import_that_is_killed_is_finished_by_doing_it_again(tmp_path: Path) -> None:
    path = warc(tmp_path / "a.warc.gz", range(3000))
    (tmp_path / "babelscope.toml").write_text('[store]\ndirectory = "store"\n', encoding="utf-8")
    child = subprocess.Popen(
        [sys.executable, "-c", "from babelscope.cli import main; main()", "import", str(path), "--no-process"],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    chosen = config(tmp_path)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None and not kept(tmp_path / "store"):
        time.sleep(0.02)
    child.kill()
    child.wait()
    done = import_paths(chosen, Order(paths=(path,), process=False))
    counts = ledger(chosen, done.runs[0])
    assert counts["collect", "duplicate", ""] > 0, "it was killed before anything was kept"
    assert counts["collect", "duplicate", ""] + counts["collect", "taken", ""] == 3000
    assert len({row["id"] for row in rows(chosen)}) == len(rows(chosen)) == 3000
    assert not verify(chosen).problems


def test_the_verb_tells_what_came_and_what_is_wrong(tmp_path: Path) -> None:
    warc(tmp_path / "a.warc.gz", range(3))
    good = babelscope("import", "a.warc.gz", "--no-process", cwd=tmp_path)
    assert good.returncode == 0, good.stderr
    assert b"balanced" in good.stdout and b"gazeta.example" in good.stdout
    (tmp_path / "noise.warc").write_bytes(b"\x00\x01 no archive at all" * 40)
    torn = babelscope("import", "noise.warc", "--no-process", cwd=tmp_path)
    assert torn.returncode == 0
    assert b"damaged, left out:" in torn.stdout and b"noise.warc" in torn.stdout
    listed = babelscope("runs", cwd=tmp_path)
    assert listed.stdout.count(b"  ok  by main") == 2
    bad = babelscope("import", "nothing.warc", cwd=tmp_path)
    assert bad.returncode == 1 and bad.stderr.startswith(b"babelscope: nothing.warc: cannot be read")
    assert b"Traceback" not in bad.stderr


def test_what_goes_wrong_ahead_is_raised_where_it_is_taken() -> None:
    def numbers() -> object:
        yield 1
        raise BabelscopeError("told")

    with Ahead(numbers()) as taken, pytest.raises(BabelscopeError, match="told"):  # type: ignore[arg-type,var-annotated]
        list(taken)
    with Ahead(iter(range(10**9))) as many:
        assert next(many) == 0


def test_items_of_an_archive_say_what_became_of_each_address(tmp_path: Path) -> None:
    chosen = config(tmp_path, PT)
    import_paths(chosen, Order(paths=(warc(tmp_path / "a.warc.gz", range(4), broken=1),), process=False))
    engine = connect(chosen, read_only=True)
    with engine.connect() as connection:
        states = Counter(connection.execute(select(items.c.state)).scalars())
        damaged = connection.execute(select(items.c.url, items.c.detail).where(items.c.reason == "damaged")).all()
    engine.dispose()
    assert states["taken"] == 3 and states["refused"] >= 1
    assert damaged and all("a.warc.gz" in row.url and row.detail for row in damaged)
