"""Opening the database: one writer at a time, durable commits, the schema brought up to date.

With the SQLite driver's own transactions a read-then-write can lose updates without an error, so every write begins
with BEGIN IMMEDIATE here. On PostgreSQL writers of the same kind queue on an advisory lock where they ask for it.
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreBusy
from bot.store.nodes import Node

MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 10
_OUR_FAULT = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError, sa.exc.NotSupportedError)
_INTAKE_LOCK = 0x6E6F7469  # any number no other program uses on this database


class LockHeld(StoreBusy):
    """Another process works on this SQLite database."""


class Store:
    """The database, opened. Get one from ``open_store``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._node = Node(engine)
        self._writer = asyncio.Lock()  # queueing here is fair and quick; SQLite's own waiting polls

    @property
    def on_sqlite(self) -> bool:
        """True when the database is SQLite, which one process has to itself."""
        return self._engine.dialect.name == "sqlite"

    @property
    def node(self) -> int:
        """The number that leases of this process carry."""
        return self._node.number

    async def stay_alive(self) -> None:
        """See that other processes still know that this one lives. Raises StoreBusy."""
        try:
            await self._node.stay()
        except (sa.exc.OperationalError, sa.exc.InterfaceError, OSError) as error:
            raise StoreBusy(f"the database cannot be reached: {type(error).__name__}") from error

    @asynccontextmanager
    async def alive(self) -> AsyncIterator[Store]:
        """The store of a living process."""
        if not self.on_sqlite:
            await self._node.enter()
        try:
            yield self
        finally:
            await self._node.leave()

    @asynccontextmanager
    async def write(self, *, alone: bool = False) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, rolled back on any error.

        alone: no other such transaction runs meanwhile, on any node. Raises StoreBusy when the database does not let
        us in.
        """
        if self.on_sqlite:
            async with self._writer, self._begin(writes=True) as connection:
                yield connection
            return
        async with self._begin(writes=True) as connection:
            if alone:
                await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_INTAKE_LOCK)))
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of the database."""
        async with self._begin(writes=False) as connection:
            yield connection

    @asynccontextmanager
    async def _begin(self, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        connection = self._engine.connect()
        try:
            await connection.start()
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, OSError) as error:
            raise StoreBusy(f"the database cannot be reached: {getattr(error, 'orig', error)}") from error
        try:
            await connection.execution_options(**self._options(writes))
            async with connection.begin():
                yield connection
        except _OUR_FAULT:
            raise
        except sa.exc.DBAPIError as error:  # gone, locked, deadlocked: another try may do
            raise StoreBusy(f"the database is busy or gone: {type(error.orig).__name__}") from error
        finally:
            await connection.close()

    def _options(self, writes: bool) -> dict[str, Any]:
        if self.on_sqlite:
            return {"writes": writes}
        return {} if writes else {"isolation_level": "REPEATABLE READ"}


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """The database at ``url`` (sqlite:///path or postgresql://...), migrated to the newest schema.

    Raises StoreBusy when it cannot be reached, LockHeld when another process holds the SQLite file: what was in flight
    when a process died can only be put right if no other one is alive.
    """
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        with _only_process(path):
            _try_out(path)
            async with _opened(_sqlite_engine(path)) as store:
                yield store
    else:
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"), pool_size=5, max_overflow=5, pool_pre_ping=True
        )
        async with _opened(engine) as store:
            yield store


@asynccontextmanager
async def _opened(engine: AsyncEngine) -> AsyncIterator[Store]:
    store = Store(engine)
    try:
        async with store.write(alone=True) as connection:
            await connection.run_sync(migrate)
        async with store.alive():
            yield store
    finally:
        await engine.dispose()


def migrate(connection: sa.Connection) -> None:
    """Bring the schema of an open connection to the newest version, inside its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreBusy(f"the database is of a newer version of this service: {error}") from error


class _only_process:  # noqa: N801 - read as a word in a with statement
    """Holds the lock file beside an SQLite database for as long as the process lives."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".lock")

    def __enter__(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w")
        except OSError as error:
            raise StoreBusy(f"no database can be kept in {self._path.parent}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise LockHeld(
                f"another process works on this database (it holds {self._path}); several nodes need PostgreSQL"
            ) from None

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _try_out(path: Path) -> None:
    """Open the file once in the open: what is wrong with it is better said here than by a thread of the pool."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise StoreBusy(f"{path} cannot be used as the database: {error}") from error


def _sqlite_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS}, pool_size=4, max_overflow=4
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver must not begin or commit by itself
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS}000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
