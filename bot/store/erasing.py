"""Nothing is to be left of a person: what is settled goes at once, what is on its way when it has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store.connection import Connection
from bot.store.schema import deliveries
from bot.store.schema_operators import cards
from bot.store.schema_subscribers import erasures, missed, subscriber_components, subscribers
from bot.store.subscribers import CHANNEL

AGAIN = timedelta(seconds=10)
"""How soon we look whether the last of it has ended."""

# One condition for each index on addresses.
_LEASED = deliveries.c.state == sa.literal_column("'leased'")
_PENDING = deliveries.c.state == sa.literal_column("'pending'")
_SENT = deliveries.c.state == sa.literal_column("'sent'")
_GIVEN_UP = deliveries.c.state.in_([sa.literal_column(f"'{state}'") for state in ("dead", "superseded", "unknown")])


async def erase(connection: Connection, chat_id: int) -> None:
    """Delete a person's choices, cards, and every delivery to them that is not in flight."""
    for table in (missed, subscriber_components, subscribers, cards):
        await connection.execute(table.delete().where(table.c.chat_id == chat_id))
    # New words are made for posts that are out, which are held meanwhile: those for these posts are pending by then.
    for state in (_SENT, _PENDING, _GIVEN_UP):
        await connection.execute(deliveries.delete().where(*_to(chat_id), state))


async def finish_later(connection: Connection, chat_id: int, *, now: datetime) -> None:
    """What is owed to them by now, and what is in flight, is to be erased when it has ended."""
    last = sa.select(sa.func.max(deliveries.c.id)).where(*_to(chat_id), sa.or_(_LEASED, _PENDING))
    last_id: int | None = (await connection.execute(last)).scalar_one()
    await connection.execute(erasures.delete().where(erasures.c.chat_id == chat_id))
    if last_id is not None:
        values = {"chat_id": chat_id, "last_id": last_id, "look_at": now + AGAIN}
        await connection.execute(erasures.insert().values(values))


async def next_look(connection: Connection) -> datetime | None:
    """When to look next whether something has ended, None when nobody is to be erased."""
    at: datetime | None = (await connection.execute(sa.select(sa.func.min(erasures.c.look_at)))).scalar_one()
    return at


async def finish(connection: Connection, *, now: datetime, most: int = 100) -> None:
    """Erase what has ended of those whose time to look has come."""
    due = (await connection.execute(sa.select(erasures).where(erasures.c.look_at <= now).limit(most))).all()
    for each in due:
        until_then = (*_to(each.chat_id), deliveries.c.id <= each.last_id)
        for state in (_SENT, _GIVEN_UP):
            await connection.execute(deliveries.delete().where(*until_then, state))
        left = sa.select(deliveries.c.id).where(*until_then, sa.or_(_LEASED, _PENDING)).limit(1)
        mine = erasures.c.chat_id == each.chat_id
        if (await connection.execute(left)).first() is None:
            await connection.execute(erasures.delete().where(mine))
        else:
            await connection.execute(erasures.update().where(mine).values(look_at=now + AGAIN))


def _to(chat_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return deliveries.c.channel == CHANNEL, deliveries.c.address == str(chat_id)
