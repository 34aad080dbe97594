"""Laws of reading archives: what a whole file holds is read as it was written; no change of its bytes does harm."""

from __future__ import annotations

import gzip
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from babelscope.collect.archives.outcomes import Outcome, Skipped
from babelscope.collect.archives.records import Damage, Record, read_records
from babelscope.collect.archives.warcs import read_warc
from babelscope.extract.mail import extract_message
from babelscope.flow.errors import BadInput
from babelscope.flow.mime import parts_of, read_message
from babelscope.flow.shapes import Exchange, Refusal
from babelscope.model import Hints
from babelscope.store.decode import response_body
from warc_records import message, reading, record

LIMIT = 1 << 16
READING = reading(LIMIT)
KINDS = st.sampled_from(["response", "request", "resource", "metadata", "revisit", "warcinfo", "x"])
BODIES = st.binary(max_size=300) | st.text(max_size=80).map(lambda text: f"<html><p>{text}</p></html>".encode())


@st.composite
def written(draw: st.DrawFn) -> tuple[bytes, list[tuple[str, bytes]]]:
    """A file and the (kind, block) of its records."""
    rows = draw(st.lists(st.tuples(KINDS, BODIES), max_size=6))
    pack = draw(st.sampled_from([bytes, gzip.compress]))
    made = b""
    held = []
    for number, (kind, body) in enumerate(rows):
        block = message(body) if kind == "response" else body
        made += pack(record(kind, block, f"http://a.example/{number}", "1.1"))
        held.append((kind, block))
    return made, held


@given(written())
def test_every_record_of_a_whole_file_is_read_in_order(file: tuple[bytes, list[tuple[str, bytes]]]) -> None:
    raw, held = file
    found = list(read_records(io.BytesIO(raw), LIMIT))
    assert not any(isinstance(one, Damage) for one in found)
    read = [one for one in found if isinstance(one, Record)]
    assert [one.kind for one in read] == [kind for kind, _ in held]
    assert all(one.block == block for one, (_, block) in zip(read, held, strict=True) if one.block is not None)


def _valid(found: list[Outcome]) -> None:
    for one in found:
        assert isinstance(one, Exchange | Refusal | Skipped)
        if isinstance(one, Exchange):
            assert one.capture.size == len(one.body) <= LIMIT and one.body.strip()
            if one.capture.form == "http":
                assert response_body(one.response) == one.body
            else:
                assert one.response == one.body and not one.request


@given(written(), st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=4)), max_size=8), st.integers(0, 4000))
@settings(max_examples=300)
def test_a_changed_or_cut_file_gives_only_valid_outcomes(
    file: tuple[bytes, list[tuple[str, bytes]]], changes: list[tuple[int, bytes]], end: int
) -> None:
    raw = bytearray(file[0])
    for place, put in changes:
        raw[place : place + len(put)] = put
    _valid(list(read_warc(io.BytesIO(bytes(raw[:end])), "x", READING)))


@given(st.binary(max_size=3000))
def test_any_bytes_end_in_words(raw: bytes) -> None:
    for start in (b"", b"WARC/1.0\r\n", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"\x5d\x2a\x4d\x18\x10\x00\x00\x00"):
        _valid(list(read_warc(io.BytesIO(start + raw), "x", READING)))


@given(st.binary(max_size=2000))
def test_any_bytes_as_a_message_are_read_or_refused(raw: bytes) -> None:
    for start in (b"", b"Subject: =?utf-8?", b"Content-Type: multipart/related; boundary=x\n\n--x\n"):
        try:
            parts = list(parts_of(read_message(start + raw)))
            extract_message(start + raw, hints=Hints())
        except BadInput:
            continue
        assert all(part.number for part in parts)
