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

from bot.domain.buttons import Keyboard, from_json
from bot.domain.delivery import Action, Delivery, DeliveryState, Priority
from bot.domain.model import Notice
from bot.store.columns import Moment
from bot.store.connection import Connection
from bot.store.incidents import NOTICE_COLUMNS, notice_from
from bot.store.nodes import NOBODY
from bot.store.schema import deliveries, former_notices, notices, updates

_CLAIM = """
WITH ready AS {materialized} (
    SELECT mine.id FROM deliveries AS mine {in_order}
    WHERE mine.state = 'pending' AND mine.priority = :priority AND mine.due_at <= :now AND mine.channel IN :channels
      -- no earlier one of its lane is still owed
      AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier
          WHERE earlier.lane = mine.lane AND earlier.id < mine.id AND earlier.state IN ('pending', 'leased') {each})
      -- nothing is in flight at its address
      AND NOT EXISTS (SELECT 1 FROM deliveries AS other
          WHERE other.channel = mine.channel AND other.address = mine.address AND other.state = 'leased' {each})
      -- no other one there is in doubt, or none older: two posts in doubt could not be told apart
      AND NOT EXISTS (SELECT 1 FROM deliveries AS other
          WHERE other.channel = mine.channel AND other.address = mine.address AND other.state = 'pending'
            AND other.uncertain AND (NOT mine.uncertain OR other.id < mine.id) {each})
      -- of several at one address, the most urgent that may go
      AND NOT EXISTS (SELECT 1 FROM deliveries AS other
          WHERE other.channel = mine.channel AND other.address = mine.address AND other.state = 'pending'
            AND other.due_at <= :now
            AND (other.priority < mine.priority OR (other.priority = mine.priority AND other.id < mine.id))
            AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier
                WHERE earlier.lane = other.lane AND earlier.id < other.id AND earlier.state IN ('pending', 'leased')
                {each}) {each})
    ORDER BY mine.due_at, mine.id
    LIMIT :limit {lock}
)
UPDATE deliveries
SET state = 'leased', lease = :lease, leased_until = :until, leased_by = :node, attempts = attempts + 1
WHERE id IN (SELECT id FROM ready) AND state = 'pending'
RETURNING id
"""


# However many rows wait, a claim looks at those it takes and at few others. SQLite is told by which index; PostgreSQL,
# which knows nothing of rows that have just come, must not turn the conditions into joins with all that there are: a
# subquery with OFFSET stays one. Materialized: as a plain subquery it may be run once per row, and then claims more
# than the limit. https://www.sqlite.org/lang_indexedby.html
_WAYS = {
    "sqlite": {"materialized": "", "in_order": "INDEXED BY ix_deliveries_pending", "each": "", "lock": ""},
    "postgresql": {
        "materialized": "MATERIALIZED",
        "in_order": "",
        "each": "OFFSET 0",
        "lock": "FOR UPDATE OF mine SKIP LOCKED",
    },
}


@cache
def _claim_on(dialect: str) -> sa.TextClause:
    """The claim as a dialect says it."""
    return sa.text(_CLAIM.format_map(_WAYS[dialect])).bindparams(
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
    priorities: tuple[Priority, Priority] = (Priority.OPERATOR, Priority.SUBSCRIBER),
) -> list[Delivery]:
    """Lease up to ``limit`` deliveries that may go out now, most urgent first, in one statement for each urgency.

    lease: a random token; channels: those that are on; node: whose lease it is; priorities: from, to. Raises
    IntegrityError in the rare case that another node claimed for the same address at the same instant: nothing is
    claimed then, ask again.
    """
    values = {"lease": lease, "until": until, "now": now, "channels": channels, "node": node}
    statement = _claim_on(connection.dialect.name)
    claimed: list[int] = []
    for priority in range(priorities[0], priorities[1] + 1):
        if left := limit - len(claimed):
            now_mine = {**values, "priority": priority, "limit": left}
            claimed += (await connection.execute(statement, now_mine)).scalars()
    return await _load(connection, claimed, lease) if claimed else []


_IDS: sa.BindParameter[Sequence[int]] = sa.bindparam("ids", expanding=True)
_LANES: sa.BindParameter[Sequence[str]] = sa.bindparam("lanes", expanding=True)

_CLAIMED = (
    sa.select(
        deliveries,
        *(notices.c[name].label(f"notice_{name}") for name in (*NOTICE_COLUMNS, "moments")),
        updates.c.status.label("notice_status"),
        updates.c.impact.label("notice_impact"),
    )
    .outerjoin(notices, notices.c.id == deliveries.c.notice_id)
    .outerjoin(updates, updates.c.id == notices.c.update_id)
    .where(deliveries.c.id.in_(_IDS))
    .order_by(deliveries.c.priority, deliveries.c.id)
)

# Of each lane at each address: once a chat has moved, receipts from before mean nothing there.
_FIRST_POSTS = (
    sa.select(deliveries.c.lane, deliveries.c.address, deliveries.c.receipt, notices)
    .add_columns(updates.c.status, updates.c.impact)
    .outerjoin(notices, notices.c.id == deliveries.c.notice_id)
    .outerjoin(updates, updates.c.id == notices.c.update_id)
    .where(
        deliveries.c.id.in_(
            sa.select(sa.func.min(deliveries.c.id))
            .where(
                deliveries.c.lane.in_(_LANES),
                deliveries.c.action == sa.literal_column("'post'"),
                deliveries.c.state == sa.literal_column("'sent'"),
                deliveries.c.receipt != "",
            )
            .group_by(deliveries.c.lane, deliveries.c.address)
        )
    )
)

# Whatever has become of the post they came with, they belong below the first one that there is.
_BUTTONS = sa.select(deliveries.c.lane, deliveries.c.keyboard).where(
    deliveries.c.id.in_(
        sa.select(sa.func.min(deliveries.c.id))
        .where(
            deliveries.c.lane.in_(_LANES),
            deliveries.c.action == sa.literal_column("'post'"),
            deliveries.c.notice_id.is_not(None),
            deliveries.c.keyboard.is_not(None),
        )
        .group_by(deliveries.c.lane)
    )
)

_AMENDMENT, _POST = deliveries.alias(), deliveries.alias()

_AMENDED_POSTS = (
    sa.select(_AMENDMENT.c.id, sa.func.max(_POST.c.receipt).label("receipt"))
    .join(_POST, sa.and_(_POST.c.lane == _AMENDMENT.c.lane, _POST.c.notice_id == _AMENDMENT.c.notice_id))
    .where(_AMENDMENT.c.id.in_(_IDS), _POST.c.action == Action.POST, _POST.c.state == DeliveryState.SENT)
    .where(_POST.c.address == _AMENDMENT.c.address)
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
    anchored = {row["lane"] for row in rows if row["incident_id"] is not None or row["action"] is not Action.POST}
    firsts = await _first_posts(connection, anchored)
    buttons = await _buttons(connection, {row["lane"] for row in rows if _shows_notice_anew(row)})
    amended = await _amended_posts(connection, [row["id"] for row in rows if row["action"] is Action.AMEND])
    doubtful = [row["id"] for row in rows if row["uncertain"] and row["notice_id"] is not None]
    earlier = await _earlier(connection, doubtful)
    made = [_delivery(row, firsts.get((row["lane"], row["address"])), lease) for row in rows]
    return [
        replace(
            each,
            anchor=amended.get(each.id) if each.action is Action.AMEND else each.anchor,
            earlier=tuple(earlier.get(each.id, ())),
            keyboard=each.keyboard or (buttons.get(each.lane) if each.action is Action.EDIT else None),
        )
        for each in made
    ]


def _shows_notice_anew(row: Mapping[str, Any]) -> bool:
    """Whether it edits a post that may have buttons; an edit without them would take them away."""
    return row["action"] is Action.EDIT and row["notice_id"] is not None


async def _buttons(connection: Connection, lanes: set[str]) -> dict[str, Keyboard | None]:
    """By lane, the buttons of its first post; lanes without any are left out."""
    if not lanes:
        return {}
    rows = await connection.execute(_BUTTONS, {"lanes": sorted(lanes)})
    return {row.lane: from_json(row.keyboard) for row in rows}


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


async def _first_posts(connection: Connection, lanes: set[str]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """By lane and address, the receipt of the first post published there, and its notice unless it carries a text."""
    if not lanes:
        return {}
    rows = await connection.execute(_FIRST_POSTS, {"lanes": sorted(lanes)})
    return {(row["lane"], row["address"]): dict(row) for row in rows.mappings()}


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
        opening=notice_from(first) if first and first["language"] and row["action"] is Action.EDIT else None,
        anchor=first["receipt"] if first else None,
        attempts=row["attempts"],
        uncertain=row["uncertain"],
        owed_at=row["owed_at"],
        lease=lease,
        keyboard=from_json(row["keyboard"]),
        topic=row["topic"],
        silent=row["silent"],
        broadcast=row["broadcast_id"] is not None,
        incident_id=row["incident_id"],
    )
