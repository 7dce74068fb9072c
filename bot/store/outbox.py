"""Deliveries owed: enqueued in the transaction that owes them, claimed by lease, settled only by the lease's holder.

What to do after an outcome is the dispatcher's business; here it is only written down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Action, Delivery, DeliveryState, Priority, Receipt
from bot.store import subscribers
from bot.store.connection import Connection
from bot.store.incidents import chunks
from bot.store.nodes import is_dead
from bot.store.schema import deliveries, moves

_PENDING = deliveries.c.state == DeliveryState.PENDING
# Constants, so that the partial indexes on these states are used, however long the history is.
_IS_PENDING = deliveries.c.state == sa.literal_column("'pending'")
_IS_LEASED = deliveries.c.state == sa.literal_column("'leased'")


_ABSENT: Mapping[str, Any] = {
    "notice_id": None, "text": None, "incident_id": None, "keyboard": None, "topic": None, "silent": False,
    "broadcast_id": None,
}  # fmt: skip


async def enqueue(connection: Connection, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Owe these deliveries from now on, in this order.

    Each row: channel, address, lane, priority, action, and notice_id or text; incident_id, keyboard (as ``to_json``
    writes it), topic, silent and broadcast_id where they apply. Addresses that have moved are followed. An EDIT still
    waiting in the same lane is superseded, and an AMEND of the same post: only the newest words are worth showing.
    """
    if not rows:
        return
    moved = await _moves(connection)
    fixed = {
        "state": DeliveryState.PENDING, "uncertain": False, "attempts": 0, "owed_at": now, "due_at": now,
    }  # fmt: skip
    full = [
        {**_ABSENT, **row} | fixed | {"address": moved.get((row["channel"], row["address"]), row["address"])}
        for row in rows
    ]
    await _supersede(connection, [row["lane"] for row in full if row["action"] is Action.EDIT], now)
    await _supersede_amendments(connection, [row for row in full if row["action"] is Action.AMEND], now)
    await connection.execute(deliveries.insert(), full)


async def moved_to(connection: Connection, channel: str, address: str) -> str:
    """Where what is owed to this address goes by now: to itself, unless it has moved."""
    return (await _moves(connection)).get((channel, address), address)


async def _moves(connection: Connection) -> dict[tuple[str, str], str]:
    rows = await connection.execute(sa.select(moves))
    return {(row.channel, row.old_address): row.new_address for row in rows}


async def _supersede(connection: Connection, lanes: Sequence[str], now: datetime) -> None:
    for chunk in chunks(lanes):
        await connection.execute(
            deliveries.update()
            .where(_PENDING, deliveries.c.action == Action.EDIT, deliveries.c.lane.in_(chunk))
            .values(state=DeliveryState.SUPERSEDED, settled_at=now)
        )


async def take_back(connection: Connection, lanes: Sequence[str], *, now: datetime) -> None:
    """Owe no more what waits in these lanes."""
    for chunk in chunks(lanes):
        waiting = deliveries.update().where(_PENDING, deliveries.c.lane.in_(chunk))
        await connection.execute(waiting.values(state=DeliveryState.SUPERSEDED, settled_at=now))


async def _supersede_amendments(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    for chunk in chunks(rows):
        same_lane = deliveries.c.lane.in_([row["lane"] for row in chunk])
        same_notice = deliveries.c.notice_id.in_({row["notice_id"] for row in chunk})
        await connection.execute(
            deliveries.update()
            .where(_PENDING, deliveries.c.action == Action.AMEND, same_lane, same_notice)
            .values(state=DeliveryState.SUPERSEDED, settled_at=now)
        )


_FREE = {"lease": None, "leased_until": None, "leased_by": None}


async def settle(connection: Connection, delivery: Delivery, values: Mapping[str, Any]) -> bool:
    """End the lease with these column values; False when the lease was lost meanwhile and nothing was changed."""
    named = {f"new_{name}": value for name, value in values.items()}
    result = await connection.execute(
        _settling(tuple(values)), {"held_id": delivery.id, "held_by": delivery.lease, **named}
    )
    return result.rowcount == 1


@cache
def _settling(names: Sequence[str]) -> sa.Update:
    """The statement that sets these columns, made once: to build it costs more than to run it."""
    values = {name: sa.bindparam(f"new_{name}", type_=deliveries.c[name].type) for name in names}
    # Only the holder of the lease may: one that lost it must not overwrite what happened since.
    held = deliveries.c.id == sa.bindparam("held_id"), deliveries.c.lease == sa.bindparam("held_by")
    return deliveries.update().where(*held).values({**_FREE, **values})


def sent(receipt: Receipt, *, now: datetime) -> dict[str, Any]:
    """Values of a delivery that the far side accepted."""
    return {"state": DeliveryState.SENT, "receipt": receipt.id, "uncertain": False, "error": None, "settled_at": now}


def again(*, due_at: datetime, error: str, uncertain: bool) -> dict[str, Any]:
    """Values of a delivery to be tried once more."""
    return {"state": DeliveryState.PENDING, "due_at": due_at, "error": error, "uncertain": uncertain}


def released(delivery: Delivery, *, due_at: datetime) -> dict[str, Any]:
    """Values of a delivery given back untried."""
    return {"state": DeliveryState.PENDING, "due_at": due_at, "attempts": delivery.attempts - 1}


def ended(state: DeliveryState, *, error: str, now: datetime) -> dict[str, Any]:
    """Values of a delivery that will not be tried again: DEAD, UNKNOWN, or SUPERSEDED when its post is gone."""
    return {"state": state, "error": error, "settled_at": now}


async def ended_alike(connection: Connection, delivery: Delivery, *, error: str) -> bool:
    """Whether another delivery of its lane, so for the same address and incident, has ended with this very error."""
    query = sa.select(deliveries.c.id).where(
        deliveries.c.lane == delivery.lane,
        deliveries.c.id != delivery.id,
        deliveries.c.state.in_((DeliveryState.DEAD, DeliveryState.SUPERSEDED)),
        deliveries.c.error == error,
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def known_receipts(connection: Connection, delivery: Delivery) -> list[str]:
    """Receipts of posts at the delivery's address, newest first, at most 100."""
    query = (
        sa.select(deliveries.c.receipt)
        .where(
            deliveries.c.channel == delivery.channel,
            deliveries.c.address == delivery.address,
            deliveries.c.action == Action.POST,
            deliveries.c.state == sa.literal_column("'sent'"),  # a constant, so that the index on these is used
            deliveries.c.receipt != "",
        )
        .order_by(deliveries.c.id.desc())
        .limit(100)
    )
    return [str(receipt) for receipt in (await connection.execute(query)).scalars()]


async def reap(connection: Connection, *, now: datetime, orphans: bool = False, in_hand: Collection[int] = ()) -> int:
    """Take back leases that have ended, or whose holder is dead: a post of theirs may be out already.

    orphans: take back every lease, for a process that has the database to itself; in_hand: ids that the caller itself
    works on, whatever the clock says. Those to whoever is no subscriber any more end. Returns how many.
    """
    lost = deliveries.c.leased_until <= now
    if connection.dialect.name == "postgresql":
        lost = sa.or_(lost, is_dead(deliveries.c.leased_by))
    statement = (
        deliveries.update()
        .where(_IS_LEASED, deliveries.c.id.not_in(in_hand))
        .where(sa.true() if orphans else lost)
        .values(
            {
                **_FREE,
                "state": DeliveryState.PENDING,
                "uncertain": sa.or_(deliveries.c.uncertain, deliveries.c.action == Action.POST),
            }
        )
        .returning(deliveries.c.id, deliveries.c.address, deliveries.c.priority)
    )
    taken_back = (await connection.execute(statement)).all()
    returned = {row.id: row.address for row in taken_back if row.priority == Priority.SUBSCRIBER}
    await subscribers.end_unwanted(connection, returned, now=now)
    return len(taken_back)


async def next_due(connection: Connection, *, after: datetime) -> datetime | None:
    """When the next delivery becomes due; None when none will. What is due already waits for something else."""
    # One query for each urgency, so that the index on it and the time is used.
    queries = [
        sa.select(sa.func.min(deliveries.c.due_at)).where(
            _IS_PENDING, deliveries.c.priority == sa.literal_column(str(priority.value)), deliveries.c.due_at > after
        )
        for priority in Priority
    ]
    return min((due for due in (await connection.execute(sa.union_all(*queries))).scalars() if due), default=None)


async def calls_since(
    connection: Connection, *, channel: str, since: datetime, broadcasts_since: datetime
) -> list[tuple[str, Priority, datetime | None]]:
    """The calls a channel has had since then: address, priority, and when it was answered; the oldest first.

    broadcasts_since: for those to subscribers. None: it was tried, but when is not known; these come last.
    """
    answered = sa.and_(
        deliveries.c.settled_at >= since,
        sa.or_(deliveries.c.priority < int(Priority.SUBSCRIBER), deliveries.c.settled_at >= broadcasts_since),
        deliveries.c.attempts > 0,
    )
    tried = sa.and_(_IS_PENDING, deliveries.c.due_at >= since, deliveries.c.attempts > sa.literal_column("0"))
    columns = deliveries.c.address, deliveries.c.priority, deliveries.c.settled_at
    found: list[tuple[str, Priority, datetime | None]] = []
    for which in (answered, tried):
        query = sa.select(*columns).where(which, deliveries.c.channel == channel).order_by(deliveries.c.settled_at)
        found += [(row.address, Priority(row.priority), row.settled_at) for row in await connection.execute(query)]
    return found


async def move(connection: Connection, *, channel: str, old: str, new: str) -> None:
    """From now on everything for the old address goes to the new one."""
    await connection.execute(moves.delete().where(moves.c.channel == channel, moves.c.old_address == old))
    await connection.execute(moves.insert().values(channel=channel, old_address=old, new_address=new))
    await connection.execute(
        moves.update().where(moves.c.channel == channel, moves.c.new_address == old).values(new_address=new)
    )
    await connection.execute(
        deliveries.update()
        .where(_PENDING, deliveries.c.channel == channel, deliveries.c.address == old)
        .values(address=new)
    )


async def bury_unwanted(
    connection: Connection, *, channel: str, wanted: Collection[tuple[str, int | None]], now: datetime
) -> int:
    """Give up notices owed to addresses that are no longer configured, nor where one of those has moved to.

    wanted: addresses, each with a topic or None for the chat itself. What is owed to subscribers stays.
    """
    topics: dict[str, set[int]] = {}
    for address, topic in wanted:
        topics.setdefault(address, set()).add(topic or 0)
    moved = sa.select(moves.c.new_address).where(moves.c.channel == channel)
    elsewhere = sa.and_(deliveries.c.address.not_in(list(topics)), deliveries.c.address.not_in(moved))
    other_topics = (
        sa.and_(deliveries.c.address == address, sa.func.coalesce(deliveries.c.topic, 0).not_in(known))
        for address, known in topics.items()
    )
    return await _bury(connection, deliveries.c.channel == channel, sa.or_(elsewhere, *other_topics), now=now)


async def bury_unknown(connection: Connection, *, channels: Collection[str], now: datetime) -> int:
    """Give up notices owed by way of channels that are not among these: nobody would ever carry them out."""
    return await _bury(connection, deliveries.c.channel.not_in(channels), now=now)


async def _bury(connection: Connection, *which: sa.ColumnElement[bool], now: datetime) -> int:
    statement = (
        deliveries.update()
        .where(_IS_PENDING, deliveries.c.notice_id.is_not(None), deliveries.c.broadcast_id.is_(None), *which)
        .values(state=DeliveryState.DEAD, error="no longer configured", settled_at=now)
    )
    return (await connection.execute(statement)).rowcount


async def waiting(connection: Connection, *, incident_id: int | None = None) -> dict[str, int]:
    """How many deliveries are not yet settled, by channel; of one incident, or all but answers to operators."""
    of = deliveries.c.incident_id == incident_id if incident_id else deliveries.c.incident_id.is_not(None)
    # One query for each state, so that nothing but the index on it is read, however much is owed.
    queries = [
        sa.select(deliveries.c.channel, sa.func.count().label("owed")).where(state, of).group_by(deliveries.c.channel)
        for state in (_IS_PENDING, _IS_LEASED)
    ]
    owed: dict[str, int] = {}
    for row in await connection.execute(sa.union_all(*queries)):
        owed[row.channel] = owed.get(row.channel, 0) + row.owed
    return owed


async def count_ended(connection: Connection, state: DeliveryState, *, since: datetime) -> int:
    """How many deliveries ended in this state since then."""
    query = sa.select(sa.func.count()).where(deliveries.c.state == state, deliveries.c.settled_at >= since)
    return int((await connection.execute(query)).scalar_one())
