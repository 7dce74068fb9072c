"""Deliveries of a broadcast that are still to go when their reader's quiet time begins: they wait for the digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.store.broadcasts import Broadcast
from bot.store.connection import Connection
from bot.store.holding import hold
from bot.store.incidents import chunks, insert_of
from bot.store.schema import deliveries
from bot.store.schema_subscribers import missed, subscribers
from bot.store.spreading import quiet_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """Somebody whose quiet time has begun. delivery_id: what is still to go; ends: the minute it lasts to."""

    delivery_id: int
    chat_id: int
    ends: int


async def beginnings(connection: Connection) -> set[int]:
    """The minutes of the day at which anybody's quiet time begins."""
    query = sa.select(subscribers.c.quiet_from).where(subscribers.c.quiet_from.is_not(None)).distinct()
    return set((await connection.execute(query)).scalars())


async def next_quiet(
    connection: Connection, broadcast: Broadcast, *, begins: int, minute: int, most: int
) -> tuple[int | None, list[Quiet]]:
    """Of the next ``most`` subscribers behind the cursor whose quiet time begins then and has not ended by this minute,
    those who are still owed it; and where the next ones begin, None when there are none.

    begins, minute: of the day. What is in doubt goes its way: it may be out.
    """
    which = subscribers.c.quiet_from == begins, quiet_at(minute), subscribers.c.chat_id > (broadcast.cursor or 0)
    chats = (
        sa.select(subscribers.c.chat_id, subscribers.c.quiet_until)
        .where(*which)
        .order_by(subscribers.c.chat_id)
        .limit(most)
        .cte()
    )
    upto: int | None = (await connection.execute(sa.select(sa.func.max(chats.c.chat_id)))).scalar_one()
    if upto is None:
        return None, []
    await hold(connection, subscribers.c.chat_id, *which, subscribers.c.chat_id <= upto)
    chat = sa.cast(chats.c.chat_id, sa.Text)
    lane = sa.literal("telegram:", sa.Text) + chat + sa.literal(f":{broadcast.incident_id}", sa.Text)
    query = (
        sa.select(deliveries.c.id, chats.c.chat_id, chats.c.quiet_until)
        .join(deliveries, deliveries.c.lane == lane)
        .where(
            chats.c.chat_id <= upto,
            deliveries.c.broadcast_id == broadcast.id,
            deliveries.c.state == DeliveryState.PENDING,
            sa.not_(deliveries.c.uncertain),
        )
    )
    rows = await connection.execute(query)
    return upto, [Quiet(delivery_id=row.id, chat_id=row.chat_id, ends=row.quiet_until) for row in rows]


async def hush(
    connection: Connection, incident_id: int, found: Sequence[Quiet], wake: Mapping[int, datetime], *, now: datetime
) -> None:
    """Let what they are owed of an incident wait for the digest. wake: when that is, by the minute their quiet ends."""
    for chunk in chunks(found):
        ended = await connection.execute(
            deliveries.update()
            .where(
                deliveries.c.id.in_([each.delivery_id for each in chunk]),
                deliveries.c.state == DeliveryState.PENDING,
            )
            .values(state=DeliveryState.SUPERSEDED, error="quiet hours", settled_at=now)
            .returning(deliveries.c.id)
        )
        ids = set(ended.scalars())
        values = [
            {"chat_id": each.chat_id, "incident_id": incident_id, "wake_at": wake[each.ends]}
            for each in chunk
            if each.delivery_id in ids
        ]
        if values:
            kept = insert_of(connection)(missed).on_conflict_do_nothing(index_elements=["chat_id", "incident_id"])
            await connection.execute(kept, values)
