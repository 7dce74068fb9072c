"""What keeps automation quiet, and what tells that somebody else is: silences, windows of maintenance, sources that
were heard, and what operators were told of lately. Only intake writes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.domain.changes import Silence
from bot.domain.model import Kind, Occasion, Status, UpdateState
from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema import digests, heard, incident_components, incidents, silences, updates

_NOW = sa.bindparam("now", type_=silences.c.until.type)
_SILENCED = sa.union_all(
    sa.select(silences.c.component, silences.c.until, silences.c.made_by).where(silences.c.until > _NOW),
    sa.select(incident_components.c.component, incidents.c.scheduled_until, sa.literal("maintenance"))
    .join(incidents, incidents.c.id == incident_components.c.incident_id)
    .where(incidents.c.closed_at.is_(None), incidents.c.kind == Kind.MAINTENANCE, incidents.c.published_at.is_not(None))
    .where(
        sa.or_(incidents.c.status == Status.IN_PROGRESS, incidents.c.scheduled_for <= _NOW),
        sa.or_(incidents.c.scheduled_until.is_(None), incidents.c.scheduled_until > _NOW),
    ),
)
_OPEN_END = timedelta(minutes=15)
"""Maintenance without a planned end is looked at again this often."""


async def silenced(connection: Connection, *, now: datetime) -> dict[str, Silence]:
    """The components about which automation begins nothing now, each with what ends last."""
    found = [
        Silence(component=row.component, until=_end(row.until, now), by=row.made_by)
        for row in await connection.execute(_SILENCED, {"now": now})
    ]
    return {each.component: each for each in sorted(found, key=lambda each: each.until)}


def _end(planned: datetime | None, now: datetime) -> datetime:
    return planned or now + _OPEN_END


_BY_ITSELF = sa.and_(
    updates.c.state == UpdateState.PUBLISHED, updates.c.author.is_(None), updates.c.decided_by.is_(None)
)


async def published_since(connection: Connection, since: datetime) -> int:
    """How many updates automation has published since then without a human."""
    query = sa.select(sa.func.count()).where(updates.c.at > since, _BY_ITSELF)
    return int((await connection.execute(query)).scalar_one())


async def cards_since(connection: Connection, since: datetime) -> int:
    """How many of automation's drafts that were made since then wait, and have cards."""
    waiting = updates.c.state == UpdateState.DRAFT, updates.c.author.is_(None), updates.c.quiet.is_(False)
    query = sa.select(sa.func.count()).where(updates.c.made_at > since, *waiting)
    return int((await connection.execute(query)).scalar_one())


async def turns_since(connection: Connection, ids: Collection[int], since: datetime) -> dict[int, int]:
    """How often automation has told since then that each of these incidents began, ended, began again, or is unstable.

    Each end but the last, of an incident that is open, was followed by a new beginning.
    """
    ended = updates.c.status == Status.RESOLVED
    turn = sa.case((ended, 2), (sa.or_(updates.c.number == 1, updates.c.occasion == Occasion.UNSTABLE), 1), else_=0)
    over = sa.case((incidents.c.closed_at.is_not(None), 1), else_=0)
    query = (
        sa.select(updates.c.incident_id, (sa.func.sum(turn) - sa.func.max(over)).label("turns"))
        .join(incidents, incidents.c.id == updates.c.incident_id)
        .where(updates.c.at > since, _BY_ITSELF, updates.c.incident_id.in_(ids))
        .group_by(updates.c.incident_id)
    )
    return {row.incident_id: max(0, int(row.turns)) for row in await connection.execute(query)} if ids else {}


async def silences_now(connection: Connection, *, now: datetime) -> Sequence[Silence]:
    """What operators have silenced, the first to end first."""
    query = sa.select(silences).where(silences.c.until > now).order_by(silences.c.until)
    return [
        Silence(component=row.component, until=row.until, by=row.made_by) for row in await connection.execute(query)
    ]


async def silence(connection: Connection, component: str, *, until: datetime, by: str, now: datetime) -> None:
    """Silence a component until then, in place of what was said before."""
    insert = insert_of(connection)(silences).values(component=component, until=until, made_by=by, made_at=now)
    values = {"until": until, "made_by": by, "made_at": now}
    await connection.execute(insert.on_conflict_do_update(index_elements=["component"], set_=values))


async def lift(connection: Connection, component: str, *, now: datetime) -> bool:
    """End a silence; False when there was none."""
    statement = silences.delete().where(silences.c.component == component, silences.c.until > now)
    return (await connection.execute(statement)).rowcount > 0


async def hear(connection: Connection, source: str, *, now: datetime) -> bool:
    """The source was heard; True when operators had been told that it was silent."""
    query = sa.select(heard.c.told_at).where(heard.c.source == source)
    told = (await connection.execute(query)).scalar_one_or_none() is not None
    insert = insert_of(connection)(heard).values(source=source, heard_at=now, told_at=None)
    values = {"heard_at": now, "told_at": None}
    await connection.execute(insert.on_conflict_do_update(index_elements=["source"], set_=values))
    return told


async def expect(connection: Connection, sources: Collection[str], *, now: datetime) -> None:
    """From now on these sources are expected to speak, and no others: while we were away nobody could be heard."""
    await connection.execute(heard.delete().where(heard.c.source.not_in(sources)))
    for source in sources:
        insert = insert_of(connection)(heard).values(source=source, heard_at=now, told_at=None)
        await connection.execute(
            insert.on_conflict_do_update(
                index_elements=["source"], set_={"heard_at": now}, where=heard.c.told_at.is_(None)
            )
        )


async def unheard(connection: Connection) -> dict[str, datetime]:
    """When each source was last heard of which operators have not been told that it is silent."""
    query = sa.select(heard.c.source, heard.c.heard_at).where(heard.c.told_at.is_(None))
    return {row.source: row.heard_at for row in await connection.execute(query)}


async def tell_silent(connection: Connection, source: str, *, now: datetime) -> bool:
    """Operators are told that it is silent; False when another node was quicker."""
    statement = heard.update().where(heard.c.source == source, heard.c.told_at.is_(None)).values(told_at=now)
    return (await connection.execute(statement)).rowcount > 0


async def told_silent(connection: Connection) -> Sequence[str]:
    """The sources that operators were told are silent, and that have not been heard since, by name."""
    query = sa.select(heard.c.source).where(heard.c.told_at.is_not(None)).order_by(heard.c.source)
    return list((await connection.execute(query)).scalars())


async def load_digests(connection: Connection) -> dict[str, tuple[datetime, int]]:
    """By topic: when operators were last told, and how much has come since."""
    return {row.topic: (row.told_at, row.untold) for row in await connection.execute(sa.select(digests))}


async def save_digest(connection: Connection, topic: str, *, told_at: datetime, untold: int) -> None:
    """Operators were last told of the topic then; so much has come since."""
    insert = insert_of(connection)(digests).values(topic=topic, told_at=told_at, untold=untold)
    values = {"told_at": told_at, "untold": untold}
    await connection.execute(insert.on_conflict_do_update(index_elements=["topic"], set_=values))
