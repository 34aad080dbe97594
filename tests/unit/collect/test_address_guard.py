"""The address guard: judged by what a host resolves to, and connected to exactly that."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from babelscope.collect.address import parse_address
from babelscope.collect.guard import AddressGuard, Endpoint
from babelscope.collect.http import HttpClient
from babelscope.collect.messages import Ask, Bounds
from babelscope.collect.reasons import Refused
from loopback import Site, answer

BOUNDS = Bounds(wire=1 << 20, decoded=1 << 20, seconds=5)
LOCAL = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0",
    "localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1.",
    "127。0。0。1",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "0x7F.0x0.0x0.0x1",
    "127.0.1",
    "127.000.000.001",
    "00000177.1",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "[fd00::1]",
    "[fe80::1]",
    "224.0.0.1",
]


class Names:
    """A name server that gives another answer each time."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.mark.parametrize("host", LOCAL)
async def test_every_spelling_of_a_private_address_is_refused(host: str) -> None:
    with pytest.raises(Refused) as refused:
        await AddressGuard().endpoints(parse_address(f"http://{host}:8000/"))
    assert refused.value.reason == "private-address"


async def test_exceptions_are_named_hosts_and_addresses_only() -> None:
    guard = AddressGuard(["intranet.test", "10.0.0.7"], {"Courier.test": ("127.0.0.1", 99)}, Names(["10.0.0.7"]))
    assert await guard.endpoints(parse_address("http://intranet.test/")) == (Endpoint("10.0.0.7", 80),)
    assert await guard.endpoints(parse_address("https://other.test/")) == (Endpoint("10.0.0.7", 443),)
    assert await guard.endpoints(parse_address("https://courier.test:8443/")) == (Endpoint("127.0.0.1", 99),)
    for answers in (["10.0.0.8"], ["8.8.8.8", "10.0.0.8"]):
        with pytest.raises(Refused) as refused:
            await AddressGuard(["10.0.0.7"], None, Names(answers)).endpoints(parse_address("http://other.test/"))
        assert refused.value.reason == "private-address"


async def test_a_name_without_an_address_is_dns() -> None:
    for guard in (AddressGuard(resolver=Names([])), AddressGuard()):
        with pytest.raises(Refused) as refused:
            await guard.endpoints(parse_address("http://no-such-host.invalid/"))
        assert refused.value.reason == "dns"


async def test_rebinding_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is public when judged and private when asked again: the connection goes to what was judged."""
    targets: list[str] = []
    connect = asyncio.open_connection

    async def watched(host: str, port: int, **options: object) -> object:
        targets.append(host)
        if host == "127.0.0.1":
            return await connect(host, port, **options)  # type: ignore[arg-type]
        raise ConnectionRefusedError("no network in this test")

    monkeypatch.setattr(asyncio, "open_connection", watched)
    async with Site({"rebind.test/": answer(b"secret")}) as site:
        names = Names(["93.184.216.34"], ["127.0.0.1"])
        client = HttpClient(AddressGuard(resolver=names), "Test/1")
        address = parse_address(f"http://rebind.test:{site.port}/")
        with pytest.raises(Refused) as first:
            await client.exchange(Ask(address=address, bounds=BOUNDS))
        with pytest.raises(Refused) as second:
            await client.exchange(Ask(address=address, bounds=BOUNDS))
    assert (first.value.reason, second.value.reason) == ("connection", "private-address")
    assert targets == ["93.184.216.34"] and names.asked == 2 and site.connections == 0


@pytest.mark.parametrize(
    "host", ["[fe80::1%25lo]", "[::1%25lo]", "%31%32%37.0.0.1", "127.0.0.1%00.example.org", "[v1.fe80]", "a b", "x\\y"]
)
def test_spellings_that_are_no_host_are_no_address(host: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_address(f"http://{host}/")
    assert refused.value.reason == "bad-address"


async def test_a_kept_connection_is_to_the_address_that_was_judged() -> None:
    """After a first exchange the name leads elsewhere: the open connection is used, and a new one is judged anew."""
    async with Site({"rebind.test/": answer(b"one")}) as site:
        names = Names(["127.0.0.1"], ["10.0.0.8"])
        client = HttpClient(AddressGuard(["127.0.0.1"], resolver=names), "Test/1")
        address = parse_address(f"http://rebind.test:{site.port}/")
        for _ in range(2):
            assert (await client.exchange(Ask(address=address, bounds=BOUNDS))).body == b"one"
        await client.close()
        with pytest.raises(Refused) as refused:
            await client.exchange(Ask(address=address, bounds=BOUNDS))
    assert refused.value.reason == "private-address" and names.asked == 2 and site.connections == 1


async def test_a_name_server_that_hangs_is_too_slow() -> None:
    async def hangs(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    client = HttpClient(AddressGuard(resolver=hangs), "Test/1")
    with pytest.raises(Refused) as refused:
        await client.exchange(
            Ask(address=parse_address("http://x.test/"), bounds=Bounds(wire=9, decoded=9, seconds=0.1))
        )
    assert refused.value.reason == "too-slow"
