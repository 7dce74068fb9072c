"""The database, whichever it is: opened, brought up to date, and its errors in our terms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from bot.errors import StoreBusy
from bot.store.connection import Connection, Database
from bot.store.postgres import open_postgres
from bot.store.sqlite import open_sqlite

MIGRATIONS = Path(__file__).parent / "migrations"
_OUR_FAULT = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError, sa.exc.NotSupportedError)


class Store:
    """The database, opened. Get one from ``open_store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def shared(self) -> bool:
        """True when other processes may work on it too."""
        return self._database.shared

    @property
    def node(self) -> int:
        """The number that leases of this process carry."""
        return self._database.node

    async def stay_alive(self) -> None:
        """See that other processes still know that this one lives. Raises StoreBusy."""
        with _in_our_terms():
            await self._database.stay_alive()

    async def lead(self, what: str) -> bool:
        """Whether this process is the only one that leads in this; it tries to, and stays so while it can be reached.

        Raises StoreBusy: then it is not.
        """
        with _in_our_terms():
            return await self._database.lead(what)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Tell it what other processes have just committed, in the words of ``nodes.speak``. It must not wait."""
        self._database.listen(listener)

    @asynccontextmanager
    async def write(self, *, alone: bool = False) -> AsyncIterator[Connection]:
        """A transaction that may write: committed at the end, rolled back on any error.

        alone: no other such transaction runs meanwhile, on any node. Raises StoreBusy when the database does not let
        us in, or is gone.
        """
        with _in_our_terms():
            async with self._database.begin(writes=True, alone=alone) as connection:
                yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """One consistent view of the database. Raises StoreBusy."""
        with _in_our_terms():
            async with self._database.begin(writes=False, alone=False) as connection:
                yield connection


@contextmanager
def _in_our_terms() -> Iterator[None]:
    """Whatever another try may mend, gone, locked or deadlocked, is StoreBusy; what we did wrong stays what it is."""
    try:
        yield
    except _OUR_FAULT:
        raise
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        raise StoreBusy(f"the database cannot be used: {getattr(error, 'orig', error)}") from error
    except OSError as error:
        raise StoreBusy(f"the database cannot be reached: {error}") from error


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """The database at ``url`` (sqlite:///path or postgresql://...), migrated to the newest schema.

    Raises StoreBusy when it cannot be reached, LockHeld when another process holds the SQLite file: what was in flight
    when a process died can only be put right if no other one is alive.
    """
    if url.startswith("sqlite:///"):
        with open_sqlite(Path(url.removeprefix("sqlite:///"))) as file:
            yield await _migrated(file)
    else:
        opening = open_postgres(url)
        with _in_our_terms():
            database = await opening.__aenter__()
        try:
            yield await _migrated(database)
        finally:
            await opening.__aexit__(None, None, None)


async def _migrated(database: Database) -> Store:
    store = Store(database)
    async with store.write(alone=True) as connection:
        await connection.run_sync(migrate)
    return store


def migrate(connection: sa.Connection, *, to: str = "head") -> None:
    """Bring the schema of an open connection to a version, the newest, inside its transaction."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise StoreBusy(f"the database is of a newer version of this service: {error}") from error
