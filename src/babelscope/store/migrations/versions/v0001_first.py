"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from babelscope.store.tables import UtcDateTime

revision = "0001"
down_revision = None
NAME = sa.String(length=64)
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "bands", "captures", "documents", "evidence", "failures", "fingerprints", "items", "ledger",
    "memberships", "meta", "months", "runs", "segments", "sources", "visits",
)  # fmt: skip


def upgrade() -> None:
    """Make every table."""
    _bands()
    _captures()
    _documents()
    _evidence()
    _failures()
    _fingerprints()
    _items()
    _ledger()
    _memberships()
    _meta()
    _months()
    _runs()
    _segments()
    _sources()
    _visits()


def downgrade() -> None:
    """Drop every table."""
    for name in TABLES:
        op.drop_table(name)


def _bands() -> None:
    op.create_table(
        "bands",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.PrimaryKeyConstraint("key", "document"),
        sqlite_with_rowid=False,
    )


def _captures() -> None:
    op.create_table(
        "captures",
        sa.Column("seq", SERIAL, autoincrement=False, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("body_hash", NAME, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.Column("segment", NAME, nullable=False),
        sa.Column("request_offset", sa.BigInteger(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.Column("payload_digest", sa.Text(), nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("run", NAME, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("document"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("captures_source", "captures", ["source"], unique=False)
    op.create_index("captures_state", "captures", ["state", "seq"], unique=False)


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("seq", SERIAL, autoincrement=False, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("capture", NAME, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_hash", NAME, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reading_title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("language", NAME, nullable=False),
        sa.Column("script", NAME, nullable=False),
        sa.Column("grade", NAME, nullable=False),
        sa.Column("country", NAME, nullable=False),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("words", sa.BigInteger(), nullable=False),
        sa.Column("month", NAME, nullable=False),
        sa.Column("segment", NAME, nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("embedded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("documents_month", "documents", ["month"], unique=False)
    op.create_index("documents_segment", "documents", ["segment", "row"], unique=False)
    op.create_index("documents_source", "documents", ["source", "time"], unique=False)
    op.create_index("documents_time", "documents", ["time", "id"], unique=False)
    op.create_index("documents_url", "documents", ["url_hash"], unique=False)


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("name", NAME, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _failures() -> None:
    op.create_table(
        "failures",
        sa.Column("id", NAME, nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("run", NAME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("failures_document", "failures", ["document"], unique=False)


def _fingerprints() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("document", NAME, nullable=False),
        sa.Column("minhash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("document"),
    )


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", NAME, nullable=False),
        sa.Column("url_hash", NAME, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("offered", sa.Text(), nullable=False),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("run", NAME, nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("items_open", "items", ["open", "found_at"], unique=False)
    op.create_index("items_state", "items", ["state"], unique=False)
    op.create_index("items_url", "items", ["url_hash"], unique=False)


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("run", NAME, nullable=False),
        sa.Column("stage", NAME, nullable=False),
        sa.Column("outcome", NAME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run", "stage", "outcome", "reason"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("linker", NAME, nullable=False),
        sa.Column("document", NAME, nullable=False),
        sa.Column("group_id", NAME, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("nearest", NAME, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("time", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("linker", "document"),
    )
    op.create_index("memberships_group", "memberships", ["linker", "group_id"], unique=False)
    op.create_index("memberships_time", "memberships", ["linker", "time", "document"], unique=False)


def _meta() -> None:
    op.create_table(
        "meta",
        sa.Column("name", NAME, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def _months() -> None:
    op.create_table(
        "months",
        sa.Column("month", NAME, nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("vectors", sa.BigInteger(), nullable=False),
        sa.Column("first", UtcDateTime(), nullable=False),
        sa.Column("latest", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("month"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", NAME, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("state", NAME, nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("runs_started", "runs", ["started_at"], unique=False)


def _segments() -> None:
    op.create_table(
        "segments",
        sa.Column("name", NAME, nullable=False),
        sa.Column("day", NAME, nullable=False),
        sa.Column("state", NAME, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.BigInteger(), nullable=False),
        sa.Column("run", NAME, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("segments_number", "segments", ["number"], unique=False)
    op.create_index("segments_state", "segments", ["state"], unique=False)


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", NAME, nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("standing", NAME, nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("next_due", UtcDateTime(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("url"),
    )
    op.create_index("visits_source", "visits", ["source"], unique=False)
