"""Updates on their way to all subscribers, as rows: begun, taken up by one node at a time, counted.

How a part of one becomes deliveries is in ``spreading``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.domain.following import BroadcastState, Progress
from bot.store.connection import Connection
from bot.store.schema import deliveries, incidents
from bot.store.schema_subscribers import broadcasts, subscribers


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One update on its way to all subscribers.

    amends: the notices whose posts are still to get their new words, None when the notices are to be posted;
    cursor: the last chat (of an amendment: the last post) that was looked at, None before the first;
    owed: deliveries made so far; hushed_at: until when those whose quiet time began have been looked for;
    shown_at, shown_sent: when operators were last shown how far it is, and how many had gone by then.
    """

    id: int
    incident_id: int
    update_id: int
    state: BroadcastState
    amends: Sequence[int] | None
    cursor: int | None
    owed: int
    began_at: datetime
    ended_at: datetime | None
    hushed_at: datetime
    shown_at: datetime | None
    shown_sent: int | None


async def begin(connection: Connection, *, incident_id: int, update_id: int, now: datetime) -> bool:
    """Owe an update to all subscribers, in place of what the incident's earlier ones still owe; False: there are none.

    The deliveries are made later, a part at a time.
    """
    wanted = sa.select(subscribers.c.chat_id).where(subscribers.c.stopped_at.is_(None)).limit(1)
    if (await connection.execute(wanted)).first() is None:
        return False
    await connection.execute(
        broadcasts.update()
        .where(broadcasts.c.incident_id == incident_id, broadcasts.c.ended_at.is_(None), broadcasts.c.amends.is_(None))
        .values(state=BroadcastState.SUPERSEDED)
    )
    await _insert(connection, incident_id, update_id, None, now)
    return True


async def begin_amending(
    connection: Connection, *, incident_id: int, update_id: int, notices: Sequence[int], now: datetime
) -> bool:
    """Owe new words to the subscribers' posts of these notices of an update; False when there is none."""
    if not await _of_update(connection, update_id):
        return False
    await _insert(connection, incident_id, update_id, list(notices), now)
    return True


async def _insert(
    connection: Connection, incident_id: int, update_id: int, amends: list[int] | None, now: datetime
) -> None:
    await connection.execute(
        broadcasts.insert().values(
            incident_id=incident_id,
            update_id=update_id,
            state=BroadcastState.SPREADING,
            amends=amends,
            owed=0,
            began_at=now,
            hushed_at=now,
        )
    )


async def _of_update(connection: Connection, update_id: int) -> list[int]:
    """The broadcasts that posted an update; one, unless it was withdrawn and published again."""
    query = sa.select(broadcasts.c.id).where(broadcasts.c.update_id == update_id, broadcasts.c.amends.is_(None))
    return list((await connection.execute(query)).scalars())


async def unfinished(connection: Connection) -> list[int]:
    """The broadcasts that have not ended, oldest first."""
    query = sa.select(broadcasts.c.id).where(broadcasts.c.ended_at.is_(None)).order_by(broadcasts.c.id)
    return list((await connection.execute(query)).scalars())


async def take_up(connection: Connection, broadcast_id: int) -> Broadcast | None:
    """The broadcast, for this transaction alone; None when it has ended, or another node works on it right now."""
    query = sa.select(broadcasts).where(broadcasts.c.id == broadcast_id, broadcasts.c.ended_at.is_(None))
    row = (await connection.execute(query.with_for_update(skip_locked=True))).mappings().one_or_none()
    return None if row is None else Broadcast(**row)


async def save(connection: Connection, broadcast_id: int, **values: Any) -> None:
    """Change columns of one broadcast."""
    await connection.execute(broadcasts.update().where(broadcasts.c.id == broadcast_id).values(values))


async def posting(connection: Connection, broadcast: Broadcast) -> list[int]:
    """The broadcasts whose posts an amendment is about."""
    return await _of_update(connection, broadcast.update_id)


async def counts(connection: Connection, broadcast_id: int) -> dict[DeliveryState, int]:
    """How many deliveries a broadcast owes, by the state they are in; states that none is in are left out."""
    query = (
        sa.select(deliveries.c.state, sa.func.count().label("number"))
        .where(deliveries.c.broadcast_id == broadcast_id)
        .group_by(deliveries.c.state)
    )
    return {row.state: row.number for row in await connection.execute(query)}


async def progress(connection: Connection, broadcast: Broadcast, *, now: datetime) -> Progress:
    """How far a broadcast is."""
    by_state = await counts(connection, broadcast.id)
    return Progress(
        broadcast_id=broadcast.id,
        incident_id=broadcast.incident_id,
        amends=broadcast.amends is not None,
        state=broadcast.state,
        sent=by_state.get(DeliveryState.SENT, 0),
        owed=by_state.get(DeliveryState.PENDING, 0) + by_state.get(DeliveryState.LEASED, 0),
        failed=by_state.get(DeliveryState.DEAD, 0) + by_state.get(DeliveryState.UNKNOWN, 0),
        superseded=by_state.get(DeliveryState.SUPERSEDED, 0),
        began_at=broadcast.began_at,
        at=now,
        shown_at=broadcast.shown_at,
        shown_sent=broadcast.shown_sent or 0,
    )


async def running(connection: Connection, *, now: datetime) -> list[Progress]:
    """How far every broadcast is that has not ended, oldest first."""
    query = sa.select(broadcasts).where(broadcasts.c.ended_at.is_(None)).order_by(broadcasts.c.id)
    open_now = [Broadcast(**row) for row in (await connection.execute(query)).mappings()]
    return [await progress(connection, each, now=now) for each in open_now]


async def oldest_over(connection: Connection, *, before: datetime) -> int | None:
    """The oldest broadcast that ended before then, as its incident did; None when there is none."""
    over = sa.and_(incidents.c.id == broadcasts.c.incident_id, incidents.c.closed_at < before)
    query = sa.select(broadcasts.c.id).join(incidents, over).where(broadcasts.c.ended_at < before)
    found: int | None = (await connection.execute(query.order_by(broadcasts.c.id).limit(1))).scalar_one_or_none()
    return found


async def forget(connection: Connection, broadcast_id: int, *, most: int) -> None:
    """Delete up to ``most`` of its deliveries, or the broadcast when it has none any more.

    Then nobody can tell whom it reached, nor change its posts.
    """
    chosen = sa.select(deliveries.c.id).where(deliveries.c.broadcast_id == broadcast_id).limit(most)
    gone = await connection.execute(deliveries.delete().where(deliveries.c.id.in_(chosen.scalar_subquery())))
    if gone.rowcount == 0:
        await connection.execute(broadcasts.delete().where(broadcasts.c.id == broadcast_id))


async def may_show(connection: Connection, broadcast_id: int, *, sent: int, now: datetime, every: timedelta) -> bool:
    """Whether it is time, and up to us, to show operators how far a broadcast is; of several nodes only one is told so.

    sent: what has gone by now, to tell its speed the next time.
    """
    due = sa.or_(broadcasts.c.shown_at.is_(None), broadcasts.c.shown_at <= now - every)
    statement = broadcasts.update().where(broadcasts.c.id == broadcast_id, due).values(shown_at=now, shown_sent=sent)
    return (await connection.execute(statement)).rowcount == 1
