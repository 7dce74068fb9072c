"""Dialogues as rows: what operators are in the middle of saying. What they are asked is decided elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.domain.delivery import DeliveryState
from bot.domain.dialogues import Dialogue, from_json, to_json
from bot.store.connection import Connection
from bot.store.schema import deliveries
from bot.store.schema_operators import cards, dialogues


async def insert(connection: Connection, **values: Any) -> int:
    """Add a dialogue; its id. Fails when that person has an open one in that chat."""
    values["answers"] = to_json(values.pop("talk"))
    return int((await connection.execute(dialogues.insert().values(values).returning(dialogues.c.id))).scalar_one())


async def load(connection: Connection, dialogue_id: int) -> Dialogue | None:
    """A dialogue, open or not; None when there is none."""
    return await _first(connection, sa.select(dialogues).where(dialogues.c.id == dialogue_id))


async def load_open(connection: Connection, chat_id: int, telegram_id: int) -> Dialogue | None:
    """What a person is in the middle of in a chat, None for nothing."""
    mine = dialogues.c.chat_id == chat_id, dialogues.c.telegram_id == telegram_id
    return await _first(connection, sa.select(dialogues).where(*mine, dialogues.c.ended_at.is_(None)))


async def save(connection: Connection, dialogue: Dialogue) -> None:
    """Write down how far a dialogue is."""
    values = {"step": dialogue.step, "answers": to_json(dialogue.talk), "changed_at": dialogue.changed_at}
    await connection.execute(dialogues.update().where(dialogues.c.id == dialogue.id).values(values))


async def end(connection: Connection, dialogue_id: int, *, now: datetime) -> None:
    """Nobody goes on with it."""
    await connection.execute(dialogues.update().where(dialogues.c.id == dialogue_id).values(ended_at=now))


async def forget(connection: Connection, *, before: datetime) -> None:
    """Delete dialogues that nobody has touched since then, and what is known of their cards."""
    gone = dialogues.delete().where(dialogues.c.changed_at < before).returning(dialogues.c.id)
    subjects = [f"dialogue:{dialogue_id}" for dialogue_id in (await connection.execute(gone)).scalars()]
    await connection.execute(cards.delete().where(cards.c.subject.in_(subjects)))


async def stands_at(connection: Connection, lane: str, message_id: int) -> bool:
    """Whether a text of this lane is the one with this id in its chat."""
    of_lane = deliveries.c.lane == lane, deliveries.c.state == DeliveryState.SENT
    query = sa.select(sa.literal(1)).where(*of_lane, deliveries.c.receipt == str(message_id)).limit(1)
    return (await connection.execute(query)).first() is not None


async def _first(connection: Connection, query: sa.Select[Any]) -> Dialogue | None:
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        return None
    return Dialogue(
        id=row["id"],
        chat_id=row["chat_id"],
        topic=row["topic"],
        telegram_id=row["telegram_id"],
        kind=row["kind"],
        step=row["step"],
        talk=from_json(row["answers"]),
        changed_at=row["changed_at"],
        ended=row["ended_at"] is not None,
    )
