"""Who has said yes to a draft, as rows. How many must is decided elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.model import UpdateState
from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema import updates
from bot.store.schema_operators import approvals


async def names(connection: Connection, update_id: int) -> Sequence[str]:
    """Those who have said yes, in the order they did."""
    query = sa.select(approvals.c.name).where(approvals.c.update_id == update_id)
    return list((await connection.execute(query.order_by(approvals.c.at, approvals.c.telegram_id))).scalars())


async def add(connection: Connection, update_id: int, telegram_id: int, name: str, *, now: datetime) -> bool:
    """Put down a yes; False when this person has said it already."""
    statement = insert_of(connection)(approvals).values(update_id=update_id, telegram_id=telegram_id, name=name, at=now)
    result = await connection.execute(statement.on_conflict_do_nothing(index_elements=["update_id", "telegram_id"]))
    return bool(result.rowcount)


async def forget(connection: Connection, update_id: int) -> None:
    """Nobody has said yes to what it says now."""
    await connection.execute(approvals.delete().where(approvals.c.update_id == update_id))


async def leave(connection: Connection, update_id: int, *, of: Collection[int]) -> None:
    """Forget every yes but those of these people."""
    others = approvals.c.update_id == update_id, approvals.c.telegram_id.not_in(of)
    await connection.execute(approvals.delete().where(*others))


async def withdraw(connection: Connection, telegram_id: int) -> Sequence[int]:
    """Somebody has said yes to no draft that waits; the ids of those they had."""
    waiting = sa.select(updates.c.id).where(updates.c.state == UpdateState.DRAFT)
    theirs = approvals.c.telegram_id == telegram_id, approvals.c.update_id.in_(waiting)
    statement = approvals.delete().where(*theirs).returning(approvals.c.update_id)
    return list((await connection.execute(statement)).scalars())
