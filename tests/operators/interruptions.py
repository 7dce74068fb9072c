"""Intake that tests can stop or fail at two moments, and a database that refuses. The rest is the service's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from bot.errors import StoreBusy
from bot.intake.desk import IntakeDesk
from bot.intake.service import Intake
from bot.store.engine import Store

T = TypeVar("T")


async def _nothing() -> None:
    pass


@dataclass(slots=True)
class Moments:
    """Awaited when Telegram's updates are about to be kept, and when a desk's work is done but not committed."""

    before_keep: Callable[[], Awaitable[None]] = _nothing
    before_commit: Callable[[], Awaitable[None]] = _nothing


class Interrupted(Intake):
    """Intake with such moments."""

    def __init__(self, *given: Any, moments: Moments, **named: Any) -> None:
        super().__init__(*given, **named)
        self._moments = moments

    async def keep(self, received: Sequence[tuple[int, str]], *, caught_up: datetime | None = None) -> None:
        await self._moments.before_keep()
        await super().keep(received, caught_up=caught_up)

    async def transact(self, work: Callable[[IntakeDesk], Awaitable[T]]) -> T:
        async def slowly(desk: IntakeDesk) -> T:
            result = await work(desk)
            await self._moments.before_commit()
            return result

        return await super().transact(slowly)


class Gate:
    """A moment to stop at: ``pass_through`` is the hook to give, ``reached`` tells, ``open`` lets go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._opened = asyncio.Event()

    async def pass_through(self) -> None:
        self.reached.set()
        await self._opened.wait()

    def open(self) -> None:
        self._opened.set()


class Busy:
    """Raises StoreBusy the first times it is passed."""

    def __init__(self, times: int) -> None:
        self.left = times

    async def pass_through(self) -> None:
        if self.left > 0:
            self.left -= 1
            raise StoreBusy("database is locked")


@asynccontextmanager
async def refusing(store: Store, table: str) -> AsyncIterator[None]:
    """SQLite takes no new row of this table meanwhile, and says so as it does where a defect of ours is the cause."""
    async with store.write() as connection:
        await connection.execute(
            sa.text(f"CREATE TRIGGER refusing BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'a defect'); END")
        )
    try:
        yield
    finally:
        async with store.write() as connection:
            await connection.execute(sa.text("DROP TRIGGER refusing"))
