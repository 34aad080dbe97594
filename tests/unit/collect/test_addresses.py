"""One normal form for addresses, and what is not one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.collect.address import parse_address
from babelscope.collect.reasons import Refused

NORMAL = [
    ("HTTP://Courier.TEST", "http://courier.test/"),
    ("http://courier.test:80/a#b", "http://courier.test/a"),
    ("https://courier.test:443/a?b=c#d", "https://courier.test/a?b=c"),
    ("http://courier.test:8080/", "http://courier.test:8080/"),
    ("http://courier.test./a/../b/./c/", "http://courier.test/b/c/"),
    ("http://courier.test/../../etc", "http://courier.test/etc"),
    (
        "http://courier.test/новости?q=да нет",
        "http://courier.test/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=%D0%B4%D0%B0%20%D0%BD%D0%B5%D1%82",
    ),
    ("http://courier.test/%d0%bd/100%", "http://courier.test/%d0%bd/100%25"),
    ("http://новости.test/", "http://xn--b1amnebsh.test/"),
    ("  http://courier.test/a\n b ", "http://courier.test/a%20b"),
    ("http://[2001:DB8:0::1]:81/", "http://[2001:db8::1]:81/"),
    ("http://１２７.0.0.1/", "http://127.0.0.1/"),
]
BAD = ["", "a/b", "ftp://x.test/", "javascript:alert(1)", "file:///etc/passwd", "http:///a", "http://x.test:99999/"]
BAD += [
    "http://x.test:0/",
    "http://[::1/",
    "http://[v1.x]/",
    "http://a b.test/",
    "http://a..b.test/",
    "http://x%41.test/",
]
BAD += ["http://" + "a" * 5000, "http://.", "http://x.test\\a/", "http://[fe80::1%25eth0]/"]


@pytest.mark.parametrize(("url", "normal"), NORMAL)
def test_normal_form(url: str, normal: str) -> None:
    assert parse_address(url).url == normal
    assert parse_address(normal).url == normal


@pytest.mark.parametrize("url", BAD)
def test_not_an_address(url: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_address(url)
    assert refused.value.reason == "bad-address"


@pytest.mark.responsible
@pytest.mark.parametrize("url", ["http://me:secret@x.test/", "https://token@x.test/", "http://x.test\\@y.test/"])
def test_c1_credentials_are_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_address(url)
    assert refused.value.reason == "credentials" and "secret" not in refused.value.detail


def test_relative_addresses() -> None:
    assert parse_address("../b?c#d", "http://x.test/a/e/f").url == "http://x.test/a/b?c"
    assert parse_address("//y.test/b", "https://x.test/a").url == "https://y.test/b"


@given(st.text(max_size=60))
def test_law_any_text_is_an_address_in_normal_form_or_refused(tail: str) -> None:
    try:
        address = parse_address(f"http://x.test/{tail}")
    except Refused:
        return
    assert address.target.isascii() and address.target.isprintable() and " " not in address.target
    assert parse_address(address.url) == address
