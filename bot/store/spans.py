"""When what was disrupted, as customers were told. Reading only; what it adds up to is ``domain.uptime``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.marks import Mark
from bot.domain.model import Kind, Occasion, UpdateState
from bot.domain.uptime import Span
from bot.store.connection import Connection
from bot.store.schema import incident_components, incidents, notices, revision, updates

_PUBLISHED = updates.c.state == UpdateState.PUBLISHED


async def load_spans(connection: Connection, *, since: datetime, now: datetime) -> tuple[list[Span], datetime | None]:
    """Every span that ends after ``since``, and the first instant on record, None when there is none.

    A disruption lasts from one published update to the next, with the impact of the earlier; the first one from when
    it began, an open one until ``now``. Maintenance is none, and what was retracted never was.
    """
    first = sa.select(incidents.c.started_at).order_by(incidents.c.id).limit(1)
    moments = [
        (await connection.execute(first)).scalar_one_or_none(),
        (await connection.execute(sa.select(revision.c.began_at))).scalar_one_or_none(),
    ]
    began = min((moment for moment in moments if moment is not None), default=None)
    rows = await connection.execute(_disruptions(since))
    return [_span(row, now) for row in rows if not row.status.ends], began


def _disruptions(since: datetime) -> sa.Select[Any]:
    """The published updates of what lasted longer than until ``since``, each with the time of the next one."""
    told = _told(_lasting(since))
    return sa.select(told, incident_components.c.component).join(
        incident_components, incident_components.c.incident_id == told.c.incident_id
    )


def _lasting(since: datetime) -> sa.ColumnElement[bool]:
    retraction = updates.alias()
    retracted = sa.exists().where(
        retraction.c.incident_id == incidents.c.id,
        retraction.c.state == UpdateState.PUBLISHED,
        retraction.c.occasion == Occasion.RETRACTION,
    )
    return sa.and_(
        sa.or_(incidents.c.closed_at.is_(None), incidents.c.closed_at > since),
        incidents.c.kind != Kind.MAINTENANCE,
        ~retracted,
    )


def _told(which: sa.ColumnElement[bool]) -> sa.Subquery:
    following = sa.func.lead(updates.c.at).over(partition_by=updates.c.incident_id, order_by=updates.c.number)
    columns: Sequence[sa.ColumnElement[Any]] = (
        updates.c.incident_id,
        updates.c.number,
        updates.c.status,
        updates.c.impact,
        updates.c.at,
        incidents.c.started_at,
        sa.type_coerce(following, updates.c.at.type).label("until"),
    )
    withdrawn = sa.exists().where(notices.c.update_id == updates.c.id, notices.c.mark == Mark.RETRACTED)
    return sa.select(*columns).join(incidents).where(_PUBLISHED, ~withdrawn, which).subquery()


def _span(row: sa.Row[Any], now: datetime) -> Span:
    return Span(
        component=row.component,
        impact=row.impact,
        start=min(row.at, row.started_at) if row.number == 1 else row.at,
        end=row.until or now,
    )
