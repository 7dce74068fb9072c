"""Notices in every language at once, for documents that show more than one. Which updates, the caller knows."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from bot.domain.model import Notice
from bot.store.engine import Store
from bot.store.incidents import chunks, notice_from
from bot.store.schema import notices, updates


class Texts:
    """Reads notices, in no view in common with the board they are for.

    Words that are replaced in between are newer than the board; the change makes a new board all the same.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, update_ids: Sequence[int]) -> dict[int, dict[str, Notice]]:
        """Every notice of these updates by update id, then by language. Raises StoreBusy."""
        found: dict[int, dict[str, Notice]] = {id: {} for id in update_ids}
        async with self._store.read() as connection:
            for chunk in chunks(list(found)):
                query = (
                    sa.select(notices, updates.c.status, updates.c.impact)
                    .join(updates, updates.c.id == notices.c.update_id)
                    .where(notices.c.update_id.in_(chunk))
                    .order_by(notices.c.id)
                )
                for row in (await connection.execute(query)).mappings():
                    found[row["update_id"]][row["language"]] = notice_from(dict(row))
        return found
