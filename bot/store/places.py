"""Where the notices of one story went, as rows: counted by destination, and what was lost one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState
from bot.domain.places import Lost, Place
from bot.store.connection import Connection
from bot.store.schema import deliveries, notices

_MOST_LOST = 100
_WAITS = deliveries.c.state.in_((DeliveryState.PENDING, DeliveryState.LEASED))
_POSTED = sa.and_(deliveries.c.state == DeliveryState.SENT, deliveries.c.action == Action.POST)
_LOST = deliveries.c.state.in_((DeliveryState.DEAD, DeliveryState.UNKNOWN))
_PLACE = (deliveries.c.channel, deliveries.c.address, deliveries.c.topic, notices.c.language)

_PINS = (Action.PIN, Action.UNPIN)
_NEWER = deliveries.alias()
_ALIKE = sa.or_(
    sa.and_(_NEWER.c.action == deliveries.c.action, deliveries.c.action.in_((Action.POST, Action.EDIT))),
    sa.and_(_NEWER.c.action.in_(_PINS), deliveries.c.action.in_(_PINS)),
    sa.and_(_NEWER.c.action == deliveries.c.action, _NEWER.c.notice_id == deliveries.c.notice_id),
)
_OVERTAKEN = sa.exists().where(_NEWER.c.lane == deliveries.c.lane, _NEWER.c.id > deliveries.c.id, _ALIKE)

_Key = tuple[str, str, int | None, str]


async def places_of(connection: Connection, incident_id: int) -> Sequence[Place]:
    """Every destination that a story was owed to, subscribers aside, by channel and address."""
    lost = await _lost(connection, incident_id)
    query = (
        sa.select(
            *_PLACE,
            _count(_POSTED).label("sent"),
            _count(_WAITS).label("waiting"),
            sa.func.min(sa.case((_WAITS, deliveries.c.owed_at))).label("since"),
            sa.func.min(sa.case((_WAITS, deliveries.c.due_at))).label("next_try"),
            sa.func.max(sa.case((_WAITS, deliveries.c.error))).label("error"),
        )
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(deliveries.c.incident_id == incident_id, deliveries.c.broadcast_id.is_(None))
        .group_by(*_PLACE)
        .order_by(deliveries.c.channel, deliveries.c.address, notices.c.language)
    )
    return [
        Place(**{**row, "error": row["error"] or ""}, lost=tuple(lost.get(_key(row), ())))
        for row in (await connection.execute(query)).mappings()
    ]


async def subscribers_of(connection: Connection, incident_id: int) -> dict[tuple[str, DeliveryState], int]:
    """How many deliveries of a story to single people there are, by language and state."""
    query = (
        sa.select(notices.c.language, deliveries.c.state, sa.func.count().label("number"))
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(deliveries.c.incident_id == incident_id, deliveries.c.broadcast_id.is_not(None))
        .group_by(notices.c.language, deliveries.c.state)
    )
    return {(row.language, row.state): row.number for row in await connection.execute(query)}


async def lost_one(connection: Connection, delivery_id: int) -> tuple[int, DeliveryState, str] | None:
    """The incident, state and address of a delivery of a notice, None when there is none."""
    query = sa.select(deliveries.c.incident_id, deliveries.c.state, deliveries.c.address).where(
        deliveries.c.id == delivery_id, deliveries.c.incident_id.is_not(None), deliveries.c.broadcast_id.is_(None)
    )
    row = (await connection.execute(query)).first()
    return (row.incident_id, row.state, row.address) if row else None


async def found_there(connection: Connection, delivery_id: int, *, now: datetime) -> bool:
    """Somebody has seen the post: it counts as sent, though nobody knows its number. False when it is not in doubt."""
    values = {"state": DeliveryState.SENT, "receipt": "", "uncertain": False, "error": None, "settled_at": now}
    return await _change(connection, delivery_id, DeliveryState.UNKNOWN, values)


async def owe_again(connection: Connection, delivery_id: int, state: DeliveryState, *, now: datetime) -> bool:
    """Owe what was given up in this state once more, as if for the first time; False when it is not in that state."""
    values = {
        "owed_at": now,
        "state": DeliveryState.PENDING,
        "uncertain": False,
        "attempts": 0,
        "due_at": now,
        "error": None,
        "settled_at": None,
    }
    return await _change(connection, delivery_id, state, values)


async def _change(connection: Connection, delivery_id: int, state: DeliveryState, values: dict[str, Any]) -> bool:
    mine = deliveries.c.id == delivery_id, deliveries.c.state == state
    return (await connection.execute(deliveries.update().where(*mine).values(values))).rowcount == 1


async def is_overtaken(connection: Connection, delivery_id: int) -> bool:
    """Whether something newer of its kind was owed where this delivery goes."""
    query = sa.select(deliveries.c.id).where(deliveries.c.id == delivery_id, _OVERTAKEN)
    return (await connection.execute(query)).first() is not None


async def _lost(connection: Connection, incident_id: int) -> dict[_Key, list[Lost]]:
    query = (
        sa.select(*_PLACE, deliveries.c.id, deliveries.c.action, deliveries.c.state, deliveries.c.error)
        .add_columns(sa.func.coalesce(deliveries.c.settled_at, deliveries.c.due_at).label("at"))
        .add_columns(_OVERTAKEN.label("overtaken"))
        .join(notices, notices.c.id == deliveries.c.notice_id)
        .where(deliveries.c.incident_id == incident_id, deliveries.c.broadcast_id.is_(None), _LOST)
        .order_by(deliveries.c.id.desc())
        .limit(_MOST_LOST)
    )
    found: dict[_Key, list[Lost]] = {}
    for row in reversed((await connection.execute(query)).mappings().all()):
        named = {name: row[name] for name in ("id", "action", "state", "at", "overtaken")}
        one = Lost(**named, error=row["error"] or "")
        found.setdefault(_key(row), []).append(one)
    return found


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _key(row: Any) -> _Key:
    return row["channel"], row["address"], row["topic"], row["language"]
