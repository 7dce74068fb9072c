"""What Telegram said, kept by update_id before it is acknowledged, until it has been handled."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema import telegram_updates
from bot.store.schema_operators import hearing

_CHANNEL = "telegram"


async def keep(connection: Connection, received: Sequence[tuple[int, str, int | None]], *, now: datetime) -> None:
    """Store update_ids with their JSON and who speaks in it, if anybody; those known already stay as they are.

    They are noted as made after the moment that was caught up with last.
    """
    if received:
        made_after = await caught_up_at(connection)
        statement = insert_of(connection)(telegram_updates).on_conflict_do_nothing(index_elements=["update_id"])
        values = [
            {"update_id": update_id, "body": body, "sender": sender, "made_after": made_after, "kept_at": now}
            for update_id, body, sender in received
        ]
        await connection.execute(statement, values)


async def caught_up_at(connection: Connection) -> datetime | None:
    """Until when all that people did in chats has been kept, None when nobody knows."""
    return (await connection.execute(sa.select(hearing.c.caught_up_at))).scalar_one_or_none()


async def catch_up(connection: Connection, at: datetime) -> None:
    """Everything people did in chats until then is kept."""
    statement = insert_of(connection)(hearing).values(channel=_CHANNEL, caught_up_at=at)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["channel"], set_={"caught_up_at": statement.excluded.caught_up_at}
        )
    )


async def unhandled(
    connection: Connection, *, first: Collection[int], most: int = 20
) -> list[tuple[int, str, datetime | None]]:
    """Kept and not handled yet: what these people say goes first, then the oldest.

    Each: its id, its JSON, and the moment before which nobody did it, None when nobody knows.
    """
    query = (
        sa.select(telegram_updates.c.update_id, telegram_updates.c.body, telegram_updates.c.made_after)
        .where(telegram_updates.c.handled_at.is_(None))
        .order_by(sa.case((telegram_updates.c.sender.in_(first), 0), else_=1), telegram_updates.c.update_id)
        .limit(most)
    )
    return [(row.update_id, row.body, row.made_after) for row in await connection.execute(query)]


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
