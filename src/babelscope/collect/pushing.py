"""Subscribing to hubs: sends what ``websub`` decides, with the manners of every other request."""

from __future__ import annotations

from contextlib import AsyncExitStack

import msgspec

from babelscope.collect.address import parse_address
from babelscope.collect.clock import Clock
from babelscope.collect.messages import Ask, Bounds
from babelscope.collect.polite import PoliteClient
from babelscope.collect.reasons import Refused
from babelscope.collect.schedule import PUSHED
from babelscope.collect.websub import Offer, Subscribing, form_of, is_live, next_step
from babelscope.flow.push import Subscription, Subscriptions

ANSWER_BYTES = 64 << 10


class Pushing:
    """The subscriptions of one collector; ``callback`` is the public address of the dashboard."""

    def __init__(self, known: Subscriptions, callback: str, client: PoliteClient, clock: Clock, seconds: float) -> None:
        self._known = known
        self._callback = callback
        self._client = client
        self._clock = clock
        self._bounds = Bounds(wire=ANSWER_BYTES, decoded=ANSWER_BYTES, seconds=seconds, truncate=True)

    def least(self, listen: str) -> float:
        """Return the least seconds until the next poll of ``listen``: long while its news are pushed, else 0."""
        return PUSHED if is_live(self._known.of_listen(listen), self._clock.now()) else 0.0

    def step(self, offer: Offer) -> Subscribing | None:
        """Return what is to be asked of a hub after a poll, if anything; without a topic it is the one known before."""
        known = self._known.of_listen(offer.listen)
        if not offer.topic:
            offer = msgspec.structs.replace(offer, topic=known.topic if known else offer.listen)
        return next_step(known, offer, self._clock.now())

    async def ask(self, asking: Subscribing) -> None:
        """Send the request; what becomes of it is written down. The hub may verify before it answers."""
        self._known.keep(asking.subscription)
        try:
            address = parse_address(asking.subscription.hub)
            ask = Ask(address=address, bounds=self._bounds, body=form_of(asking, self._callback))
            async with AsyncExitStack() as stack:
                response = await self._client.send(ask, stack, None)
            error = "" if response.status // 100 == 2 else f"status {response.status}"
        except Refused as refused:
            error = f"{refused.reason}: {refused.detail}"
        if error:
            self._failed(asking.subscription, error)

    def _failed(self, asked: Subscription, error: str) -> None:
        """A subscription that failed to be renewed lives on until its lease ends."""
        now = self._known.of_listen(asked.listen)
        if now is not None and now.token == asked.token:
            state = "failed" if now.state == "asked" else now.state
            self._known.keep(msgspec.structs.replace(now, state=state, error=error[:300]))
