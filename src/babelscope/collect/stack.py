"""The stack of polite HTTP: sockets, manners, the rules of origins and the fetcher, put together in one way for all."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from babelscope.collect.clock import Clock
from babelscope.collect.crowding import Crowding
from babelscope.collect.fetch import Fetcher, Keepers
from babelscope.collect.guard import AddressGuard
from babelscope.collect.holding import Holding
from babelscope.collect.http import HttpClient
from babelscope.collect.manners import HostState, Manners
from babelscope.collect.messages import Bounds
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reservations import ReservationKeeper, Reservations
from babelscope.collect.robots import RobotsKeeper, Rules
from babelscope.flow.config import CollectConfig
from babelscope.flow.errors import ConfigError
from babelscope.flow.offline import is_offline
from babelscope.flow.shapes import HostLeases

_AGENT = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,298}[\x21-\x7e])?")


class Remembered(msgspec.Struct):
    """What outlives a run: the last request to each host, and what origins said in robots.txt and tdmrep.json."""

    book: dict[str, HostState] = msgspec.field(default_factory=dict)
    rules: OrderedDict[str, Rules] = msgspec.field(default_factory=OrderedDict)
    reservations: OrderedDict[str, Reservations] = msgspec.field(default_factory=OrderedDict)


class Stack(msgspec.Struct, frozen=True):
    """The parts that are used on their own; ``http`` is to be closed. The locks in it belong to one event loop."""

    http: HttpClient
    holding: Holding
    polite: PoliteClient
    fetcher: Fetcher


def check_agent(user_agent: str) -> None:
    """Raise ``ConfigError`` for a ``collect.user_agent`` that cannot stand in a header."""
    if not _AGENT.fullmatch(user_agent):
        raise ConfigError("collect.user_agent must be 1 to 300 ASCII characters on one line")


def check_online(hosts: Mapping[str, tuple[str, int]] | None) -> None:
    """Raise ``ConfigError`` in a process that was started with ``--offline``, unless the caller chose ``hosts``."""
    if is_offline() and not hosts:
        raise ConfigError("--offline: nothing is fetched; `babelscope --offline process` reads what is there")


def polite_stack(
    settings: CollectConfig,
    hosts: Mapping[str, tuple[str, int]],
    clock: Clock,
    remembered: Remembered,
    leases: HostLeases | None = None,
) -> Stack:
    """Return a new stack; ``hosts`` maps host names to places of the caller's choosing; see ``HostLeases``."""
    http = HttpClient(AddressGuard(settings.allow_private, hosts), settings.user_agent)
    manners = Manners(settings.delay, clock, remembered.book)
    holding = Holding(leases, manners, clock, settings.delay)
    polite = PoliteClient(http, manners, holding, Crowding(settings.delay, clock), settings.concurrency)
    robots = RobotsKeeper(polite, settings.user_agent, clock, settings.timeout, remembered.rules)
    reservations = ReservationKeeper(polite, robots, clock, settings.timeout, remembered.reservations)
    size = settings.max_mb << 20
    bounds = Bounds(wire=size, decoded=size, seconds=settings.timeout)
    fetcher = Fetcher(polite, Keepers(robots, reservations), clock, bounds, settings.max_redirects)
    return Stack(http, holding, polite, fetcher)
