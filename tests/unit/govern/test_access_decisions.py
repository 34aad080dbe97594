"""Which statuses and addresses end a request."""

from __future__ import annotations

import pytest

from babelscope.govern import is_login_address, is_public_address, outcome_of_status

CLOSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.9.9.9",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
]
OPEN = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "2001:4860:4860::8888",
]


@pytest.mark.parametrize("ip", [*CLOSED, "", "localhost", "0x7f.1", "2130706433", "1.2.3"])
def test_not_public(ip: str) -> None:
    assert not is_public_address(ip)


@pytest.mark.parametrize("ip", OPEN)
def test_public(ip: str) -> None:
    assert is_public_address(ip)


@pytest.mark.responsible
@pytest.mark.parametrize("status", [401, 402, 403, 407, 404, 410, 451, 400, 418, 204, 206, 300])
def test_c1_closed_doors_stay_closed(status: int) -> None:
    assert outcome_of_status(status) == "refuse"


def test_other_statuses() -> None:
    assert [outcome_of_status(s) for s in (200, 304, 301, 308, 429, 500, 503, 599)] == [
        "take",
        "not-modified",
        "redirect",
        "redirect",
        "later",
        "later",
        "later",
        "later",
    ]


@pytest.mark.responsible
@pytest.mark.parametrize(
    "path", ["/login", "/a/Sign-In/", "/wp-login.php?next=/x", "/sso/start", "/subscribe", "/users/login.aspx"]
)
def test_c1_login_addresses(path: str) -> None:
    assert is_login_address(f"https://x.test{path}")


@pytest.mark.parametrize(
    "path", ["/", "/news/login-data-stolen", "/authors/a", "/a?next=/login", "/subscriber-stories"]
)
def test_articles_are_no_login_addresses(path: str) -> None:
    assert not is_login_address(f"https://x.test{path}")
    assert not is_login_address("http://[broken")
