"""The tables of the state, in SQL that SQLite and PostgreSQL both speak (SQLAlchemy Core)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

from babelscope.model import content_id

metadata = MetaData()


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment in UTC: SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return ``value`` in UTC; one without a zone is taken to be UTC."""
        if value is None:
            return None
        aware = utc(value)
        return aware.replace(tzinfo=None) if dialect.name == "sqlite" else aware

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return the stored moment with its zone."""
        return None if value is None else utc(value)


def utc(at: dt.datetime) -> dt.datetime:
    """Return ``at`` in UTC; a moment without a zone is taken to be UTC."""
    return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)


class SafeText(TypeDecorator[str]):
    """Text that both databases can hold: NUL is left out, a lone surrogate becomes "?". Hostile feeds send both."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return ``value`` as it can be stored (also when it is looked for)."""
        return None if value is None else safe_text(value)


def safe_text(text: str) -> str:
    """Return ``text`` as both databases can hold it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def url_hash(url: str) -> str:
    """Return the name of an address in an index: addresses are longer than PostgreSQL lets an index entry be."""
    return content_id("url", url)


def _id(name: str = "id", **options: Any) -> Column[Any]:
    return Column(name, String(64), **{"nullable": False, **options})


def _text(name: str) -> Column[Any]:
    return Column(name, SafeText, nullable=False)


def _number(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False)


def _time(name: str, nullable: bool = False) -> Column[Any]:
    return Column(name, UtcDateTime, nullable=nullable)


def _serial(name: str = "seq") -> Column[Any]:
    """A rising number given by the writer, so that both databases and the vector index use the same."""
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)


meta = Table("meta", metadata, _id("name", primary_key=True), _text("value"))
sources = Table(
    "sources", metadata, _text("name"), _id("country"), _text("languages"), _id("standing"), _text("home"),
    Column("id", SafeText, primary_key=True),
)  # fmt: skip
runs = Table(
    "runs", metadata, _id(primary_key=True), _time("started_at"), _time("ended_at", nullable=True), _id("state"),
    _text("config"), _text("holder"), Index("runs_started", "started_at"),
)  # fmt: skip
ledger = Table(
    "ledger", metadata, _id("run", primary_key=True), _id("stage", primary_key=True), _id("outcome", primary_key=True),
    Column("reason", SafeText, primary_key=True), _number("count"),
)  # fmt: skip
visits = Table(
    "visits", metadata, Column("url", SafeText, primary_key=True), _text("source"), _time("checked_at"),
    _time("next_due"), _number("status"), _text("etag"), _text("last_modified"), _number("failures"), _text("error"),
    _number("found"), _number("new"), Column("rate", Float, nullable=False), _text("hub"), _text("moved"),
    Index("visits_source", "source"),
)  # fmt: skip
items = Table(
    "items", metadata, _id(primary_key=True), _id("url_hash"), _text("source"), _text("url"), _text("feed"),
    _text("version"), _text("offered"), _text("hints"), Column("open", Boolean, nullable=False),
    _id("state"), _text("reason"), _text("detail"), _number("attempts"), _id("run"), _time("found_at"),
    _time("settled_at", nullable=True),
    Index("items_url", "url_hash"), Index("items_open", "open", "found_at"), Index("items_state", "state"),
)  # fmt: skip
evidence = Table("evidence", metadata, _id("name", primary_key=True), _number("size"), _text("holder"))
captures = Table(
    "captures", metadata, _serial(), _id(unique=True), _id("document", unique=True), _id("kind"), _text("source"),
    _text("url"), _text("final_url"), _time("fetched_at"), _number("status"), _text("media_type"), _text("charset"),
    _id("body_hash"), _number("size"), _text("rights"), _text("hints"), _id("segment"), _number("request_offset"),
    _number("offset"), _number("end_offset"), _text("payload_digest"), _id("state"), _text("reason"), _id("run"),
    _id("form"), _id("replaces"), _id("found_by", server_default=""),
    Index("captures_state", "state", "seq"), Index("captures_source", "source"),
)  # fmt: skip
segments = Table(
    "segments", metadata, _id("name", primary_key=True), _id("day"), _id("state"), _number("number"),
    _number("documents"), _id("run"), Index("segments_number", "number"), Index("segments_state", "state"),
)  # fmt: skip
documents = Table(
    "documents", metadata, _serial(), _id(unique=True), _id("capture"), _text("source"), _text("url"), _id("url_hash"),
    _text("title"),
    _text("reading_title"), _text("lead"), _id("language"), _id("script"), _id("grade"), _id("country"), _time("time"),
    _time("published_at", nullable=True), _time("seen_at", nullable=True), _text("image"), _number("words"),
    _id("month"), _id("segment"), _number("row"), Column("embedded", Boolean, nullable=False),
    Index("documents_time", "time", "id"), Index("documents_source", "source", "time"),
    Index("documents_segment", "segment", "row"), Index("documents_month", "month"), Index("documents_url", "url_hash"),
)  # fmt: skip
months = Table(
    "months", metadata, _id("month", primary_key=True), _number("documents"), _number("vectors"), _time("first"),
    _time("latest"),
)  # fmt: skip
failures = Table(
    "failures", metadata, _id(primary_key=True), _id("document"), _text("stage"), _text("error"), _text("message"),
    _text("where"), _number("attempt"), _time("at"), _id("run"), Index("failures_document", "document"),
)  # fmt: skip
memberships = Table(
    "memberships", metadata, _id("linker", primary_key=True), _id("document", primary_key=True), _id("group_id"),
    Column("score", Float, nullable=False), _id("nearest"), _text("why"), _text("by"), _time("time"),
    Index("memberships_group", "linker", "group_id"), Index("memberships_time", "linker", "time", "document"),
)  # fmt: skip
bands = Table(
    "bands", metadata, Column("key", LargeBinary, primary_key=True), _id("document", primary_key=True),
    sqlite_with_rowid=False,
)  # fmt: skip
fingerprints = Table(
    "fingerprints", metadata, _id("document", primary_key=True), Column("minhash", LargeBinary, nullable=False)
)
# -- several collectors, second looks, health: schema 0002 --------------------------------------------------------
configs = Table("configs", metadata, _id(primary_key=True), _text("config"))
counters = Table("counters", metadata, _id("name", primary_key=True), _number("value"))
leases = Table(
    "leases", metadata, Column("name", SafeText, primary_key=True), _text("holder"), _number("fence"), _time("until"),
    _time("ready_at"), Index("leases_holder", "holder"),
)  # fmt: skip
looks = Table(
    "looks", metadata, _id(primary_key=True), _id("url_hash"), _text("source"), _text("url"), _id("capture"),
    _id("state"), _number("status"), _number("count"), _number("failures"), _text("etag"), _text("last_modified"),
    _time("first_at"), _time("looked_at"), _time("next_due", nullable=True), _time("changed_at", nullable=True),
    _time("gone_at", nullable=True), _time("back_at", nullable=True),
    Index("looks_due", "next_due"), Index("looks_url", "url_hash"), Index("looks_state", "state"),
)  # fmt: skip
volumes = Table(
    "volumes", metadata, Column("source", SafeText, primary_key=True), _id("day", primary_key=True),
    _id("measure", primary_key=True), _number("count"), Index("volumes_day", "day"),
)  # fmt: skip
alarms = Table(
    "alarms", metadata, _id(primary_key=True), _text("source"), _id("kind"), _time("raised_at"),
    _time("cleared_at", nullable=True), _text("detail"), Column("expected", Float, nullable=False),
    Column("received", Float, nullable=False), Index("alarms_source", "source"), Index("alarms_raised", "raised_at"),
)  # fmt: skip
subscriptions = Table(
    "subscriptions", metadata, Column("topic", SafeText, primary_key=True), _text("listen"), _text("hub"),
    _text("source"), _id("token", unique=True), _text("secret"), _id("state"), _time("asked_at"),
    _time("until", nullable=True), _time("pushed_at", nullable=True), _text("error"),
    Index("subscriptions_listen", "listen"),
)  # fmt: skip
# -- reading: whole translations, wishes for them, corrections by people: schema 0003 ------------------------------
renderings = Table(
    "renderings", metadata, _id("document", primary_key=True), _id("language", primary_key=True),
    _id("text_hash"), _text("translation"), _text("by"), _number("words"), _time("made_at"),
)  # fmt: skip
wishes = Table(
    "wishes", metadata, _id("document", primary_key=True), _id("language", primary_key=True), _id("state"),
    _text("reason"), _text("asked_by"), _time("asked_at"), _time("settled_at", nullable=True),
    Index("wishes_state", "state", "asked_at"),
)  # fmt: skip
corrections = Table(
    "corrections", metadata, _id(primary_key=True), _id("document"), _id("of"), _number("start"), _number("end"),
    _id("language"), _id("target"), _text("original"), _text("machine"), _text("correction"), _id("kind"),
    _text("note"), _text("author"), _time("at"), _time("undone_at", nullable=True), _text("undone_by"),
    Index("corrections_document", "document"), Index("corrections_at", "at"),
)  # fmt: skip
