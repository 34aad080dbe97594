"""The callback of WebSub hubs: ``/websub/{token}``, only where ``collect.callback`` is set.

A hub's GET is answered as it is verified; a signed POST makes the listened address due at once, and the collector
fetches it itself (``collect.websub`` says why). Nothing of what is posted is kept.
"""

from __future__ import annotations

import datetime as dt
import threading

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from babelscope.collect.websub import PLACE, Verdict, is_signed, verify_intent
from babelscope.flow.config import Config
from babelscope.flow.push import Subscription
from babelscope.store.subscriptions import SqlSubscriptions

LIVE = frozenset({"asked", "active", "failed"})


class Door:
    """The subscriptions as the dashboard sees them, opened when a hub first knocks."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._kept: SqlSubscriptions | None = None

    def _subscriptions(self) -> SqlSubscriptions:
        with self._lock:
            if self._kept is None:
                self._kept = SqlSubscriptions.open(self._config)
            return self._kept

    def find(self, token: str) -> Subscription | None:
        """Return the subscription whose callback ends in ``token``."""
        return self._subscriptions().of_token(token)

    def verify(self, token: str, query: dict[str, str]) -> Verdict:
        """Answer a hub's GET and write down what it verified."""
        kept = self._subscriptions()
        verdict = verify_intent(kept.of_token(token), query, dt.datetime.now(dt.UTC))
        if verdict.keep is not None:
            kept.keep(verdict.keep)
        if verdict.forget:
            kept.forget(token)
        return verdict

    def knocked(self, token: str) -> None:
        """Write down a valid push."""
        self._subscriptions().pushed(token, dt.datetime.now(dt.UTC))

    def close(self) -> None:
        """Close the subscriptions, if they were ever opened."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
                self._kept = None


def websub_router(config: Config, door: Door) -> APIRouter:
    """Return the routes for hubs."""
    router = APIRouter(include_in_schema=False)
    most = config.collect.max_mb << 20

    @router.get(PLACE + "{token}")
    async def verify(token: str, request: Request) -> Response:
        query = {name: value for name, value in request.query_params.items() if name.startswith("hub.")}
        verdict = await run_in_threadpool(door.verify, token, query)
        return Response(verdict.body, verdict.status, media_type="text/plain")

    @router.post(PLACE + "{token}")
    async def push(token: str, request: Request) -> Response:
        """202 for what a hub sends, signed or not (§8: a wrong signature is ignored); 410 for what we do not want."""
        known = await run_in_threadpool(door.find, token)
        if known is None or known.state not in LIVE:
            return Response(status_code=410)
        body = await _bounded(request, most)
        if body is None:
            return Response(status_code=413)
        if is_signed(known.secret, request.headers.get("x-hub-signature", ""), body):
            await run_in_threadpool(door.knocked, token)
        return Response(status_code=202)

    return router


async def _bounded(request: Request, most: int) -> bytes | None:
    """Return the body; None when it is larger than ``most`` bytes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            return None
    return bytes(body)
