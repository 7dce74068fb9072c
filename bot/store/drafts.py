"""Other words for a draft, as rows. What was published is never touched here: see ``amendments``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.domain.model import Notice
from bot.store import approvals
from bot.store.connection import Connection
from bot.store.incidents import insert_notices, save_update
from bot.store.schema import notices


async def reword(connection: Connection, update_id: int, words: Sequence[Notice], **values: Any) -> None:
    """Put these notices in the place of a draft's, and change columns of it. Nobody has said yes to them."""
    await connection.execute(notices.delete().where(notices.c.update_id == update_id))
    await insert_notices(connection, update_id, words)
    await save_update(connection, update_id, **values)
    await approvals.forget(connection, update_id)
