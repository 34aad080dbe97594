"""A PostgreSQL of our own for the tests: Debian's programs, a temporary folder, a Unix socket, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from babelscope.store.database import migrate

USER = "babelscope"
SETTINGS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB",
)  # fmt: skip


def programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, of the newest version there is."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    own = shutil.which("initdb")
    return found[-1].parent if found else Path(own).parent if own else None


def somebody() -> dict[str, Any]:
    """Return who runs it: it refuses to be root, for whom the user ``postgres`` stands in."""
    if os.geteuid() != 0:
        return {}
    try:
        found = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}


class Postgres:
    """A running server; ``database`` gives a new, empty, migrated database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def address(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def is_up(self) -> bool:
        try:
            self.execute("SELECT 1")
        except Exception:  # whatever the driver says while it starts
            return False
        return True

    def execute(self, statement: str) -> None:
        engine = create_engine(self.address("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(statement)
        finally:
            engine.dispose()

    def migrated_template(self) -> None:
        self.execute("CREATE DATABASE template_of_tests")
        engine = create_engine(self.address("template_of_tests"))
        migrate(engine)
        engine.dispose()

    def database(self, empty: bool = False) -> str:
        """Return the address of a new database, with the schema of today or ``empty``."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}" + ("" if empty else " TEMPLATE template_of_tests"))
        return self.address(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server for the whole session; tests that ask for it are skipped where it cannot be."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (extra postgres)")
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    who = somebody()
    folder = Path(tempfile.mkdtemp(prefix="babelscope-pg-"))
    if who:
        os.chown(folder, who["user"], who["group"])
    data, log = folder / "data", folder / "log"
    made = [where / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    process: subprocess.Popen[bytes] | None = None
    try:
        subprocess.run(made, check=True, capture_output=True, cwd=folder, **who)
        options = [word for setting in SETTINGS for word in ("-c", setting)]
        with log.open("wb") as output:
            command = [where / "postgres", "-D", data, "-k", folder, *options]
            process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder, **who)
        server = Postgres(folder)
        deadline = time.monotonic() + 30
        while not server.is_up():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL does not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)
        server.migrated_template()
        yield server
    finally:
        if process is not None:
            process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The address of an empty state database, of both kinds; "" for SQLite in the store's folder."""
    if request.param == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()
