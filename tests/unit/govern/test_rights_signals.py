"""Rights signals: read from headers and meta elements, the stricter kept."""

from __future__ import annotations

import pytest

from babelscope.govern import TdmDeclaration, directives, read_rights
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
        tdm_source="header",
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


@pytest.mark.responsible
def test_c3_page_over_header_over_file() -> None:
    """TDMRep, Processing priority: each property of a later place supersedes the one of an earlier."""
    file, page = TdmDeclaration("1", "/file", "file"), b"<meta name=tdm-reservation content=0>"
    headers = (("tdm-reservation", "1"), ("tdm-policy", "/header"))

    def tdm(rights: Rights) -> tuple[str, str, str]:
        return rights.tdm_reservation, rights.tdm_policy, rights.tdm_source

    assert tdm(read_rights("allowed", "", (), b"", "text/html", file)) == ("1", "/file", "file")
    assert tdm(read_rights("allowed", "", headers, b"", "text/html", file)) == ("1", "/header", "header")
    assert tdm(read_rights("allowed", "", headers, page, "text/html", file)) == ("0", "/header", "page")
    assert tdm(read_rights("allowed", "", headers, page, "application/pdf", file)) == ("1", "/header", "header")
    assert tdm(read_rights("allowed", "", (), b"", "text/html")) == ("", "", "")


@pytest.mark.responsible
def test_c3_signals_for_one_crawler_stay_his_own() -> None:
    lines = (
        "googlebot: noindex, nofollow",
        "noai",
        "babelscope: noarchive",
        "unavailable_after: 25 Jun 2030 15:00 GMT",
    )
    rights = read_rights("allowed", "", tuple(("X-Robots-Tag", line) for line in lines))
    assert rights.robots_tag.startswith("noai, unavailable_after: 25 Jun 2030 15:00 GMT, googlebot: noindex")
    assert directives(rights.robots_tag, "Babelscope/0.1 (+https://x)") == {
        "noai",
        "unavailable_after: 25 jun 2030 15:00 gmt",
        "noarchive",
    }
    assert "noindex" in directives(rights.robots_tag, "Googlebot/2.1")
    assert directives("None", "x") == {"none", "noindex", "nofollow"} and directives("", "x") == frozenset()
    page = b"<head><meta name='GoogleBot' content='noindex'><meta content=noai name=robots></head>"
    found = read_rights("allowed", "", (), page, "text/html").meta_robots
    assert found == "noai, googlebot: noindex" and directives(found, "babelscope") == {"noai"}


def test_a_signal_far_down_or_behind_a_script_is_found() -> None:
    script = b"<script>var page = '<body class=x>'; // robots</script>" + b"<!-- " + b"x" * 150_000 + b" -->"
    page = b"<html><head>" + script + b"<meta name=robots content=noai><title>t</title></head><body>" + b"y" * 10**6
    assert read_rights("allowed", "", (), page, "text/html").meta_robots == "noai"
