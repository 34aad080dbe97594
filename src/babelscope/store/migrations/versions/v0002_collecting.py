"""Several collectors, second looks, volumes and alarms, subscriptions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from babelscope.store.tables import SafeText, alarms, configs, counters, leases, looks, subscriptions, volumes

revision = "0002"
down_revision = "0001"
NEW = (configs, counters, leases, looks, volumes, alarms, subscriptions)
"""Tables as they were when this revision was written: a later one that changes them freezes their columns here."""
NAME = sa.String(length=64)


def upgrade() -> None:
    """Make the new tables; give the old ones their new columns, filled with what they meant before."""
    connection = op.get_bind()
    for table in NEW:
        table.create(connection)
    _add("visits", ("new", sa.BigInteger(), "0"), ("rate", sa.Float(), "-1"), ("hub", SafeText(), ""))
    _add("visits", ("moved", SafeText(), ""))
    _add("runs", ("holder", SafeText(), ""))
    _add("evidence", ("holder", SafeText(), ""))
    _add("captures", ("form", NAME, "http"), ("replaces", NAME, ""), ("found_by", NAME, ""))


def _add(table: str, *columns: tuple[str, Any, str]) -> None:
    for name, kind, default in columns:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))


def downgrade() -> None:
    """Go back to the first schema: what only the second one knows is lost."""
    for table in reversed(NEW):
        table.drop(op.get_bind())
    for table, names in (
        ("visits", ("new", "rate", "hub", "moved")),
        ("runs", ("holder",)),
        ("evidence", ("holder",)),
        ("captures", ("form", "replaces", "found_by")),
    ):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
