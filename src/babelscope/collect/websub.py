"""WebSub (W3C Recommendation, 23 January 2018), the subscriber's side, pure: what to ask a hub, what to believe it.

A push is only a knock at the door: it makes the address due at once, and the collector fetches it itself. So the
evidence stays what the source gave us, and a hub, or who has stolen a secret, can bring nothing in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlencode

import msgspec

from babelscope.flow.push import Subscription

LEASE = 10 * 86_400
"""Seconds that we ask for."""
LONGEST_LEASE = 30 * 86_400
SHORTEST_LEASE = 300
PATIENCE = dt.timedelta(days=1)
"""A hub that has not verified, or could not be reached, is asked again after this long."""
DENIED = dt.timedelta(days=7)
"""One that denied, after this long."""
MAX_CHALLENGE = 1024
PLACE = "/websub/"
METHODS = ("sha1", "sha256", "sha384", "sha512")

Mode = Literal["subscribe", "unsubscribe"]


class Offer(msgspec.Struct, frozen=True):
    """What a poll of ``listen`` found: the ``hub`` that pushes it ("": none) and the ``topic`` that it is there."""

    listen: str
    source: str
    hub: str
    topic: str


class Subscribing(msgspec.Struct, frozen=True):
    """A request to be sent to a hub."""

    mode: Mode
    subscription: Subscription


class Verdict(msgspec.Struct, frozen=True):
    """The answer to a hub's GET: what to write down (None: nothing), whether to forget it, the body and the status."""

    status: int
    body: str = ""
    keep: Subscription | None = None
    forget: bool = False


def next_step(known: Subscription | None, offer: Offer, now: dt.datetime) -> Subscribing | None:
    """Return what to ask which hub after a poll, where ``known`` is what was asked before; None: nothing now.

    At most once a lease: it is renewed in its last tenth. A subscription at a hub that is named no longer is ended
    before another is made.
    """
    same = known is not None and (known.hub, known.topic) == (offer.hub, offer.topic)
    if known is not None and not same and is_live(known, now):
        return Subscribing("unsubscribe", msgspec.structs.replace(known, state="leaving", asked_at=now))
    if known is not None and known.state == "leaving" and now - known.asked_at < PATIENCE:
        return None
    if not offer.hub or (known is not None and same and not _is_time(known, now)):
        return None
    if known is not None and same and is_live(known, now):  # a renewal: same callback, same secret
        return Subscribing("subscribe", msgspec.structs.replace(known, asked_at=now))
    asked = Subscription(
        topic=offer.topic,
        listen=offer.listen,
        hub=offer.hub,
        source=offer.source,
        token=secrets.token_hex(32),
        secret=secrets.token_urlsafe(48),
        state="asked",
        asked_at=now,
    )
    return Subscribing("subscribe", asked)


def _is_time(known: Subscription, now: dt.datetime) -> bool:
    if known.state == "active" and known.until is not None:
        return now >= known.until - (known.until - known.asked_at) / 10
    return now - known.asked_at >= (DENIED if known.state == "denied" else PATIENCE)


def is_live(known: Subscription | None, now: dt.datetime) -> bool:
    """Say whether pushes can be relied on now."""
    return known is not None and known.state == "active" and known.until is not None and known.until > now


def callback_address(callback: str, token: str) -> str:
    """Return the callback of a subscription; ``callback`` is the public address of the dashboard."""
    return f"{callback.rstrip('/')}{PLACE}{token}"


def form_of(asking: Subscribing, callback: str) -> bytes:
    """Return the body of the request to the hub (§5.1)."""
    known = asking.subscription
    fields = {
        "hub.callback": callback_address(callback, known.token),
        "hub.mode": asking.mode,
        "hub.topic": known.topic,
    }
    if asking.mode == "subscribe":
        fields |= {"hub.lease_seconds": str(LEASE), "hub.secret": known.secret}
    return urlencode(fields).encode("ascii")


def verify_intent(known: Subscription | None, query: Mapping[str, str], now: dt.datetime) -> Verdict:
    """Answer a hub's GET: the verification of intent (§5.3) or the denial (§5.2) of what we asked for."""
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if known is None or topic != known.topic:
        return Verdict(404)
    if mode == "denied":
        reason = f"denied: {query.get('hub.reason', '')}"[:300]
        return Verdict(200, keep=msgspec.structs.replace(known, state="denied", until=None, error=reason))
    challenge = query.get("hub.challenge", "")
    if not challenge or len(challenge) > MAX_CHALLENGE:
        return Verdict(404)
    if mode == "unsubscribe" and known.state == "leaving":
        return Verdict(200, challenge, forget=True)
    if mode == "subscribe" and known.state in ("asked", "active", "failed"):
        seconds = lease_of(query.get("hub.lease_seconds", ""))
        until = now + dt.timedelta(seconds=seconds)
        return Verdict(200, challenge, msgspec.structs.replace(known, state="active", until=until, error=""))
    return Verdict(404)


def lease_of(value: str) -> int:
    """Return ``hub.lease_seconds`` within our bounds; what cannot be read counts as what we asked for."""
    seconds = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else LEASE
    return min(max(seconds, SHORTEST_LEASE), LONGEST_LEASE)


def is_signed(secret: str, header: str, body: bytes) -> bool:
    """Say whether ``header`` (X-Hub-Signature: method=hex) is the HMAC of ``body`` under ``secret`` (§8)."""
    method, _, signature = header.strip().partition("=")
    if method.lower() not in METHODS or not secret:
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode("utf-8", "replace"))
