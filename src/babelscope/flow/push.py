"""Push of news (WebSub): what is remembered of a subscription, and what a collector asks of that memory."""

from __future__ import annotations

import datetime as dt
from typing import Literal, Protocol

import msgspec

SubscriptionState = Literal["asked", "active", "denied", "failed", "leaving"]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription to ``topic`` at ``hub``, made for the listened address ``listen``.

    ``token`` is the unguessable end of the callback's address, ``secret`` the key of the signatures. ``state``: asked
    of the hub, active until ``until`` (verified by it), denied by it, failed (the hub could not be asked: ``error``),
    or leaving (we have asked to end it). ``pushed_at`` is the last valid push.
    """

    topic: str
    listen: str
    hub: str
    source: str
    token: str
    secret: str
    state: SubscriptionState
    asked_at: dt.datetime
    until: dt.datetime | None = None
    pushed_at: dt.datetime | None = None
    error: str = ""


class Subscriptions(Protocol):
    """Where subscriptions are kept (by the store)."""

    def of_listen(self, listen: str) -> Subscription | None:
        """Return the subscription made for a listened address."""
        ...

    def keep(self, subscription: Subscription) -> None:
        """Write a subscription down; one for the same topic is replaced."""
        ...
