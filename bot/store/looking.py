"""The database, opened only to look into it, while the service may have it: nothing is locked, migrated or written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreBusy
from bot.store.connection import Connection
from bot.store.sqlite import InPlace

_NEVER_RUN = "the database has no such table: run the service once with this version"
_SECONDS = 10


@asynccontextmanager
async def open_to_look(url: str) -> AsyncIterator[Connection]:
    """One consistent view of the database at ``url``. Raises StoreBusy: there is none, or one of another version."""
    try:
        if url.startswith("sqlite:///"):
            with _file(Path(url.removeprefix("sqlite:///"))) as connection:
                yield connection
        else:
            async with _server(url) as connection:
                yield connection
    except (sa.exc.ProgrammingError, sa.exc.OperationalError) as error:
        missing = "no such table" in str(error.orig) or "UndefinedTable" in str(error.orig)
        raise StoreBusy(_NEVER_RUN if missing else f"the database cannot be read: {error.orig}") from error
    except OSError as error:
        raise StoreBusy(f"the database cannot be reached: {error}") from error


@contextmanager
def _file(path: Path) -> Iterator[Connection]:
    if not path.is_file():
        raise StoreBusy(f"there is no database at {path}")
    # https://www.sqlite.org/uri.html: mode=ro; whoever writes meanwhile is not held up, nor are we
    address = f"sqlite:///file:{quote(str(path.absolute()))}?mode=ro&uri=true"
    how = {"timeout": _SECONDS, "isolation_level": None}
    engine = sa.create_engine(address, connect_args=how, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")  # the driver begins nothing before the first write: no one view
        yield InPlace(connection)


@asynccontextmanager
async def _server(url: str) -> AsyncIterator[Connection]:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        connect_args={"timeout": _SECONDS, "server_settings": {"default_transaction_read_only": "on"}},
    )
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                yield connection
    finally:
        await engine.dispose()
