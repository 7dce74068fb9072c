"""Operators and the audit log, as rows. Who may do what is decided elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.model import Role
from bot.domain.staff import Deed
from bot.store.connection import Connection
from bot.store.incidents import insert_of
from bot.store.schema_operators import audit, menus, operators

Changed = tuple[int, str, Role | None, str]
"""Telegram id, name, role (None: an operator no more), language."""


async def changed(connection: Connection) -> Sequence[Changed]:
    """Whoever was appointed, changed or dismissed by command, in the order of their Telegram ids."""
    columns = operators.c.telegram_id, operators.c.name, operators.c.role, operators.c.language
    rows = await connection.execute(sa.select(*columns).order_by(operators.c.telegram_id))
    return [(row.telegram_id, row.name, row.role, row.language) for row in rows]


async def save(connection: Connection, **values: Any) -> None:
    """Put down an operator as they are from now on: all columns of the table."""
    statement = insert_of(connection)(operators).values(values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["telegram_id"], set_=values))


async def note(connection: Connection, **values: Any) -> None:
    """Add to the audit log: all columns of the table but the id."""
    await connection.execute(audit.insert().values(values))


async def deeds(
    connection: Connection, *, incident_id: int | None = None, before: int | None = None, most: int = 20
) -> Sequence[Deed]:
    """The newest entries of the audit log first. before: an entry's id, to go on from where a page ended."""
    query = sa.select(audit).order_by(audit.c.id.desc()).limit(most)
    if incident_id is not None:
        query = query.where(audit.c.incident_id == incident_id)
    if before is not None:
        query = query.where(audit.c.id < before)
    return [Deed(**row) for row in (await connection.execute(query)).mappings()]


async def offered(connection: Connection) -> dict[tuple[str, str], str]:
    """What Telegram has been told to offer: place and language -> a digest of it."""
    rows = await connection.execute(sa.select(menus))
    return {(row.place, row.language): row.digest for row in rows}


async def note_offered(connection: Connection, place: str, language: str, digest: str | None) -> None:
    """Telegram has been told; digest: None when it offers nothing there any more."""
    await connection.execute(menus.delete().where(menus.c.place == place, menus.c.language == language))
    if digest is not None:
        await connection.execute(menus.insert().values(place=place, language=language, digest=digest))


async def history(
    connection: Connection, *, incident_id: int | None = None, since: datetime | None = None, page: int = 500
) -> AsyncIterator[Deed]:
    """The audit log from its beginning, or from then on, oldest first; read a page at a time, however long it is."""
    last = 0
    while True:
        query = sa.select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(page)
        if incident_id is not None:
            query = query.where(audit.c.incident_id == incident_id)
        if since is not None:
            query = query.where(audit.c.at >= since)
        found = [Deed(**row) for row in (await connection.execute(query)).mappings()]
        for deed in found:
            yield deed
        if len(found) < page:
            return
        last = found[-1].id
