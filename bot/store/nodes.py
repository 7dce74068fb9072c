"""Which process is alive, which one leads, and what the others have just committed.

On SQLite the lock file says it (``engine``): there is one process, which is alive and leads. On PostgreSQL every
process has a connection for as long as it lives. On it, it holds an advisory lock under a number of its own, which
leases carry: what a process had in flight when it died must not wait for a lease to run out. On it, it tries for the
lock of whatever only one may do. And on it, it hears what others say when they commit. The server lets go of all of
that when the connection breaks.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.connection import Connection

_CLASS = 0x6E6F6465  # any number no other program uses on this database
_LEADS = 0x6C656164
_SPOKEN = "notice_bot"
NOBODY = 0
"""The number of the one process that works on an SQLite file."""

ANSWERS_WITHIN = 3.0
"""Seconds. A server that has not answered by then may have given us up."""

_NOTICED_DEAD = (
    "SET tcp_keepalives_idle = 3",
    "SET tcp_keepalives_interval = 1",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 6000",
)
"""Within six seconds the server lets go of what a machine held that is gone from the network; it waits for hours else.

https://www.postgresql.org/docs/current/runtime-config-connection.html#RUNTIME-CONFIG-TCP-SETTINGS"""

Listener = Callable[[str], None]
"""Told what another process has committed, in the words of ``speak``."""


class Node:
    """This process, as others on the same PostgreSQL see it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._led: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._listeners: list[Listener] = []
        self.number = secrets.randbelow(2**31 - 1) + 1

    def listen(self, listener: Listener) -> None:
        """Tell it whatever other processes say from now on. It must neither wait nor raise."""
        self._listeners.append(listener)

    async def enter(self) -> None:
        """Be alive from now on. Raises SQLAlchemy's errors, and OSError."""
        async with self._one_at_a_time, asyncio.timeout(ANSWERS_WITHIN * 4):
            await self._enter()

    async def stay(self) -> None:
        """See that we still count as alive; when the connection was lost, take the lock anew, under the same number."""
        async with self._promptly():
            await self._stay()

    async def lead(self, what: str) -> bool:
        """Whether this process is the one that leads in this: it tries to, and goes on until it leaves.

        Raises SQLAlchemy's errors, OSError and TimeoutError: then it no longer is.
        """
        async with self._promptly():
            await self._stay()
            return what in self._led or await self._try_to_lead(what)

    async def leave(self) -> None:
        """Be gone."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._led.clear()
            await connection.invalidate()
            await connection.close()

    @asynccontextmanager
    async def _promptly(self) -> AsyncIterator[None]:
        """One at a time on the connection; it is given up when the server does not answer soon."""
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(ANSWERS_WITHIN):
                    yield
            except TimeoutError:
                await self.leave()
                raise

    async def _enter(self) -> None:
        connection = await self._engine.connect()
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for setting in _NOTICED_DEAD:
                await connection.execute(sa.text(setting))
            await connection.execute(sa.select(sa.func.pg_advisory_lock(_CLASS, self.number)))
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is not None:
                await driver.add_listener(_SPOKEN, self._heard)
            self._connection = connection
        finally:
            if self._connection is not connection:
                await connection.close()

    async def _stay(self) -> None:
        try:
            if self._connection is not None:
                await self._connection.execute(sa.select(1))
        except sa.exc.DBAPIError:
            await self.leave()
        if self._connection is None:
            await self._enter()

    async def _try_to_lead(self, what: str) -> bool:
        if self._connection is None:
            return False
        taken = await self._connection.execute(sa.select(sa.func.pg_try_advisory_lock(_LEADS, _number_of(what))))
        if taken.scalar_one():
            self._led.add(what)
        return what in self._led

    def _heard(self, _: object, pid: int, channel: str, said: str) -> None:
        speaker, _, words = said.partition(" ")
        if speaker != str(self.number):
            for listener in self._listeners:
                listener(words)


def _number_of(what: str) -> int:
    """A signed number of four bytes, as an advisory lock takes it."""
    return int.from_bytes(hashlib.sha256(what.encode()).digest()[:4], signed=True)


async def speak(connection: Connection, node: int, words: str) -> None:
    """Let other processes hear these words once the transaction has committed; on SQLite there are none."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.select(sa.func.pg_notify(_SPOKEN, f"{node} {words}")))


def is_dead(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether no living process has this number. PostgreSQL only: https://www.postgresql.org/docs/current/view-pg-locks.html"""
    return number.not_in(_alive())


async def count_alive(connection: Connection) -> int:
    """How many processes work on this database; one on SQLite."""
    if connection.dialect.name == "sqlite":
        return 1
    query = sa.select(sa.func.count()).select_from(_alive().subquery())
    return int((await connection.execute(query)).scalar_one())


def _alive() -> sa.Select[int]:
    """The numbers of all living processes."""
    locks = sa.table("pg_locks", *(sa.column(name) for name in ("locktype", "database", "classid", "objid", "granted")))
    here = sa.text("(SELECT oid FROM pg_database WHERE datname = current_database())")
    return sa.select(locks.c.objid).where(
        locks.c.locktype == "advisory", locks.c.classid == _CLASS, locks.c.granted, locks.c.database == here
    )
