"""Posts that somebody has deleted at the far side: taken down here as well, and what is left of their lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.domain.deleted import Loss
from bot.domain.delivery import Action, Delivery, DeliveryState
from bot.domain.marks import Mark
from bot.store.connection import Connection
from bot.store.schema import deliveries, incidents

_TO_COME = (DeliveryState.PENDING, DeliveryState.LEASED)
_DONE_WITH = tuple(state for state in DeliveryState if state not in _TO_COME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What was lost, and what a row must hold that takes its place.

    newest: the notice of the lane's newest post, the words of a new one; keyboard: the lane's buttons as they are
    written down.
    """

    loss: Loss
    incident_id: int
    newest: int
    keyboard: dict[str, Any] | None


async def take_down(connection: Connection, delivery: Delivery) -> Lost | None:
    """The post that the delivery was to change is gone: it counts no more. None when it did so before already.

    delivery: an edit, pin or amendment of a notice whose lane has just been told so.
    """
    posts = await _posts(connection, delivery.lane)
    gone = next((row for row in posts if _is_it(row, delivery)), None)
    if gone is None:
        return None
    superseded = {"state": DeliveryState.SUPERSEDED, "error": "deleted there"}
    await connection.execute(deliveries.update().where(deliveries.c.id == gone["id"]).values(superseded))
    left = [row for row in posts if row["id"] != gone["id"]]
    return Lost(
        loss=Loss(
            action=delivery.action,
            open=await _is_open(connection, gone["incident_id"]),
            newest=gone["notice_id"] == posts[-1]["notice_id"],
            others=any(_stands(row, delivery.address) for row in left),
            edited=await _owed(connection, delivery.lane, Action.EDIT, *_TO_COME),
            pins=await _owed(connection, delivery.lane, Action.PIN, *_DONE_WITH)
            and not await _owed(connection, delivery.lane, Action.PIN, *_TO_COME),
            unwanted=_is_withdrawn(delivery) or any(_was_lost(row, gone["notice_id"]) for row in left),
        ),
        incident_id=gone["incident_id"],
        newest=posts[-1]["notice_id"],
        keyboard=next((row["keyboard"] for row in posts if row["keyboard"]), None),
    )


async def _posts(connection: Connection, lane: str) -> list[sa.RowMapping]:
    """All there ever were, oldest first."""
    query = sa.select(deliveries).where(deliveries.c.lane == lane, deliveries.c.action == Action.POST)
    return list((await connection.execute(query.order_by(deliveries.c.id))).mappings())


def _is_it(row: sa.RowMapping, delivery: Delivery) -> bool:
    at = (row["address"], row["receipt"])
    return row["state"] is DeliveryState.SENT and at == (delivery.address, delivery.anchor)


def _stands(row: sa.RowMapping, address: str) -> bool:
    sent = row["state"] is DeliveryState.SENT and row["address"] == address and row["receipt"] != ""
    return sent or row["state"] in _TO_COME


def _is_withdrawn(delivery: Delivery) -> bool:
    return delivery.notice is not None and delivery.notice.mark is Mark.RETRACTED


def _was_lost(row: sa.RowMapping, notice_id: int) -> bool:
    lost = row["state"] is DeliveryState.SUPERSEDED and row["receipt"] is not None
    return lost and row["notice_id"] == notice_id


async def _is_open(connection: Connection, incident_id: int) -> bool:
    query = sa.select(incidents.c.id).where(incidents.c.id == incident_id, incidents.c.closed_at.is_(None))
    return (await connection.execute(query)).first() is not None


async def _owed(connection: Connection, lane: str, action: Action, *states: DeliveryState) -> bool:
    query = sa.select(deliveries.c.id).where(
        deliveries.c.lane == lane, deliveries.c.action == action, deliveries.c.state.in_(states)
    )
    return (await connection.execute(query.limit(1))).first() is not None
