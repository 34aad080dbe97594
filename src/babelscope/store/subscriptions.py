"""WebSub subscriptions in SQL: written by the collector (asked) and by the dashboard (verified, pushed)."""

from __future__ import annotations

import datetime as dt

import msgspec
from sqlalchemy import Engine, RowMapping, select

from babelscope.flow.config import Config
from babelscope.flow.push import Subscription
from babelscope.store.database import open_state, upsert
from babelscope.store.tables import subscriptions


class SqlSubscriptions:
    """The ``Subscriptions`` of the store; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, config: Config) -> SqlSubscriptions:
        """Open the state of ``config`` beside its writer; raises ``BabelscopeError`` if there is none yet."""
        return cls(open_state(config))

    def of_listen(self, listen: str) -> Subscription | None:
        """Return the subscription made for a listened address; the latest, if its topic has changed."""
        query = select(subscriptions).where(subscriptions.c.listen == listen)
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(subscriptions.c.asked_at.desc())).mappings().first()
        return None if row is None else _subscription(row)

    def of_token(self, token: str) -> Subscription | None:
        """Return the subscription with this callback."""
        query = select(subscriptions).where(subscriptions.c.token == token)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _subscription(row)

    def keep(self, subscription: Subscription) -> None:
        """Write a subscription down; one for the same topic is replaced."""
        with self._engine.begin() as connection:
            upsert(connection, subscriptions, [msgspec.structs.asdict(subscription)])

    def pushed(self, token: str, at: dt.datetime) -> None:
        """Write down a valid push: from now on its listened address is due."""
        with self._engine.begin() as connection:
            connection.execute(subscriptions.update().where(subscriptions.c.token == token).values(pushed_at=at))

    def forget(self, token: str) -> None:
        """Delete a subscription."""
        with self._engine.begin() as connection:
            connection.execute(subscriptions.delete().where(subscriptions.c.token == token))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(**{name: row[name] for name in Subscription.__struct_fields__})
