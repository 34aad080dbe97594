"""WACZ, folders, lists of addresses, and whose page an address is."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from babelscope.collect.address import MAX_URL
from babelscope.collect.archives.addresses import read_addresses
from babelscope.collect.archives.attribution import Attribution, source_id
from babelscope.collect.archives.outcomes import Outcome, Skipped
from babelscope.collect.archives.plan import plan, read_target
from babelscope.collect.domains import registrable
from babelscope.flow.errors import ConfigError
from babelscope.flow.shapes import Exchange, Refusal
from babelscope.model import Listen, Source
from warc_records import message, reading, record

READING = reading(1 << 20)
HTML = b"<html><body><p>words</p></body></html>"


def outcomes(path: Path) -> list[Outcome]:
    (target,) = plan([path])
    return list(read_target(target, READING))


def warc(*urls: str) -> bytes:
    return b"".join(gzip.compress(record("response", message(HTML), url, "1.1")) for url in urls)


def wacz(path: Path, members: dict[str, bytes], hashes: dict[str, str] | None = None) -> Path:
    listed = (
        hashes if hashes is not None else {n: f"sha256:{hashlib.sha256(b).hexdigest()}" for n, b in members.items()}
    )
    package = json.dumps({"profile": "data-package", "resources": [{"path": n, "hash": h} for n, h in listed.items()]})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
        archive.writestr("datapackage.json", package)
        stated = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package.encode()).hexdigest()}"}
        archive.writestr("datapackage-digest.json", json.dumps(stated))
    return path


def urls(found: list[Outcome]) -> list[str]:
    return [one.capture.url for one in found if isinstance(one, Exchange)]


def told(found: list[Outcome]) -> list[str]:
    return [one.detail for one in found if isinstance(one, Refusal)]


def test_the_archives_of_a_wacz_are_read_and_nothing_else(tmp_path: Path) -> None:
    members = {
        "archive/../../../etc/a.warc.gz": warc("http://a.example/1"),
        "archive/data.warc.gz": warc("http://a.example/2", "http://a.example/3"),
        "pages/pages.jsonl": b"{}",
        "archive/more.wacz": b"PK",
    }
    found = outcomes(wacz(tmp_path / "x.wacz", members))
    assert urls(found) == ["http://a.example/1", "http://a.example/2", "http://a.example/3"]
    assert found[-1] == Skipped("nested-archive") and not told(found)
    assert [p.name for p in tmp_path.iterdir()] == ["x.wacz"]


def test_a_member_that_does_not_fit_its_hash_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    members = {"archive/a.warc.gz": warc("http://a.example/1"), "archive/b.warc.gz": warc("http://a.example/2")}
    hashes = {"archive/a.warc.gz": "sha256:" + "0" * 64, "archive/gone.warc.gz": "sha256:" + "0" * 64}
    found = outcomes(wacz(tmp_path / "x.wacz", members, hashes))
    assert urls(found) == ["http://a.example/2"]
    assert [detail.split(":")[0] for detail in told(found)] == [
        "its bytes do not have the hash that datapackage.json states", "listed, but not in the archive",
    ]  # fmt: skip


def test_a_description_that_was_changed_makes_the_wacz_unbelievable(tmp_path: Path) -> None:
    path = wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": warc("http://a.example/1")})
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"data-package", b"data-PACKAGE"))
    found = outcomes(path)
    assert not urls(found) and len(told(found)) == 1


def test_a_zip_that_swells_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/bomb.warc", b"\0" * (80 << 20))
        archive.writestr("archive/b.warc.gz", warc("http://a.example/2"))
    found = outcomes(path)
    assert "would become" in told(found)[0] and urls(found) == ["http://a.example/2"]


@pytest.mark.parametrize("spoil", [lambda raw: raw[:200], lambda raw: b"PK\3\4" + b"\0" * 500, lambda raw: raw[:-30]])
def test_a_broken_zip_is_told(tmp_path: Path, spoil: object) -> None:
    path = wacz(tmp_path / "x.wacz", {"archive/a.warc.gz": warc("http://a.example/1")})
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    found = outcomes(path)
    assert found and all(isinstance(one, Refusal) for one in found)


def fill(root: Path) -> None:
    (root / "b" / "deep").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "b" / "Zeitung 1.html").write_bytes(HTML)
    (root / "b" / "deep" / "x.pdf").write_bytes(b"%PDF-1.4")
    (root / "a.txt").write_text("Title\nWords.", encoding="utf-8")
    (root / "crawl.warc.gz").write_bytes(warc("http://a.example/1"))
    (root / "empty.html").write_bytes(b" \n")
    (root / "large.html").write_bytes(b"x" * ((1 << 20) + 1))
    (root / ".hidden.html").write_bytes(HTML)
    (root / ".git" / "x.html").write_bytes(HTML)
    (root / "picture.png").write_bytes(b"\x89PNG")
    (root / "link.html").symlink_to("/etc/passwd")
    (root / "loop").symlink_to(root, target_is_directory=True)


def test_a_folder_is_read_in_order_and_stays_inside(tmp_path: Path) -> None:
    root = tmp_path / "my press"
    fill(root)
    found = outcomes(root)
    assert urls(found) == [
        "file:///my%20press/a.txt", "http://a.example/1",
        "file:///my%20press/b/Zeitung%201.html", "file:///my%20press/b/deep/x.pdf",
    ]  # fmt: skip
    captures = [one.capture for one in found if isinstance(one, Exchange)]
    assert [c.media_type for c in captures] == ["text/plain", "text/html", "text/html", "application/pdf"]
    assert [c.form for c in captures] == ["resource", "http", "resource", "resource"]
    assert [one.reason for one in found if isinstance(one, Refusal)] == ["empty", "too-large"]
    reasons = sorted(one.reason for one in found if isinstance(one, Skipped))
    assert reasons == ["file-type", "hidden", "hidden", "link", "link"]
    assert [str(tmp_path) in url for url in urls(found)] == [False] * 4


def test_a_file_that_cannot_be_read_is_told_and_a_pipe_does_not_hold_up(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(HTML)
    os.mkfifo(tmp_path / "b.html")
    (tmp_path / ("n" * 200 + ".html")).write_bytes(HTML)
    (tmp_path / os.fsdecode(b"\xff\xfe.html")).write_bytes(HTML)
    found = outcomes(tmp_path)
    assert len(urls(found)) == 3 and Skipped("file-type") in found
    assert any(url.endswith("/%FF%FE.html") for url in urls(found))


def test_a_mail_brings_its_attached_pages_and_papers(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Papers"
    message.set_content("See below.")
    message.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="../../x.pdf")
    message.add_attachment(HTML, maintype="text", subtype="html", filename="y.html")
    message.add_attachment(b"x", maintype="image", subtype="png", filename="z.png")
    path = tmp_path / "m.eml"
    path.write_bytes(message.as_bytes())
    found = outcomes(path)
    assert urls(found) == [f"file:///file/m.eml{part}" for part in ("", "#part-1.2", "#part-1.3")]
    assert [one.body for one in found if isinstance(one, Exchange)][1:] == [b"%PDF-1.4 x", HTML]
    assert found[-1] == Skipped("media-type")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.txt", "# my list\nhttp://a.example/1\n\nHTTPS://b.example/2  \nhttp://a.example/1\n"),
        ("list", "\ufeffhttp://a.example/1\r\nHTTPS://b.example/2\r\n"),
        ("list.csv", 'title,URL,x\n"a, b",http://a.example/1,1\n"c\nd",HTTPS://b.example/2,2\nno,ftp://c,3\nshort\n'),
        ("list.tsv", "url\tname\nhttp://a.example/1\tA\nHTTPS://b.example/2\tB\n"),
    ],
)
def test_lists_of_addresses(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")
    (target,) = plan([path])
    assert target.kind == "addresses"
    assert [one for one in read_addresses(path) if one != "ftp://c"] == ["http://a.example/1", "HTTPS://b.example/2"]


def test_a_slip_in_a_list_makes_no_text_of_it_and_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text(f"http://a.example/1\nno address\nhttp://b.example/2\nhttp://{'x' * 20_000}\nhttp://c.example/3\n")
    (target,) = plan([path])
    assert target.kind == "addresses"
    found = read_addresses(path)
    assert found[:3] == ["http://a.example/1", "no address", "http://b.example/2"]
    assert len(found) == 5 and len(found[3]) == MAX_URL + 1


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    with pytest.raises(ConfigError, match="neither a file nor a folder"):
        plan([tmp_path / "pipe.html"])


@pytest.mark.parametrize("name", ["missing.warc.gz", "picture.png", "data.csv", "archive.zip"])
def test_a_path_of_no_known_kind_is_told_before_anything_is_done(tmp_path: Path, name: str) -> None:
    if name == "archive.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("x", "y")
    elif not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"a,b\n1,2\n")
    with pytest.raises(ConfigError, match=name):
        plan([tmp_path / name])


def source(id_: str, home: str, *listens: str) -> Source:
    return Source(id=id_, name=id_, home=home, listens=tuple(Listen(url=url) for url in listens))


KNOWN = (
    source("world", "https://www.world.example/news"),
    source("world-mundo", "https://www.world.example/mundo"),
    source("uk-daily", "https://daily.co.uk", "https://feeds.daily-cdn.com/rss"),
    source("one", "https://one.blogspot.com"),
)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.world.example/mundo/a", "world-mundo"),
        ("http://world.example/news/b", "world"),
        ("http://world.example/sport", "world"),
        ("https://sport.daily.co.uk/x", "uk-daily"),
        ("https://feeds.daily-cdn.com/x", "uk-daily"),
        ("https://two.blogspot.com/x", "two.blogspot.com"),
        ("https://news.other.co.uk/x", "other.co.uk"),
        ("http://10.0.0.1/x", "10.0.0.1"),
        ("http://[2001:db8::1]/x", "2001-db8-1"),
        ("archive:x.warc#12", "import-x"),
        ("file:///x/y", "import-x"),
        ("http://[broken/x", "import-x"),
    ],
)
def test_an_address_belongs_to_the_source_of_its_host_or_domain(url: str, expected: str) -> None:
    attribution = Attribution(KNOWN, unnamed="import-x")
    assert attribution.source_of(url) == expected
    assert (expected in attribution.unknown) == (expected not in {one.id for one in KNOWN})
    assert Attribution(KNOWN, fixed="mine").source_of(url) == "mine"


def test_names_of_new_sources_are_fit_for_ids() -> None:
    assert source_id("Ünï/cödé  x") == "n-c-d-x"
    assert len(source_id("a" * 500)) == 64 and source_id("a" * 500) != source_id("a" * 501)
    assert source_id("///") == "unnamed"
    assert registrable("x.y.gov.uk") == "y.gov.uk"
