"""WARC and ARC files: every good record is read, every broken one told, in every compression, within bounds."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
from collections.abc import Callable
from typing import BinaryIO

import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from babelscope.collect.archives import members
from babelscope.collect.archives.outcomes import Outcome, Skipped
from babelscope.collect.archives.records import MAX_DAMAGE, Damage, Record, read_records
from babelscope.collect.archives.warcs import read_warc, record_moment
from babelscope.flow.errors import BadInput
from babelscope.flow.shapes import Exchange, Refusal
from warc_records import message, reading, record

LIMIT = 1 << 20
READING = reading(LIMIT)
PAGE = b"<html><head><meta name=robots content=noarchive></head><body><p>Words of page %d</p></body></html>"


def pages(count: int) -> list[bytes]:
    return [record("response", message(PAGE % n), f"http://a.example/{n}") for n in range(count)]


def plain(records: list[bytes]) -> bytes:
    return b"".join(records)


def by_record(records: list[bytes]) -> bytes:
    return b"".join(gzip.compress(one) for one in records)


def in_one(records: list[bytes]) -> bytes:
    return gzip.compress(b"".join(records))


def zstd(records: list[bytes]) -> bytes:
    return b"".join(zstandard.ZstdCompressor().compress(one) for one in records)


def zstd_with_dictionary(records: list[bytes]) -> bytes:
    dictionary = zstandard.ZstdCompressionDict(b"".join(records)[:4000])
    raw = zstandard.ZstdCompressor().compress(dictionary.as_bytes())
    frame = b"\x5d\x2a\x4d\x18" + len(raw).to_bytes(4, "little") + raw
    return frame + b"".join(zstandard.ZstdCompressor(dict_data=dictionary).compress(one) for one in records)


def outcomes(raw: bytes) -> list[Outcome]:
    return list(read_warc(io.BytesIO(raw), "x.warc", READING))


def exchanges(raw: bytes) -> list[Exchange]:
    return [one for one in outcomes(raw) if isinstance(one, Exchange)]


def refusals(raw: bytes) -> list[Refusal]:
    return [one for one in outcomes(raw) if isinstance(one, Refusal)]


@pytest.mark.parametrize("pack", [plain, by_record, in_one, zstd, zstd_with_dictionary])
def test_every_compression_gives_the_same_captures(pack: Callable[[list[bytes]], bytes]) -> None:
    found = outcomes(pack([record("warcinfo", b"software: x\r\n", ""), *pages(300)]))
    assert found[0] == Skipped("record-type")
    assert [one.body for one in found[1:] if isinstance(one, Exchange)] == [PAGE % n for n in range(300)]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_capture_has_the_bytes_the_moment_and_the_terms_of_the_record(version: str) -> None:
    sent = message(PAGE % 1, "200 OK", "X-Robots-Tag: noai", "TDM-Reservation: 1")
    raw = record("response", sent, "HTTP://A.example:80/1#top", version, WARC_Date="2026-01-02T03:04:05.123456789Z")
    (found,) = exchanges(raw)
    capture = found.capture
    assert (found.response, found.request, found.body) == (sent, b"", PAGE % 1)
    assert (capture.url, capture.status, capture.media_type, capture.charset) == (
        "http://a.example/1", 200, "text/html", "utf-8",
    )  # fmt: skip
    assert capture.fetched_at.isoformat() == "2026-01-02T03:04:05.123456+00:00"
    assert (capture.rights.robots, capture.rights.robots_tag, capture.rights.meta_robots) == (
        "archive", "noai", "noarchive",
    )  # fmt: skip
    assert (capture.rights.tdm_reservation, capture.form) == ("1", "http")


@pytest.mark.parametrize("first", ["request", "response"])
def test_the_request_beside_a_response_is_kept_with_it(first: str) -> None:
    """Common Crawl writes the request first, other tools last."""
    asked = b"GET /1 HTTP/1.1\r\nHost: a.example\r\n\r\n"
    answer = record("response", message(PAGE % 1), WARC_Record_ID="<urn:uuid:r>")
    request = record("request", asked, WARC_Concurrent_To="<urn:uuid:r>")
    other = record("request", b"GET /2 HTTP/1.1\r\nHost: a.example\r\n\r\n", "http://a.example/2")
    pair = [request, answer] if first == "request" else [answer, request]
    found = exchanges(by_record([*pair, other, record("response", message(PAGE % 3), "http://a.example/3")]))
    assert [one.request for one in found] == [asked, b""]


def test_codings_are_taken_off_as_the_evidence_takes_them_off() -> None:
    body = PAGE % 1
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:20], body[20:])) + b"0\r\n\r\n"
    messages = [
        message(gzip.compress(body), "200 OK", "Content-Encoding: gzip"),
        message(chunked, "200 OK", "Transfer-Encoding: chunked"),
    ]
    assert [one.body for one in exchanges(plain([record("response", one) for one in messages]))] == [body, body]


def test_a_body_that_the_archive_decoded_already_becomes_a_resource() -> None:
    """The stored header names codings that are not there any more: the message would mean nothing."""
    sent = [
        message(PAGE % 1, "200 OK", "Transfer-Encoding: chunked"),
        message(PAGE % 2, "200 OK", "Content-Encoding: br"),
    ]
    found = exchanges(plain([record("response", one, f"http://a.example/{n}") for n, one in enumerate(sent)]))
    assert [(one.capture.form, one.response, one.body) for one in found] == [
        ("resource", PAGE % 1, PAGE % 1), ("resource", PAGE % 2, PAGE % 2),
    ]  # fmt: skip


def test_what_is_no_page_is_passed_over_with_a_reason() -> None:
    raw = plain(
        [
            record("warcinfo", b"x", ""),
            record("revisit", b"HTTP/1.1 200 OK\r\n\r\n"),
            record("metadata", b"fetchTimeMs: 1\r\n"),
            record("response", message(b"gone", "404 Not Found")),
            record("response", message(b"", "301 Moved", "Location: /2")),
            record("response", message(b"\x89PNG", kind="image/png")),
            record("response", message(b"User-agent: *", kind="text/plain"), "http://a.example/robots.txt"),
            record("response", message(b"x"), "dns:a.example"),
            record("resource", b"body {}", Content_Type="text/css"),
        ]
    )
    assert outcomes(raw) == [
        Skipped(reason)
        for reason in ("record-type", "revisit", "record-type", "not-a-page-status", "not-a-page-status", "media-type",
                       "robots-file", "not-web", "media-type")  # type: ignore[arg-type]
    ]  # fmt: skip


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("form", ["hex", "base32"])
def test_a_block_that_does_not_fit_its_digest_is_refused(algorithm: str, form: str) -> None:
    import base64

    block = message(PAGE % 1)
    made = hashlib.new(algorithm, block)
    value = made.hexdigest() if form == "hex" else base64.b32encode(made.digest()).decode()
    good = record("response", block, WARC_Block_Digest=f"{algorithm}:{value}")
    assert len(exchanges(good)) == 1
    bad = good.replace(b"page 1", b"page 2")
    (told,) = refusals(bad + pages(2)[0])
    assert (told.reason, told.url) == ("damaged", "http://a.example/1")
    assert "digest" in told.detail and "x.warc#0" in told.detail
    assert len(exchanges(bad + pages(2)[0])) == 1
    payload = record("response", block, WARC_Payload_Digest="sha1:" + "A" * 32)
    assert [one.reason for one in refusals(payload)] == ["damaged"]


def _cut(raw: bytes) -> bytes:
    return raw[:-40]


def _spoilt(raw: bytes) -> bytes:
    middle = len(raw) // 2
    return raw[:middle] + b"\xff" * 30 + raw[middle + 30 :]


@pytest.mark.parametrize("harm", [_cut, _spoilt])
@pytest.mark.parametrize("pack", [plain, by_record, zstd])
def test_records_around_a_broken_one_are_read(
    pack: Callable[[list[bytes]], bytes], harm: Callable[[bytes], bytes]
) -> None:
    random.seed(3)
    long = [
        record("response", block, f"http://a.example/{n}", WARC_Block_Digest=f"sha1:{hashlib.sha1(block).hexdigest()}")
        for n, block in enumerate(message(PAGE % n + random.randbytes(3000).hex().encode()) for n in range(9))
    ]
    packed = [pack([one]) for one in long]
    packed[4] = harm(packed[4])
    urls = [one.capture.url for one in exchanges(b"".join(packed))]
    told = refusals(b"".join(packed))
    assert urls[:4] == [f"http://a.example/{n}" for n in range(4)]
    assert urls[-3:] == [f"http://a.example/{n}" for n in (6, 7, 8)]
    assert "http://a.example/5" in urls or pack is plain
    assert "http://a.example/4" not in urls
    assert told


@pytest.mark.parametrize("length", ["-1", "abc", "", "9" * 30, "999999", "3"])
@pytest.mark.parametrize("pack", [plain, by_record])
def test_a_length_that_is_wrong_costs_one_record(pack: Callable[[list[bytes]], bytes], length: str) -> None:
    bad = record("response", message(PAGE % 0), "http://a.example/bad", Content_Length=length)
    raw = pack([*pages(3)[:2], bad, *pages(5)[2:]])
    assert [one.capture.url for one in exchanges(raw)][:2] == ["http://a.example/0", "http://a.example/1"]
    assert refusals(raw)
    if length != "999999" or pack is by_record:
        assert [one.capture.url for one in exchanges(raw)][-3:] == [f"http://a.example/{n}" for n in (2, 3, 4)]


@pytest.mark.parametrize("pack", [plain, by_record, in_one])
def test_an_altered_record_costs_itself_wherever_records_share_a_member(pack: Callable[[list[bytes]], bytes]) -> None:
    wrong = hashlib.sha1(b"other").hexdigest()
    good = pages(4)
    good[1] = record("response", message(PAGE % 1), "http://a.example/1", WARC_Block_Digest=f"sha1:{wrong}")
    raw = pack(good)
    assert [one.capture.url for one in exchanges(raw)] == [f"http://a.example/{n}" for n in (0, 2, 3)]
    (told,) = refusals(raw)
    assert told.url == "http://a.example/1" and "digest" in told.detail


def test_arc_files_are_read() -> None:
    answer = message(PAGE % 1)
    about = b"1 0 Archive\nURL IP-address Archive-date Content-type Archive-length\n"
    head = b"filedesc://x.arc 0.0.0.0 20140216050221 text/plain %d\n" % len(about)
    line = b"http://a.example/a b 10.0.0.1 20140216050221 text/html %d\n" % len(answer)
    raw = head + about + b"\n" + line + answer + b"\n"
    for packed in (raw, gzip.compress(head + about + b"\n") + gzip.compress(line + answer + b"\n")):
        (found,) = exchanges(packed)
        assert (found.capture.url, found.body) == ("http://a.example/a%20b", PAGE % 1)
        assert found.capture.fetched_at.isoformat() == "2014-02-16T05:02:21+00:00"


class Counting(io.BytesIO):
    """Counts what is asked of it."""

    bytes_read = 0

    def read(self, size: int | None = -1) -> bytes:
        got = super().read(size)
        self.bytes_read += len(got)
        return got


def test_what_is_too_large_is_passed_over_without_being_held() -> None:
    big = record("response", message(b"<html>" + b"x" * (3 * LIMIT)), "http://a.example/big")
    endless = b"WARC/1.0\r\n" + b"A: b\r\n" * 100_000 + b"\r\n"
    long_line = b"WARC/1.0\r\nWARC-Type: " + b"x" * 10_000_000
    told = refusals(plain([big, *pages(1)]))
    assert [(one.reason, one.url) for one in told] == [("too-large", "http://a.example/big")]
    for hostile in (endless, long_line, gzip.compress(long_line)):
        found = list(read_records(io.BytesIO(hostile + pages(1)[0]), LIMIT))
        assert isinstance(found[0], Damage) and "more than" in found[0].why
    bomb = gzip.compress(record("response", message(b"<html>" + b"\0" * (200 << 20))))
    file = Counting(bomb + by_record(pages(1)))
    found = list(read_records(file, LIMIT))
    assert [type(one) for one in found] == [Record, Record]
    assert file.bytes_read < 3 * len(bomb) + 100_000


def test_a_file_of_nothing_but_damage_is_given_up() -> None:
    raw = b"".join(b"WARC/1.0\r\nContent-Length: x\r\n\r\n" for _ in range(5 * MAX_DAMAGE))
    found = list(read_records(io.BytesIO(raw), LIMIT))
    assert len(found) == MAX_DAMAGE + 1
    assert isinstance(found[-1], Damage) and found[-1].why.startswith("given up")


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n\n", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18\xff\xff\xff\xff"]
)
def test_next_to_nothing(raw: bytes) -> None:
    found = list(read_records(io.BytesIO(raw), LIMIT))
    assert [type(one) for one in found] == ([] if not raw.strip() else [Damage])


def test_random_bytes_end_in_words() -> None:
    source = random.Random(5)
    good = by_record(pages(6))
    for _ in range(150):
        raw = bytearray(good if source.random() < 0.7 else plain(pages(6)))
        for _ in range(source.randrange(1, 40)):
            raw[source.randrange(len(raw))] = source.randrange(256)
        outcomes(bytes(raw[: source.randrange(len(raw))]))


def test_what_warcio_writes_is_read() -> None:
    """Chunked bodies, digests, continuation lines: as another tool writes them."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    head = StatusAndHeaders(
        "200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(PAGE)))], protocol="HTTP/1.1"
    )
    for number in range(3):
        payload: BinaryIO = io.BytesIO(PAGE)
        writer.write_record(
            writer.create_warc_record(f"http://a.example/{number}", "response", payload, http_headers=head)
        )
    assert len(exchanges(out.getvalue())) == 3 and not refusals(out.getvalue())


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-40T00:00:00Z", "99999999999999"])
def test_a_record_without_a_moment_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        record_moment(text)
    assert [one.reason for one in refusals(record("response", message(PAGE % 1), WARC_Date=text or " "))] == ["damaged"]


def test_members_never_hold_more_than_a_few_buffers() -> None:
    stream = members.Members(io.BytesIO(gzip.compress(b"a" * (40 << 20))))
    assert stream.skip(30 << 20) == 30 << 20
    assert len(stream._buffer) <= members.CHUNK
    assert len(stream.read(20 << 20)) == 10 << 20
    assert not stream.next_member()
