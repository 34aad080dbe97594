"""The address guard: decided on the resolved address that is then connected to.

A name is resolved once, here, and the client connects to what came back, so a name server that answers differently the
second time (DNS rebinding) gains nothing. Odd spellings (decimal, octal, hexadecimal hosts) are read by the resolver
itself, so they are judged by what they mean.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from babelscope.collect.address import Address
from babelscope.collect.reasons import Refused
from babelscope.govern import is_public_address

MAX_ENDPOINTS = 4
_RESOLVERS = ThreadPoolExecutor(32, "resolver")
"""Look-ups block: a name server that does not answer must not hold up those that do."""

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class Endpoint(msgspec.Struct, frozen=True):
    """Where to connect: a literal IP address and a port."""

    ip: str
    port: int


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of ``host`` in the order the system prefers; raises ``OSError`` if there are none."""
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, look_up)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class AddressGuard:
    """Says where a host may be reached.

    ``allow_private`` names hosts or addresses that may lie in private networks (``collect.allow_private``); ``hosts``
    maps names to an address and port of the caller's own choosing (like ``curl --connect-to``).
    """

    def __init__(
        self,
        allow_private: Sequence[str] = (),
        hosts: Mapping[str, tuple[str, int]] | None = None,
        resolver: Resolver = system_resolver,
    ) -> None:
        self._allowed = frozenset(name.lower().rstrip(".") for name in allow_private)
        self._hosts = {name.lower().rstrip("."): Endpoint(*place) for name, place in (hosts or {}).items()}
        self._resolve = resolver

    def chosen(self, host: str) -> bool:
        """Say whether the caller has chosen where ``host`` is."""
        return host in self._hosts

    async def endpoints(self, address: Address) -> tuple[Endpoint, ...]:
        """Return where to connect for ``address``, at most four places.

        Raises ``Refused``: "private-address" when any resolved address is not public (a mixed answer is how a
        rebinding attack begins), "dns" when there is none.
        """
        mapped = self._hosts.get(address.host)
        if mapped:
            return (mapped,)
        try:
            found = await self._resolve(address.host, address.port)
        except (OSError, UnicodeError) as error:
            raise Refused("dns", f"{address.host}: {error}") from None
        if not found:
            raise Refused("dns", f"{address.host} has no address")
        if address.host not in self._allowed:
            for ip in found:
                if not is_public_address(ip) and ip not in self._allowed:
                    raise Refused("private-address", f"{address.host} leads to {ip}, which is not a public address")
        return tuple(Endpoint(ip, address.port) for ip in found[:MAX_ENDPOINTS])
