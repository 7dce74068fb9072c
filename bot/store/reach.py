"""Where we may not post, edit or pin any more: written down once, and taken away when it works again."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.domain.delivery import Action, Delivery
from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema_reach import barred

_DEEDS = {
    Action.POST: "post",
    Action.EDIT: "edit",
    Action.AMEND: "edit",
    Action.PIN: "pin",
    Action.UNPIN: "pin",
}


async def bar(connection: Connection, delivery: Delivery, *, now: datetime) -> bool:
    """The far side does not let us do this there. True when nobody knows yet and operators should be told.

    Where nothing may be posted, nobody needs to hear that nothing can be edited or pinned either.
    """
    if await is_closed(connection, delivery):
        return False
    row = {**_place(delivery), "deed": _DEEDS[delivery.action], "since": now}
    statement = insert_of(connection)(barred).values(row).on_conflict_do_nothing().returning(barred.c.deed)
    return (await connection.execute(statement)).first() is not None


async def allow(connection: Connection, delivery: Delivery) -> datetime | None:
    """It works. Since when it did not, as far as operators know; None when they know of nothing."""
    statement = barred.delete().where(_at(delivery), barred.c.deed == _DEEDS[delivery.action]).returning(barred.c.since)
    since: datetime | None = (await connection.execute(statement)).scalar_one_or_none()
    return since


async def is_closed(connection: Connection, delivery: Delivery) -> bool:
    """Whether nothing may be posted there, as operators know."""
    query = sa.select(barred.c.deed).where(_at(delivery), barred.c.deed == _DEEDS[Action.POST])
    return (await connection.execute(query)).first() is not None


def _place(delivery: Delivery) -> dict[str, object]:
    return {"channel": delivery.channel, "address": delivery.address, "topic": delivery.topic or 0}


def _at(delivery: Delivery) -> sa.ColumnElement[bool]:
    return sa.and_(*(barred.c[name] == value for name, value in _place(delivery).items()))
