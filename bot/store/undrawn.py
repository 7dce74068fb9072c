"""Drafts whose cards are still to be drawn, as rows: what one transaction does not do is not forgotten by a crash."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.store.columns import Moment
from bot.store.connection import Connection
from bot.store.incidents import chunks, insert_of
from bot.store.schema import updates
from bot.store.schema_operators import undrawn


async def add(connection: Connection, draft_ids: Collection[int], *, at: datetime) -> None:
    """Draw these from then on; those that are to be drawn already stay where they are in the queue.

    draft_ids: also of drafts that there are not, for what made them was undone.
    """
    for chunk in chunks(sorted(draft_ids)):
        there = sa.select(updates.c.id, sa.literal(at, Moment)).where(updates.c.id.in_(chunk))
        statement = insert_of(connection)(undrawn).from_select(["update_id", "at"], there)
        await connection.execute(statement.on_conflict_do_nothing(index_elements=["update_id"]))


async def take(connection: Connection, *, now: datetime, most: int) -> Sequence[int]:
    """The drafts that have waited longest, at most so many; they wait no longer."""
    oldest = sa.select(undrawn.c.update_id).where(undrawn.c.at <= now).order_by(undrawn.c.at, undrawn.c.update_id)
    taken = list((await connection.execute(oldest.limit(most))).scalars())
    if taken:
        await connection.execute(undrawn.delete().where(undrawn.c.update_id.in_(taken)))
    return taken


async def next_at(connection: Connection) -> datetime | None:
    """When the next is to be drawn, None when none is."""
    at: datetime | None = (await connection.execute(sa.select(sa.func.min(undrawn.c.at)))).scalar_one()
    return at
