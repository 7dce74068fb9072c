"""Rows held as they are: on PostgreSQL others read them, and wait with changing them, until our transaction ends.

SQLite lets in one writer at a time, so that nothing is to be done there.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.store.connection import Connection


async def hold(connection: Connection, key: sa.Column[Any], *which: sa.ColumnElement[bool]) -> None:
    """Wait for those who change these rows right now; from then on the next statement sees what they are, and they
    stay so. key: the table's primary key, by whose order rows are held, so that two who do so never wait in a circle.
    """
    if connection.dialect.name == "postgresql":
        held = sa.select(key).where(*which).order_by(key).with_for_update(read=True).subquery()
        await connection.execute(sa.select(sa.func.count()).select_from(held))
