"""WebSub, the subscriber's decisions (W3C Recommendation 2018)."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from urllib.parse import parse_qs

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from babelscope.collect.address import parse_address
from babelscope.collect.fetch import hub_links
from babelscope.collect.websub import (
    LEASE,
    LONGEST_LEASE,
    SHORTEST_LEASE,
    Offer,
    callback_address,
    form_of,
    is_live,
    is_signed,
    lease_of,
    next_step,
    verify_intent,
)
from babelscope.flow.push import Subscription
from loopback import START

OFFER = Offer("http://x.test/feed", "x", "http://hub.test/", "http://x.test/feed")
DAY = dt.timedelta(days=1)


def active(days: float = 10, **changed: object) -> Subscription:
    step = next_step(None, OFFER, START)
    assert step is not None
    known = msgspec.structs.replace(step.subscription, state="active", until=START + DAY * days)
    return msgspec.structs.replace(known, **changed)


def test_a_hub_is_asked_once_and_again_in_the_last_tenth_of_the_lease() -> None:
    first = next_step(None, OFFER, START)
    assert first is not None and first.mode == "subscribe" and first.subscription.state == "asked"
    asked = first.subscription
    assert next_step(asked, OFFER, START + DAY * 0.9) is None
    again = next_step(asked, OFFER, START + DAY)
    assert again is not None and again.subscription.token != asked.token
    known = active()
    assert next_step(known, OFFER, START + DAY * 8.9) is None
    renewal = next_step(known, OFFER, START + DAY * 9)
    assert renewal is not None and renewal.mode == "subscribe"
    assert (renewal.subscription.token, renewal.subscription.secret) == (known.token, known.secret)
    assert next_step(renewal.subscription, OFFER, START + DAY * 9.1) is None
    assert next_step(known, OFFER, START + DAY * 11).subscription.token != known.token  # type: ignore[union-attr]


def test_a_hub_that_denies_or_fails_is_left_alone_for_long() -> None:
    assert next_step(active(state="denied", until=None), OFFER, START + DAY * 6) is None
    assert next_step(active(state="denied", until=None), OFFER, START + DAY * 7) is not None
    assert next_step(active(state="failed", until=None), OFFER, START + DAY * 0.5) is None
    assert next_step(active(state="failed", until=None), OFFER, START + DAY) is not None


def test_a_hub_that_is_named_no_longer_is_left_and_a_new_one_asked_after_that() -> None:
    nothing = msgspec.structs.replace(OFFER, hub="")
    assert next_step(None, nothing, START) is None
    other = msgspec.structs.replace(OFFER, hub="http://other.test/")
    for offer in (nothing, other):
        left = next_step(active(), offer, START + DAY)
        assert left is not None and (left.mode, left.subscription.state) == ("unsubscribe", "leaving")
        assert left.subscription.hub == OFFER.hub
        assert next_step(left.subscription, offer, START + DAY * 1.5) is None
    assert next_step(active(until=START), other, START + DAY).mode == "subscribe"  # type: ignore[union-attr]
    assert next_step(left.subscription, other, START + DAY * 3).subscription.hub == other.hub  # type: ignore[union-attr]


def test_the_form_and_the_callback() -> None:
    step = next_step(None, OFFER, START)
    assert step is not None
    fields = {name: value[0] for name, value in parse_qs(form_of(step, "https://us.example/base/").decode()).items()}
    assert fields == {
        "hub.callback": f"https://us.example/base/websub/{step.subscription.token}",
        "hub.mode": "subscribe",
        "hub.topic": OFFER.topic,
        "hub.lease_seconds": str(LEASE),
        "hub.secret": step.subscription.secret,
    }
    assert len(step.subscription.token) == 64 and 40 <= len(step.subscription.secret) < 200
    assert callback_address("https://us.example", "t") == "https://us.example/websub/t"
    leaving = next_step(active(), msgspec.structs.replace(OFFER, hub=""), START)
    assert leaving is not None and b"hub.secret" not in form_of(leaving, "https://us.example")


def query(mode: str, topic: str = OFFER.topic, **more: str) -> dict[str, str]:
    given = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": "tell-me"}
    return given | {f"hub.{name}": value for name, value in more.items()}


def test_only_what_we_asked_for_is_confirmed() -> None:
    asked = active(state="asked", until=None)
    verdict = verify_intent(asked, query("subscribe", lease_seconds="3600"), START)
    assert (verdict.status, verdict.body) == (200, "tell-me")
    assert verdict.keep is not None and verdict.keep.until == START + dt.timedelta(hours=1)
    assert is_live(verdict.keep, START) and not is_live(verdict.keep, START + DAY)
    for known, asking in (
        (None, query("subscribe")),
        (asked, query("subscribe", "http://other.test/")),
        (asked, query("unsubscribe")),
        (asked, query("publish")),
        (asked, {}),
        (asked, query("subscribe") | {"hub.challenge": ""}),
        (asked, query("subscribe") | {"hub.challenge": "x" * 2000}),
        (active(state="denied"), query("subscribe")),
        (active(state="leaving"), query("subscribe")),
        (active(), query("unsubscribe")),
    ):
        verdict = verify_intent(known, asking, START)
        assert (verdict.status, verdict.body, verdict.keep, verdict.forget) == (404, "", None, False)
    left = verify_intent(active(state="leaving"), query("unsubscribe"), START)
    assert (left.status, left.body, left.forget) == (200, "tell-me", True)
    denied = verify_intent(asked, query("denied", reason="no"), START)
    assert denied.keep is not None and (denied.keep.state, denied.keep.error) == ("denied", "denied: no")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    good = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert is_signed("secret", f"{method}={good}", b"body") and is_signed(
        "secret", f" {method.upper()}={good.upper()}", b"body"
    )
    for secret, header, body in (
        ("secret", f"{method}={good}", b"Body"),
        ("other", f"{method}={good}", b"body"),
        ("", f"{method}={good}", b"body"),
        ("secret", f"md5={good}", b"body"),
        ("secret", f"{method}={good[:-1]}", b"body"),
        ("secret", f"{method}=é", b"body"),
        ("secret", good, b"body"),
        ("secret", "", b"body"),
    ):
        assert not is_signed(secret, header, body)


@given(st.text(max_size=20), st.text(max_size=20), st.binary(max_size=20))
def test_law_no_noise_is_a_signature_or_an_error(secret: str, header: str, body: bytes) -> None:
    assert not is_signed(secret, header, body)


def test_leases_are_bounded() -> None:
    assert [lease_of(text) for text in ("3600", "1", "99999999", "", "-5", "²", "1e9")] == [
        3600,
        SHORTEST_LEASE,
        LONGEST_LEASE,
        *[LEASE] * 4,
    ]


def test_link_headers() -> None:
    page = parse_address("http://x.test/a/feed")
    for header, hub, topic in (
        ('<https://hub.test/>; rel="hub", <http://x.test/feed>; rel="self"', "https://hub.test/", "http://x.test/feed"),
        ("</hub>;rel=hub;title=\"a, b\", <self>; rel='x', <s>;rel=self", "http://x.test/hub", "http://x.test/a/s"),
        ('<https://h.test/>; rel="self hub"', "https://h.test/", "https://h.test/"),
        ("<https://1.test/>; rel=hub, <https://2.test/>; rel=hub", "https://1.test/", ""),
        ("<ftp://hub.test/>; rel=hub, <>; rel=next", "", ""),
        ("rel=hub <x", "", ""),
        ("<" * 9000, "", ""),
        ("", "", ""),
    ):
        assert hub_links(header, page) == (hub, topic)
