"""Words that are replaced: what a notice said before is kept, and the posts that show it are found. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import Action, DeliveryState, Priority
from bot.domain.model import Notice
from bot.domain.stated import to_json
from bot.store.connection import Connection
from bot.store.incidents import chunks
from bot.store.schema import deliveries, former_notices, notices

_WORDS = ("state", "title", "body", "instead", "more", "mark", "label")
"""What of a notice may be replaced; whom it is for stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The delivery of one post, out or not.

    first: it is the first of its lane, which also shows the present state; newest: the notice of the newest post there.
    """

    channel: str
    address: str
    lane: str
    priority: Priority
    notice_id: int
    state: DeliveryState
    uncertain: bool
    first: bool
    newest: int


async def replace_words(
    connection: Connection, changed: Mapping[int, tuple[Notice, Notice]], *, now: datetime, because: str, by: str | None
) -> None:
    """Let notices, by row id, say the second instead of the first from now on. by: an operator, None for automation."""
    kept = [
        {name: getattr(before, name) for name in _WORDS}
        | {"notice_id": row, "until": now, "because": because, "replaced_by": by}
        for row, (before, _) in changed.items()
    ]
    if kept:
        await connection.execute(former_notices.insert(), kept)
    for row, (_, after) in changed.items():
        words = {name: getattr(after, name) for name in _WORDS} | {"moments": to_json(after.moments)}
        await connection.execute(notices.update().where(notices.c.id == row).values(words | {"amended_at": now}))


async def posts_of(connection: Connection, incident_id: int, notice_ids: Sequence[int]) -> list[Shown]:
    """The posts of these notices of an incident, oldest first; those to subscribers are ``spreading``'s matter.

    They stay as they are until the transaction ends: nothing claims or settles one meanwhile.
    """
    mine = sa.and_(
        deliveries.c.incident_id == incident_id,
        deliveries.c.action == Action.POST,
        deliveries.c.broadcast_id.is_(None),
    )
    found: list[sa.RowMapping] = []
    for chunk in chunks(notice_ids):
        query = sa.select(deliveries).where(mine, deliveries.c.notice_id.in_(chunk)).order_by(deliveries.c.id)
        found += (await connection.execute(query.with_for_update())).mappings().all()
    first, newest = await _ends(connection, mine, sorted({row["lane"] for row in found}))
    return [
        Shown(
            channel=row["channel"],
            address=row["address"],
            lane=row["lane"],
            priority=Priority(row["priority"]),
            notice_id=row["notice_id"],
            state=row["state"],
            uncertain=row["uncertain"],
            first=first.get(row["lane"]) == row["id"],
            newest=newest[row["lane"]],
        )
        for row in found
    ]


async def _ends(
    connection: Connection, mine: sa.ColumnElement[bool], lanes: Sequence[str]
) -> tuple[dict[str, int], dict[str, int]]:
    """By lane: the delivery that is its first post, or becomes it, and the notice of its newest post."""
    alive = deliveries.c.state.in_([DeliveryState.SENT, DeliveryState.LEASED, DeliveryState.PENDING])
    first: dict[str, int] = {}
    newest: dict[str, int] = {}
    for chunk in chunks(lanes):
        query = (
            sa.select(deliveries.c.lane, deliveries.c.id, deliveries.c.notice_id, alive.label("alive"))
            .where(mine, deliveries.c.lane.in_(chunk))
            .order_by(deliveries.c.id)
        )
        for row in await connection.execute(query):
            newest[row.lane] = row.notice_id
            if row.alive:
                first.setdefault(row.lane, row.id)
    return first, newest
