"""Maintenance that comes again and again, as rows. When the next window is, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.recurring import Again, Every
from bot.domain.windows import Window
from bot.store.connection import Connection
from bot.store.schema_operators import recurrences


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One recurrence. first: its first window; next_starts: of the one that is announced next; plan_at: when, None when
    no more are; update_id: of the first announcement, whose words are those of all, and whose approval is that of all;
    made_by: the operator's name.
    """

    id: int
    components: tuple[str, ...]
    every: Every
    first: Window
    next_starts: datetime
    plan_at: datetime | None
    update_id: int
    made_by: str

    @property
    def again(self) -> Again:
        """How often it comes, and when next."""
        following = Window(starts=self.next_starts, ends=self.next_starts + self.first.length)
        return Again(every=self.every, following=following)


async def insert(connection: Connection, **values: Any) -> int:
    """Add one: all columns but the id; its id."""
    statement = recurrences.insert().values(values).returning(recurrences.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def save(connection: Connection, series_id: int, **values: Any) -> None:
    """Change one."""
    await connection.execute(recurrences.update().where(recurrences.c.id == series_id).values(values))


async def standing(connection: Connection) -> Sequence[Series]:
    """Those that go on, the next to begin first."""
    return await _load(connection, recurrences.c.plan_at.is_not(None))


async def begun_with(connection: Connection, update_id: int) -> Series | None:
    """The one whose first announcement this is, None when there is none, or it comes no more."""
    this = sa.and_(recurrences.c.update_id == update_id, recurrences.c.plan_at.is_not(None))
    return next(iter(await _load(connection, this)), None)


async def due(connection: Connection, *, now: datetime) -> Sequence[Series]:
    """Those whose next window is to be announced by now."""
    return await _load(connection, recurrences.c.plan_at <= now)


async def next_due(connection: Connection) -> datetime | None:
    """When the next window of any is to be announced, None when never."""
    query = sa.select(sa.func.min(recurrences.c.plan_at)).where(recurrences.c.plan_at.is_not(None))
    at: datetime | None = (await connection.execute(query)).scalar_one()
    return at


async def _load(connection: Connection, condition: sa.ColumnElement[bool]) -> Sequence[Series]:
    query = sa.select(recurrences).where(condition).order_by(recurrences.c.next_starts, recurrences.c.id)
    return [_series(row) for row in (await connection.execute(query)).mappings()]


def _series(row: sa.RowMapping) -> Series:
    return Series(
        id=row["id"],
        components=tuple(row["components"]),
        every=Every(row["every"]),
        first=Window(starts=row["starts"], ends=row["starts"] + timedelta(minutes=row["minutes"])),
        next_starts=row["next_starts"],
        plan_at=row["plan_at"],
        update_id=row["update_id"],
        made_by=row["made_by"],
    )
