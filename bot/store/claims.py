"""Claiming deliveries: one statement leases what may go out, another loads what sending it needs.

The statements are made once: to build them anew at each call would cost more than to run them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import Action, Delivery, DeliveryState, Priority
from bot.domain.model import Notice
from bot.store.columns import Moment
from bot.store.connection import Connection
from bot.store.incidents import NOTICE_COLUMNS, notice_from
from bot.store.nodes import NOBODY
from bot.store.schema import deliveries, former_notices, notices, updates

_CLAIM = """
WITH ready AS {materialized} (
    SELECT mine.id FROM deliveries AS mine
    WHERE mine.state = 'pending' AND mine.due_at <= :now AND mine.channel IN :channels
      -- no earlier one of its lane is still owed
      AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier
          WHERE earlier.lane = mine.lane AND earlier.id < mine.id AND earlier.state IN ('pending', 'leased'))
      -- nothing is in flight at its address
      AND NOT EXISTS (SELECT 1 FROM deliveries AS other
          WHERE other.channel = mine.channel AND other.address = mine.address AND other.state = 'leased')
      -- no other one there is in doubt, or none older: two posts in doubt could not be told apart
      AND NOT EXISTS (SELECT 1 FROM deliveries AS other
          WHERE other.channel = mine.channel AND other.address = mine.address AND other.state = 'pending'
            AND other.uncertain AND (NOT mine.uncertain OR other.id < mine.id))
      -- of several at one address, the most urgent that may go
      AND NOT EXISTS (SELECT 1 FROM deliveries AS other
          WHERE other.channel = mine.channel AND other.address = mine.address AND other.state = 'pending'
            AND other.due_at <= :now
            AND (other.priority < mine.priority OR (other.priority = mine.priority AND other.id < mine.id))
            AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier
                WHERE earlier.lane = other.lane AND earlier.id < other.id AND earlier.state IN ('pending', 'leased')))
    ORDER BY mine.priority, mine.id
    LIMIT :limit {lock}
)
UPDATE deliveries
SET state = 'leased', lease = :lease, leased_until = :until, leased_by = :node, attempts = attempts + 1
WHERE id IN (SELECT id FROM ready) AND state = 'pending'
RETURNING id
"""


@cache
def _claim_on(dialect: str) -> sa.TextClause:
    """The claim as a dialect says it."""
    # Materialized: as a plain subquery PostgreSQL may run it once per row, and then claims more than the limit.
    ways = {"sqlite": ("", ""), "postgresql": ("MATERIALIZED", "FOR UPDATE OF mine SKIP LOCKED")}
    materialized, lock = ways[dialect]
    return sa.text(_CLAIM.format(materialized=materialized, lock=lock)).bindparams(
        sa.bindparam("now", type_=Moment),
        sa.bindparam("until", type_=Moment),
        sa.bindparam("channels", expanding=True),
    )


async def claim(
    connection: Connection,
    *,
    lease: str,
    until: datetime,
    now: datetime,
    limit: int,
    channels: Sequence[str],
    node: int = NOBODY,
) -> list[Delivery]:
    """Lease up to ``limit`` deliveries that may go out now, most urgent first, in one statement.

    lease: a random token; channels: those that are on; node: whose lease it is. Raises IntegrityError in the rare case
    that another node claimed for the same address at the same instant: nothing is claimed then, ask again.
    """
    values = {"lease": lease, "until": until, "now": now, "limit": limit, "channels": channels, "node": node}
    statement = _claim_on(connection.dialect.name)
    claimed = list((await connection.execute(statement, values)).scalars())
    return await _load(connection, claimed, lease) if claimed else []


_IDS: sa.BindParameter[Sequence[int]] = sa.bindparam("ids", expanding=True)
_LANES: sa.BindParameter[Sequence[str]] = sa.bindparam("lanes", expanding=True)

_CLAIMED = (
    sa.select(
        deliveries,
        *(notices.c[name].label(f"notice_{name}") for name in NOTICE_COLUMNS),
        updates.c.status.label("notice_status"),
        updates.c.impact.label("notice_impact"),
    )
    .outerjoin(notices, notices.c.id == deliveries.c.notice_id)
    .outerjoin(updates, updates.c.id == notices.c.update_id)
    .where(deliveries.c.id.in_(_IDS))
    .order_by(deliveries.c.priority, deliveries.c.id)
)

_FIRST_POSTS = (
    sa.select(deliveries.c.lane, deliveries.c.receipt, notices, updates.c.status, updates.c.impact)
    .join(notices, notices.c.id == deliveries.c.notice_id)
    .join(updates, updates.c.id == notices.c.update_id)
    .where(
        deliveries.c.id.in_(
            sa.select(sa.func.min(deliveries.c.id))
            .where(
                deliveries.c.lane.in_(_LANES),
                deliveries.c.action == sa.literal_column("'post'"),
                deliveries.c.state == sa.literal_column("'sent'"),
                deliveries.c.receipt != "",
            )
            .group_by(deliveries.c.lane)
        )
    )
)

_AMENDMENT, _POST = deliveries.alias(), deliveries.alias()

_AMENDED_POSTS = (
    sa.select(_AMENDMENT.c.id, sa.func.max(_POST.c.receipt).label("receipt"))
    .join(_POST, sa.and_(_POST.c.lane == _AMENDMENT.c.lane, _POST.c.notice_id == _AMENDMENT.c.notice_id))
    .where(_AMENDMENT.c.id.in_(_IDS), _POST.c.action == Action.POST, _POST.c.state == DeliveryState.SENT)
    .group_by(_AMENDMENT.c.id)
)

_EARLIER = (
    sa.select(former_notices, notices.c.language, notices.c.lang, notices.c.direction, notices.c.url)
    .add_columns(updates.c.status, updates.c.impact, deliveries.c.id.label("delivery_id"))
    .join(notices, notices.c.id == former_notices.c.notice_id)
    .join(updates, updates.c.id == notices.c.update_id)
    .join(deliveries, deliveries.c.notice_id == notices.c.id)
    .where(deliveries.c.id.in_(_IDS), former_notices.c.until >= deliveries.c.owed_at)
    .order_by(former_notices.c.id)
)


async def _load(connection: Connection, ids: Sequence[int], lease: str) -> list[Delivery]:
    rows = [dict(row) for row in (await connection.execute(_CLAIMED, {"ids": ids})).mappings()]
    firsts = await _first_posts(connection, {row["lane"] for row in rows if row["incident_id"] is not None})
    amended = await _amended_posts(connection, [row["id"] for row in rows if row["action"] is Action.AMEND])
    doubtful = [row["id"] for row in rows if row["uncertain"] and row["notice_id"] is not None]
    earlier = await _earlier(connection, doubtful)
    made = [_delivery(row, firsts.get(row["lane"]), lease) for row in rows]
    return [
        replace(
            each,
            anchor=amended.get(each.id) if each.action is Action.AMEND else each.anchor,
            earlier=tuple(earlier.get(each.id, ())),
        )
        for each in made
    ]


async def _amended_posts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """By amendment, the receipt of the post that carries its notice; those without such a post are left out."""
    if not ids:
        return {}
    rows = await connection.execute(_AMENDED_POSTS, {"ids": ids})
    return {row.id: row.receipt for row in rows}


async def _earlier(connection: Connection, ids: Sequence[int]) -> dict[int, list[Notice]]:
    """By delivery, what its notice said before, as far as that may have gone out."""
    found: dict[int, list[Notice]] = {}
    if ids:
        for row in (await connection.execute(_EARLIER, {"ids": ids})).mappings():
            found.setdefault(row["delivery_id"], []).append(notice_from(dict(row)))
    return found


async def _first_posts(connection: Connection, lanes: set[str]) -> dict[str, Mapping[str, Any]]:
    """Receipt and notice of the first post that was published in each lane."""
    if not lanes:
        return {}
    rows = await connection.execute(_FIRST_POSTS, {"lanes": sorted(lanes)})
    return {row["lane"]: dict(row) for row in rows.mappings()}


def _delivery(row: Mapping[str, Any], first: Mapping[str, Any] | None, lease: str) -> Delivery:
    return Delivery(
        id=row["id"],
        action=row["action"],
        channel=row["channel"],
        address=row["address"],
        lane=row["lane"],
        priority=Priority(row["priority"]),
        notice=notice_from(row, "notice_") if row["notice_id"] is not None else None,
        text=row["text"],
        opening=notice_from(first) if first and row["action"] is Action.EDIT else None,
        anchor=first["receipt"] if first else None,
        attempts=row["attempts"],
        uncertain=row["uncertain"],
        owed_at=row["owed_at"],
        lease=lease,
    )
