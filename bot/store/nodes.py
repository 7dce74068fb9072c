"""Which process is alive: what it had in flight when it died must not wait for a lease to run out.

On SQLite the lock file says it (``engine``). On PostgreSQL every process holds an advisory lock under a number of its
own for as long as it lives; the server lets go of it when the connection breaks. Leases carry that number.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_CLASS = 0x6E6F6465  # any number no other program uses on this database
NOBODY = 0
"""The number of the one process that works on an SQLite file."""


class Node:
    """This process, as others on the same PostgreSQL see it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self.number = secrets.randbelow(2**31 - 1) + 1

    async def enter(self) -> None:
        """Be alive from now on. Raises SQLAlchemy's errors, and OSError."""
        connection = await self._engine.connect()
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(sa.select(sa.func.pg_advisory_lock(_CLASS, self.number)))
            self._connection = connection
        finally:
            if self._connection is not connection:
                await connection.close()

    async def stay(self) -> None:
        """See that we still count as alive; when the connection was lost, take the lock anew, under the same number."""
        try:
            if self._connection is not None:
                await self._connection.execute(sa.select(1))
        except sa.exc.DBAPIError:
            await self.leave()
        if self._connection is None:
            await self.enter()

    async def leave(self) -> None:
        """Be gone."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.invalidate()
            await connection.close()


def is_dead(number: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether no living process has this number. PostgreSQL only: https://www.postgresql.org/docs/current/view-pg-locks.html"""
    locks = sa.table("pg_locks", *(sa.column(name) for name in ("locktype", "database", "classid", "objid", "granted")))
    here = sa.text("(SELECT oid FROM pg_database WHERE datname = current_database())")
    alive = sa.select(locks.c.objid).where(
        locks.c.locktype == "advisory", locks.c.classid == _CLASS, locks.c.granted, locks.c.database == here
    )
    return number.not_in(alive)
