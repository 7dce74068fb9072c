"""How things stand, as operators ask for it: since when what waits, where something failed, who left. Reading only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from bot.domain.following import Departure
from bot.store.connection import Connection
from bot.store.schema import deliveries
from bot.store.schema_subscribers import departures

_OWED = sa.or_(*(deliveries.c.state == sa.literal_column(state) for state in ("'pending'", "'leased'")))
_LOST = ("dead", "unknown")


async def waiting_since(connection: Connection) -> dict[str, datetime]:
    """By channel, when the oldest notice that is not settled yet was owed first."""
    query = (
        sa.select(deliveries.c.channel, sa.func.min(deliveries.c.owed_at).label("since"))
        .where(_OWED, deliveries.c.incident_id.is_not(None))
        .group_by(deliveries.c.channel)
    )
    return {row.channel: row.since for row in await connection.execute(query)}


async def failed_in(connection: Connection, *, since: datetime, most: int = 5) -> Sequence[int]:
    """The incidents of which a delivery was given up, or may have been lost, since then; the newest first."""
    query = (
        sa.select(deliveries.c.incident_id)
        .where(deliveries.c.state.in_(_LOST), deliveries.c.settled_at >= since, deliveries.c.incident_id.is_not(None))
        .distinct()
        .order_by(deliveries.c.incident_id.desc())
        .limit(most)
    )
    return list((await connection.execute(query)).scalars())


async def departed_since(connection: Connection, day: date) -> dict[Departure, int]:
    """How many subscribers have left on that day or later, by the reason."""
    query = (
        sa.select(departures.c.reason, sa.func.sum(departures.c.count).label("number"))
        .where(departures.c.day >= day)
        .group_by(departures.c.reason)
        .order_by(departures.c.reason)
    )
    return {Departure(row.reason): int(row.number) for row in await connection.execute(query)}
