"""Many hosts on one IP address: never more than a few requests at once, and no faster than it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest

from babelscope.collect import crowding
from babelscope.collect.address import parse_address
from babelscope.collect.crowding import AT_ONCE, Crowding
from babelscope.collect.guard import AddressGuard
from babelscope.collect.holding import Holding
from babelscope.collect.http import HttpClient
from babelscope.collect.manners import Manners
from babelscope.collect.messages import Ask, Bounds
from babelscope.collect.polite import PoliteClient
from loopback import Request, SimulatedClock, Site, answer

BOUNDS = Bounds(wire=1 << 20, decoded=1 << 20, seconds=5)


async def everywhere(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@pytest.mark.responsible
async def test_c5_one_address_gets_four_requests_at_once_whatever_the_number_of_its_hosts() -> None:
    active = most = 0

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal active, most
        active += 1
        most = max(most, active)
        await asyncio.sleep(0.05)
        active -= 1
        writer.write(answer(b"x"))

    names = [f"site{number}.test" for number in range(16)]
    async with Site({f"{name}/": slow for name in names}) as site:
        for hosts, limit in (({}, AT_ONCE), (site.hosts(*names), 16)):
            active = most = 0
            clock = SimulatedClock()
            http = HttpClient(AddressGuard(["127.0.0.1"], hosts, everywhere), "Babelscope/0.1")
            manners = Manners(0.0, clock)
            polite = PoliteClient(http, manners, Holding(None, manners, clock), Crowding(0.0, clock), 64)

            async def ask(name: str, polite: PoliteClient = polite) -> int:
                async with AsyncExitStack() as stack:
                    address = parse_address(f"http://{name}:{site.port}/")
                    return (await polite.send(Ask(address=address, bounds=BOUNDS), stack)).status

            assert set(await asyncio.gather(*map(ask, names))) == {200}
            assert 2 <= most <= limit
            await http.close()


async def test_the_pause_follows_the_time_of_the_answers_and_ends_at_the_delay() -> None:
    clock = SimulatedClock()
    gate = Crowding(5.0, clock)
    starts: list[float] = []

    async def request(ip: str, seconds: float) -> None:
        async with gate.turn(ip):
            starts.append(clock.monotonic())
            await clock.sleep(seconds)

    async def paces(ip: str, seconds: float) -> list[float]:
        starts.clear()
        await asyncio.gather(*[request(ip, seconds) for _ in range(40)])
        return [later - earlier for earlier, later in zip(starts[-8:], starts[-7:], strict=False)]

    fast, slow, hopeless = await paces("1.1.1.1", 0.05), await paces("2.2.2.2", 2.0), await paces("3.3.3.3", 60.0)
    assert max(fast) <= 0.05
    assert min(slow) >= 0.4 and sum(slow) / len(slow) <= 1.2
    assert max(hopeless) <= 60.0
    begun = clock.monotonic()
    await paces("", 0.0)
    assert clock.monotonic() == begun


async def test_what_is_remembered_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowding, "MAX_ADDRESSES", 10)
    gate = Crowding(0.0, SimulatedClock())
    async with gate.turn("held"):
        for number in range(100):
            async with gate.turn(str(number)):
                pass
        assert len(gate._places) <= 10 and "held" in gate._places


async def test_a_failed_request_gives_its_slot_back() -> None:
    gate = Crowding(0.0, SimulatedClock())
    for _ in range(20):
        with pytest.raises(ValueError, match="x"):
            async with gate.turn("1.1.1.1"):
                raise ValueError("x")
    async with asyncio.timeout(1), gate.turn("1.1.1.1"):
        pass
