"""WARC writing and reading, decoding within bounds, the CDXJ index."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from pathlib import Path
from types import SimpleNamespace

import brotli
import msgspec
import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange
from babelscope.model import body_hash, capture_id
from babelscope.store.cdxj import index_path, read_index, surt
from babelscope.store.decode import content_decoded, response_body, split_message
from babelscope.store.evidence import (
    EvidenceWriter,
    Location,
    cut,
    read_block,
    read_exchange,
    read_members,
    scan,
    writer_of,
)
from store_world import exchange


def written(folder: Path, count: int = 4, limit: int = 1 << 20) -> list[Location]:
    writer = EvidenceWriter(folder, limit)
    known: dict[str, int] = {}
    places = []
    for number in range(count):
        segment = writer.current(known)
        known.setdefault(segment, 0)
        writer.start(segment)
        places.append(writer.append(exchange(number, coding=("chunked", "gzip", "plain")[number % 3])))
        writer.sync()
        known[segment] = places[-1].end
    writer.close()
    return places


def test_bytes_are_exactly_those_sent_and_received(tmp_path: Path) -> None:
    for number, place in enumerate(written(tmp_path)):
        sent = exchange(number, coding=("chunked", "gzip", "plain")[number % 3])
        stored = read_exchange(tmp_path, place.segment, place.request, place.offset)
        assert stored.request == sent.request
        assert stored.body == sent.body
        assert read_block(tmp_path / place.segment, place.offset).block == sent.response
        assert stored.response_head == sent.response[: len(stored.response_head)]
        assert stored.record_id.startswith("<urn:uuid:")


def bare(number: int) -> Exchange:
    """Bytes that came without a message, as a folder or an archive holds them."""
    body = b"%PDF-1.7 " + b"x" * number
    url = f"file:///dossier/{number}.pdf"
    form = {"id": capture_id("files", url, body), "source": "files", "url": url, "final_url": url, "form": "resource"}
    told = {
        "media_type": "application/pdf",
        "charset": "",
        "body_hash": body_hash(body),
        "size": len(body),
        "status": 200,
    }
    capture = msgspec.structs.replace(exchange(number).capture, **form, **told)
    return Exchange(capture=capture, request=b"", response=body, body=body)


def without_request(number: int) -> Exchange:
    return msgspec.structs.replace(exchange(number), request=b"")


def test_bytes_without_a_message_are_a_resource_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    writer = EvidenceWriter(tmp_path, 1 << 20, "north")
    segment = writer.current({"babelscope-00000007.warc.gz": 1})
    assert segment == "babelscope-north-00000001.warc.gz" and writer_of(segment) == "north"
    assert writer_of("babelscope-00000007.warc.gz") == "" == writer_of("other.gz")
    writer.start(segment)
    odd = msgspec.structs.replace(bare(3), capture=msgspec.structs.replace(bare(3).capture, media_type="a/b\r\nX: y"))
    sent = [bare(1), without_request(2), exchange(4), odd]
    places = [writer.append(one) for one in sent]
    writer.close()
    assert [place.request < 0 for place in places] == [True, True, False, True]
    for one, place in zip(sent, places, strict=True):
        stored = read_exchange(tmp_path, segment, place.request, place.offset)
        assert (stored.request, stored.body) == (one.request, one.body)
        assert (stored.response_head == b"") == (one.capture.form == "resource")
    with pytest.raises(BadInput, match="larger than"):
        read_exchange(tmp_path, segment, -1, places[0].offset, limit=5)
    with (tmp_path / segment).open("rb") as file:
        kinds = [(r.rec_type, r.rec_headers.get_header("Content-Type")) for r in ArchiveIterator(file)]
    assert [kind for kind, _ in kinds] == ["warcinfo", "resource", "response", "request", "response", "resource"]
    assert kinds[1][1] == "application/pdf" and kinds[-1][1] == "a/b%0D%0AX:%20y"
    assert Checker(SimpleNamespace(inputs=[str(tmp_path / segment)], verbose=True)).process_all() == 0
    assert capsys.readouterr().out.count("digest pass") == 6
    written_lines = index_path(tmp_path / segment).read_text()
    index_path(tmp_path / segment).unlink()
    read_again = sorted(read_index(tmp_path / segment, scan), key=lambda line: int(line.offset))
    assert [(line.status, line.mime) for line in read_again][:2] == [("200", "application/pdf"), ("200", "text/html")]
    for line in read_again:
        assert f'"digest":"{line.digest}"' in written_lines and f'"offset":"{line.offset}"' in written_lines


def test_fastwarc_reads_what_we_write(tmp_path: Path) -> None:
    fastwarc = pytest.importorskip("fastwarc", reason="fastwarc is not installed")
    places = written(tmp_path, 3)
    with (tmp_path / places[0].segment).open("rb") as file:
        found = [record.headers["WARC-Type"] for record in fastwarc.ArchiveIterator(file, parse_http=False)]
    assert found == ["warcinfo"] + ["request", "response"] * 3


def test_warcio_check_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, 6, limit=1500)
    files = [str(path) for path in sorted(tmp_path.glob("*.warc.gz"))]
    assert len(files) > 1
    assert Checker(SimpleNamespace(inputs=files, verbose=True)).process_all() == 0
    said = capsys.readouterr().out
    assert said.count("digest pass") == 12 + len(files)


def test_records_follow_the_standard(tmp_path: Path) -> None:
    written(tmp_path, 1)
    with (tmp_path / "babelscope-00000001.warc.gz").open("rb") as file:
        records = [(r.rec_type, dict(r.rec_headers.headers), r.rec_headers.protocol) for r in ArchiveIterator(file)]
    assert [kind for kind, _, _ in records] == ["warcinfo", "request", "response"]
    assert {protocol for _, _, protocol in records} == {"WARC/1.1"}
    request, response = records[1][1], records[2][1]
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert response["WARC-Target-URI"] == "http://herald.example/0"
    assert response["WARC-Date"] == "2026-01-30T08:00:00.000000Z"
    assert response["WARC-Payload-Digest"].startswith("sha256:")
    assert not any("IP" in name for _, headers, _ in records for name in headers)


def test_segments_rotate_and_sort(tmp_path: Path) -> None:
    places = written(tmp_path, 6, limit=1500)
    names = [place.segment for place in places]
    assert names == sorted(names)
    assert len(set(names)) > 1
    assert all(index_path(tmp_path / name).is_file() for name in names)


def test_a_segment_is_continued_with_its_index(tmp_path: Path) -> None:
    first = written(tmp_path, 2)
    writer = EvidenceWriter(tmp_path, 1 << 20)
    segment = writer.current({first[0].segment: first[-1].end})
    assert segment == first[0].segment
    writer.start(segment)
    writer.append(exchange(9))
    writer.close()
    rows = [row.split(" ", 2) for row in index_path(tmp_path / segment).read_text().splitlines()]
    assert [json.loads(fields)["url"] for _, _, fields in rows] == [f"http://herald.example/{n}" for n in (0, 1, 9)]
    assert rows == sorted(rows)
    assert all(len(stamp) == 14 for _, stamp, _ in rows)


def test_a_lost_index_is_made_anew_from_the_records(tmp_path: Path) -> None:
    places = written(tmp_path, 3)
    segment = tmp_path / places[0].segment
    before = read_index(segment, scan)
    index_path(segment).unlink()
    again = read_index(segment, scan)
    assert {(line.url, line.offset, line.length, line.digest, line.mime) for line in again} == {
        (line.url, line.offset, line.length, line.digest, line.mime) for line in before
    }


def test_members_are_a_warc_by_themselves(tmp_path: Path) -> None:
    place = written(tmp_path, 2)[1]
    raw = read_members(tmp_path, place.segment, place.request, place.end)
    assert [record.rec_type for record in ArchiveIterator(io.BytesIO(raw))] == ["request", "response"]


def test_one_flipped_byte_is_noticed(tmp_path: Path) -> None:
    place = written(tmp_path, 1)[0]
    path = tmp_path / place.segment
    raw = bytearray(path.read_bytes())
    raw[(place.offset + place.end) // 2] ^= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(BadInput):
        read_exchange(tmp_path, place.segment, place.request, place.offset)


@pytest.mark.parametrize("offset", [3, 10**9])
def test_no_record_at_an_offset_is_bad_input(tmp_path: Path, offset: int) -> None:
    place = written(tmp_path, 1)[0]
    with pytest.raises(BadInput):
        read_block(tmp_path / place.segment, offset)


def test_only_segment_names_are_opened(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not the name"):
        read_block(tmp_path / "passwd", 0)


def test_an_address_cannot_end_a_header_line(tmp_path: Path) -> None:
    plain = exchange(1)
    capture = msgspec.structs.replace(plain.capture, final_url="http://a.example/\r\nWARC-Type: metadata\r\n\r\n x")
    writer = EvidenceWriter(tmp_path, 1 << 20)
    writer.start("babelscope-00000001.warc.gz")
    place = writer.append(msgspec.structs.replace(plain, capture=capture))
    writer.close()
    assert read_exchange(tmp_path, place.segment, place.request, place.offset).body == plain.body


def test_cut_to_nothing_removes_the_segment(tmp_path: Path) -> None:
    place = written(tmp_path, 1)[0]
    cut(tmp_path / place.segment, 0)
    assert list(tmp_path.iterdir()) == []


BODY = "<p>olá</p>".encode() * 500
CODED = {
    "gzip": gzip.compress(BODY[:100]) + gzip.compress(BODY[100:]),
    "x-gzip": gzip.compress(BODY) + b"\0\0 padding",
    "deflate": zlib.compress(BODY),
    "br": brotli.compress(BODY),
    "zstd": zstandard.compress(BODY),
    "identity": BODY,
}


@pytest.mark.parametrize("coding", CODED)
def test_every_coding_comes_off(coding: str) -> None:
    assert content_decoded(CODED[coding], coding) == BODY


def test_raw_deflate_is_understood() -> None:
    engine = zlib.compressobj(wbits=-15)
    assert content_decoded(engine.compress(BODY) + engine.flush(), "deflate") == BODY


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_refused(coding: str) -> None:
    bomb = bytes(30_000_000)
    packed = {
        "gzip": lambda: gzip.compress(bomb),
        "deflate": lambda: zlib.compress(bomb),
        "br": lambda: brotli.compress(bomb, quality=1),
        "zstd": lambda: zstandard.compress(bomb),
    }[coding]()
    with pytest.raises(BadInput, match="larger than"):
        content_decoded(packed, coding, 1_000_000)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "rot13"])
def test_nonsense_is_bad_input(coding: str) -> None:
    with pytest.raises(BadInput):
        content_decoded(b"certainly not compressed", coding)


def test_a_response_read_until_the_end_of_the_connection() -> None:
    assert response_body(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<p>x") == b"<p>x"


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
def test_what_is_not_a_whole_response_is_bad_input(raw: bytes) -> None:
    with pytest.raises(BadInput):
        response_body(raw)


def test_the_bound_counts_before_decompression_too() -> None:
    with pytest.raises(BadInput, match="larger"):
        response_body(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(2000), 1000)


def test_a_message_splits_at_its_first_blank_line() -> None:
    assert split_message(b"A: 1\r\n\r\nx\r\n\r\ny") == (b"A: 1\r\n\r\n", b"x\r\n\r\ny")
    assert split_message(b"A: 1") == (b"A: 1", b"")


def test_surt() -> None:
    assert surt("https://www.Example.org/Path/?b=2&a=1") == "org,example)/path?a=1&b=2"
    assert surt("http://example.org:8080") == "org,example:8080)/"
    assert " " not in surt("http://[bad")
