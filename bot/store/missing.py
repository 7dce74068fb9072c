"""What subscribers have missed in their quiet hours, and who wakes when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.model import UpdateState
from bot.store.connection import Connection
from bot.store.incidents import chunks
from bot.store.schema import incidents, updates
from bot.store.schema_subscribers import missed, subscribers


@dataclass(frozen=True, slots=True, kw_only=True)
class Waker:
    """Somebody whose quiet hours are over. incidents: what they have not heard of meanwhile, ascending."""

    chat_id: int
    language: str
    incidents: tuple[int, ...]


async def next_waking(connection: Connection) -> datetime | None:
    """When the next one wakes who has missed something, None when nobody does."""
    at: datetime | None = (await connection.execute(sa.select(sa.func.min(missed.c.wake_at)))).scalar_one()
    return at


async def take_wakers(connection: Connection, *, now: datetime, most: int) -> list[Waker]:
    """At most ``most`` of those who have woken by now and have missed something, in no order. They are to be told of it
    in this transaction: it is forgotten that they missed it. Who is changed or woken by somebody else right now waits.
    """
    woken = sa.select(missed.c.chat_id).where(missed.c.wake_at <= now).order_by(missed.c.wake_at).limit(most)
    query = (
        sa.select(subscribers.c.chat_id, subscribers.c.language)
        .where(subscribers.c.chat_id.in_(woken), subscribers.c.stopped_at.is_(None))
        .order_by(subscribers.c.chat_id)
        .with_for_update(skip_locked=True)
    )
    languages = {row.chat_id: row.language for row in await connection.execute(query)}
    found: dict[int, list[int]] = {}
    for chunk in chunks(list(languages)):
        gone = missed.delete().where(missed.c.chat_id.in_(chunk)).returning(missed.c.chat_id, missed.c.incident_id)
        for row in await connection.execute(gone):
            found.setdefault(row.chat_id, []).append(row.incident_id)
    return [
        Waker(chat_id=chat, language=languages[chat], incidents=tuple(sorted(which))) for chat, which in found.items()
    ]


async def newest_updates(connection: Connection, incident_ids: Sequence[int]) -> list[int]:
    """The newest published update of each of these incidents, by incident id."""
    found: list[int] = []
    for chunk in chunks(incident_ids):
        found += await _newest(connection, updates.c.incident_id.in_(chunk))
    return found


async def open_updates(connection: Connection) -> list[int]:
    """The newest published update of each incident that is open, by incident id."""
    going_on = sa.select(incidents.c.id).where(incidents.c.closed_at.is_(None), incidents.c.published_at.is_not(None))
    return await _newest(connection, updates.c.incident_id.in_(going_on))


async def _newest(connection: Connection, of: sa.ColumnElement[bool]) -> list[int]:
    newest = (
        sa.select(updates.c.incident_id, sa.func.max(updates.c.number).label("number"))
        .where(of, updates.c.state == UpdateState.PUBLISHED)
        .group_by(updates.c.incident_id)
        .subquery()
    )
    same = sa.and_(updates.c.incident_id == newest.c.incident_id, updates.c.number == newest.c.number)
    query = sa.select(updates.c.id).join(newest, same).order_by(updates.c.incident_id)
    return list((await connection.execute(query)).scalars())
