"""Which open incident tells of a component: there is to be one, not two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.domain.model import Impact, Kind, Origin, UpdateState
from bot.store.connection import Connection
from bot.store.schema import incident_components, incidents, updates


async def told_elsewhere(connection: Connection, components: Sequence[str], *, other_than: int) -> dict[str, int]:
    """Those of the components that other open, published incidents concern, each with one of these."""
    query = (
        sa.select(incident_components.c.component, incidents.c.id)
        .join(incidents, incident_components.c.incident_id == incidents.c.id)
        .where(incident_components.c.component.in_(components), incidents.c.id != other_than)
        .where(incidents.c.closed_at.is_(None), incidents.c.published_at.is_not(None))
        .where(incidents.c.kind != Kind.MAINTENANCE)
    )
    return {row.component: row.id for row in await connection.execute(query)}


async def held_components(connection: Connection, components: Collection[str]) -> frozenset[str]:
    """Those of the components that an open incident of automation's holds."""
    query = sa.select(incident_components.c.component).where(
        incident_components.c.claimed, incident_components.c.component.in_(components)
    )
    return frozenset((await connection.execute(query)).scalars())


async def holder_of(connection: Connection, components: Sequence[str], *, other_than: int) -> int | None:
    """The open incident of automation's that holds one of these components, if it is another one."""
    query = sa.select(incident_components.c.incident_id).where(
        incident_components.c.claimed,
        incident_components.c.component.in_(components),
        incident_components.c.incident_id != other_than,
    )
    holder: int | None = (await connection.execute(query.limit(1))).scalar_one_or_none()
    return holder


async def refused(
    connection: Connection, components: Collection[str], *, since: datetime
) -> Sequence[tuple[str, Impact]]:
    """Who has dropped automation's beginning of a story about one of the components since then, and its impact."""
    query = (
        sa.select(updates.c.decided_by, updates.c.impact)
        .join(incidents, updates.c.incident_id == incidents.c.id)
        .join(incident_components, incident_components.c.incident_id == incidents.c.id)
        .where(incidents.c.closed_at >= since, incidents.c.published_at.is_(None))
        .where(incidents.c.origin == Origin.AUTOMATION, incident_components.c.component.in_(components))
        .where(updates.c.state == UpdateState.DROPPED, updates.c.decided_by.is_not(None))
        .order_by(updates.c.id.desc())
    )
    return [(row.decided_by, row.impact) for row in await connection.execute(query)]
