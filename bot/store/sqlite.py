"""SQLite, which one process has to itself.

A statement takes microseconds here, handing it to a thread and back ten times as long. So statements run in place, on
SQLAlchemy's plain engine, and only what may wait for a disk or a lock goes to a thread: BEGIN IMMEDIATE and COMMIT.
With the driver's own transactions a read-then-write can lose updates without an error; hence BEGIN IMMEDIATE.
"""

from __future__ import annotations

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.errors import StoreBusy
from bot.store.connection import Connection
from bot.store.nodes import NOBODY, Listener

T = TypeVar("T")

_BUSY_SECONDS = 10
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS}000")


class LockHeld(StoreBusy):
    """Another process works on this database."""


class InPlace:
    """A plain connection as the store knows connections. Nothing it does waits."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> sa.Dialect:
        """SQLite's."""
        return self._connection.dialect

    async def execute(self, statement: sa.Executable, parameters: Any = None, /) -> sa.CursorResult[Any]:
        """Run one statement, with one set of parameters or a list of them."""
        return self._connection.execute(statement, parameters)

    @asynccontextmanager
    async def begin_nested(self) -> AsyncIterator[None]:
        """A part of the transaction that can be undone alone."""
        with self._connection.begin_nested():
            yield

    async def run_sync(self, work: Callable[[sa.Connection], T], /) -> T:
        """Hand the connection to synchronous code."""
        return work(self._connection)


class SqliteDatabase:
    """An open database file."""

    shared = False
    node = NOBODY

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writer = asyncio.Lock()  # queueing here is fair and quick; SQLite's own waiting polls

    @asynccontextmanager
    async def begin(self, *, writes: bool, alone: bool) -> AsyncIterator[Connection]:
        """A transaction. There is only one writer at a time, so every one is alone."""
        if not writes:
            with self._engine.begin() as connection:
                yield InPlace(connection)
            return
        async with self._writer:
            with self._engine.connect().execution_options(writes=True) as connection:
                transaction = await elsewhere(connection.begin)
                try:
                    yield InPlace(connection)
                    await elsewhere(transaction.commit)
                finally:
                    if transaction.is_active:
                        await elsewhere(transaction.rollback)

    async def stay_alive(self) -> None:
        """The lock file says that we live."""

    async def lead(self, what: str) -> bool:
        """There is nobody else."""
        return True

    def listen(self, listener: Listener) -> None:
        """There is nobody to be heard."""


async def elsewhere(work: Callable[[], T]) -> T:
    """Do work in a thread. Whoever is cancelled meanwhile waits for its end all the same: it has our connection."""
    done = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise


@contextmanager
def open_sqlite(path: Path) -> Iterator[SqliteDatabase]:
    """The database file, made if it is not there. Raises LockHeld, and StoreBusy when it cannot be used."""
    with _only_process(path.with_name(path.name + ".lock")):
        _try_out(path)
        engine = _engine(path)
        try:
            yield SqliteDatabase(engine)
        finally:
            engine.dispose()


@contextmanager
def _only_process(lock: Path) -> Iterator[None]:
    """Hold the lock file for as long as the process lives."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("w")
    except OSError as error:
        raise StoreBusy(f"no database can be kept in {lock.parent}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockHeld(
                f"another process works on this database (it holds {lock}); several nodes need PostgreSQL"
            ) from None
        yield


def _try_out(path: Path) -> None:
    """Open the file once: what is wrong with it is better said here."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise StoreBusy(f"{path} cannot be used as the database: {error}") from error


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False, "isolation_level": None},
        poolclass=sa.QueuePool,
        pool_size=0,  # no limit: to wait for a connection would stop the loop
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
