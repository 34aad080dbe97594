"""The laws of readers of outside bytes: nothing but a refusal is raised, what comes out is clean, and it ends in time.

The same checks are fuzzed for longer by ``scripts/fuzz.py``.
"""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from babelscope.collect.manners import parse_retry_after
from babelscope.collect.moments import parse_moment
from babelscope.collect.paths import is_apart, shape_of, without_tracking
from babelscope.collect.plaintext import plain_text
from babelscope.collect.rows import absolute
from reader_checks import CHECKS, NOW, normal
from reader_seeds import SEEDS

SECONDS = 5.0
"""Most time for one input of at most 20 kB (usually some milliseconds)."""
WORDS = [
    b"<", b">", b"</", b"/>", b"&", b";", b"&amp;", b"&#x0;", b"&#55296;", b"<![CDATA[", b"]]>", b"<!--", b"-->",
    b"<?xml ", b"?>", b"<!DOCTYPE ", b"<!ENTITY ", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b\x08",
    b"\xed\xa0\x80", b"<item>", b"<entry>", b"<url>", b"<loc>", b"<sitemap>", b"<title>", b"<link>", b"<link href='",
    b"<a href='", b"http://x.test/", b"http://[::1", b"//", b"'>", b"\r\n", b"Content-Length: ", b"-1",
    b"99999999999999999999", b"1e999", b"NaN", b'{"items": [', b'{"url": ', b"]}", b"[[", b"2026-01-05",
    b"0000-00-00", b"WARC/1.0\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"Disallow: /*", b"User-agent: *\n", b"encoding='",
    b"utf-16", b" " * 300, b"charset=", b"xml:base='", b"<base href='", b"javascript:", b"\xd8\x00\xdc\x00",
]  # fmt: skip
LAW = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def mangled(target: str) -> st.SearchStrategy[bytes]:
    """Inputs near valid ones: cut, spliced, with bytes changed and words put in; and inputs of words alone."""
    seeds = st.sampled_from(SEEDS[target])

    @st.composite
    def near(draw: st.DrawFn) -> bytes:
        data = bytearray(draw(seeds))
        for _ in range(draw(st.integers(0, 8))):
            at = draw(st.integers(0, len(data)))
            word = draw(st.sampled_from(WORDS) | st.binary(max_size=8))
            data[at : at + draw(st.integers(0, 30))] = word * draw(st.sampled_from([1, 1, 1, 2, 200]))
        return bytes(data[:20_000])

    return near() | st.lists(st.sampled_from(WORDS), max_size=60).map(b"".join) | st.binary(max_size=300)


@pytest.mark.parametrize("target", sorted(CHECKS))
@given(data=st.data())
@LAW
def test_readers_only_refuse_and_end_in_time(target: str, data: st.DataObject) -> None:
    raw = data.draw(mangled(target))
    began = time.process_time()
    CHECKS[target](raw)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("target", sorted(CHECKS))
def test_the_seeds_are_read(target: str) -> None:
    for seed in SEEDS[target]:
        CHECKS[target](seed)


@given(st.text(max_size=200), st.text(max_size=30))
@LAW
def test_addresses_never_fail(link: str, base: str) -> None:
    for place in ("http://x.test/a/b", base):
        url = absolute(link, place)
        if url:
            normal(url)
            assert shape_of(url).score >= 0 and is_apart(url) in (True, False)
            assert absolute(without_tracking(url), "")


@given(
    st.text(alphabet=st.characters() | st.sampled_from(list("0123456789 :-+/.,TZ年月日٠١२pma")), max_size=60),
    st.sampled_from(["", "en", "en-US", "ru", "ar", "th", "xx", "zh-Hant-TW", "\0"]),
)
@LAW
def test_moments_never_fail_and_are_utc(text: str, language: str) -> None:
    moment = parse_moment(text, language)
    assert moment is None or (moment.utcoffset() == dt.timedelta(0) and 1900 <= moment.year <= 2200)


@given(
    st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2199, 1, 1)).map(
        lambda moment: moment.replace(tzinfo=dt.UTC, microsecond=0)
    )
)
@LAW
def test_moments_written_in_iso_and_rfc_5322_are_read_back(moment: dt.datetime) -> None:
    assert parse_moment(moment.isoformat()) == moment
    assert parse_moment(moment.strftime("%a, %d %b %Y %H:%M:%S +0000")) == moment
    assert parse_moment(moment.strftime("%Y/%m/%d %H:%M:%S")) == moment


@given(st.text(max_size=60))
@LAW
def test_retry_after_is_a_number_of_seconds(text: str) -> None:
    assert parse_retry_after(text, NOW) >= 0


@given(st.text(alphabet="<>/&;#!ab lt-\"'=scriptgamp\n\0é", max_size=300), st.integers(1, 60))
@LAW
def test_plain_text_is_short_and_plain(markup: str, limit: int) -> None:
    text = plain_text(markup, limit)
    assert len(text) <= limit and "\0" not in text and "\n" not in text
