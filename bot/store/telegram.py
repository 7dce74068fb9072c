"""What Telegram said, kept by update_id before it is acknowledged, until it has been handled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema import telegram_updates


async def keep(connection: Connection, received: Sequence[tuple[int, str]], *, now: datetime) -> None:
    """Store (update_id, JSON) pairs; those known already stay as they are."""
    if received:
        statement = insert_of(connection)(telegram_updates).on_conflict_do_nothing(index_elements=["update_id"])
        values = [{"update_id": update_id, "body": body, "kept_at": now} for update_id, body in received]
        await connection.execute(statement, values)


async def unhandled(connection: Connection, *, most: int = 100) -> list[tuple[int, str]]:
    """Kept and not handled yet, oldest first."""
    query = (
        sa.select(telegram_updates.c.update_id, telegram_updates.c.body)
        .where(telegram_updates.c.handled_at.is_(None))
        .order_by(telegram_updates.c.update_id)
        .limit(most)
    )
    return [(row.update_id, row.body) for row in await connection.execute(query)]


# Not the highest: after a quiet week Telegram goes on from a random number, https://core.telegram.org/bots/api#update
_LAST = (
    sa.select(telegram_updates.c.update_id)
    .order_by(telegram_updates.c.kept_at.desc(), telegram_updates.c.update_id.desc())
    .limit(1)
)


async def newest(connection: Connection) -> int | None:
    """The update_id that was kept last, None before the first."""
    last: int | None = (await connection.execute(_LAST)).scalar_one_or_none()
    return last


async def forget_handled(connection: Connection, *, before: datetime) -> int:
    """Delete updates handled before then, but never the last one kept: it says where to go on. Returns how many."""
    statement = telegram_updates.delete().where(
        telegram_updates.c.handled_at < before, telegram_updates.c.update_id != _LAST.scalar_subquery()
    )
    return (await connection.execute(statement)).rowcount
