"""Rights signals: read from headers and meta elements, the stricter kept."""

from __future__ import annotations

import pytest

from babelscope.govern import read_rights
from babelscope.model import Rights


@pytest.mark.responsible
def test_c3_headers() -> None:
    headers = (
        ("X-Robots-Tag", "noai"),
        ("x-robots-tag", "babelscope: noindex"),
        ("TDM-Reservation", " 1 "),
        ("tdm-policy", "https://x.test/policy.json"),
    )
    assert read_rights("allowed", "ab" * 32, headers) == Rights(
        robots="allowed",
        robots_hash="ab" * 32,
        robots_tag="noai, babelscope: noindex",
        tdm_reservation="1",
        tdm_policy="https://x.test/policy.json",
    )


@pytest.mark.responsible
@pytest.mark.parametrize("encode", ["utf-8", "cp1251", "utf-16"])
def test_c3_meta_elements(encode: str) -> None:
    page = (
        '<html><head><META NAME="Robots" CONTENT="noarchive, noai"><meta name=robots content=noimageai>'
        '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="/p"></head>Да</html>'
    )
    rights = read_rights("no-robots", "", (("tdm-reservation", "0"),), page.encode(encode), "text/html")
    assert rights.meta_robots == "noarchive, noai, noimageai"
    assert (rights.tdm_reservation, rights.tdm_policy) == ("1", "/p")


def test_nothing_is_made_up() -> None:
    body = b"<meta name=robots content=noai>"
    assert read_rights("allowed", "", (("tdm-reservation", "yes"),), body, "text/plain") == Rights(robots="allowed")
    assert read_rights("allowed", "", (), b"\0<meta name=tdm-reservation>" * 99, "text/html") == Rights(
        robots="allowed"
    )
    assert len(read_rights("allowed", "", (("x-robots-tag", "x" * 9999),)).robots_tag) == 1024
