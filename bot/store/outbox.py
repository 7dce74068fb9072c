"""Deliveries owed: enqueued in the transaction that owes them, claimed by lease, settled only by the lease's holder.

What to do after an outcome is the dispatcher's business; here it is only written down.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Action, Delivery, DeliveryState, Receipt
from bot.store.connection import Connection
from bot.store.incidents import chunks
from bot.store.nodes import is_dead
from bot.store.schema import deliveries, moves

_PENDING = deliveries.c.state == DeliveryState.PENDING


async def enqueue(connection: Connection, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Owe these deliveries from now on, in this order.

    Each row: channel, address, lane, priority, action, incident_id, and notice_id or text. Addresses that have moved
    are followed. An EDIT still waiting in the same lane is superseded, and an AMEND of the same post: only the newest
    words are worth showing.
    """
    if not rows:
        return
    moved = await _moves(connection)
    fixed = {
        "state": DeliveryState.PENDING, "uncertain": False, "attempts": 0, "owed_at": now, "due_at": now,
    }  # fmt: skip
    full = [
        {"notice_id": None, "text": None, "incident_id": None}
        | dict(row)
        | fixed
        | {"address": moved.get((row["channel"], row["address"]), row["address"])}
        for row in rows
    ]
    await _supersede(connection, [row["lane"] for row in full if row["action"] is Action.EDIT], now)
    await _supersede_amendments(connection, [row for row in full if row["action"] is Action.AMEND], now)
    await connection.execute(deliveries.insert(), full)


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


async def _supersede_amendments(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    for chunk in chunks(rows):
        same_lane = deliveries.c.lane.in_([row["lane"] for row in chunk])
        same_notice = deliveries.c.notice_id.in_({row["notice_id"] for row in chunk})
        await connection.execute(
            deliveries.update()
            .where(_PENDING, deliveries.c.action == Action.AMEND, same_lane, same_notice)
            .values(state=DeliveryState.SUPERSEDED, settled_at=now)
        )


def _held(delivery: Delivery) -> sa.ColumnElement[bool]:
    """Only the holder of the lease may settle: one that lost it must not overwrite what happened since."""
    return sa.and_(deliveries.c.id == delivery.id, deliveries.c.lease == delivery.lease)


_FREE = {"lease": None, "leased_until": None, "leased_by": None}


async def settle(connection: Connection, delivery: Delivery, values: Mapping[str, Any]) -> bool:
    """End the lease with these column values; False when the lease was lost meanwhile and nothing was changed."""
    result = await connection.execute(deliveries.update().where(_held(delivery)).values({**_FREE, **values}))
    return result.rowcount == 1


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
    works on, whatever the clock says. Returns how many.
    """
    lost = deliveries.c.leased_until <= now
    if connection.dialect.name == "postgresql":
        lost = sa.or_(lost, is_dead(deliveries.c.leased_by))
    statement = (
        deliveries.update()
        .where(deliveries.c.state == DeliveryState.LEASED, deliveries.c.id.not_in(in_hand))
        .where(sa.true() if orphans else lost)
        .values(
            {
                **_FREE,
                "state": DeliveryState.PENDING,
                "uncertain": sa.or_(deliveries.c.uncertain, deliveries.c.action == Action.POST),
            }
        )
    )
    return (await connection.execute(statement)).rowcount


async def next_due(connection: Connection, *, after: datetime) -> datetime | None:
    """When the next delivery becomes due; None when none will. What is due already waits for something else."""
    query = sa.select(sa.func.min(deliveries.c.due_at)).where(_PENDING, deliveries.c.due_at > after)
    due: datetime | None = (await connection.execute(query)).scalar_one()
    return due


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


async def bury_unwanted(connection: Connection, *, channel: str, wanted: Collection[str], now: datetime) -> int:
    """Give up notices owed to addresses that are no longer configured, nor where one of those has moved to."""
    moved = sa.select(moves.c.new_address).where(moves.c.channel == channel)
    statement = (
        deliveries.update()
        .where(_PENDING, deliveries.c.channel == channel, deliveries.c.notice_id.is_not(None))
        .where(deliveries.c.address.not_in(wanted), deliveries.c.address.not_in(moved))
        .values(state=DeliveryState.DEAD, error="no longer configured", settled_at=now)
    )
    return (await connection.execute(statement)).rowcount


async def waiting(connection: Connection, *, incident_id: int | None = None) -> dict[str, int]:
    """How many deliveries are not yet settled, by channel; of one incident, or all but answers to operators."""
    # Constants, so that the partial indexes on these states are used, however long the history is.
    owed = sa.or_(*(deliveries.c.state == sa.literal_column(state) for state in ("'pending'", "'leased'")))
    of = deliveries.c.incident_id == incident_id if incident_id else deliveries.c.incident_id.is_not(None)
    query = (
        sa.select(deliveries.c.channel, sa.func.count().label("owed")).where(owed, of).group_by(deliveries.c.channel)
    )
    return {row.channel: row.owed for row in await connection.execute(query)}


async def count_ended(connection: Connection, state: DeliveryState, *, since: datetime) -> int:
    """How many deliveries ended in this state since then."""
    query = sa.select(sa.func.count()).where(deliveries.c.state == state, deliveries.c.settled_at >= since)
    return int((await connection.execute(query)).scalar_one())


async def forget_answers(connection: Connection, *, before: datetime) -> int:
    """Delete texts to operators that were settled before then; returns how many."""
    statement = deliveries.delete().where(deliveries.c.text.is_not(None), deliveries.c.settled_at < before)
    return (await connection.execute(statement)).rowcount
