"""Whole translations, wishes for them, and corrections of translations by people."""

from __future__ import annotations

from alembic import op

from babelscope.store.tables import corrections, renderings, wishes

revision = "0003"
down_revision = "0002"
NEW = (renderings, wishes, corrections)
"""Tables as they were when this revision was written: a later one that changes them freezes their columns here."""


def upgrade() -> None:
    """Make the new tables."""
    for table in NEW:
        table.create(op.get_bind())


def downgrade() -> None:
    """Go back to the second schema: what only the third one knows is lost."""
    for table in reversed(NEW):
        table.drop(op.get_bind())
