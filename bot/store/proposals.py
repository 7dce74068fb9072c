"""Changes of what was published that wait for more than one yes, as rows. How many must say it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.proposals import Proposal
from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema_operators import assents, proposals


async def insert(connection: Connection, **values: Any) -> int:
    """Put down a proposal: all columns of the table that have a value; its id."""
    return int((await connection.execute(proposals.insert().values(values).returning(proposals.c.id))).scalar_one())


async def load(connection: Connection, proposal_id: int, *, needed: int) -> Proposal | None:
    """A proposal with the names of those who agree, None when there is none. needed: how many must."""
    row = (await connection.execute(sa.select(proposals).where(proposals.c.id == proposal_id))).mappings().first()
    if row is None:
        return None
    query = sa.select(assents.c.name).where(assents.c.proposal_id == proposal_id)
    names = (await connection.execute(query.order_by(assents.c.at, assents.c.telegram_id))).scalars()
    return Proposal(**row, needed=needed, approvals=tuple(names))


async def agree(connection: Connection, proposal_id: int, telegram_id: int, name: str, *, now: datetime) -> bool:
    """Put down a yes; False when this person has said it already."""
    row = {"proposal_id": proposal_id, "telegram_id": telegram_id, "name": name, "at": now}
    statement = insert_of(connection)(assents).values(row)
    result = await connection.execute(statement.on_conflict_do_nothing(index_elements=["proposal_id", "telegram_id"]))
    return bool(result.rowcount)


async def end(connection: Connection, proposal_id: int, *, by: str | None, now: datetime) -> bool:
    """It waits no more. by: who dropped it, None when it is done; False when somebody was quicker."""
    waits = proposals.c.id == proposal_id, proposals.c.ended_at.is_(None)
    result = await connection.execute(proposals.update().where(*waits).values(ended_at=now, ended_by=by))
    return result.rowcount == 1


async def leave(connection: Connection, proposal_id: int, *, of: Collection[int]) -> None:
    """Forget every yes but those of these people."""
    others = assents.c.proposal_id == proposal_id, assents.c.telegram_id.not_in(of)
    await connection.execute(assents.delete().where(*others))


async def withdraw(connection: Connection, telegram_id: int) -> None:
    """Somebody has said yes to no proposal that waits."""
    waiting = sa.select(proposals.c.id).where(proposals.c.ended_at.is_(None))
    theirs = assents.c.telegram_id == telegram_id, assents.c.proposal_id.in_(waiting)
    await connection.execute(assents.delete().where(*theirs))


async def waiting(connection: Connection) -> Sequence[int]:
    """The ids of those that wait, oldest first."""
    query = sa.select(proposals.c.id).where(proposals.c.ended_at.is_(None)).order_by(proposals.c.id)
    return list((await connection.execute(query)).scalars())
