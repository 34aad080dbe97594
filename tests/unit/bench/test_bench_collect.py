"""The measurement of collecting, small: what it says is what happened."""

from __future__ import annotations

from array import array

import pytest

from babelscope.bench.collect import Load, memory, run, spacing
from babelscope.bench.outlets import HTML_BYTES, Outlets
from babelscope.flow.config import Config

pytestmark = pytest.mark.slow


def test_pages_come_into_the_evidence_and_spacing_is_what_the_hosts_saw() -> None:
    found = run(Config(), Load(pages=90, hosts=3, delay=0.03, latency=0.005))["pages"]
    assert (found["taken"], found["refused"]) == (90, {})
    assert found["spacing"]["pairs"] >= 3 * 30
    assert found["spacing"]["kept"] and found["spacing"]["least"] >= 0.03
    assert 0 < found["pages_per_second"] <= 3 / 0.03
    assert HTML_BYTES[0] <= found["kilobytes_a_page"] * 1000 <= HTML_BYTES[1] + 1000
    assert found["evidence_megabytes"] >= 0.5 and found["memory"]["peak_mb"] > 20


def test_feeds_are_polled_the_second_time_with_what_the_first_one_left() -> None:
    found = run(Config(), Load(pages=0, feeds=25, delay=0.01, latency=0.005))["feeds"]
    assert found["first"]["statuses"] == {"200": 25}
    assert found["conditional"]["statuses"] == {"304": 25}
    assert found["answers"]["304"] == 25


def test_a_host_asked_too_soon_is_told() -> None:
    assert spacing({"gaps": 1, "least": 0.1499, "p50": 0.2, "p95": 0.2}, 0.15)["kept"] is False
    outlets = Outlets(0.0, 2)
    outlets.arrivals["host-0000"] = array("d", [1.0, 1.25, 1.3])
    report = outlets.report()
    assert report["least"] == pytest.approx(0.05) and report["gaps"] == 2


def test_growing_memory_is_told() -> None:
    flat = memory([(float(n), n * 100, 200.0) for n in range(20)], 30.0)
    assert (flat["peak_mb"], flat["growth_mb_per_100000_pages"]) == (200.0, 0.0)
    grown = memory([(float(n), n * 100, 100.0 + n) for n in range(20)], 30.0)
    assert grown["growth_mb_per_100000_pages"] == pytest.approx(1000.0)


def test_the_same_page_of_a_host_is_always_the_same_and_of_another_host_another() -> None:
    outlets = Outlets(0.0, 2)
    first, again, other = (
        outlets.answer(host, "/report/1", b"") for host in ("host-0001:80", "host-0001:80", "host-0002:80")
    )
    assert first == again != other and len(first) == len(other)
    assert b" 304 " in outlets.answer("host-0001", "/feed.xml", b'If-None-Match: "one"\r\n')[:20]
    assert outlets.answer("feed-00001", "/feed.xml", b"").count(b"http://host-0000/report/") == 10
