"""PostgreSQL, which several nodes may share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.connection import Connection
from bot.store.nodes import Listener, Node

_ALONE = 0x6E6F7469  # any number no other program uses on this database

_LIMITS = {
    "command_timeout": 30,
    "server_settings": {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"},
}
"""Neither a frozen peer nor a dead network may hold us for ever; asyncpg counts in seconds."""


class PostgresDatabase:
    """A database on a server."""

    shared = True

    def __init__(self, engine: AsyncEngine, node: Node) -> None:
        self._engine, self._node = engine, node

    @property
    def node(self) -> int:
        """The number that leases of this process carry."""
        return self._node.number

    @asynccontextmanager
    async def begin(self, *, writes: bool, alone: bool) -> AsyncIterator[Connection]:
        """A transaction; one that is to be alone queues on an advisory lock, one that only reads has one view."""
        async with self._engine.connect() as connection:
            if not writes:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                if alone:
                    await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ALONE)))
                yield connection

    async def stay_alive(self) -> None:
        """Keep our number taken, or take a new one."""
        await self._node.stay()

    async def lead(self, what: str) -> bool:
        """Whether this process is the only one that leads in this."""
        return await self._node.lead(what)

    def listen(self, listener: Listener) -> None:
        """Tell it what other processes have committed."""
        self._node.listen(listener)


@asynccontextmanager
async def open_postgres(url: str) -> AsyncIterator[PostgresDatabase]:
    """The database at postgresql://... Raises SQLAlchemy's errors, and OSError."""
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=5,
        max_overflow=5,
        pool_pre_ping=True,
        connect_args=_LIMITS,
    )
    node = Node(engine)
    try:
        await node.enter()
        yield PostgresDatabase(engine, node)
    finally:
        await node.leave()
        await engine.dispose()
