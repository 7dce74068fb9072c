"""What one subscriber is still owed, or has missed, so that it can be brought in line with what they choose now."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState
from bot.store.connection import Connection
from bot.store.schema import deliveries, incident_components, notices
from bot.store.schema_subscribers import missed
from bot.store.subscribers import CHANNEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A notice of a broadcast that has not gone to somebody yet."""

    delivery_id: int
    incident_id: int
    update_id: int


async def waiting(connection: Connection, chat_id: int) -> list[Waiting]:
    """What a chat is owed by broadcasts, oldest first. What is in doubt goes its way: it may be out."""
    query = (
        sa.select(deliveries.c.id.label("delivery_id"), deliveries.c.incident_id, notices.c.update_id)
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(
            deliveries.c.channel == CHANNEL,
            deliveries.c.address == str(chat_id),
            deliveries.c.state == sa.literal_column("'pending'"),
            deliveries.c.broadcast_id.is_not(None),
            deliveries.c.action == Action.POST,
            sa.not_(deliveries.c.uncertain),
        )
        .order_by(deliveries.c.id)
    )
    return [Waiting(**row) for row in (await connection.execute(query)).mappings()]


async def give(connection: Connection, delivery_id: int, notice_id: int) -> None:
    """Let it carry this notice, unless it has gone meanwhile."""
    await connection.execute(_still(delivery_id).values(notice_id=notice_id))


async def end(connection: Connection, delivery_id: int, *, now: datetime) -> None:
    """It is not wanted any more, unless it has gone meanwhile."""
    ended = {"state": DeliveryState.SUPERSEDED, "error": "not wanted any more", "settled_at": now}
    await connection.execute(_still(delivery_id).values(ended))


def _still(delivery_id: int) -> sa.Update:
    return deliveries.update().where(deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.PENDING)


async def wake(connection: Connection, chat_id: int, at: datetime) -> None:
    """Somebody is to be told then of all they have missed."""
    await connection.execute(missed.update().where(missed.c.chat_id == chat_id).values(wake_at=at))


async def forget_unconcerned(connection: Connection, chat_id: int, components: Collection[str]) -> None:
    """Somebody has missed only what has one of these components."""
    wanted = sa.select(incident_components.c.incident_id).where(incident_components.c.component.in_(list(components)))
    await connection.execute(missed.delete().where(missed.c.chat_id == chat_id, missed.c.incident_id.not_in(wanted)))
