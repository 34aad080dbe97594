"""Opening the state: SQLite (WAL) in the store's folder by default, PostgreSQL by address; migrated at open."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from babelscope.flow.config import Config
from babelscope.flow.errors import BabelscopeError

HEAD = "0003"
"""Newest revision of the schema; a test holds it equal to Alembic's."""
CHUNK = 500
"""Values in one IN list: far under the limits of both databases."""
_T = TypeVar("_T")


def connect(config: Config, read_only: bool = False) -> Engine:
    """Return an engine for the configured database; raises ``BabelscopeError`` for an address that cannot be used."""
    address = config.store.database or URL.create("sqlite", database=str(Path(config.store.directory) / "state.sqlite"))
    try:
        url = make_url(address)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url)
    except ModuleNotFoundError as error:
        hint = 'pip install "babelscope[postgres]"' if error.name == "psycopg" else "install it"
        raise BabelscopeError(f"store.database needs the Python package {error.name}: {hint}") from None
    except (ArgumentError, ImportError, SQLAlchemyError) as error:
        raise BabelscopeError(f"store.database: cannot be used: {error}") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _read_only if read_only else _writing)
    return engine


def _writing(connection: sqlite3.Connection, _record: Any) -> None:
    """FULL: a committed transaction survives a power cut (one fsync a batch, 1–3 ms on an ordinary disk)."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA cache_size=-65536")


def _read_only(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA busy_timeout=30000")


def revision(engine: Engine) -> str:
    """Return the revision of the schema, "" for an empty database; raises ``BabelscopeError`` if it is out of reach."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")
    except SQLAlchemyError as error:
        raise BabelscopeError(f"the state database cannot be opened: {getattr(error, 'orig', None) or error}") from None


def migrate(engine: Engine) -> None:
    """Bring the schema to ``HEAD``; raises ``BabelscopeError`` if a newer Babelscope wrote it."""
    now = revision(engine)
    if now == HEAD:
        return
    if now > HEAD:
        raise BabelscopeError(
            f"the state database has schema {now}, newer than this Babelscope knows ({HEAD}): upgrade it"
        )
    from alembic import command

    with engine.begin() as connection:
        settings = alembic_config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def alembic_config() -> Any:
    """Return Alembic's settings for the migrations inside this package."""
    from alembic.config import Config as AlembicConfig

    settings = AlembicConfig()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


def insert_into(connection: Connection, table: Table) -> Insert:
    """Return an INSERT that knows ON CONFLICT; both databases spell it the same way."""
    if connection.dialect.name == "postgresql":
        return postgresql_insert(table)
    return cast(Insert, sqlite_insert(table))


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert ``rows``, replacing those with the same primary key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert_into(connection, table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement, list(rows))


def add_counts(connection: Connection, table: Table, rows: Iterable[dict[str, Any]], column: str = "count") -> None:
    """Insert ``rows``; where the primary key is there already, ``column`` is added to what stands."""
    keys = [key.name for key in table.primary_key]
    statement = insert_into(connection, table)
    added = {column: table.c[column] + statement.excluded[column]}
    values = list(rows)
    if values:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=added), values)


def narrowed(query: Select[Any], column: ColumnElement[Any], values: Collection[str] | None) -> Iterator[Select[Any]]:
    """Yield ``query`` for the rows whose ``column`` is one of ``values``, some at a time; None: as it is, once."""
    if values is None:
        yield query
        return
    for some in chunks(sorted(values)):
        yield query.where(column.in_(some))


def mapping(connection: Connection, query: Select[Any]) -> dict[Any, Any]:
    """Return the rows of a query of two columns as a mapping from the first to the second."""
    return {key: value for key, value in connection.execute(query)}  # noqa: C416 - a row is not a pair to ``dict``


def chunks(values: Sequence[_T], size: int = CHUNK) -> Iterator[Sequence[_T]]:
    """Cut ``values`` into runs of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def open_state(config: Config) -> Engine:
    """Return the state of ``config``, to be used beside its writer; raises ``BabelscopeError`` if there is none yet."""
    engine = connect(config)
    try:
        if revision(engine) != HEAD:
            raise BabelscopeError("there is no store of this version yet; `babelscope run` makes one")
    except BabelscopeError:
        engine.dispose()
        raise
    return engine
